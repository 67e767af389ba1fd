/** Functions of range vectors. Source: Prometheus 3, promql/functions.go. */
import { Labels, METRIC_NAME } from "@haltwatch/store/labels";
import type { Call, Expr } from "../ast.ts";
import { EXTENDED_FUNCTIONS } from "../functions/extended-range.ts";
import { Extrapolation } from "../functions/extrapolation.ts";
import { RANGE_FUNCTIONS, smoothed } from "../functions/over-time.ts";
import { SLIDING_FUNCTIONS } from "../functions/sliding.ts";
import { overlapsBefore } from "../functions/start-timestamps.ts";
import type { Span } from "../promql-error.ts";
import { checkQuantile } from "./check-quantile.ts";
import type { EvaluationContext } from "./context.ts";
import { executionError } from "./evaluation-error.ts";
import { withoutName } from "./metadata-labels.ts";
import { evaluateRanges, evaluateScalar, required } from "./operands.ts";
import { refuseSameLabels } from "./series-builder.ts";
import { WindowBounds } from "./shared-times.ts";
import {
  type Edges,
  emptySeries,
  isAnywherePresent,
  type RangeSeries,
  type Ranges,
  type Vector,
  type VectorSeries,
} from "./values.ts";
import { Window } from "./window.ts";

/** These keep the metric's name. */
const KEEPS_NAME: ReadonlySet<string> = new Set(["last_over_time", "first_over_time"]);

/** Functions of one range vector. */
export function overTime(context: EvaluationContext, { func: { name }, args }: Call): Vector {
  const ofWindow = required(RANGE_FUNCTIONS[name]);
  const matrixFirst = name !== "quantile_over_time";
  const ranges = evaluateRanges(context, required(matrixFirst ? args[0] : args[1]));
  const paramExpr = matrixFirst ? args[1] : args[0];
  const params = paramExpr === undefined ? undefined : evaluateScalar(context, paramExpr).values;
  if (name === "rate" || name === "increase") noteNonCounters(context, ranges, required(args[0]).span);
  if (name === "quantile_over_time") for (const q of params ?? []) checkQuantile(context, q, required(args[0]).span);
  const keepsName = KEEPS_NAME.has(name);
  if (ranges.edges !== undefined) return extendedOverTime(context, name, ranges, ranges.edges);
  if (name === "rate" || name === "increase") noteOverlaps(context, ranges, required(args[0]).span);
  const plain = (window: Window, step: number): number | undefined => ofWindow(window, params?.[step] ?? Number.NaN);
  return columnwise(context, name, ranges, params, keepsName) ?? windows(context, ranges, keepsName, plain);
}

/** The functions that are asked most, over all steps at once; `undefined` if it is none of them. */
function columnwise(
  context: EvaluationContext,
  name: string,
  ranges: Ranges,
  params: Float64Array | undefined,
  keepsName: boolean,
): Vector | undefined {
  // Counters that say since when they count need to be looked at sample by sample.
  if (ranges.series.some(({ starts }) => starts !== undefined)) return undefined;
  const bounds = new WindowBounds(ranges.ends, ranges.rangeMs);
  if (name === "rate" || name === "increase" || name === "delta") {
    const extrapolation = new Extrapolation(name, ranges);
    return eachSeries(context, ranges, false, (result, { times, values }) =>
      extrapolation.fill(result, times, values, bounds.of(times)),
    );
  }
  const sliding = SLIDING_FUNCTIONS[name];
  if (sliding === undefined) return undefined;
  return eachSeries(context, ranges, keepsName, (result, { times, values }) =>
    sliding(result, values, bounds.of(times), params),
  );
}

/** Of an `anchored` or `smoothed` range. */
function extendedOverTime(
  context: EvaluationContext,
  name: string,
  ranges: Ranges,
  edgesAt: (step: number) => Edges,
): Vector {
  return windows(context, ranges, false, (window, step) => {
    const edges = edgesAt(step);
    return required(EXTENDED_FUNCTIONS[edges.extended][name])(window, edges); // `checkExtended` let it through
  });
}

/** Samples that count what others have counted. Source: `NewStartTimeOverlapWarning`. */
function noteOverlaps(context: EvaluationContext, ranges: Ranges, span: Span): void {
  for (const one of ranges.series) {
    if (one.starts === undefined) continue;
    const window = new Window(one, undefined);
    for (let i = 1; i < one.times.length; i++) {
      if (!overlapsBefore(window, i)) continue;
      const name = JSON.stringify(one.labels.get(METRIC_NAME));
      context.annotations.warn(`start timestamps overlap with earlier samples for metric name ${name}`, span);
      break;
    }
  }
}

/** What each series' window gives at each step. */
function windows(
  context: EvaluationContext,
  ranges: Ranges,
  keepsName: boolean,
  at: (window: Window, step: number) => number | undefined,
): Vector {
  const bounds = new WindowBounds(ranges.ends, ranges.rangeMs);
  return eachSeries(context, ranges, keepsName, (result, one) => {
    const window = new Window(one, bounds.of(one.times));
    for (let step = 0; step < result.values.length; step++) {
      if (!window.moveTo(ranges, step, context.timeAt(step))) continue;
      context.work(window.length);
      const value = at(window, step);
      if (value === undefined) continue;
      result.values[step] = value;
      result.present[step] = 1;
    }
  });
}

/** Over all steps of a series at once. */
function eachSeries(
  context: EvaluationContext,
  ranges: Ranges,
  keepsName: boolean,
  fill: (result: VectorSeries, series: RangeSeries) => void,
): Vector {
  const series: VectorSeries[] = [];
  for (const one of ranges.series) {
    context.spend(context.steps.count);
    const labels = keepsName ? one.labels : withoutName(context, one.labels);
    const result = emptySeries(labels, keepsName ? one.dropsName : true, context.steps.count);
    fill(result, one);
    if (isAnywherePresent(result)) series.push(result);
  }
  return refuseSameLabels(context, series);
}

/** A rate of what is no counter is a common mistake. Source: `NewPossibleNonCounterInfo`. */
function noteNonCounters(context: EvaluationContext, ranges: Ranges, span: Span): void {
  for (const { labels, times } of ranges.series) {
    const name = labels.get(METRIC_NAME);
    if (times.length === 0 || name === "" || /_(total|sum|count|bucket)$/.test(name)) continue;
    context.annotations.info(
      `metric might not be a counter, name does not end in _total/_sum/_count/_bucket: ${JSON.stringify(name)}`,
      span,
    );
  }
}

export function doubleExponentialSmoothing(context: EvaluationContext, args: readonly Expr[]): Vector {
  const ranges = evaluateRanges(context, required(args[0]));
  const factors = evaluateScalar(context, required(args[1])).values;
  const trends = evaluateScalar(context, required(args[2])).values;
  return windows(context, ranges, false, (window, step) => {
    const [factor, trend] = [factors[step] as number, trends[step] as number];
    if (factor <= 0 || factor >= 1)
      throw executionError(`invalid smoothing factor. Expected: 0 < sf < 1, got: ${factor.toFixed(6)}`);
    if (trend <= 0 || trend >= 1)
      throw executionError(`invalid trend factor. Expected: 0 < tf < 1, got: ${trend.toFixed(6)}`);
    return smoothed(window, factor, trend);
  });
}

/** Where each series has a sample, whatever its labels. */
export function presence(context: EvaluationContext, ranges: Ranges): Vector {
  const series = ranges.series.map((one, index) => ({ ...one, labels: Labels.from({ n: String(index) }) }));
  return windows(context, { ...ranges, series }, true, () => 1);
}
