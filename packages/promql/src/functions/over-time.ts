/** Functions of a window of samples. Source: Prometheus 3, promql/functions.go. */
import { KahanMean, KahanSum } from "../evaluate/kahan.ts";
import type { Window } from "../evaluate/window.ts";
import { quantile } from "./quantile.ts";
import { isStartReset, knownBeginning } from "./start-timestamps.ts";

/** @param param the scalar argument at this step, where the function has one. @returns nothing for no value */
export type RangeFunction = (window: Window, param: number) => number | undefined;

function first({ values, from }: Window): number {
  return values[from] as number; // a window is not empty
}

function last({ values, to }: Window): number {
  return values[to - 1] as number; // a window is not empty
}

/**
 * The values' variance; the standard deviation is its root. Welford's method with compensated sums, which stand here in full:
 * an object for each would cost more than what they add.
 */
function variance({ values, from, to }: Window): number {
  let count = 0;
  let [mean, meanRest] = [0, 0];
  let [squares, squaresRest] = [0, 0];
  for (let i = from; i < to; i++) {
    const value = values[i] as number;
    count += 1;
    const delta = value - (mean + meanRest);
    const step = delta / count;
    let total = mean + step;
    meanRest = restAfter(mean, step, total, meanRest);
    mean = total;
    const square = delta * (value - (mean + meanRest));
    total = squares + square;
    squaresRest = restAfter(squares, square, total, squaresRest);
    squares = total;
  }
  return (squares + squaresRest) / count;
}

/** What `before + value` has lost, with what was lost before. Neumaier's improvement of Kahan's sum: see `KahanSum`. */
function restAfter(before: number, value: number, total: number, rest: number): number {
  if (!Number.isFinite(total)) return 0;
  return rest + (Math.abs(before) >= Math.abs(value) ? before - total + value : value - total + before);
}

/** The index of the extreme value; of several, the first or the last. NaN gives way to any number. */
function extremeIndex({ values, from, to }: Window, isBetter: (value: number, best: number) => boolean): number {
  let best = from;
  for (let i = from + 1; i < to; i++) {
    if (isBetter(values[i] as number, values[best] as number) || Number.isNaN(values[best])) best = i;
  }
  return best;
}

/** Increases lost to a counter's resets. */
function resetsOf(window: Window): { count: number; lost: number } {
  const { values, from, to } = window;
  const hasStarts = window.starts !== undefined;
  let count = 0;
  let lost = 0;
  for (let i = from + 1; i < to; i++) {
    const before = values[i - 1] as number; // in the window
    if ((values[i] as number) < before || (hasStarts && isStartReset(window, i))) {
      count += 1;
      lost += before;
    }
  }
  return { count, lost };
}

/** How the value grew over the whole range, carried on to the range's ends. Source: `extrapolatedRate`. */
function extrapolated(window: Window, kind: "rate" | "increase" | "delta"): number | undefined {
  const { times, from, to, startMs, endMs } = window;
  const isCounter = kind !== "delta";
  const beginning = isCounter ? knownBeginning(window) : undefined;
  if (window.length < 2 && beginning === undefined) return undefined;
  let growth = last(window) - first(window);
  if (isCounter) growth += resetsOf(window).lost;

  let sampled = ((times[to - 1] as number) - (times[from] as number)) / 1000;
  const average = window.length < 2 ? 0 : sampled / (window.length - 1);
  const threshold = average * 1.1;
  let toStart = ((times[from] as number) - startMs) / 1000;
  let toEnd = (endMs - (times[to - 1] as number)) / 1000;
  if (beginning !== undefined) {
    toStart = 0;
    sampled = ((times[to - 1] as number) - beginning) / 1000;
    growth += first(window);
  } else {
    if (toStart >= threshold) toStart = average / 2;
    if (isCounter) {
      // A counter cannot have been below zero: it is not carried further back than to there.
      let toZero = toStart;
      if (growth > 0 && first(window) >= 0) toZero = sampled * (first(window) / growth);
      if (toZero < toStart) toStart = toZero;
    }
  }
  if (toEnd >= threshold) toEnd = average / 2;
  let factor = sampled === 0 ? 1 : (sampled + toStart + toEnd) / sampled;
  if (kind === "rate") factor /= (endMs - startMs) / 1000;
  return growth * factor;
}

/** Between the last two samples. */
function instant(window: Window, isRate: boolean): number | undefined {
  if (window.length < 2) return undefined;
  const { times, values, to } = window;
  const [before, after] = [values[to - 2] as number, values[to - 1] as number];
  const ms = (times[to - 1] as number) - (times[to - 2] as number);
  if (ms === 0) return undefined;
  if (!isRate) return after - before;
  const difference = after < before || isStartReset(window, to - 1) ? after : after - before;
  return difference / (ms / 1000);
}

