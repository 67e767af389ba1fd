/** Quantiles and fractions of classic histograms' buckets. Source: Prometheus 3, promql/quantile.go. */

/** Counts that differ by less than this share are the same but for rounding. */
const SMALL_DELTA = 1e-12;

/** The buckets of one histogram at one moment. One object is filled again for each step. */
export class ClassicHistogram {
  readonly #upperBounds: Float64Array;
  readonly #counts: Float64Array;
  #size = 0;
  /** Counts fell from one bucket to the next by more than rounding explains, and were mended. */
  forcedMonotonic = false;

  /** @param capacity most buckets that it will have */
  constructor(capacity: number) {
    this.#upperBounds = new Float64Array(capacity);
    this.#counts = new Float64Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  clear(): void {
    this.#size = 0;
    this.forcedMonotonic = false;
  }

  /** Adds a bucket, whose bound is not below those that were added. Of the same bound there is one bucket. */
  add(upperBound: number, count: number): void {
    if (this.#size > 0 && this.#upperBounds[this.#size - 1] === upperBound) {
      this.#counts[this.#size - 1] = (this.#counts[this.#size - 1] as number) + count;
      return;
    }
    this.#upperBounds[this.#size] = upperBound;
    this.#counts[this.#size] = count;
    this.#size += 1;
  }

  /** Where the q-quantile lies, within its bucket in proportion. Source: `BucketQuantile`. */
  quantile(q: number): number {
    if (Number.isNaN(q)) return Number.NaN;
    if (q < 0) return Number.NEGATIVE_INFINITY;
    if (q > 1) return Number.POSITIVE_INFINITY;
    if (!this.#mend() || this.#size < 2) return Number.NaN;
    const [bounds, counts] = [this.#upperBounds, this.#counts];
    const total = counts[this.#size - 1] as number; // it has two
    if (total === 0 || Number.isNaN(total)) return Number.NaN;
    const rank = q * total;
    let found = 0;
    while (found < this.#size - 1 && !((counts[found] as number) >= rank)) found += 1;
    if (found === this.#size - 1) return bounds[this.#size - 2] as number;
    const upper = bounds[found] as number;
    if (found === 0 && upper <= 0) return upper;
    const start = found === 0 ? 0 : (bounds[found - 1] as number);
    const below = found === 0 ? 0 : (counts[found - 1] as number);
    return start + (upper - start) * ((rank - below) / ((counts[found] as number) - below));
  }

  /** Which share of the observations lies between the bounds. Source: `BucketFraction`. */
  fraction(lower: number, upper: number): number {
    if (!this.#mend()) return Number.NaN;
    const total = this.#counts[this.#size - 1] as number; // it has a +Inf bucket
    if (total === 0 || Number.isNaN(total) || Number.isNaN(lower) || Number.isNaN(upper)) return Number.NaN;
    if (lower >= upper) return 0;
    return (this.#rankAt(upper) - this.#rankAt(lower)) / total;
  }

  /** Counts that fall are raised. @returns false without a `+Inf` bucket */
  #mend(): boolean {
    if (this.#size === 0 || this.#upperBounds[this.#size - 1] !== Number.POSITIVE_INFINITY) return false;
    const counts = this.#counts;
    let before = counts[0] as number; // it has one
    for (let i = 1; i < this.#size; i++) {
      const count = counts[i] as number;
      if (count === before) continue;
      if (isAlmost(before, count)) counts[i] = before;
      else if (count < before) {
        counts[i] = before;
        this.forcedMonotonic = true;
      } else before = count;
    }
    return true;
  }

  /** How many observations lie at or below the bound. */
  #rankAt(bound: number): number {
    let below = 0;
    let lowerBound = (this.#upperBounds[0] as number) > 0 ? 0 : Number.NEGATIVE_INFINITY;
    for (let i = 0; i < this.#size; i++) {
      const upperBound = this.#upperBounds[i] as number; // below its size
      const count = this.#counts[i] as number;
      if (bound <= lowerBound) return below;
      if (bound < upperBound) {
        // An open bucket has no width to be in proportion to: all of it lies at its finite end.
        if (!Number.isFinite(upperBound)) return below;
        if (!Number.isFinite(lowerBound)) return count;
        return below + ((count - below) * (bound - lowerBound)) / (upperBound - lowerBound);
      }
      below = count;
      lowerBound = upperBound;
    }
    return below;
  }
}

function isAlmost(a: number, b: number): boolean {
  if (Number.isNaN(a) && Number.isNaN(b)) return true;
  if (a === b) return true;
  const sum = Math.abs(a) + Math.abs(b);
  const difference = Math.abs(a - b);
  if (a === 0 || b === 0 || sum < Number.MIN_VALUE) return difference < SMALL_DELTA * Number.MIN_VALUE;
  return difference / Math.min(sum, Number.MAX_VALUE) < SMALL_DELTA;
}
