/** How one field is drawn in a time series panel: `custom` of its configuration. */
import type { Interpolation } from "../../charts/line-path.ts";
import { at, flagOf, listOf, numberOf, textOf, wordOf } from "../../dashboard/json.ts";
import type { FieldConfig } from "../../dashboard/model.ts";

export interface SeriesStyle {
  readonly draw: "line" | "bars" | "points";
  readonly interpolation: Interpolation;
  readonly lineWidth: number;
  /** 0 to 1. */
  readonly fill: number;
  readonly gradient: "none" | "opacity" | "hue" | "scheme";
  readonly points: "auto" | "always" | "never";
  readonly pointSize: number;
  readonly dash: readonly number[];
  /** Milliseconds of missing values over which the line goes on. */
  readonly spans: number;
  readonly cutsAfter: number;
  readonly stacking: "none" | "normal" | "percent";
  readonly stackGroup: string;
  readonly isNegated: boolean;
  readonly barAlignment: number;
  /** Of the room between two bars. */
  readonly barWidth: number;
  readonly isHidden: boolean;
  readonly isInLegend: boolean;
  readonly isInTooltip: boolean;
  /** Name of the series whose line is the lower edge of this one's area. */
  readonly fillBelowTo: string;
  readonly axis: AxisStyle;
  readonly thresholds: "off" | "line" | "area" | "line+area";
  readonly hasDashedThresholds: boolean;
}

interface AxisStyle {
  readonly placement: "left" | "right" | "hidden";
  readonly label: string;
  readonly log: number | undefined;
  readonly softMin: number | undefined;
  readonly softMax: number | undefined;
  readonly hasGrid: boolean;
  readonly isCenteredOnZero: boolean;
}

export function seriesStyle({ custom }: FieldConfig): SeriesStyle {
  const hide = custom["hideFrom"];
  const spans = custom["spanNulls"];
  const insert = custom["insertNulls"];
  const stacking = custom["stacking"];
  const line = custom["lineStyle"];
  const thresholds = textOf(at(custom["thresholdsStyle"], "mode"), 50) ?? "off";
  const placement = textOf(custom["axisPlacement"], 50);
  const distribution = custom["scaleDistribution"];
  const draw = wordOf(custom["drawStyle"], ["line", "bars", "points"], "line");
  return {
    draw,
    interpolation: wordOf(custom["lineInterpolation"], ["linear", "smooth", "stepBefore", "stepAfter"], "linear"),
    lineWidth: clamp(numberOf(custom["lineWidth"]) ?? 1, 0, 20),
    fill: clamp(numberOf(custom["fillOpacity"]) ?? 0, 0, 100) / 100,
    gradient: wordOf(custom["gradientMode"], ["none", "opacity", "hue", "scheme"], "none"),
    points: wordOf(custom["showPoints"], ["auto", "always", "never"], "auto"),
    pointSize: clamp(numberOf(custom["pointSize"]) ?? 5, 1, 40),
    dash:
      at(line, "fill") === "dash"
        ? dashOf(listOf(at(line, "dash"), 20).map((one) => numberOf(one) ?? 0))
        : at(line, "fill") === "dot"
          ? [1, 4]
          : [],
    spans: spans === true ? Number.POSITIVE_INFINITY : (numberOf(spans) ?? 0),
    cutsAfter: typeof insert === "number" && insert > 0 ? insert : Number.POSITIVE_INFINITY,
    stacking: wordOf(at(stacking, "mode"), ["none", "normal", "percent"], "none"),
    stackGroup: textOf(at(stacking, "group"), 100) ?? "A",
    isNegated: custom["transform"] === "negative-Y",
    barAlignment: numberOf(custom["barAlignment"]) ?? 0,
    barWidth: clamp(numberOf(custom["barWidthFactor"]) ?? 0.6, 0.01, 1),
    isHidden: flagOf(at(hide, "viz")),
    isInLegend: !flagOf(at(hide, "legend")),
    isInTooltip: !flagOf(at(hide, "tooltip")),
    fillBelowTo: textOf(custom["fillBelowTo"], 1000) ?? "",
    axis: {
      placement: placement === "right" || placement === "hidden" ? placement : "left",
      label: textOf(custom["axisLabel"], 200) ?? "",
      log: at(distribution, "type") === "log" ? (numberOf(at(distribution, "log")) === 2 ? 2 : 10) : undefined,
      softMin: numberOf(custom["axisSoftMin"]),
      softMax: numberOf(custom["axisSoftMax"]),
      hasGrid: flagOf(custom["axisGridShow"], true),
      isCenteredOnZero: flagOf(custom["axisCenteredZero"]),
    },
    thresholds:
      thresholds === "line+area" || thresholds === "dashed+area"
        ? "line+area"
        : thresholds.startsWith("line") || thresholds === "dashed"
          ? "line"
          : thresholds.startsWith("area")
            ? "area"
            : "off",
    hasDashedThresholds: thresholds.startsWith("dashed"),
  };
}

function dashOf(dash: readonly number[]): readonly number[] {
  return dash.length === 0 || dash.some((one) => one < 0) ? [10, 10] : dash.map((one) => Math.min(one, 100));
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
