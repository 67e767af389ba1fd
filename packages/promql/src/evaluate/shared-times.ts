/**
 * What follows from timestamps alone is worked out once for all series that share them: which sample each step sees, which
 * samples its window holds. The series of one scrape share one array.
 */

/** For each step the newest sample within the lookback, or −1. */
export interface Newest {
  readonly index: Int32Array;
  /** Every step has one. */
  readonly isComplete: boolean;
}

export class NewestSamples {
  readonly #at: Float64Array;
  readonly #lookbackMs: number;
  readonly #known = new Map<Float64Array, Newest>();

  /** @param at the time that each step looks at */
  constructor(at: Float64Array, lookbackMs: number) {
    this.#at = at;
    this.#lookbackMs = lookbackMs;
  }

  of(times: Float64Array): Newest {
    const known = this.#known.get(times);
    if (known !== undefined) return known;
    const made = this.#find(times);
    this.#known.set(times, made);
    return made;
  }

  #find(times: Float64Array): Newest {
    const at = this.#at;
    const index = new Int32Array(at.length);
    let isComplete = true;
    let next = 0;
    for (let step = 0; step < at.length; step++) {
      const time = at[step] as number; // in range
      if (step > 0 && time < (at[step - 1] as number)) next = 0;
      while (next < times.length && (times[next] as number) <= time) next += 1;
      const isFound = next > 0 && (times[next - 1] as number) > time - this.#lookbackMs;
      index[step] = isFound ? next - 1 : -1;
      isComplete &&= isFound;
    }
    return { index, isComplete };
  }
}

/** For each step the samples in its window: from the first, to one past the last. */
export interface Bounds {
  readonly from: Int32Array;
  readonly to: Int32Array;
}

/** Windows are left-open: a sample at the range's very beginning is not in it. */
export class WindowBounds {
  readonly #ends: Float64Array;
  readonly #rangeMs: number;
  readonly #known = new Map<Float64Array, Bounds>();

  constructor(ends: Float64Array, rangeMs: number) {
    this.#ends = ends;
    this.#rangeMs = rangeMs;
  }

  of(times: Float64Array): Bounds {
    const known = this.#known.get(times);
    if (known !== undefined) return known;
    const made = this.#find(times);
    this.#known.set(times, made);
    return made;
  }

  #find(times: Float64Array): Bounds {
    const ends = this.#ends;
    const from = new Int32Array(ends.length);
    const to = new Int32Array(ends.length);
    let first = 0;
    let next = 0;
    for (let step = 0; step < ends.length; step++) {
      const endMs = ends[step] as number; // in range
      if (step > 0 && endMs < (ends[step - 1] as number)) {
        first = 0;
        next = 0;
      }
      while (next < times.length && (times[next] as number) <= endMs) next += 1;
      while (first < next && (times[first] as number) <= endMs - this.#rangeMs) first += 1;
      from[step] = first;
      to[step] = next;
    }
    return { from, to };
  }
}
