/** Function calls. Source: Prometheus 3, promql/functions.go. */

import { anchored, Labels, METRIC_NAME } from "@haltwatch/store/labels";
import type { Call, Expr, VectorSelector } from "../ast.ts";
import { type Bucket, type BucketResult, bucketFraction, bucketQuantile } from "../functions/classic-histogram.ts";
import { EXTENDED_FUNCTIONS } from "../functions/extended-range.ts";
import { INSTANT_FUNCTIONS, TIME_FUNCTIONS } from "../functions/instant.ts";
import { RANGE_FUNCTIONS, smoothed } from "../functions/over-time.ts";
import { overlapsBefore } from "../functions/start-timestamps.ts";
import { formatNumber } from "../print/literals.ts";
import type { Span } from "../promql-error.ts";
import { checkQuantile } from "./check-quantile.ts";
import { compareLabels } from "./compare-labels.ts";
import type { EvaluationContext } from "./context.ts";
import { executionError } from "./evaluation-error.ts";
import { checkExtended } from "./extended-selectors.ts";
import { info } from "./info.ts";
import { dropMetadata } from "./metadata-labels.ts";
import { evaluateRanges, evaluateScalar, evaluateVector } from "./operands.ts";
import { selectInstant } from "./selectors.ts";
import { mergeSameLabels, refuseSameLabels, SeriesBuilder } from "./series-builder.ts";
import {
  type Edges,
  emptySeries,
  isAnywherePresent,
  type Ranges,
  type Scalar,
  type Value,
  type Vector,
  type VectorSeries,
} from "./values.ts";
import { Window } from "./window.ts";

/** These keep the metric's name. */
const KEEPS_NAME: ReadonlySet<string> = new Set(["last_over_time", "first_over_time"]);

export function evaluateCall(context: EvaluationContext, call: Call): Value {
  const { func, args } = call;
  const { name } = func;
  const [first, second] = args;
  checkExtended(call);
  const instant = INSTANT_FUNCTIONS[name];
  if (instant !== undefined && first !== undefined) {
    const params = args.slice(1).map((arg) => evaluateScalar(context, arg).values);
    const at: number[] = [];
    return mapped(context, evaluateVector(context, first), (value, step) => {
      for (const [index, param] of params.entries()) at[index] = param[step] as number;
      if (name === "clamp" && (at[0] as number) > (at[1] as number)) return undefined;
      return instant(value, at);
    });
  }
  const ofTime = TIME_FUNCTIONS[name];
  if (ofTime !== undefined) {
    if (first !== undefined)
      return mapped(context, evaluateVector(context, first), (seconds) =>
        Number.isFinite(seconds) ? ofTime(seconds) : Number.NaN,
      );
    return single(context, (step) => ofTime(context.timeAt(step) / 1000));
  }
  if (RANGE_FUNCTIONS[name] !== undefined) return overTime(context, call);
  switch (name) {
    case "time":
      return scalar(context, (step) => context.timeAt(step) / 1000);
    case "pi":
      return scalar(context, () => Math.PI);
    case "start":
      return scalar(context, () => context.queryStartMs / 1000);
    case "end":
      return scalar(context, () => context.queryEndMs / 1000);
    case "step":
      return scalar(context, () => context.steps.stepMs / 1000);
    case "range":
      return scalar(context, () => (context.queryEndMs - context.queryStartMs) / 1000);
    case "max_of":
    case "min_of":
      return extremeOf(context, name, args);
    case "scalar":
      return asScalar(context, evaluateVector(context, required(first)));
    case "vector": {
      const { values } = evaluateScalar(context, required(first));
      return single(context, (step) => values[step] as number);
    }
    case "timestamp":
      return timestamps(context, required(first));
    case "start_timestamp":
      return startTimestamps(context, required(first));
    case "info":
      return info(context, required(first), second);
    case "absent":
      return absent(context, required(first), evaluateVector(context, required(first)));
    case "absent_over_time":
      return absent(context, required(first), presence(context, evaluateRanges(context, required(first))));
    case "sort":
    case "sort_desc":
      return sorted(evaluateVector(context, required(first)), name === "sort" ? 1 : -1);
    case "sort_by_label":
    case "sort_by_label_desc":
      return sortedByLabel(
        evaluateVector(context, required(first)),
        args.slice(1).map((arg) => text(context, arg)),
        name === "sort_by_label" ? 1 : -1,
      );
    case "label_replace":
    case "label_join":
      return relabelled(context, call);
    case "double_exponential_smoothing":
      return smoothing(context, args);
    case "histogram_quantile":
      return quantiles(context, required(first), required(second));
    case "histogram_quantiles":
      return severalQuantiles(context, args);
    case "histogram_fraction":
      return fractions(context, args);
    case "histogram_avg":
    case "histogram_count":
    case "histogram_sum":
    case "histogram_stddev":
    case "histogram_stdvar":
      evaluateVector(context, required(first)); // of floats there is nothing to tell
      return { type: "vector", series: [] };
    default:
      throw executionError(`${name}() is not evaluated yet`);
  }
}

