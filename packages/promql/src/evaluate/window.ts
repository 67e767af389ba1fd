/** One step's part of a range vector's series: made once and moved on from step to step. */
import type { Bounds } from "./shared-times.ts";
import type { RangeSeries, Ranges } from "./values.ts";

export class Window {
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** See {@link RangeSeries}. */
  readonly starts: Float64Array | undefined;
  /** First sample in it, and one past the last. */
  from = 0;
  to = 0;
  /** The range's beginning (excluded) and end (included), milliseconds. */
  startMs = 0;
  endMs = 0;
  /** The step's own time, milliseconds. */
  evaluationMs = 0;

  readonly #bounds: Bounds | undefined;

  /** @param bounds of each step's window; without them it cannot be moved */
  constructor(series: RangeSeries, bounds: Bounds | undefined) {
    this.#bounds = bounds;
    this.times = series.times;
    this.values = series.values;
    this.starts = series.starts;
  }

  get length(): number {
    return this.to - this.from;
  }

  /** Moves to the window of this step. @returns false if it holds nothing */
  moveTo(ranges: Ranges, step: number, evaluationMs: number): boolean {
    const endMs = ranges.ends[step] as number; // in range
    this.startMs = endMs - ranges.rangeMs;
    this.endMs = endMs;
    this.evaluationMs = evaluationMs;
    this.from = this.#bounds?.from[step] ?? 0;
    this.to = this.#bounds?.to[step] ?? 0;
    return this.from < this.to;
  }
}
