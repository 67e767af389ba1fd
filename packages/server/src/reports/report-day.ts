/** A day in a time zone: 23, 24 or 25 hours, or what else its clock makes of it. */
import { ConfigError } from "@haltwatch/bot";

export interface ReportDay {
  /** `2026-11-20`. */
  readonly date: string;
  readonly timeZone: string;
  /** Unix milliseconds. */
  readonly fromMs: number;
  /** Its end, where the next one begins. */
  readonly toMs: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** No zone is further from UTC. */
const FARTHEST_MS = 26 * HOUR_MS;

/**
 * @param date `2026-11-20`
 * @throws {ConfigError} if there is no such day
 */
export function reportDay(date: string, timeZone: string): ReportDay {
  const noonMs = /^\d{4}-\d\d-\d\d$/.test(date) ? Date.parse(`${date}T12:00:00Z`) : Number.NaN;
  // 30 February becomes 2 March, and is none.
  if (Number.isNaN(noonMs) || new Date(noonMs).toISOString().slice(0, 10) !== date)
    throw new ConfigError("BAD_VALUE", `${JSON.stringify(date)} is no day`, { hint: "Write it like 2026-11-20" });
  const next = new Date(noonMs + DAY_MS).toISOString().slice(0, 10);
  const [fromMs, toMs] = [beginOf(date, timeZone), beginOf(next, timeZone)];
  if (fromMs >= toMs) throw new ConfigError("BAD_VALUE", `${timeZone} had no ${date}`, { hint: "Name another day" });
  return { date, timeZone, fromMs, toMs };
}

/** The day that was over last. */
export function dayBefore(timeMs: number, timeZone: string): ReportDay {
  const today = localTime(timeMs, timeZone).slice(0, 10);
  return reportDay(localTime(beginOf(today, timeZone) - MINUTE_MS, timeZone).slice(0, 10), timeZone);
}

/** `2026-11-20T09:00`, as clocks there show it. */
export function localTime(timeMs: number, timeZone: string): string {
  let format = FORMATS.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" });
    if (FORMATS.size >= MAX_FORMATS) FORMATS.clear();
    FORMATS.set(timeZone, format);
  }
  return format.format(timeMs).replace(" ", "T");
}

/** Making one takes longer than using it. */
const FORMATS = new Map<string, Intl.DateTimeFormat>();
const MAX_FORMATS = 20;

/** The first minute there that has this date, or a later one: midnight, unless the clock leaves it out. */
function beginOf(date: string, timeZone: string): number {
  const middleMs = Date.parse(`${date}T00:00:00Z`);
  let [before, after] = [middleMs - FARTHEST_MS, middleMs + FARTHEST_MS];
  while (after - before > MINUTE_MS) {
    const between = before + Math.floor((after - before) / MINUTE_MS / 2) * MINUTE_MS;
    if (localTime(between, timeZone).slice(0, 10) < date) before = between;
    else after = between;
  }
  return after;
}
