/** Selectors with `anchored` or `smoothed`. Source: Prometheus 3.15, promql/engine.go (`smoothSeries`, `evalSeries`). */
import type { Call, Expr, MatrixSelector } from "../ast.ts";
import { EXTENDED_FUNCTIONS, interpolated } from "../functions/extended-range.ts";
import type { EvaluationContext } from "./context.ts";
import { executionError } from "./evaluation-error.ts";
import type { Edges, RangeSeries, Ranges, VectorSeries } from "./values.ts";

/** Stands in for a function's own windows: how far a range reaches beyond its edges for the samples next to them. */
export function extendedRanges(context: EvaluationContext, selector: MatrixSelector, ends: Float64Array): Ranges {
  const { lookbackMs } = context;
  const { extended } = selector.selector;
  if (extended === undefined) return { series: [], rangeMs: selector.rangeMs, ends };
  const after = extended === "smoothed" ? lookbackMs : 0;
  return {
    series: [],
    rangeMs: selector.rangeMs + lookbackMs + after,
    ends: after === 0 ? ends : ends.map((end) => end + after),
    edges: (step): Edges => {
      const endMs = ends[step] as number; // in range
      return { startMs: endMs - selector.rangeMs, endMs, extended };
    },
  };
}

/** Only some functions know what to do with such a range. @throws {PromqlEvaluationError} */
export function checkExtended({ func: { name }, args }: Call): void {
  for (const arg of args) {
    const extended = matrixSelectorOf(arg)?.selector.extended;
    if (extended === undefined || EXTENDED_FUNCTIONS[extended][name] !== undefined) continue;
    const known = Object.keys(EXTENDED_FUNCTIONS[extended]).sort().join(", ");
    throw executionError(`${extended} modifier can only be used with: ${known} - not with ${name}`);
  }
}

function matrixSelectorOf(expr: Expr): MatrixSelector | undefined {
  if (expr.kind === "paren") return matrixSelectorOf(expr.expr);
  return expr.kind === "matrix-selector" ? expr : undefined;
}

/** A `smoothed` instant selector: between the neighbours of each time in proportion; the last value if none comes after. */
export function fillSmoothed(
  result: VectorSeries,
  { times, values }: RangeSeries,
  at: Float64Array,
  lookbackMs: number,
): VectorSeries {
  let next = 0;
  for (let step = 0; step < at.length; step++) {
    const time = at[step] as number; // in range
    if (step > 0 && time < (at[step - 1] as number)) next = 0;
    while (next < times.length && (times[next] as number) < time) next += 1;
    const hasNext = next < times.length && (times[next] as number) <= time + lookbackMs;
    const hasBefore = next > 0 && (times[next - 1] as number) > time - lookbackMs;
    if (hasNext && times[next] === time) result.values[step] = values[next] as number;
    else if (hasNext && hasBefore) result.values[step] = interpolated(times, values, next - 1, time, false);
    else if (hasBefore) result.values[step] = values[next - 1] as number;
    else continue;
    result.present[step] = 1;
  }
  return result;
}
