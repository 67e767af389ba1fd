/** Reads what stands behind options. */
import { InvalidArgumentError } from "commander";

/** Longest that a timer can wait, about 24 days. */
const MAX_SECONDS = 2_147_483;

export function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value > 0 && value <= MAX_SECONDS) return value;
  throw new InvalidArgumentError(`Give a number of seconds above 0, up to ${MAX_SECONDS}.`);
}

const SECONDS_OF_UNIT: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** `90`, `15s`, `1h30m`. @returns seconds */
export function duration(text: string): number {
  if (!/^(?:\d+|(?:\d+[smhdw])+)$/.test(text))
    throw new InvalidArgumentError("Give a duration, such as 30s, 15m or 1h30m.");
  const parts = [...text.matchAll(/(\d+)([smhdw]?)/g)];
  return parts.reduce((total, [, count, unit]) => total + Number(count) * (SECONDS_OF_UNIT[unit || "s"] ?? 1), 0);
}

export function port(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError("Give a port, from 0 to 65535.");
}

export function seed(text: string): number {
  if (/^\d{1,10}$/.test(text) && Number(text) < 2 ** 32) return Number(text);
  throw new InvalidArgumentError("Give a whole number from 0 to 4294967295.");
}

/** Faster, a healthy bot would be over limits of orders a second. */
const MAX_SPEED = 10;

export function speed(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0.1 && value <= MAX_SPEED) return value;
  throw new InvalidArgumentError(`Give a number from 0.1 to ${MAX_SPEED}.`);
}

/** A time as Prometheus's HTTP API takes it: Unix seconds, or RFC 3339. @returns Unix milliseconds */
export function time(text: string): number {
  const isSeconds = /^-?\d{1,12}(?:\.\d+)?$/.test(text);
  const isDate = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/.test(text);
  const timeMs = isSeconds ? Math.round(1000 * Number(text)) : isDate ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(timeMs)) return timeMs;
  throw new InvalidArgumentError("Give a time such as 2026-01-31T08:00:00Z, or seconds since 1970.");
}

export function pattern(text: string): RegExp {
  try {
    return new RegExp(text, "u");
  } catch {
    throw new InvalidArgumentError("Give a regular expression.");
  }
}

/** `exec.fill_ratio_min=0.9`, joined to those before. */
export function threshold(text: string, before: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const [, name, value] = /^([^=\s]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new InvalidArgumentError("Give it like exec.fill_ratio_min=0.9.");
  return { ...before, [name]: value };
}

/** @returns hours, above 0 */
export function hours(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value > 0 && value * 3600 <= MAX_SECONDS) return value;
  throw new InvalidArgumentError(`Give a number of hours above 0, up to ${Math.floor(MAX_SECONDS / 3600)}.`);
}
