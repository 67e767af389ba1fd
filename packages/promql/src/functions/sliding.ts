/**
 * Functions of windows that slide: what enters and what leaves is looked at, instead of all that is in the window at each
 * step. The results are those of the plain functions, to the bit.
 */
import { KahanMean } from "../evaluate/kahan.ts";
import type { Bounds } from "../evaluate/shared-times.ts";
import type { VectorSeries } from "../evaluate/values.ts";

/** Fills in the result over all steps. @param params the scalar argument at each step */
export type SlidingFunction = (
  result: VectorSeries,
  values: Float64Array,
  bounds: Bounds,
  params: Float64Array | undefined,
) => void;

function put(result: VectorSeries, step: number, value: number): void {
  result.values[step] = value;
  result.present[step] = 1;
}

/**
 * The largest or the smallest. Kept are the samples that may yet become it: each is better than all after it. NaN gives way
 * to any number, and stays only where there is nothing else.
 */
function extreme(isBetter: (value: number, than: number) => boolean): SlidingFunction {
  return (result, values, { from, to }) => {
    const waiting = new Int32Array(values.length);
    let head = 0;
    let tail = 0;
    let entered = 0;
    for (let step = 0; step < from.length; step++) {
      const begin = from[step] as number; // one entry for each step
      const end = to[step] as number;
      if (begin < (step === 0 ? 0 : (from[step - 1] as number)) || begin > entered) {
        head = 0;
        tail = 0;
        entered = begin;
      }
      for (; entered < end; entered++) {
        const value = values[entered] as number;
        if (Number.isNaN(value)) continue;
        while (tail > head && !isBetter(values[waiting[tail - 1] as number] as number, value)) tail -= 1;
        waiting[tail++] = entered;
      }
      while (head < tail && (waiting[head] as number) < begin) head += 1;
      if (begin < end) put(result, step, head < tail ? (values[waiting[head] as number] as number) : Number.NaN);
    }
  };
}

/** Between its neighbours in proportion, as `quantile` gives it: the window's values are kept in order. */
const quantileOverTime: SlidingFunction = (result, values, { from, to }, params) => {
  const sorted = new Float64Array(values.length);
  let size = 0;
  let left = 0;
  let entered = 0;
  for (let step = 0; step < from.length; step++) {
    const begin = from[step] as number; // one entry for each step
    const end = to[step] as number;
    if (begin < left || end < entered || begin > entered) {
      size = 0;
      left = begin;
      entered = begin;
    }
    for (; entered < end; entered++) {
      const value = values[entered] as number;
      const at = placeOf(sorted, size, value);
      sorted.copyWithin(at + 1, at, size);
      sorted[at] = value;
      size += 1;
    }
    for (; left < begin; left++) {
      const at = placeOf(sorted, size, values[left] as number) - 1;
      sorted.copyWithin(at, at + 1, size);
      size -= 1;
    }
    if (size > 0) put(result, step, quantileOfSorted(params?.[step] ?? Number.NaN, sorted, size));
  }
};

/** Where the value goes: after those that are not above it. NaN comes first. */
function placeOf(sorted: Float64Array, size: number, value: number): number {
  let low = 0;
  let high = size;
  const isNone = Number.isNaN(value);
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = sorted[middle] as number;
    if (Number.isNaN(other) || (!isNone && other <= value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function quantileOfSorted(q: number, sorted: Float64Array, size: number): number {
  if (Number.isNaN(q)) return Number.NaN;
  if (q < 0) return Number.NEGATIVE_INFINITY;
  if (q > 1) return Number.POSITIVE_INFINITY;
  const rank = q * (size - 1);
  const lower = Math.floor(rank);
  const upper = Math.min(size - 1, lower + 1);
  const weight = rank - lower;
  return (sorted[lower] as number) * (1 - weight) + (sorted[upper] as number) * weight;
}

/** Counts how often the value differs from the one before. NaN after NaN is no change. */
const changes: SlidingFunction = (result, values, { from, to }) => {
  // How many changes there are up to each sample.
  const upTo = new Float64Array(values.length);
  for (let i = 1; i < values.length; i++) {
    const [before, now] = [values[i - 1] as number, values[i] as number];
    const isChange = now !== before && !(Number.isNaN(now) && Number.isNaN(before));
    upTo[i] = (upTo[i - 1] as number) + (isChange ? 1 : 0);
  }
  for (let step = 0; step < from.length; step++) {
    const begin = from[step] as number; // one entry for each step
    const end = to[step] as number;
    if (begin < end) put(result, step, (upTo[end - 1] as number) - (upTo[begin] as number));
  }
};

const count: SlidingFunction = (result, _, { from, to }) => {
  for (let step = 0; step < from.length; step++) {
    const length = (to[step] as number) - (from[step] as number); // one entry for each step
    if (length > 0) put(result, step, length);
  }
};

const last: SlidingFunction = (result, values, { from, to }) => {
  for (let step = 0; step < from.length; step++) {
    const end = to[step] as number; // one entry for each step
    if ((from[step] as number) < end) put(result, step, values[end - 1] as number);
  }
};

/** Kahan's sum as improved by Neumaier, without an object for it. */
const sum: SlidingFunction = (result, values, { from, to }) => {
  for (let step = 0; step < from.length; step++) {
    const begin = from[step] as number; // one entry for each step
    const end = to[step] as number;
    if (begin < end) put(result, step, compensatedSum(values, begin, end, 1));
  }
};

/** The sum by the count; where the sum is too large for a number, a running mean. */
const mean: SlidingFunction = (result, values, { from, to }) => {
  for (let step = 0; step < from.length; step++) {
    const begin = from[step] as number; // one entry for each step
    const end = to[step] as number;
    if (begin >= end) continue;
    const plain = compensatedSum(values, begin, end, end - begin);
    put(result, step, Number.isFinite(plain) ? plain : runningMean(values, begin, end));
  }
};

function runningMean(values: Float64Array, begin: number, end: number): number {
  const running = new KahanMean();
  for (let i = begin; i < end; i++) running.add(values[i] as number); // within the values
  return running.mean;
}

function compensatedSum(values: Float64Array, begin: number, end: number, divisor: number): number {
  let total = 0;
  let compensation = 0;
  for (let i = begin; i < end; i++) {
    const value = values[i] as number;
    const next = total + value;
    if (!Number.isFinite(next)) compensation = 0;
    else if (Math.abs(total) >= Math.abs(value)) compensation += total - next + value;
    else compensation += value - next + total;
    total = next;
  }
  return divisor === 1 ? total + compensation : total / divisor + compensation / divisor;
}

/** By name. What is not here is worked out window by window. */
export const SLIDING_FUNCTIONS: Readonly<Record<string, SlidingFunction>> = {
  avg_over_time: mean,
  changes,
  count_over_time: count,
  last_over_time: last,
  max_over_time: extreme((value, than) => value > than),
  min_over_time: extreme((value, than) => value < than),
  quantile_over_time: quantileOverTime,
  sum_over_time: sum,
};
