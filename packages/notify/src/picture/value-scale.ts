/** Which values the picture's height shows: all of the lines and the limits, with round numbers at the ticks. */
import { scaleLinear } from "d3-scale";
import { axisNotation, type Unit } from "./unit.ts";

/** Beyond, differences would be infinite. */
const LARGEST = 1e300;

/** Room above and below what is drawn, as a part of it. */
const PADDING = 0.08;

/** About how far ticks are from each other, pixels. */
const TICK_HEIGHT = 58;

export interface ValueScale {
  /** The value's place, pixels. */
  readonly y: (value: number) => number;
  readonly ticks: readonly { readonly value: number; readonly text: string }[];
}

/** @param values all that is to be seen; what is not finite is left out */
export function valueScale(
  values: Iterable<number>,
  unit: Unit,
  { top, bottom }: { readonly top: number; readonly bottom: number },
): ValueScale {
  const [low, high] = bounds(values, unit);
  const { one, format } = axisNotation(unit, Math.max(Math.abs(low), Math.abs(high)));
  const scale = scaleLinear([low / one, high / one], [bottom, top]);
  const all = scale.ticks(Math.max(2, Math.floor((bottom - top) / TICK_HEIGHT)));
  const ticks = unit === "count" && one === 1 ? all.filter(Number.isInteger) : all;
  const [first = 0, second = first + 1] = ticks;
  return {
    y: (value) => scale(Math.max(-LARGEST, Math.min(LARGEST, value)) / one),
    ticks: ticks.map((tick) => ({ value: tick * one, text: format(tick * one, (second - first) * one) })),
  };
}

function bounds(values: Iterable<number>, unit: Unit): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, Math.max(-LARGEST, value));
    high = Math.max(high, Math.min(LARGEST, value));
  }
  if (low > high) return [0, 1];
  // All the same, or as good as: it is drawn in the middle of something.
  if (high - low <= 1e-9 * Math.max(Math.abs(low), Math.abs(high))) {
    if (low === 0) return [0, unit === "ratio" ? 0.01 : 1];
    return low > 0 ? [0, high * 1.5] : [low * 1.5, 0];
  }
  const room = (high - low) * PADDING;
  // Zero is seen unless that would flatten the lines.
  if (low >= 0 && low < high / 2) return [0, high + room];
  if (high <= 0 && high > low / 2) return [low - room, 0];
  return [low - room, high + room];
}
