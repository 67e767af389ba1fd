/** Function calls. Source: Prometheus 3, promql/functions.go. */

import { Labels, METRIC_NAME } from "@haltwatch/store/labels";
import type { Call, Expr, VectorSelector } from "../ast.ts";
import { INSTANT_FUNCTIONS, TIME_FUNCTIONS } from "../functions/instant.ts";
import { RANGE_FUNCTIONS } from "../functions/over-time.ts";
import type { EvaluationContext } from "./context.ts";
import { executionError } from "./evaluation-error.ts";
import { checkExtended } from "./extended-selectors.ts";
import { histogramFraction, histogramQuantile, histogramQuantiles } from "./histogram-call.ts";
import { info } from "./info.ts";
import { withoutName } from "./metadata-labels.ts";
import { evaluateRanges, evaluateScalar, evaluateText, evaluateVector, required } from "./operands.ts";
import { doubleExponentialSmoothing, overTime, presence } from "./range-call.ts";
import { relabelled } from "./relabel-call.ts";
import { selectInstant } from "./selectors.ts";
import { mergeSameLabels } from "./series-builder.ts";
import { sorted, sortedByLabel } from "./sort-call.ts";
import { emptySeries, isAnywherePresent, type Scalar, type Value, type Vector, type VectorSeries } from "./values.ts";

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
        args.slice(1).map((arg) => evaluateText(context, arg)),
        name === "sort_by_label" ? 1 : -1,
      );
    case "label_replace":
    case "label_join":
      return relabelled(context, call);
    case "double_exponential_smoothing":
      return doubleExponentialSmoothing(context, args);
    case "histogram_quantile":
      return histogramQuantile(context, required(first), required(second));
    case "histogram_quantiles":
      return histogramQuantiles(context, args);
    case "histogram_fraction":
      return histogramFraction(context, args);
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
