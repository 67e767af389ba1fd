/** Values over time, with the lines of their limits. */
import {
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  LineInterpolation,
  LineStyleBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import {
  type DynamicConfigValue,
  FieldColorBuilder,
  FieldColorModeId,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import { LIMIT, PLACES } from "./colours.ts";
import { dressed, type MakePanel, type PanelOptions } from "./panel.ts";
import { LIMIT_PREFIX, type Query } from "./queries.ts";

export interface LinesOptions extends PanelOptions {
  /** Those of {@link limit} become dashed lines. */
  readonly queries: readonly Query[];
  readonly min?: number;
  readonly max?: number;
  /** Filled, one on the other: for parts of a whole. */
  readonly isStacked?: true;
  /** Steps instead of slopes: for what jumps. */
  readonly isStepped?: true;
  /** Colours by the legend's first word, beside those of venues and chains. */
  readonly colours?: Readonly<Record<string, string>>;
}

export function lines(options: LinesOptions): MakePanel {
  const { queries, min, max, isStacked, isStepped, colours = {} } = options;
  return (context) => {
    const panel = dressed(new PanelBuilder(), context, options, queries, "range")
      .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName))
      .drawStyle(GraphDrawStyle.Line)
      .lineInterpolation(isStepped ? LineInterpolation.StepAfter : LineInterpolation.Linear)
      .lineWidth(1)
      .fillOpacity(isStacked ? 30 : 0)
      .showPoints(VisibilityMode.Auto)
      .stacking(new StackingConfigBuilder().mode(isStacked ? StackingMode.Normal : StackingMode.None).group("A"))
      .legend(
        new VizLegendOptionsBuilder()
          .displayMode(LegendDisplayMode.Table)
          .placement(LegendPlacement.Bottom)
          .showLegend(true)
          .calcs(["lastNotNull", "max"]),
      )
      .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
    if (min !== undefined) panel.min(min);
    if (max !== undefined) panel.max(max);
    for (const [name, colour] of Object.entries({ ...placesOf(queries), ...colours }))
      panel.overrideByRegexp(`/^${name}\\b/`, [fixed(colour)]);
    if (queries.some(([, legend]) => legend.startsWith(LIMIT_PREFIX)))
      panel.overrideByRegexp(`/^${LIMIT_PREFIX}/`, limitLine());
    return panel;
  };
}

/** Where series are told apart by venue or chain first. */
function placesOf(queries: readonly Query[]): typeof PLACES {
  return queries.some(([, legend]) => /^\{\{(?:venue|chain)\}\}/.test(legend)) ? PLACES : {};
}

function fixed(fixedColor: string): DynamicConfigValue {
  return { id: "color", value: new FieldColorBuilder().mode(FieldColorModeId.Fixed).fixedColor(fixedColor).build() };
}

function limitLine(): DynamicConfigValue[] {
  return [
    fixed(LIMIT),
    { id: "custom.lineStyle", value: new LineStyleBuilder().fill("dash").dash([10, 10]).build() },
    { id: "custom.fillOpacity", value: 0 },
    { id: "custom.lineInterpolation", value: LineInterpolation.StepAfter },
    { id: "custom.stacking", value: { mode: StackingMode.None, group: "B" } },
  ];
}
