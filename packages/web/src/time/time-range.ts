/** Ranges of time as Grafana writes them: `now-6h`, `now/d`, ISO 8601, milliseconds since 1970. */
import { dateParts, formatTime, type TimeZone } from "../format/date-time.ts";
import type { Milliseconds } from "./duration-text.ts";

/** As in dashboards and addresses. */
export interface RawRange {
  readonly from: string;
  readonly to: string;
}

/** Milliseconds since 1970; `from` is before `to`. */
export interface TimeRange {
  readonly from: Milliseconds;
  readonly to: Milliseconds;
}

type TimeUnit = "s" | "m" | "h" | "d" | "w" | "M" | "Q" | "y";

const MATH = /([+-])(\d{1,9})([smhdwMQy])|\/(f?[smhdwMQy])/gy;
const FIXED: Readonly<Record<string, Milliseconds>> = { s: 1000, m: 60_000, h: 3_600_000 };
/** Whole years around 1970 that JavaScript can count. */
const MAX_TIME = 8.64e15;
const SIX_HOURS = 21_600_000;

/**
 * @param end whether it is the end of a range: `now/d` is then the end of today
 * @returns `undefined` if it is no time
 */
export function readTime(
  text: string,
  { now, zone, end = false }: { now: Milliseconds; zone: TimeZone; end?: boolean },
): Milliseconds | undefined {
  const trimmed = text.trim();
  if (trimmed.startsWith("now")) return mathOf(trimmed.slice(3), now, zone, end);
  const bars = trimmed.indexOf("||");
  if (bars !== -1) {
    const base = readTime(trimmed.slice(0, bars), { now, zone });
    return base === undefined ? undefined : mathOf(trimmed.slice(bars + 2), base, zone, end);
  }
  if (/^-?\d{1,16}$/.test(trimmed)) return valid(Number(trimmed));
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?$/.exec(trimmed);
  if (match !== null) {
    const [, year, month, day, hour, minute, second] = match.map((part) => Number(part ?? 0));
    return valid(zonedTime([year ?? 0, month ?? 1, day ?? 1, hour ?? 0, minute ?? 0, second ?? 0], zone));
  }
  return /^\d{4}-/.test(trimmed) ? valid(Date.parse(trimmed)) : undefined;
}

function mathOf(text: string, base: Milliseconds, zone: TimeZone, end: boolean): Milliseconds | undefined {
  let time = base;
  let read = 0;
  for (const match of text.replaceAll(/\s/g, "").matchAll(MATH)) {
    const [all, sign, amount, unit, rounded] = match;
    if (rounded !== undefined) time = roundedTime(time, rounded.replace("f", "") as TimeUnit, zone, end);
    else time = addTime(time, (sign === "-" ? -1 : 1) * Number(amount), (unit ?? "s") as TimeUnit, zone);
    read = match.index + all.length;
  }
  return read === text.replaceAll(/\s/g, "").length ? valid(time) : undefined;
}

/** Days and longer follow the calendar of the zone. */
function addTime(time: Milliseconds, amount: number, unit: TimeUnit, zone: TimeZone): Milliseconds {
  const fixed = FIXED[unit];
  if (fixed !== undefined) return time + amount * fixed;
  const parts = dateParts(time, zone);
  if (parts === undefined) return Number.NaN;
  const { hour, minute, second, millisecond } = parts;
  let { year, month, day } = parts;
  if (unit === "d") day += amount;
  else if (unit === "w") day += 7 * amount;
  else {
    month += amount * (unit === "y" ? 12 : unit === "Q" ? 3 : 1);
    year += Math.floor((month - 1) / 12);
    month = ((((month - 1) % 12) + 12) % 12) + 1;
    // 31 March less a month is the last of February.
    day = Math.min(day, new Date(Date.UTC(year, month, 0)).getUTCDate());
  }
  return zonedTime([year, month, day, hour, minute, second], zone) + millisecond;
}