function required<T>(arg: T | undefined): T {
  if (arg === undefined) throw new TypeError("checked when it was parsed");
  return arg;
}

function text(context: EvaluationContext, expr: Expr): string {
  const value = context.evaluate(context, expr);
  if (value.type !== "string") throw new TypeError("checked when it was parsed");
  return value.value;
}

function scalar(context: EvaluationContext, at: (step: number) => number): Scalar {
  return { type: "scalar", values: Float64Array.from({ length: context.steps.count }, (_, step) => at(step)) };
}

/** A vector of one series without labels. */
function single(context: EvaluationContext, at: (step: number) => number): Vector {
  const series = emptySeries(Labels.EMPTY, false, context.steps.count);
  for (let step = 0; step < context.steps.count; step++) series.values[step] = at(step);
  series.present.fill(1);
  return { type: "vector", series: [series] };
}

/** What a function that changes values makes of a series' labels. */
function withoutName(context: EvaluationContext, labels: Labels): Labels {
  return context.delayedNameRemoval ? labels : dropMetadata(labels);
}

/** The series with the values that there are. */
function filled(series: VectorSeries, at: (step: number) => number | undefined): VectorSeries {
  for (let step = 0; step < series.values.length; step++) {
    const value = at(step);
    if (value === undefined) continue;
    series.values[step] = value;
    series.present[step] = 1;
  }
  return series;
}

function mapped(
  context: EvaluationContext,
  vector: Vector,
  map: (value: number, step: number) => number | undefined,
): Vector {
  const series = vector.series.map((one) => {
    context.spend(one.values.length);
    return filled(emptySeries(withoutName(context, one.labels), true, one.values.length), (step) =>
      one.present[step] === 1 ? map(one.values[step] as number, step) : undefined,
    );
  });
  return mergeSameLabels(series.filter(isAnywherePresent));
}

