/**
 * What changed while there was no link: so many samples and no more, the oldest go first. Values are absolute, so that what goes
 * leaves a hole in a graph, and never a wrong count.
 */
import type { LinkedSeries } from "./linked-series.ts";

/** Samples that are kept: 2.4 MB. A bot with 500 series of which 20 change each second fills it in 80 minutes. */
const CAPACITY = 100_000;

/** It grows in steps of this many. */
const FIRST_CAPACITY = 1_024;

export class AwayBuffer {
  readonly #capacity: number;
  #times = new Float64Array(0);
  #values = new Float64Array(0);
  #series: (LinkedSeries | undefined)[] = [];
  #first = 0;
  #size = 0;
  #dropped = 0;

  constructor(capacity = CAPACITY) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#size;
  }

  /** How many samples went since this was last asked. */
  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }

  /** @param timeMs not before the last one's */
  add(timeMs: number, series: LinkedSeries, value: number): void {
    if (this.#size === this.#times.length) this.#grow();
    if (this.#size === this.#capacity) {
      this.#first = (this.#first + 1) % this.#capacity;
      this.#size -= 1;
      this.#dropped += 1;
    }
    const at = (this.#first + this.#size) % this.#times.length;
    this.#times[at] = timeMs;
    this.#values[at] = value;
    this.#series[at] = series;
    this.#size += 1;
  }

  /** Gives up to so many of the oldest samples, in order, and forgets them. */
  take(count: number, each: (timeMs: number, series: LinkedSeries, value: number) => void): void {
    for (let left = Math.min(count, this.#size); left > 0; left--) {
      const at = this.#first;
      const series = this.#series[at];
      this.#series[at] = undefined;
      this.#first = (at + 1) % this.#times.length;
      this.#size -= 1;
      if (series !== undefined) each(this.#times[at] ?? Number.NaN, series, this.#values[at] ?? Number.NaN);
    }
    if (this.#size === 0) this.#forget();
  }

  /** Memory goes back when the link is there again. */
  #forget(): void {
    this.#times = new Float64Array(0);
    this.#values = new Float64Array(0);
    this.#series = [];
    this.#first = 0;
  }

  #grow(): void {
    const length = Math.min(this.#capacity, Math.max(FIRST_CAPACITY, 2 * this.#times.length));
    if (length === this.#times.length) return;
    const times = new Float64Array(length);
    const values = new Float64Array(length);
    const series: (LinkedSeries | undefined)[] = new Array(length).fill(undefined);
    for (let i = 0; i < this.#size; i++) {
      const from = (this.#first + i) % this.#times.length;
      times[i] = this.#times[from] ?? Number.NaN;
      values[i] = this.#values[from] ?? Number.NaN;
      series[i] = this.#series[from];
    }
    this.#times = times;
    this.#values = values;
    this.#series = series;
    this.#first = 0;
  }
}
