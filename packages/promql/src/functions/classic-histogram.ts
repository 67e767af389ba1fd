/** Quantiles and fractions of classic histograms' buckets. Source: Prometheus 3, promql/quantile.go. */

export interface Bucket {
  readonly upperBound: number;
  count: number;
}

/** What had to be mended to read the buckets. */
export interface BucketResult {
  readonly value: number;
  /** Counts fell from one bucket to the next by more than rounding explains. */
  readonly forcedMonotonic: boolean;
}

/** Counts that differ by less than this share are the same but for rounding. */
const SMALL_DELTA = 1e-12;

/** Ascending, of one bound one, counts never falling; `undefined` without a `+Inf` bucket. */
function prepared(given: readonly Bucket[]): { buckets: Bucket[]; forcedMonotonic: boolean } | undefined {
  const sorted = [...given].sort((a, b) => a.upperBound - b.upperBound);
  if (sorted.at(-1)?.upperBound !== Number.POSITIVE_INFINITY) return undefined;
  const buckets: Bucket[] = [];
  for (const { upperBound, count } of sorted) {
    const before = buckets.at(-1);
    if (before?.upperBound === upperBound) before.count += count;
    else buckets.push({ upperBound, count });
  }
  let forcedMonotonic = false;
  let before = buckets[0]?.count ?? 0;
  for (const bucket of buckets.slice(1)) {
    if (bucket.count === before) continue;
    if (isAlmost(before, bucket.count)) bucket.count = before;
    else if (bucket.count < before) {
      bucket.count = before;
      forcedMonotonic = true;
    } else before = bucket.count;
  }
  return { buckets, forcedMonotonic };
}

function isAlmost(a: number, b: number): boolean {
  if (Number.isNaN(a) && Number.isNaN(b)) return true;
  if (a === b) return true;
  const sum = Math.abs(a) + Math.abs(b);
  const difference = Math.abs(a - b);
  if (a === 0 || b === 0 || sum < Number.MIN_VALUE) return difference < SMALL_DELTA * Number.MIN_VALUE;
  return difference / Math.min(sum, Number.MAX_VALUE) < SMALL_DELTA;
}

/** Where the q-quantile lies, within its bucket in proportion. Source: `BucketQuantile`. */
export function bucketQuantile(q: number, given: readonly Bucket[]): BucketResult {
  const all = prepared(given);
  const of = (value: number): BucketResult => ({ value, forcedMonotonic: all?.forcedMonotonic ?? false });
  if (Number.isNaN(q)) return { value: Number.NaN, forcedMonotonic: false };
  if (q < 0) return { value: Number.NEGATIVE_INFINITY, forcedMonotonic: false };
  if (q > 1) return { value: Number.POSITIVE_INFINITY, forcedMonotonic: false };
  if (all === undefined || all.buckets.length < 2) return of(Number.NaN);
  const { buckets } = all;
  const total = buckets.at(-1)?.count ?? 0;
  if (total === 0 || Number.isNaN(total)) return of(Number.NaN);
  let rank = q * total;
  const lastFinite = buckets.length - 2;
  const found = buckets.slice(0, -1).findIndex(({ count }) => count >= rank);
  if (found === -1) return of(buckets[lastFinite]?.upperBound ?? Number.NaN);
  const bucket = buckets[found] as Bucket; // just found
  if (found === 0 && bucket.upperBound <= 0) return of(bucket.upperBound);
  const below = buckets[found - 1];
  const start = below?.upperBound ?? 0;
  const count = bucket.count - (below?.count ?? 0);
  rank -= below?.count ?? 0;
  return of(start + (bucket.upperBound - start) * (rank / count));
}

/** Which share of the observations lies between the bounds. Source: `BucketFraction`. */
export function bucketFraction(lower: number, upper: number, given: readonly Bucket[]): BucketResult {
  const all = prepared(given);
  const of = (value: number): BucketResult => ({ value, forcedMonotonic: all?.forcedMonotonic ?? false });
  if (all === undefined) return of(Number.NaN);
  const { buckets } = all;
  const total = buckets.at(-1)?.count ?? 0;
  if (total === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return of(Number.NaN);
  if (lower >= upper) return of(0);
  return of((rankAt(upper, buckets) - rankAt(lower, buckets)) / total);
}

/** How many observations lie at or below the bound. */
function rankAt(bound: number, buckets: readonly Bucket[]): number {
  let below = 0;
  let lowerBound = (buckets[0]?.upperBound ?? 0) > 0 ? 0 : Number.NEGATIVE_INFINITY;
  for (const { upperBound, count } of buckets) {
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
