/** Aggregations over series. Source: Prometheus 3, promql/engine.go (`aggregation`, `aggregationK`). */

import { type Labels, METRIC_NAME } from "@haltwatch/store/labels";
import type { AggregateExpr } from "../ast.ts";
import { formatNumber, plainNumber } from "../print/literals.ts";
import { checkQuantile } from "./check-quantile.ts";
import type { EvaluationContext } from "./context.ts";
import { executionError } from "./evaluation-error.ts";
import { reduce } from "./reduce.ts";
import { isWithinRatio, ratioPlace } from "./sample-ratio.ts";
import { mergeSameLabels, SeriesBuilder } from "./series-builder.ts";
import { emptySeries, isAnywherePresent, type Value, type Vector, type VectorSeries } from "./values.ts";

interface Group {
  readonly labels: Labels;
  readonly members: VectorSeries[];
}

export function evaluateAggregation(
  context: EvaluationContext,
  expr: AggregateExpr,
  vector: Vector,
  param: Value | undefined,
): Vector {
  const groups = grouped(expr, vector);
  context.spend(vector.series.length * context.steps.count);
  switch (expr.operator) {
    case "topk":
    case "bottomk":
    case "limitk":
    case "limit_ratio":
      return selected(context, expr, groups, scalarOf(param));
    case "count_values":
      return countValues(context, groups, param?.type === "string" ? param.value : "");
    default:
      return reduced(context, expr, groups, param);
  }
}

function scalarOf(param: Value | undefined): Float64Array {
  if (param?.type === "scalar") return param.values;
  throw new TypeError("checked when it was parsed");
}

function grouped({ grouping, without }: AggregateExpr, vector: Vector): Group[] {
  const names = new Set(without ? [...grouping, METRIC_NAME] : grouping);
  const id = `${without ? "without" : "by"} ${[...names].join()}`;
  const groups = new Map<string, Group>();
  for (const series of vector.series) {
    // Upstream, too, parts groups by names that are to go in the end.
    const known = series.labels.remembered(id);
    const labels = known ?? (without ? series.labels.drop(names) : series.labels.keep(names));
    let group = groups.get(labels.key);
    if (group === undefined) {
      group = { labels, members: [] };
      groups.set(labels.key, group);
    }
    // What is remembered is the group's: not as many labels as there are series.
    if (known === undefined) series.labels.remember(id, group.labels);
    group.members.push(series);
  }
  return [...groups.values()];
}

function reduced(
  context: EvaluationContext,
  expr: AggregateExpr,
  groups: readonly Group[],
  param: Value | undefined,
): Vector {
  if (param?.type === "scalar") for (const q of param.values) checkQuantile(context, q, expr.param?.span ?? expr.span);
  const params = param?.type === "scalar" ? param.values : undefined;
  const series = groups.map(({ labels, members }) => {
    const dropsName = members.some((member) => member.dropsName);
    const result = emptySeries(labels, dropsName, context.steps.count);
    reduce(expr.operator, result, members, params);
    return result;
  });
  return { type: "vector", series: series.filter(isAnywherePresent) };
}

/** Aggregations that let some series of each group through as they are. */
function selected(
  context: EvaluationContext,
  expr: AggregateExpr,
  groups: readonly Group[],
  param: Float64Array,
): Vector {
  const results: VectorSeries[] = [];
  for (const value of param) checkParam(context, expr, value);
  for (const { members } of groups) {
    const places = expr.operator === "limit_ratio" ? members.map(({ labels }) => ratioPlace(labels)) : [];
    const kept = members.map((member) => ({ ...member, present: new Uint8Array(member.present.length) }));
    for (let step = 0; step < context.steps.count; step++) {
      const candidates: number[] = [];
      for (const [index, { present }] of members.entries()) if (present[step] === 1) candidates.push(index);
      for (const index of choose(expr, members, candidates, step, param[step] as number, places)) {
        const result = kept[index];
        if (result !== undefined) result.present[step] = 1;
      }
    }
    results.push(...orderedBy(expr, kept).filter(isAnywherePresent));
  }
  return { type: "vector", series: results };
}

/** For an instant query, `topk` and `bottomk` give their series in order. */
function orderedBy({ operator }: AggregateExpr, series: readonly VectorSeries[]): readonly VectorSeries[] {
  if (operator !== "topk" && operator !== "bottomk") return series;
  const sign = operator === "topk" ? -1 : 1;
  return [...series].sort((a, b) => compareNanLast(a.values[0] as number, b.values[0] as number, sign));
}

function compareNanLast(a: number, b: number, sign: number): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1;
  if (Number.isNaN(b)) return -1;
  return sign * (a - b);
}

/** Wrong whether or not there is a series to apply it to. */
function checkParam(context: EvaluationContext, { operator, param, span }: AggregateExpr, value: number): void {
  if (operator === "limit_ratio") {
    if (Number.isNaN(value)) throw executionError("Ratio value is NaN");
    const capped = cappedRatio(value);
    if (capped === value) return;
    const message = `ratio value should be between -1 and 1, got ${formatNumber(value)}, capping to ${formatNumber(capped)}`;
    context.annotations.warn(message, param?.span ?? span);
    return;
  }
  if (Number.isNaN(value)) throw executionError("Parameter value is NaN");
  if (value < -(2 ** 63)) throw executionError(`Scalar value ${formatNumber(value)} underflows int64`);
  if (value >= 2 ** 63) throw executionError(`Scalar value ${formatNumber(value)} overflows int64`);
}

function cappedRatio(ratio: number): number {
  return Math.max(-1, Math.min(1, ratio));
}

function choose(
  { operator }: AggregateExpr,
  members: readonly VectorSeries[],
  candidates: readonly number[],
  step: number,
  param: number,
  places: readonly number[],
): readonly number[] {
  if (operator === "limit_ratio") {
    return candidates.filter((index) => isWithinRatio(cappedRatio(param), places[index] as number));
  }
  const count = Math.min(Math.trunc(param), candidates.length);
  if (count < 1) return [];
  if (operator === "limitk") return candidates.slice(0, count);
  const sign = operator === "topk" ? -1 : 1;
  const sizeOf = (index: number): number => members[index]?.values[step] as number; // the candidates are members
  return [...candidates].sort((a, b) => compareNanLast(sizeOf(a), sizeOf(b), sign)).slice(0, count);
}

function countValues(context: EvaluationContext, groups: readonly Group[], label: string): Vector {
  if (label === "") throw executionError('invalid label name ""');
  const results: VectorSeries[] = [];
  for (const { labels, members } of groups) {
    const builder = new SeriesBuilder(context.steps.count);
    const made = new Map<string, VectorSeries>();
    for (let step = 0; step < context.steps.count; step++) {
      const counts = new Map<string, number>();
      for (const { present, values } of members) {
        if (present[step] !== 1) continue;
        const text = plainNumber(values[step] as number);
        counts.set(text, (counts.get(text) ?? 0) + 1);
      }
      for (const [text, count] of counts) {
        let series = made.get(text);
        if (series === undefined) {
          context.spend(context.steps.count); // one series for each value there is: that can be many
          series = builder.seriesOf(labels.with(label, text), false);
          made.set(text, series);
        }
        builder.set(series, step, count);
      }
    }
    results.push(...builder.vector().series);
  }
  return mergeSameLabels(results);
}
