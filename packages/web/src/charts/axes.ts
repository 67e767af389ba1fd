/** Axes as every chart of the page has them. */
import type uPlot from "uplot";
import type { Theme } from "../format/color.ts";
import type { TimeZone } from "../format/date-time.ts";
import { TIME_INCREMENTS, timeSplits, timeTicks } from "./time-axis.ts";

const BINARY_INCREMENTS = Array.from({ length: 80 }, (_, power) => 2 ** (power - 10));

export function timeAxis(theme: Theme, timeZone: TimeZone, { isShown = true } = {}): uPlot.Axis {
  return {
    show: isShown,
    stroke: theme.mutedText,
    font: theme.font,
    size: 26,
    gap: 4,
    grid: { stroke: theme.border, width: 0.5 },
    ticks: { stroke: theme.border, width: 1, size: 4 },
    incrs: [...TIME_INCREMENTS],
    space: (plot, _axis, min, max) => {
      const isLong = max - min > 86_400_000;
      return Math.min(plot.width, isLong ? 100 : 76);
    },
    splits: (_plot, _axis, min, max, increment) => timeSplits(min, max, increment, timeZone),
    values: (plot, splits, _axis, _space, increment) => {
      const { min = 0, max = 0 } = plot.scales["x"] ?? {};
      return timeTicks(splits, (max ?? 0) - (min ?? 0), increment, timeZone);
    },
  };
}

export interface ValueAxisOptions {
  readonly scale: string;
  readonly isRight: boolean;
  readonly isShown: boolean;
  readonly label: string;
  readonly hasGrid: boolean;
  readonly isBinary: boolean;
  readonly text: (value: number, decimals: number) => string;
}

export function valueAxis(theme: Theme, options: ValueAxisOptions): uPlot.Axis {
  const { scale, isRight, isShown, label, hasGrid, isBinary, text } = options;
  return {
    scale,
    show: isShown,
    side: isRight ? 1 : 3,
    stroke: theme.mutedText,
    font: theme.font,
    gap: 6,
    space: (_plot, _axis, _min, _max, height) => (height < 120 ? 24 : 36),
    size: (plot, values) => axisSize(plot, values, theme),
    grid: { show: hasGrid, stroke: theme.border, width: 0.5 },
    ticks: { show: false },
    ...(label === "" ? {} : { label, labelSize: 18, labelGap: 2, labelFont: theme.font }),
    ...(isBinary ? { incrs: BINARY_INCREMENTS } : {}),
    values: (_plot, splits, _axis, _space, increment) =>
      splits.map((value) => (value === null ? "" : text(value, decimalsOf(increment)))),
  };
}

/** As wide as the longest text. */
function axisSize({ ctx }: uPlot, values: readonly string[] | null, { font }: Theme): number {
  if (values === null || values.length === 0) return 0;
  const longest = values.reduce((best, value) => (value.length > best.length ? value : best), "");
  const before = ctx.font;
  ctx.font = font;
  const { width } = ctx.measureText(longest);
  ctx.font = before;
  return Math.min(160, Math.ceil(width) + 14);
}

/** Enough to tell neighbouring ticks apart. */
function decimalsOf(increment: number): number {
  if (!(increment > 0) || increment >= 1) return Number.isInteger(increment) ? 0 : 1;
  const text = increment.toExponential();
  const [mantissa = "", exponent = "0"] = text.split("e");
  return Math.min(20, Math.max(0, -Number(exponent)) + Math.max(0, mantissa.length - 2));
}

/** Ticks without zeros that say nothing: `150.00 ms` → `150 ms`. */
export function withoutTrailingZeros(text: string): string {
  return /^-?\d+\.\d+$/.test(text) ? String(Number(text)) : text;
}
