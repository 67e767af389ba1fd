/** Axes as every chart of the page has them. */
import type uPlot from "uplot";
import type { Theme } from "../format/color.ts";
import type { TimeZone } from "../format/date-time.ts";
import { BINARY_UNITS } from "../format/units.ts";
import { TIME_INCREMENTS, timeSplits, timeTicks } from "./time-axis.ts";

const BINARY_INCREMENTS = Array.from({ length: 80 }, (_, power) => 2 ** (power - 10));
/** In seconds: parts of one by tens, then what clocks have. */
const DURATION_INCREMENTS = [
  ...Array.from({ length: 10 }, (_, power) => [1, 2, 5].map((digit) => digit * 10 ** (power - 10))).flat(),
  ...[1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200],
  ...[1, 2, 7, 14, 30, 91, 182, 365, 730, 1825, 3650, 18_250, 36_500].map((days) => days * 86_400),
];

/** Which of a unit's values people would count by; `undefined`: by tens. */
export function unitIncrements(unit: string): readonly number[] | undefined {
  if (Object.hasOwn(BINARY_UNITS, unit)) return BINARY_INCREMENTS;
  if (unit === "s" || unit === "dtdurations") return DURATION_INCREMENTS;
  if (unit === "ms" || unit === "dtdurationms") return DURATION_INCREMENTS.map((seconds) => seconds * 1000);
  return undefined;
}

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
    space: (plot, _axis, min, max) => Math.min(plot.width, tickRoom(max - min)),
    splits: (_plot, _axis, min, max, increment) => timeSplits(min, max, increment, timeZone),
    values: (plot, splits, _axis, _space, increment) => {
      const { min = 0, max = 0 } = plot.scales["x"] ?? {};
      return timeTicks(splits, (max ?? 0) - (min ?? 0), increment, timeZone);
    },
  };
}

/** CSS pixels for a tick's text: with a date, `15:04`, or with seconds. @param range in milliseconds */
function tickRoom(range: number): number {
  if (range > 86_400_000) return 100;
  return range >= 600_000 ? 56 : 76;
}

export interface ValueAxisOptions {
  readonly scale: string;
  readonly isRight: boolean;
  readonly isShown: boolean;
  readonly label: string;
  readonly hasGrid: boolean;
  /** As {@link unitIncrements} gives them. */
  readonly increments: readonly number[] | undefined;
  readonly isLog: boolean;
  /** @param more beyond those that are configured, so that no two ticks read the same */
  readonly text: (value: number, decimals: number, more: number) => string;
}

export function valueAxis(theme: Theme, options: ValueAxisOptions): uPlot.Axis {
  const { scale, isRight, isShown, label, hasGrid, increments, isLog, text } = options;
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
    ...(increments === undefined ? {} : { incrs: [...increments] }),
    values: (_plot, splits, _axis, _space, increment) =>
      tickTexts(splits, (value, more) => text(value, decimalsOf(increment), more), { isLog }),
  };
}

const MOST_MORE_DECIMALS = 3;

/** `1 s`, `1 s`, `2 s` says nothing, and `0.3`, `0.5`, `0.8` something wrong: then with more decimals. */
function tickTexts(
  splits: readonly (number | null)[],
  text: (value: number, more: number) => string,
  { isLog }: { readonly isLog: boolean },
): string[] {
  let texts: string[] = [];
  for (let more = 0; more <= MOST_MORE_DECIMALS; more++) {
    texts = splits.map((value) => (value === null ? "" : text(value, more)));
    const shown = texts.filter((one) => one !== "");
    if (new Set(shown).size === shown.length && (isLog || isEven(shown))) break;
  }
  return texts;
}

/** Ticks are evenly spaced, and so should the numbers of each unit be. */
function isEven(texts: readonly string[]): boolean {
  const numbers = new Map<string, number[]>();
  for (const text of texts) {
    const [, prefix, number, suffix] = /^([^\d-]*)(-?[\d.]+)(.*)$/.exec(text) ?? [];
    const unit = `${prefix} ${suffix}`;
    numbers.set(unit, [...(numbers.get(unit) ?? []), Number(number)]);
  }
  return [...numbers.values()].every((list) => {
    const distances = list.slice(1).map((number, index) => number - (list[index] ?? 0));
    const widest = Math.max(...distances);
    return distances.length === 0 || widest - Math.min(...distances) <= Math.abs(widest) * 0.1;
  });
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