/** Least squares: slope by second, and the value at `interceptMs`. Source: `linearRegression`. */
function regression({ times, values, from, to }: Window, interceptMs: number): { slope: number; intercept: number } {
  let [x, y, xy, xx] = [0, 0, 0, 0];
  let [xRest, yRest, xyRest, xxRest] = [0, 0, 0, 0];
  const initial = values[from] as number;
  let isConstant = true;
  for (let i = from; i < to; i++) {
    const value = values[i] as number;
    if (isConstant && i > from && value !== initial) isConstant = false;
    const at = ((times[i] as number) - interceptMs) / 1000;
    let total = x + at;
    xRest = restAfter(x, at, total, xRest);
    x = total;
    total = y + value;
    yRest = restAfter(y, value, total, yRest);
    y = total;
    const product = at * value;
    total = xy + product;
    xyRest = restAfter(xy, product, total, xyRest);
    xy = total;
    const square = at * at;
    total = xx + square;
    xxRest = restAfter(xx, square, total, xxRest);
    xx = total;
  }
  if (isConstant)
    return Number.isFinite(initial) ? { slope: 0, intercept: initial } : { slope: Number.NaN, intercept: Number.NaN };
  const n = to - from;
  const [sumX, sumY] = [x + xRest, y + yRest];
  const covariance = xy + xyRest - (sumX * sumY) / n;
  const spread = xx + xxRest - (sumX * sumX) / n;
  const slope = covariance / spread;
  return { slope, intercept: sumY / n - (slope * sumX) / n };
}

function sum(window: Window): number {
  const total = new KahanSum();
  for (let i = window.from; i < window.to; i++) total.add(window.values[i] as number);
  return total.total;
}

function mean(window: Window): number {
  const total = new KahanMean();
  for (let i = window.from; i < window.to; i++) total.add(window.values[i] as number);
  return total.mean;
}

function inWindow({ values, from, to }: Window): number[] {
  return [...values.subarray(from, to)];
}

function timeAt({ times }: Window, index: number): number {
  return (times[index] as number) / 1000;
}

/** Functions of one range vector that drop the metric's name, by name. */
export const RANGE_FUNCTIONS: Readonly<Record<string, RangeFunction>> = {
  avg_over_time: mean,
  changes({ values, from, to }) {
    let changes = 0;
    for (let i = from + 1; i < to; i++)
      if (!Object.is(values[i], values[i - 1]) && values[i] !== values[i - 1]) changes += 1;
    return changes;
  },
  count_over_time: (window) => window.length,
  delta: (window) => extrapolated(window, "delta"),
  deriv: (window) => (window.length < 2 ? undefined : regression(window, window.times[window.from] as number).slope),
  first_over_time: first,
  idelta: (window) => instant(window, false),
  increase: (window) => extrapolated(window, "increase"),
  irate: (window) => instant(window, true),
  last_over_time: last,
  mad_over_time(window) {
    const values = inWindow(window);
    if (values.some(Number.isNaN)) return Number.NaN;
    const median = quantile(0.5, values);
    return quantile(
      0.5,
      values.map((value) => Math.abs(value - median)),
    );
  },
  max_over_time: (window) => window.values[extremeIndex(window, (value, best) => value > best)],
  min_over_time: (window) => window.values[extremeIndex(window, (value, best) => value < best)],
  predict_linear(window, seconds) {
    if (window.length < 2) return undefined;
    const { slope, intercept } = regression(window, window.evaluationMs);
    return slope * seconds + intercept;
  },
  present_over_time: () => 1,
  quantile_over_time: (window, q) => quantile(q, inWindow(window)),
  rate: (window) => extrapolated(window, "rate"),
  resets: (window) => resetsOf(window).count,
  stddev_over_time: (window) => Math.sqrt(variance(window)),
  stdvar_over_time: variance,
  sum_over_time: sum,
  ts_of_first_over_time: (window) => timeAt(window, window.from),
  ts_of_last_over_time: (window) => timeAt(window, window.to - 1),
  ts_of_max_over_time: (window) =>
    timeAt(
      window,
      extremeIndex(window, (value, best) => value >= best),
    ),
  ts_of_min_over_time: (window) =>
    timeAt(
      window,
      extremeIndex(window, (value, best) => value <= best),
    ),
};

/** Holt's double exponential smoothing. Source: `funcDoubleExponentialSmoothing`. */
export function smoothed({ values, from, to }: Window, smoothing: number, trend: number): number | undefined {
  if (to - from < 2) return undefined;
  let before = 0;
  let current = values[from] as number;
  let slope = (values[from + 1] as number) - current;
  for (let i = 1; i < to - from; i++) {
    const x = smoothing * (values[from + i] as number);
    if (i > 1) slope = trend * (current - before) + (1 - trend) * slope;
    const y = (1 - smoothing) * (current + slope);
    before = current;
    current = x + y;
  }
  return current;
}
