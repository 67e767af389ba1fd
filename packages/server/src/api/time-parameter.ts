/** Times and durations in requests. Source: Prometheus, web/api/v1/api.go (`parseTime`, `parseDuration`). */
import { parseDuration } from "@haltwatch/promql";
import { invalidParameter } from "./api-error.ts";
import { quoted } from "./go-text.ts";
import type { Parameters } from "./parameters.ts";

/** What Prometheus writes for the earliest and the latest time that it knows; some clients send them. */
const MIN_TIME_TEXT = "-292273086-05-16T16:47:06Z";
const MAX_TIME_TEXT = "292277025-08-18T07:12:54.999999999Z";

/** The same, Unix milliseconds; a double cannot hold them to the millisecond, and no sample is near them. */
export const MIN_TIME_MS = -9_223_309_901_257_974;
export const MAX_TIME_MS = 9_223_309_901_257_974;

/** Go's durations are nanoseconds in 64 bits. */
const MAX_DURATION_S = 2 ** 63 / 1e9;

/** A number as Go's `ParseFloat` reads it; words aside, which stand for no time. */
const NUMBER = /^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+)?$/;

const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(?:Z|([+-])(\d\d):(\d\d))$/;

/**
 * A time parameter: seconds since 1970, or RFC 3339.
 *
 * @param fallbackMs what it is if it is not given; without it, it must be given
 * @returns Unix milliseconds, whole
 * @throws {ApiError} `bad_data`
 */
export function timeParameter(parameters: Parameters, name: string, fallbackMs?: number): number {
  const text = parameters.get(name);
  if (text === "" && fallbackMs !== undefined) return fallbackMs;
  const timeMs = parseTime(text);
  if (timeMs !== undefined) return timeMs;
  const fault = `cannot parse ${quoted(text)} to a valid timestamp`;
  throw invalidParameter(name, fallbackMs === undefined ? fault : `invalid time value for '${name}': ${fault}`);
}

/**
 * A duration parameter: seconds, or `5m`.
 *
 * @returns milliseconds; parts of them may be left over
 * @throws {ApiError} `bad_data`
 */
export function durationParameter(parameters: Parameters, name: string): number {
  const duration = parseSeconds(parameters.get(name));
  if (typeof duration === "number") return duration;
  throw invalidParameter(name, duration.fault);
}

/** Milliseconds, or what is wrong. */
export function parseSeconds(text: string): number | { readonly fault: string } {
  const fault = `cannot parse ${quoted(text)} to a valid duration`;
  if (/^nan$/i.test(text)) return Number.NEGATIVE_INFINITY; // in Go it becomes the least duration
  const seconds = /^[+-]?inf(?:inity)?$/i.test(text) ? Number.POSITIVE_INFINITY : readNumber(text);
  if (seconds !== undefined) {
    if (Math.abs(seconds) > MAX_DURATION_S) return { fault: `${fault}. It overflows int64` };
    return Math.trunc(seconds * 1e9) / 1e6;
  }
  return parseDuration(text) ?? { fault };
}

/** Unix milliseconds; `undefined` for what is no time. */
export function parseTime(text: string): number | undefined {
  const seconds = readNumber(text);
  if (seconds !== undefined) return Math.abs(seconds) * 1000 <= MAX_TIME_MS ? millisecondsOf(seconds) : undefined;
  if (text === MIN_TIME_TEXT) return MIN_TIME_MS;
  if (text === MAX_TIME_TEXT) return MAX_TIME_MS;
  const match = RFC_3339.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const [offsetHours, offsetMinutes] = [Number(match[9] ?? 0), Number(match[10] ?? 0)];
  if (hour > 23 || minute > 59 || second > 59 || offsetHours > 24 || offsetMinutes > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day); // not Date.UTC, which takes the year 50 for 1950
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined; // 30 February
  const offsetMs = (match[8] === "-" ? -1 : 1) * (offsetHours * 60 + offsetMinutes) * 60_000;
  const fractionMs = Number((match[7] ?? "").slice(0, 3).padEnd(3, "0"));
  return date.getTime() + (hour * 3600 + minute * 60 + second) * 1000 + fractionMs - offsetMs;
}

function readNumber(text: string): number | undefined {
  return NUMBER.test(text) ? Number(text.replaceAll("_", "")) : undefined;
}

/**
 * Rounded to milliseconds, then cut off where Go's nanoseconds fall short of them (1.001 s may come out as 1.000999999):
 * the same roundabout way as upstream, so that the same sample is found.
 */
function millisecondsOf(seconds: number): number {
  const whole = Math.trunc(seconds);
  const fraction = seconds - whole;
  const rounded = (Math.sign(fraction) * Math.round(Math.abs(fraction) * 1000)) / 1000;
  return whole * 1000 + Math.floor(Math.trunc(rounded * 1e9) / 1e6);
}