function overTime(context: EvaluationContext, { func: { name }, args }: Call): Vector {
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
  return windows(context, ranges, keepsName, (window, step) => {
    const param = (params?.[step] as number | undefined) ?? Number.NaN;
    return ofWindow(window, param);
  });
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
    const window = new Window(one);
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
  const series = ranges.series.map((one) => {
    context.spend(context.steps.count);
    const labels = keepsName ? one.labels : withoutName(context, one.labels);
    const window = new Window(one);
    return filled(emptySeries(labels, keepsName ? one.dropsName : true, context.steps.count), (step) =>
      window.moveTo(ranges, step, context.timeAt(step)) ? at(window, step) : undefined,
    );
  });
  return refuseSameLabels(context, series.filter(isAnywherePresent));
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

function smoothing(context: EvaluationContext, args: readonly Expr[]): Vector {
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

function extremeOf(context: EvaluationContext, name: "max_of" | "min_of", args: readonly Expr[]): Scalar {
  const [a, b] = [evaluateScalar(context, required(args[0])).values, evaluateScalar(context, required(args[1])).values];
  const extreme = name === "max_of" ? Math.max : Math.min;
  return scalar(context, (step) => extreme(a[step] as number, b[step] as number));
}

/** The value of the only series; NaN where there is none or more than one. */
function asScalar(context: EvaluationContext, vector: Vector): Scalar {
  return scalar(context, (step) => {
    let found = Number.NaN;
    let count = 0;
    for (const { present, values } of vector.series) {
      if (present[step] !== 1) continue;
      count += 1;
      found = values[step] as number;
    }
    return count === 1 ? found : Number.NaN;
  });
}

/** Of a selector, when its samples are from; of anything else, the step's time. */
function timestamps(context: EvaluationContext, expr: Expr): Vector {
  const bare = withoutParens(expr);
  if (bare.kind === "vector-selector") {
    const vector = selectInstant(context, bare, "timestamp");
    return mapped(context, vector, (seconds) => seconds);
  }
  return mapped(context, evaluateVector(context, expr), (_, step) => context.timeAt(step) / 1000);
}

/** Of a selector, since when its samples count; of anything else nothing. */
function startTimestamps(context: EvaluationContext, expr: Expr): Vector {
  const bare = withoutParens(expr);
  if (bare.kind !== "vector-selector" || !context.useStartTimestamps) {
    evaluateVector(context, expr);
    return { type: "vector", series: [] };
  }
  return mapped(context, selectInstant(context, bare, "start"), (seconds) => seconds);
}

function withoutParens(expr: Expr): Expr {
  return expr.kind === "paren" ? withoutParens(expr.expr) : expr;
}

function presence(context: EvaluationContext, ranges: Ranges): Vector {
  const series = windows(
    context,
    { ...ranges, series: ranges.series.map((one, index) => ({ ...one, labels: Labels.from({ n: String(index) }) })) },
    true,
    () => 1,
  );
  return series;
}

/** 1 where there is nothing, with the labels that the selector says they would have had. */
function absent(context: EvaluationContext, expr: Expr, vector: Vector): Vector {
  const result = emptySeries(absentLabels(withoutParens(expr)), false, context.steps.count);
  for (let step = 0; step < context.steps.count; step++) {
    if (vector.series.some(({ present }) => present[step] === 1)) continue;
    result.values[step] = 1;
    result.present[step] = 1;
  }
  return { type: "vector", series: isAnywherePresent(result) ? [result] : [] };
}

/** Labels that are matched by equality, once. Source: `createLabelsForAbsentFunction`. */
function absentLabels(expr: Expr): Labels {
  const selector: VectorSelector | undefined =
    expr.kind === "vector-selector" ? expr : expr.kind === "matrix-selector" ? expr.selector : undefined;
  const labels = new Map<string, string>();
  const seen = new Set<string>();
  for (const { name, operator, value } of selector?.matchers ?? []) {
    if (name === METRIC_NAME) continue;
    if (operator === "=" && !seen.has(name)) labels.set(name, value);
    else labels.delete(name);
    seen.add(name);
  }
  return Labels.from([...labels]);
}

/** For an instant query; series without a value at the first step, and NaN, come last. */
function sorted(vector: Vector, sign: number): Vector {
  const series = [...vector.series].sort((a, b) => {
    const [x, y] = [a.values[0] as number, b.values[0] as number];
    if (Number.isNaN(x)) return Number.isNaN(y) ? 0 : 1;
    if (Number.isNaN(y)) return -1;
    return sign * (x - y);
  });
  return { type: "vector", series };
}

/** Text with numbers in it as people order it: `cpu2` before `cpu10`. */
const NATURAL = new Intl.Collator("en", { numeric: true, caseFirst: "upper" });

function sortedByLabel(vector: Vector, names: readonly string[], sign: number): Vector {
  const series = [...vector.series].sort((a, b) => {
    for (const name of names) {
      const order = naturalOrder(a.labels.get(name), b.labels.get(name));
      if (order !== 0) return sign * order;
    }
    return sign * compareLabels(a.labels, b.labels);
  });
  return { type: "vector", series };
}

function naturalOrder(a: string, b: string): number {
  return a === b ? 0 : NATURAL.compare(a, b) || (a < b ? -1 : 1);
}

function relabelled(context: EvaluationContext, { func, args }: Call): Vector {
  const vector = evaluateVector(context, required(args[0]));
  const [target = "", ...rest] = args.slice(1).map((arg) => text(context, arg));
  // Text that is not UTF-8 was read with this character in the place of each byte that is wrong.
  if (target === "" || target.includes("\uFFFD"))
    throw executionError(`invalid destination label name in ${func.name}(): `);
  const change = func.name === "label_replace" ? replacing(target, rest) : joining(target, rest);
  const series = vector.series.map((one): VectorSeries => {
    const labels = change(one.labels);
    return { ...one, labels, dropsName: target === METRIC_NAME ? false : one.dropsName };
  });
  return mergeSameLabels(series);
}

function replacing(
  target: string,
  [replacement = "", source = "", pattern = ""]: readonly string[],
): (labels: Labels) => Labels {
  const compiled = compile(pattern);
  return (labels) => {
    const value = labels.get(source);
    const matcher = compiled.matcher(value);
    if (!matcher.matches()) return labels;
    return labels.with(
      target,
      expand(replacement, (group) => groupValue(matcher, group)),
    );
  };
}

function compile(pattern: string): ReturnType<typeof anchored> {
  try {
    return anchored(pattern);
  } catch {
    throw executionError(`invalid regular expression in label_replace(): ${pattern}`);
  }
}

function groupValue(matcher: ReturnType<ReturnType<typeof anchored>["matcher"]>, group: string): string {
  try {
    return (/^\d+$/.test(group) ? matcher.group(Number(group)) : matcher.group(group)) ?? "";
  } catch {
    return ""; // Go's Expand: a group that is not there is empty
  }
}

/** Go's `regexp.Expand`: `$1`, `${1}`, `$name`, `${name}`, `$$`. The longest run of word characters is the name. */
function expand(template: string, group: (name: string) => string): string {
  return template.replaceAll(/\$(?:\$|\{(\w+)\}|(\w+))/g, (whole, braced?: string, bare?: string) =>
    whole === "$$" ? "$" : group(braced ?? bare ?? ""),
  );
}

function joining(target: string, [separator = "", ...sources]: readonly string[]): (labels: Labels) => Labels {
  return (labels) => labels.with(target, sources.map((source) => labels.get(source)).join(separator));
}

/** Series of one histogram: their labels but `le` are the same. */
interface BucketGroup {
  readonly labels: Labels;
  readonly dropsName: boolean;
  readonly buckets: { readonly upperBound: number; readonly series: VectorSeries }[];
}

function bucketGroups(context: EvaluationContext, { vector, span }: Buckets): BucketGroup[] {
  const groups = new Map<string, BucketGroup>();
  const dropped = new Set(["le"]);
  for (const series of vector.series) {
    const le = series.labels.get("le");
    const upperBound = parseBound(le);
    if (upperBound === undefined) {
      context.annotations.warn(
        `bucket label "le" is missing or has a malformed value of ${JSON.stringify(le)} for metric name ${JSON.stringify(series.labels.get(METRIC_NAME))}`,
        span,
      );
      continue;
    }
    const labels = withoutName(context, series.labels.drop(dropped));
    const group = groups.get(labels.key);
    if (group === undefined) groups.set(labels.key, { labels, dropsName: true, buckets: [{ upperBound, series }] });
    else group.buckets.push({ upperBound, series });
  }
  return [...groups.values()];
}

function parseBound(le: string): number | undefined {
  if (/^\+?Inf$/i.test(le)) return Number.POSITIVE_INFINITY;
  if (/^-Inf$/i.test(le)) return Number.NEGATIVE_INFINITY;
  const value = Number(le);
  return le.trim() === "" || Number.isNaN(value) ? undefined : value;
}

function ofBuckets(
  context: EvaluationContext,
  given: Buckets,
  at: (buckets: readonly Bucket[], step: number) => BucketResult,
  relabel: (labels: Labels) => Labels = (labels) => labels,
): Vector {
  const builder = new SeriesBuilder(context.steps.count);
  for (const { labels, dropsName, buckets } of bucketGroups(context, given)) {
    const result = builder.seriesOf(relabel(labels), dropsName);
    for (let step = 0; step < context.steps.count; step++) {
      const present: Bucket[] = [];
      for (const { upperBound, series } of buckets) {
        if (series.present[step] === 1) present.push({ upperBound, count: series.values[step] as number });
      }
      if (present.length === 0) continue;
      const { value, forcedMonotonic } = at(present, step);
      if (forcedMonotonic) {
        const name = JSON.stringify(labels.get(METRIC_NAME));
        context.annotations.info(
          `input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile) for metric name ${name}`,
          given.span,
        );
      }
      if (!builder.set(result, step, value))
        throw executionError("vector cannot contain metrics with the same labelset");
    }
  }
  return builder.vector();
}

function quantiles(context: EvaluationContext, quantileExpr: Expr, bucketsExpr: Expr): Vector {
  const q = evaluateScalar(context, quantileExpr).values;
  for (const value of q) checkQuantile(context, value, quantileExpr.span);
  const buckets = bucketsOf(context, bucketsExpr);
  return ofBuckets(context, buckets, (present, step) => bucketQuantile(q[step] as number, present));
}

function severalQuantiles(context: EvaluationContext, args: readonly Expr[]): Vector {
  const buckets = bucketsOf(context, required(args[0]));
  const label = text(context, required(args[1]));
  const series = args.slice(2).flatMap((arg) => {
    const q = evaluateScalar(context, arg).values;
    for (const value of q) checkQuantile(context, value, arg.span);
    const shown = openMetricsNumber(q[0] as number);
    const at = (present: readonly Bucket[], step: number): BucketResult => bucketQuantile(q[step] as number, present);
    return ofBuckets(context, buckets, at, (labels) => labels.with(label, shown)).series;
  });
  return mergeSameLabels(series);
}

/** As OpenMetrics writes the numbers that are labels: never without a point or an exponent. */
function openMetricsNumber(value: number): string {
  const shown = formatNumber(value);
  return /^-?\d+$/.test(shown) ? `${shown}.0` : shown;
}

function fractions(context: EvaluationContext, args: readonly Expr[]): Vector {
  const lower = evaluateScalar(context, required(args[0])).values;
  const upper = evaluateScalar(context, required(args[1])).values;
  const buckets = bucketsOf(context, required(args[2]));
  return ofBuckets(context, buckets, (present, step) =>
    bucketFraction(lower[step] as number, upper[step] as number, present),
  );
}

/** The bucket series of histograms, and where they stand in the query. */
interface Buckets {
  readonly vector: Vector;
  readonly span: Span;
}

function bucketsOf(context: EvaluationContext, expr: Expr): Buckets {
  return { vector: evaluateVector(context, expr), span: expr.span };
}
