/** One step's part of a range vector's series: made once and moved on from step to step. */
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

  constructor(series: RangeSeries) {
    this.times = series.times;
    this.values = series.values;
    this.starts = series.starts;
  }

  get length(): number {
    return this.to - this.from;
  }

  /** Moves to the window of this step. @returns false if it holds nothing */
  moveTo(ranges: Ranges, step: number, evaluationMs: number): boolean {
    const { times } = this;
    const endMs = ranges.ends[step] as number; // in range
    const startMs = endMs - ranges.rangeMs;
    if (endMs < this.endMs) {
      this.from = 0;
      this.to = 0;
    }
    this.startMs = startMs;
    this.endMs = endMs;
    this.evaluationMs = evaluationMs;
    while (this.to < times.length && (times[this.to] as number) <= endMs) this.to += 1;
    while (this.from < this.to && (times[this.from] as number) <= startMs) this.from += 1;
    return this.from < this.to;
  }
}
