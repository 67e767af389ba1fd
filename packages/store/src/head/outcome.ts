/** What is taken and what is refused. Source: Prometheus, tsdb/head_append.go and scrape/scrape.go. */
import type { Series } from "../series.ts";
import { StoreError } from "../store-error.ts";

/**
 * What became of a sample:
 * - `appended`; also for the very sample that is there already
 * - `duplicate`: there is another value at this time already
 * - `out-of-order`: the series has newer samples
 * - `out-of-bounds`: too far in the future, or too old to be taken
 */
export type AppendOutcome = "appended" | "duplicate" | "out-of-order" | "out-of-bounds";

/** How far ahead of the clock a sample may be, milliseconds. Source: Prometheus, scrape/scrape.go (`maxAheadTime`). */
const MAX_AHEAD_MS = 10 * 60_000;

/** How far behind the newest sample a new one may be, milliseconds. Source: half of Prometheus's chunk range. */
const MAX_BEHIND_MS = 60 * 60_000;

/** Times are below this in size (the year 73,000): differences of differences of what ascends are below twice that, and exact. */
const TIME_LIMIT_MS = 2 ** 51;

/** @throws {StoreError} for what is no time */
export function checkTime(timeMs: number): void {
  if (Number.isSafeInteger(timeMs) && Math.abs(timeMs) < TIME_LIMIT_MS) return;
  throw new StoreError("INVALID", `${timeMs} is no time`, "Give whole Unix milliseconds");
}

/** Retention forgets series that have no samples left. */
export function forgotten(series: Series): StoreError {
  return new StoreError(
    "INVALID",
    `${series.labels} was forgotten: it had no samples left`,
    "Ask the store for it again, by its labels",
  );
}

/** The bounds of what is taken, as the clock and the newest sample set them. */
export class Bounds {
  readonly #now: () => number;
  /** Time of the newest sample. */
  maxMs = Number.NEGATIVE_INFINITY;

  constructor(now: () => number) {
    this.#now = now;
  }

  seen(timeMs: number): void {
    if (timeMs > this.maxMs) this.maxMs = timeMs;
  }

  /**
   * The time is so far ahead that it would not be taken now: the clock was ahead when it was, and has been put right. Unlike
   * Prometheus we do not let such samples stand in the way of all that come until the clock is there again: whoever watches a
   * bot must not be blind for as long as the clock was wrong.
   */
  isFromFuture(timeMs: number): boolean {
    return timeMs > this.#now() + MAX_AHEAD_MS;
  }

  of(timeMs: number): AppendOutcome {
    const latestMs = this.#now() + MAX_AHEAD_MS;
    return timeMs > latestMs || timeMs < Math.min(this.maxMs, latestMs) - MAX_BEHIND_MS ? "out-of-bounds" : "appended";
  }

  /** What the series and the bounds say of a sample. */
  ofSample(series: Series, timeMs: number, value: number, isStale: boolean): AppendOutcome {
    if (timeMs > series.lastMs || this.isFromFuture(series.lastMs)) return this.of(timeMs);
    if (timeMs < series.lastMs) return "out-of-order";
    return isStale === series.isStale && (isStale || Object.is(value, series.lastValue)) ? "appended" : "duplicate";
  }
}
