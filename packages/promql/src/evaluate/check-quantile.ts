/** A quantile below 0 or above 1 is answered with an infinity, and a warning. Source: Prometheus, `NewInvalidQuantileWarning`. */
import { formatNumber } from "../print/literals.ts";
import type { Span } from "../promql-error.ts";
import type { EvaluationContext } from "./context.ts";

export function checkQuantile(context: EvaluationContext, q: number, span: Span): void {
  if (q >= 0 && q <= 1) return;
  context.annotations.warn(`quantile value should be between 0 and 1, got ${formatNumber(q)}`, span);
}
