/** A span of time in any of the forms that bots already have. */

/** What `Temporal.Duration` is like, for runtimes that do not have it yet. */
export interface TemporalDurationLike {
  readonly days?: number;
  readonly hours?: number;
  readonly minutes?: number;
  readonly seconds?: number;
  readonly milliseconds?: number;
  readonly microseconds?: number;
  readonly nanoseconds?: number;
}

/**
 * A number is **milliseconds** (as `performance.now()` differences are), a bigint is **nanoseconds** (as
 * `process.hrtime.bigint()` differences are), and an object is read as a `Temporal.Duration`.
 */
export type Duration = number | bigint | TemporalDurationLike;

/** The duration in milliseconds; `NaN` for what is none. */
export function durationMs(duration: Duration): number {
  if (typeof duration === "number") return duration;
  if (typeof duration === "bigint") return Number(duration) / 1e6;
  if (typeof duration !== "object" || duration === null) return Number.NaN;
  const {
    days = 0,
    hours = 0,
    minutes = 0,
    seconds = 0,
    milliseconds = 0,
    microseconds = 0,
    nanoseconds = 0,
  } = duration;
  return (
    days * 86_400_000 +
    hours * 3_600_000 +
    minutes * 60_000 +
    seconds * 1000 +
    milliseconds +
    microseconds / 1e3 +
    nanoseconds / 1e6
  );
}
