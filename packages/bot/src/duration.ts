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
 * `process.hrtime.bigint()` differences are), a pair is **seconds and nanoseconds** (as `process.hrtime(start)` gives), and
 * an object is read as a `Temporal.Duration`.
 */
export type Duration = number | bigint | readonly [seconds: number, nanoseconds: number] | TemporalDurationLike;

const MS_PER_UNIT: readonly (readonly [unit: keyof TemporalDurationLike, ms: number])[] = [
  ["days", 86_400_000],
  ["hours", 3_600_000],
  ["minutes", 60_000],
  ["seconds", 1000],
  ["milliseconds", 1],
  ["microseconds", 1e-3],
  ["nanoseconds", 1e-6],
];

/** The duration in milliseconds; `NaN` for what is none. */
export function durationMs(duration: Duration): number {
  // Kept small: inlined where it is called, a number stays a number, and is not boxed to be returned.
  return typeof duration === "number" ? duration : rarerDurationMs(duration);
}

function rarerDurationMs(duration: Exclude<Duration, number>): number {
  if (typeof duration === "bigint") return Number(duration) / 1e6;
  if (typeof duration !== "object" || duration === null) return Number.NaN;
  if (isPair(duration)) return duration.length === 2 ? duration[0] * 1000 + duration[1] / 1e6 : Number.NaN;
  let ms = Number.NaN; // and stays it where no unit is known
  for (const [unit, msPerUnit] of MS_PER_UNIT) {
    const count = duration[unit];
    if (typeof count === "number") ms = (Number.isNaN(ms) ? 0 : ms) + count * msPerUnit;
  }
  return ms;
}

function isPair(duration: object): duration is readonly [number, number] {
  return Array.isArray(duration);
}
