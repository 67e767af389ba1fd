/** Values counted in buckets of one width, which is a round number. */

export interface Buckets {
  /** Lower ends. */
  readonly names: readonly number[];
  /** Of each series. */
  readonly counts: readonly Float64Array[];
}

const MAX_BUCKETS = 200;

/** @param width of a bucket; `undefined`: so that about `wanted` of them come out */
export function bucketsOf(series: readonly ArrayLike<number>[], width: number | undefined, wanted: number): Buckets {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const values of series) {
    for (let index = 0; index < values.length; index++) {
      const value = values[index] ?? Number.NaN;
      if (!Number.isFinite(value)) continue;
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
  }
  if (!(min <= max)) return { names: [], counts: [] };
  const least = (max - min) / MAX_BUCKETS;
  const size =
    width !== undefined && width > least ? width : roundWidth((max - min) / Math.max(1, Math.min(MAX_BUCKETS, wanted)));
  const start = Math.floor(min / size) * size;
  const count = Math.min(MAX_BUCKETS + 1, Math.floor((max - start) / size) + 1);
  const counts = series.map((values) => {
    const own = new Float64Array(count);
    for (let index = 0; index < values.length; index++) {
      const value = values[index] ?? Number.NaN;
      if (!Number.isFinite(value)) continue;
      const place = Math.min(count - 1, Math.floor((value - start) / size));
      own[place] = (own[place] ?? 0) + 1;
    }
    return own;
  });
  return { names: Array.from({ length: count }, (_, index) => Number((start + index * size).toPrecision(12))), counts };
}

/** 1, 2 or 5 times a power of ten. */
function roundWidth(width: number): number {
  if (!(width > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(width));
  const share = width / power;
  return power * (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10);
}
