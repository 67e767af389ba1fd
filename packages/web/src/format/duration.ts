/** Lengths of time: the nearest unit (`2.8 hours`), in words (`1 hour, 3 minutes`), as a clock (`1h:59m`). */
import { type Decimals, fixed } from "./fixed.ts";
import type { FormattedValue } from "./value-format.ts";

/** A step of a ladder: below `below` (in the unit of the value), the value is divided by `by`. */
interface Rung {
  readonly below: number;
  readonly by: number;
  readonly suffix: string;
  /** `1 day`, `2 days`. */
  readonly isCounted?: boolean;
}

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
const WEEK = 604_800;
const YEAR = 31_536_000;
const YEAR_OF_SECONDS = 3.155_69e7;

const NANOSECONDS: readonly Rung[] = [
  { below: 1e3, by: 1, suffix: " ns" },
  { below: 1e6, by: 1e3, suffix: " µs" },
  { below: 1e9, by: 1e6, suffix: " ms" },
  { below: 6e10, by: 1e9, suffix: " s" },
  { below: 3.6e12, by: 6e10, suffix: " min", isCounted: true },
  { below: 8.64e13, by: 3.6e12, suffix: " hour", isCounted: true },
  { below: Number.POSITIVE_INFINITY, by: 8.64e13, suffix: " day", isCounted: true },
];

const MICROSECONDS: readonly Rung[] = [
  { below: 1e3, by: 1, suffix: " µs" },
  { below: 1e6, by: 1e3, suffix: " ms" },
  { below: Number.POSITIVE_INFINITY, by: 1e6, suffix: " s" },
];

const MILLISECONDS: readonly Rung[] = [
  { below: 1e3, by: 1, suffix: " ms" },
  { below: 6e4, by: 1e3, suffix: " s" },
  { below: 3.6e6, by: 6e4, suffix: " min", isCounted: true },
  { below: 8.64e7, by: 3.6e6, suffix: " hour", isCounted: true },
  { below: 3.1536e10, by: 8.64e7, suffix: " day", isCounted: true },
  { below: Number.POSITIVE_INFINITY, by: 3.1536e10, suffix: " year", isCounted: true },
];

const SECONDS: readonly Rung[] = [
  { below: 1e-6, by: 1e-9, suffix: " ns" },
  { below: 1e-3, by: 1e-6, suffix: " µs" },
  { below: 1, by: 1e-3, suffix: " ms" },
  { below: MINUTE, by: 1, suffix: " s" },
  { below: HOUR, by: MINUTE, suffix: " min", isCounted: true },
  { below: DAY, by: HOUR, suffix: " hour", isCounted: true },
  { below: WEEK, by: DAY, suffix: " day", isCounted: true },
  { below: YEAR, by: WEEK, suffix: " week", isCounted: true },
  { below: Number.POSITIVE_INFINITY, by: YEAR_OF_SECONDS, suffix: " year", isCounted: true },
];

const MINUTES: readonly Rung[] = [
  { below: 60, by: 1, suffix: " min" },
  { below: 1440, by: 60, suffix: " hour", isCounted: true },
  { below: 10_080, by: 1440, suffix: " day", isCounted: true },
  { below: 604_800, by: 10_080, suffix: " week", isCounted: true },
  { below: Number.POSITIVE_INFINITY, by: 5.259_48e5, suffix: " year", isCounted: true },
];

const HOURS: readonly Rung[] = [
  { below: 24, by: 1, suffix: " hour" },
  { below: 168, by: 24, suffix: " day", isCounted: true },
  { below: 8760, by: 168, suffix: " week", isCounted: true },
  { below: Number.POSITIVE_INFINITY, by: 8760, suffix: " year", isCounted: true },
];

const DAYS: readonly Rung[] = [
  { below: 7, by: 1, suffix: " day", isCounted: true },
  { below: 365, by: 7, suffix: " week", isCounted: true },
  { below: Number.POSITIVE_INFINITY, by: 365, suffix: " year", isCounted: true },
];

