/** Answers queries: at one moment, or over a range of them. */

import type { SeriesReader } from "@haltwatch/store";
import { Labels } from "@haltwatch/store/labels";
import { type Expr, valueType } from "../ast.ts";
import { withEdges } from "../functions/extended-range.ts";
import { parseQuery } from "../parse/parser.ts";
import { compareLabels } from "./compare-labels.ts";
import { DEFAULT_LIMITS, EvaluationContext, type EvaluationOptions } from "./context.ts";
import { withDurations } from "./durations.ts";
import { executionError, PromqlEvaluationError } from "./evaluation-error.ts";
import { evaluate } from "./evaluator.ts";
import { dropMetadata } from "./metadata-labels.ts";
import { evaluateRanges } from "./operands.ts";
import { mergeSameLabels } from "./series-builder.ts";
import { WindowBounds } from "./shared-times.ts";
import type { Value, Vector } from "./values.ts";
import { Window } from "./window.ts";

/** A series with its samples in columns. */
export interface ResultSeries {
  readonly labels: Labels;
  /** Unix milliseconds. */
  readonly times: Float64Array;
  readonly values: Float64Array;
}

export type QueryValue =
  | { readonly type: "scalar"; readonly timeMs: number; readonly value: number }
  | { readonly type: "string"; readonly timeMs: number; readonly value: string }
  | { readonly type: "vector" | "matrix"; readonly series: readonly ResultSeries[] };

export interface QueryResult {
  readonly value: QueryValue;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

/**
 * The query at one moment.
 *
 * @param query its text, or its tree: what is asked again and again is parsed once
 * @param timeMs Unix milliseconds
 * @throws {PromqlParseError} for a query that is wrong, {@link PromqlEvaluationError} for one that cannot be answered
 */
export function queryInstant(
  storage: SeriesReader,
  query: string | Expr,
  timeMs: number,
  options: EvaluationOptions = {},
): QueryResult {
  const expr = withDurations(parsed(query), { step: 0, range: 0 });
  const context = new EvaluationContext(
    storage,
    { startMs: timeMs, stepMs: 0, count: 1 },
    { ...options, query: textOf(query, options) },
    evaluate,
  );
  const value =
    valueType(expr) === "matrix" ? ranges(context, expr) : instant(evaluate(context, expr), timeMs, context);
  return withAnnotations(context, value);
}

/**
 * The query at each step from `startMs` to `endMs`.
 *
 * @param query its text, or its tree
 * @throws {PromqlParseError}, {@link PromqlEvaluationError}
 */
export function queryRange(
  storage: SeriesReader,
  query: string | Expr,
  range: { readonly startMs: number; readonly endMs: number; readonly stepMs: number },
  options: EvaluationOptions = {},
): QueryResult {
  const { startMs, endMs, stepMs } = range;
  const expr = withDurations(parsed(query), { step: stepMs / 1000, range: (endMs - startMs) / 1000 });
  const type = valueType(expr);
  if (type !== "scalar" && type !== "vector") {
    throw executionError(
      `invalid expression type "${type === "matrix" ? "range vector" : type}" for range query, must be Scalar or instant Vector`,
    );
  }
  if (!(stepMs > 0))
    throw executionError("zero or negative query resolution step widths are not accepted. Try a positive integer");
  const count = Math.floor((endMs - startMs) / stepMs) + 1;
  const maxSteps = options.limits?.maxSteps ?? DEFAULT_LIMITS.maxSteps;
  if (count > maxSteps) {
    throw new PromqlEvaluationError(
      "LIMIT",
      `exceeded maximum resolution of ${maxSteps} points per timeseries`,
      "Take a longer step, or a shorter range",
    );
  }
  const context = new EvaluationContext(
    storage,
    { startMs, stepMs, count: Math.max(0, count) },
    { ...options, query: textOf(query, options) },
    evaluate,
  );
  return withAnnotations(context, { type: "matrix", series: sorted(matrix(context, evaluate(context, expr))) });
}

function parsed(query: string | Expr): Expr {
  return typeof query === "string" ? parseQuery(query) : query;
}

/** For the places in annotations. */
function textOf(query: string | Expr, { query: text = "" }: EvaluationOptions): string {
  return typeof query === "string" ? query : text;
}

function withAnnotations(context: EvaluationContext, value: QueryValue): QueryResult {
  return { value, warnings: [...context.annotations.warnings], infos: [...context.annotations.infos] };
}

/** Names that were to go in the end go now. */
function finished(context: EvaluationContext, vector: Vector): Vector {
  if (!context.delayedNameRemoval) return vector;
  return mergeSameLabels(
    vector.series.map((one) => (one.dropsName ? { ...one, labels: dropMetadata(one.labels) } : one)),
  );
}

function instant(value: Value, timeMs: number, context: EvaluationContext): QueryValue {
  switch (value.type) {
    case "scalar":
      return { type: "scalar", timeMs, value: value.values[0] as number };
    case "string":
      return { type: "string", timeMs, value: value.value };
    case "vector":
      return { type: "vector", series: columns(context, finished(context, value)) };
    default:
      return value satisfies never;
  }
}

function matrix(context: EvaluationContext, value: Value): ResultSeries[] {
  if (value.type === "string") return [];
  if (value.type === "vector") return columns(context, finished(context, value));
  const times = Float64Array.from(value.values, (_, step) => context.timeAt(step));
  return times.length === 0 ? [] : [{ labels: Labels.EMPTY, times, values: value.values }];
}

function columns(context: EvaluationContext, vector: Vector): ResultSeries[] {
  const everyTime = Float64Array.from({ length: context.steps.count }, (_, step) => context.timeAt(step));
  return vector.series.map(({ labels, values, present }) => {
    if (!present.includes(0)) return { labels, times: everyTime, values };
    const isPresent = (_: number, step: number): boolean => present[step] === 1;
    return { labels, times: everyTime.filter(isPresent), values: values.filter(isPresent) };
  });
}

/** A range vector as it is: `up[5m]`. */
function ranges(context: EvaluationContext, expr: Expr): QueryValue {
  const found = evaluateRanges(context, expr);
  const bounds = new WindowBounds(found.ends, found.rangeMs);
  const series: ResultSeries[] = [];
  for (const one of found.series) {
    const window = new Window(one, bounds.of(one.times));
    if (!window.moveTo(found, 0, context.timeAt(0))) continue;
    const { times, values, from, to } = window;
    const edges = found.edges?.(0);
    const inside =
      edges === undefined ? { times: times.slice(from, to), values: values.slice(from, to) } : withEdges(window, edges);
    if (inside !== undefined) series.push({ labels: one.labels, ...inside });
  }
  return { type: "matrix", series: sorted(series) };
}

/** A matrix is in the order of its labels. */
function sorted(series: readonly ResultSeries[]): ResultSeries[] {
  return [...series].sort((a, b) => compareLabels(a.labels, b.labels));
}