function roundedTime(time: Milliseconds, unit: TimeUnit, zone: TimeZone, end: boolean): Milliseconds {
  const parts = dateParts(time, zone);
  if (parts === undefined) return Number.NaN;
  const { year, month, day, hour, minute, second, weekday } = parts;
  const start = ((): Milliseconds => {
    switch (unit) {
      case "s":
        return zonedTime([year, month, day, hour, minute, second], zone);
      case "m":
        return zonedTime([year, month, day, hour, minute, 0], zone);
      case "h":
        return zonedTime([year, month, day, hour, 0, 0], zone);
      case "d":
        return zonedTime([year, month, day, 0, 0, 0], zone);
      case "w":
        // Weeks begin on Monday.
        return zonedTime([year, month, day - ((weekday + 6) % 7), 0, 0, 0], zone);
      case "M":
        return zonedTime([year, month, 1, 0, 0, 0], zone);
      case "Q":
        return zonedTime([year, Math.floor((month - 1) / 3) * 3 + 1, 1, 0, 0, 0], zone);
      case "y":
        return zonedTime([year, 1, 1, 0, 0, 0], zone);
    }
  })();
  return end ? addTime(start, 1, unit, zone) - 1 : start;
}

/** The moment at which clocks of the zone show this. */
function zonedTime(
  [year, month, day, hour, minute, second]: readonly [number, number, number, number, number, number],
  zone: TimeZone,
): Milliseconds {
  const shown = Date.UTC(year, month - 1, day, hour, minute, second);
  let time = shown;
  // Twice: the first guess may lie on the other side of a change of clocks.
  for (let round = 0; round < 2; round++) {
    const parts = dateParts(time, zone);
    if (parts === undefined) return Number.NaN;
    time = shown - parts.offset * 60_000;
  }
  return time;
}

function valid(time: number): Milliseconds | undefined {
  return Math.abs(time) <= MAX_TIME ? time : undefined;
}

/** Always a range: what cannot be read is the last six hours, what is turned round is turned back. */
export function resolveRange(raw: RawRange, now: Milliseconds, zone: TimeZone): TimeRange {
  const to = readTime(raw.to, { now, zone, end: true }) ?? now;
  const from = readTime(raw.from, { now, zone }) ?? to - SIX_HOURS;
  if (from === to) return { from: from - 1000, to };
  return from < to ? { from, to } : { from: to, to: from };
}

const UNIT_NAMES: Readonly<Record<string, string>> = {
  s: "second",
  m: "minute",
  h: "hour",
  d: "day",
  w: "week",
  M: "month",
  y: "year",
};

const NAMES: readonly (readonly [string, string, string])[] = [
  ["now-5m", "now", "Last 5 minutes"],
  ["now-15m", "now", "Last 15 minutes"],
  ["now-30m", "now", "Last 30 minutes"],
  ["now-1h", "now", "Last 1 hour"],
  ["now-3h", "now", "Last 3 hours"],
  ["now-6h", "now", "Last 6 hours"],
  ["now-12h", "now", "Last 12 hours"],
  ["now-24h", "now", "Last 24 hours"],
  ["now-2d", "now", "Last 2 days"],
  ["now-7d", "now", "Last 7 days"],
  ["now-30d", "now", "Last 30 days"],
  ["now-90d", "now", "Last 90 days"],
  ["now-6M", "now", "Last 6 months"],
  ["now-1y", "now", "Last 1 year"],
  ["now/d", "now/d", "Today"],
  ["now/d", "now", "Today so far"],
  ["now-1d/d", "now-1d/d", "Yesterday"],
  ["now/w", "now", "This week so far"],
  ["now/M", "now", "This month so far"],
];

export const QUICK_RANGES: readonly (RawRange & { readonly name: string })[] = NAMES.map(([from, to, name]) => ({
  from,
  to,
  name,
}));

/** A range in words. */
export function rangeName(raw: RawRange, zone: TimeZone): string {
  const known = NAMES.find(([from, to]) => from === raw.from && to === raw.to);
  if (known !== undefined) return known[2];
  const last = raw.to === "now" ? /^now-(\d{1,6})([smhdwMy])$/.exec(raw.from) : null;
  if (last !== null) return `Last ${last[1] ?? ""} ${UNIT_NAMES[last[2] ?? ""] ?? ""}${last[1] === "1" ? "" : "s"}`;
  const shown = (text: string): string => {
    const ms = /^\d{10,}$/.test(text) ? Number(text) : Number.NaN;
    return Number.isNaN(ms) ? text : formatTime(ms, "YYYY-MM-DD HH:mm:ss", zone);
  };
  return `${shown(raw.from)} to ${shown(raw.to)}`;
}
