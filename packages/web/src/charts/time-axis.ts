/** Ticks of an axis of time: on whole minutes, hours and days of the zone that is shown. */
import { dateParts, formatTime, type TimeZone } from "../format/date-time.ts";

const S = 1000;
const M = 60 * S;
const H = 60 * M;
const D = 24 * H;

/** Steps between ticks, in milliseconds. */
export const TIME_INCREMENTS: readonly number[] = [
  1,
  2,
  5,
  10,
  20,
  50,
  100,
  200,
  500,
  S,
  2 * S,
  5 * S,
  10 * S,
  15 * S,
  30 * S,
  M,
  2 * M,
  5 * M,
  10 * M,
  15 * M,
  30 * M,
  H,
  2 * H,
  3 * H,
  4 * H,
  6 * H,
  8 * H,
  12 * H,
  D,
  2 * D,
  3 * D,
  5 * D,
  7 * D,
  10 * D,
  14 * D,
  30 * D,
  60 * D,
  90 * D,
  180 * D,
  365 * D,
  730 * D,
  1825 * D,
  3650 * D,
];

const MAX_TICKS = 200;

export function timeSplits(min: number, max: number, increment: number, zone: TimeZone): number[] {
  const offset = (dateParts(min, zone)?.offset ?? 0) * M;
  const splits: number[] = [];
  let tick = Math.ceil((min + offset) / increment) * increment - offset;
  for (; tick <= max && splits.length < MAX_TICKS; tick += increment) splits.push(tick);
  return splits;
}

/** As short as the range allows. */
function timeTickFormat(range: number, increment: number): string {
  if (increment < S) return "HH:mm:ss.SSS";
  if (increment < M && range <= D) return "HH:mm:ss";
  if (range <= D) return "HH:mm";
  if (increment < D) return "MM/DD HH:mm";
  return range <= 365 * D ? "MM/DD" : "YYYY-MM";
}

export function timeTicks(splits: readonly number[], range: number, increment: number, zone: TimeZone): string[] {
  const format = timeTickFormat(range, increment);
  return splits.map((split) => formatTime(split, format, zone));
}