export const DURATION_LADDERS = {
  ns: NANOSECONDS,
  µs: MICROSECONDS,
  ms: MILLISECONDS,
  s: SECONDS,
  m: MINUTES,
  h: HOURS,
  d: DAYS,
} as const;

/** @param unit of `value` */
export function nearestUnit(value: number, decimals: Decimals, unit: keyof typeof DURATION_LADDERS): FormattedValue {
  const rungs = DURATION_LADDERS[unit];
  if (unit === "s" && value === 0) return { text: "0", suffix: " s" };
  const size = Math.abs(value);
  for (const { below, by, suffix, isCounted } of rungs) {
    if (!(size < below) && below !== Number.POSITIVE_INFINITY) continue;
    // 1e-9 and its like have no exact binary form: multiplying with their inverse is exact more often.
    const count = by < 1 ? value * Math.round(1 / by) : value / by;
    return { text: fixed(count, decimals), suffix: isCounted && Math.abs(count) > 1 ? `${suffix}s` : suffix };
  }
  return { text: fixed(value, decimals) };
}

const WORDS: readonly (readonly [string, number])[] = [
  ["year", YEAR * 1000],
  ["month", 30 * DAY * 1000],
  ["week", WEEK * 1000],
  ["day", DAY * 1000],
  ["hour", HOUR * 1000],
  ["minute", MINUTE * 1000],
  ["second", 1000],
  ["millisecond", 1],
];

/**
 * `1 hour, 3 minutes`: the largest unit and as many smaller ones as `decimals` says.
 *
 * @param value in units of `unitMs` milliseconds
 */
export function inWords(value: number, decimals: Decimals, unitMs: number): FormattedValue {
  if (value === 0) return { text: "0", suffix: unitMs === 1 ? " milliseconds" : " seconds" };
  if (value < 0) {
    const { text, suffix = "" } = inWords(-value, decimals, unitMs);
    return { text, suffix: `${suffix} ago` };
  }
  let left = value * unitMs;
  const parts: string[] = [];
  const wanted = 1 + Math.max(0, Math.trunc(decimals ?? 0));
  for (const [word, ms] of WORDS) {
    const count = Math.floor(left / ms);
    if (count < 1 && parts.length === 0) continue;
    parts.push(`${count} ${word}${count === 1 ? "" : "s"}`);
    left -= count * ms;
    if (parts.length >= wanted) break;
  }
  return { text: parts.join(", ") };
}

/** `25:01:01` @param value in seconds */
export function hoursMinutesSeconds(value: number): FormattedValue {
  const { hours, text } = clockParts(value);
  return { text: `${two(hours)}:${text}`, ...(value < 0 ? { suffix: " ago" } : {}) };
}

/** `1 d 01:01:01` @param value in seconds */
export function daysHoursMinutesSeconds(value: number): FormattedValue {
  const { hours, text } = clockParts(value);
  const days = Math.floor(hours / 24);
  const clock = `${two(hours % 24)}:${text}`;
  return { text: days > 0 ? `${days} d ${clock}` : clock, ...(value < 0 ? { suffix: " ago" } : {}) };
}

function clockParts(seconds: number): { hours: number; text: string } {
  const size = Math.floor(Math.abs(seconds));
  return { hours: Math.floor(size / HOUR), text: `${two(Math.floor((size % HOUR) / 60))}:${two(size % 60)}` };
}

/** `1h:59m:59s:999ms` @param ms @param decimals how many parts follow the first; `undefined`: all */
export function clock(ms: number, decimals: Decimals): FormattedValue {
  const size = Math.abs(ms);
  const hours = Math.floor(size / 3_600_000);
  const parts = [
    `${hours}h`,
    `${two(Math.floor(size / 60_000) % 60)}m`,
    `${two(Math.floor(size / 1000) % 60)}s`,
    `${String(Math.floor(size % 1000)).padStart(3, "0")}ms`,
  ];
  const first = size < 1000 ? 3 : size < 60_000 ? 2 : size < 3_600_000 ? 1 : 0;
  const end = decimals === undefined ? parts.length : Math.min(parts.length, first + 1 + Math.trunc(decimals));
  return { text: parts.slice(first, Math.max(first + 1, end)).join(":") };
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
