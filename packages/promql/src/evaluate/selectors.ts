/** Reads samples for selectors: the newest at each step for instant vectors, windows for range vectors. */

import type { StoredSeries } from "@haltwatch/store";
import type { AtModifier, MatrixSelector, Subquery, VectorSelector } from "../ast.ts";
import type { EvaluationContext } from "./context.ts";
import { PromqlEvaluationError } from "./evaluation-error.ts";
import { extendedRanges, fillSmoothed } from "./extended-selectors.ts";
import { type Newest, NewestSamples } from "./shared-times.ts";
import {
  emptySeries,
  isAnywherePresent,
  type RangeSeries,
  type Ranges,
  type Vector,
  type VectorSeries,
} from "./values.ts";

/** Evaluates the inner expression of a subquery over its own steps. */
export type EvaluateVector = (context: EvaluationContext) => Vector;

/** The time that each step looks at, with `@` and `offset` taken into account. */
function lookTimes(context: EvaluationContext, at: AtModifier | undefined, offsetMs: number): Float64Array {
  const times = new Float64Array(context.steps.count);
  for (let step = 0; step < times.length; step++) times[step] = atTime(context, at, context.timeAt(step)) - offsetMs;
  return times;
}

function atTime(context: EvaluationContext, at: AtModifier | undefined, stepMs: number): number {
  switch (at?.kind) {
    case undefined:
      return stepMs;
    case "timestamp":
      return at.timestampMs;
    case "start":
      return context.queryStartMs;
    case "end":
      return context.queryEndMs;
    default:
      return at satisfies never;
  }
}

function extent(times: Float64Array): readonly [min: number, max: number] {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const time of times) {
    if (time < min) min = time;
    if (time > max) max = time;
  }
  return [min, max];
}

/** What an instant selector takes of each sample: its value, or its time, or since when it counts, in seconds. */
export type SamplePart = "value" | "timestamp" | "start";

/** Series of a storage that knows since when samples count. */
interface StoredWithStarts extends StoredSeries {
  /** By sample, Unix milliseconds; 0 where that is unknown. */
  readonly starts?: Float64Array | undefined;
}

/** The newest sample of each series within the lookback, unless it is stale. Prometheus 3: the window is left-open. */
export function selectInstant(
  context: EvaluationContext,
  selector: VectorSelector,
  part: SamplePart = "value",
): Vector {
  const times = lookTimes(context, selector.at, selector.offsetMs);
  const [min, max] = extent(times);
  const series: VectorSeries[] = [];
  const newest = new NewestSamples(times, context.lookbackMs);
  const isSmoothed = selector.extended === "smoothed" && part === "value";
  for (const stored of select(
    context,
    selector,
    min - context.lookbackMs,
    isSmoothed ? max + context.lookbackMs : max,
  )) {
    const result = isSmoothed
      ? fillSmoothed(emptySeries(stored.labels, false, times.length), withoutStale(stored), times, context.lookbackMs)
      : newestOf(context, stored, newest.of(stored.times), part);
    if (isAnywherePresent(result)) series.push(result);
  }
  return { type: "vector", series };
}

function newestOf(
  context: EvaluationContext,
  stored: StoredWithStarts,
  { index, isComplete }: Newest,
  part: SamplePart,
): VectorSeries {
  const { labels, times, values, stale, starts } = stored;
  const result = new Float64Array(index.length);
  if (isComplete && stale === undefined && part === "value") {
    for (let step = 0; step < index.length; step++) result[step] = values[index[step] as number] as number; // each is found
    return { labels, dropsName: false, values: result, present: context.everyStep };
  }
  const present = new Uint8Array(index.length);
  for (let step = 0; step < index.length; step++) {
    const found = index[step] as number; // one for each step
    if (found === -1 || stale?.[found] === 1) continue;
    if (part === "value") result[step] = values[found] as number;
    else result[step] = (part === "timestamp" ? (times[found] as number) : (starts?.[found] ?? 0)) / 1000;
    present[step] = 1;
  }
  return { labels, dropsName: false, values: result, present };
}

/** The samples that any step's window may hold. Stale markers are left out. */
export function selectRange(context: EvaluationContext, expr: MatrixSelector): Ranges {
  const { selector } = expr;
  const ranges = extendedRanges(context, expr, lookTimes(context, selector.at, selector.offsetMs));
  const [min, max] = extent(ranges.ends);
  const useStarts = context.useStartTimestamps;
  const series = select(context, selector, min - ranges.rangeMs, max).map((stored) => withoutStale(stored, useStarts));
  return { ...ranges, series };
}

function withoutStale(stored: StoredWithStarts, useStarts = false): RangeSeries {
  const { labels, times, values, stale } = stored;
  const starts = useStarts ? stored.starts : undefined;
  if (stale === undefined) return { labels, dropsName: false, times, values, starts };
  const isKept = (_: number, index: number): boolean => stale[index] === 0;
  return {
    labels,
    dropsName: false,
    times: times.filter(isKept),
    values: values.filter(isKept),
    starts: starts?.filter(isKept),
  };
}

/** The inner expression's values over the subquery's steps, as if they were samples. */
export function selectSubquery(context: EvaluationContext, subquery: Subquery, evaluate: EvaluateVector): Ranges {
  const { rangeMs, offsetMs, at } = subquery;
  const stepMs = subquery.stepMs ?? context.subqueryStepMs;
  const ends = lookTimes(context, at, offsetMs);
  const [min, max] = extent(ends);
  // Steps are multiples of the step's length, the first of them after the range's (excluded) beginning.
  let startMs = stepMs * Math.floor((min - rangeMs) / stepMs);
  if (startMs <= min - rangeMs) startMs += stepMs;
  const count = Math.max(0, Math.floor((max - startMs) / stepMs) + 1);
  if (count === 0) return { series: [], rangeMs, ends };
  const inner = evaluate(context.over({ startMs, stepMs, count }));
  const series = inner.series.map((one): RangeSeries => {
    const times: number[] = [];
    const values: number[] = [];
    for (let step = 0; step < count; step++) {
      if (one.present[step] !== 1) continue;
      times.push(startMs + step * stepMs);
      values.push(one.values[step] as number); // in range
    }
    return {
      labels: one.labels,
      dropsName: one.dropsName,
      times: Float64Array.from(times),
      values: Float64Array.from(values),
      starts: undefined,
    };
  });
  return { series, rangeMs, ends };
}

function select(
  context: EvaluationContext,
  selector: VectorSelector,
  minMs: number,
  maxMs: number,
): readonly StoredSeries[] {
  const found = context.storage.select(selector.matchers, minMs, maxMs);
  for (const stored of found) {
    context.spend(context.steps.count + stored.times.length);
    if (stored.isNativeHistogram !== true) continue;
    throw new PromqlEvaluationError(
      "NATIVE_HISTOGRAM",
      `${stored.labels} holds native histograms, which are not evaluated yet`,
      "Use the classic histogram's _bucket, _sum and _count series",
    );
  }
  return found;
}
