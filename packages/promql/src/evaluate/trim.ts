/** `</` and `>/` on floats, which have nothing to cut off. Source: Prometheus 3.15, promql/engine.go (`vectorElemBinop`). */
import type { BinaryExpr } from "../ast.ts";
import type { EvaluationContext } from "./context.ts";
import { executionError } from "./evaluation-error.ts";
import type { Value, Vector } from "./values.ts";

/** Nothing, and an info that says why. */
export function trimmedFloats(context: EvaluationContext, expr: BinaryExpr, left: Value, right: Value): Vector {
  const { operator, span } = expr;
  if (left.type === "scalar" && right.type === "scalar")
    throw executionError(`operator "${operator}" not allowed for Scalar operations`);
  const isSomething = (value: Value): boolean =>
    value.type === "scalar" || (value.type === "vector" && value.series.length > 0);
  if (isSomething(left) && isSomething(right)) {
    const message = `incompatible sample types encountered for binary operator "${operator}": float ${operator} float`;
    context.annotations.info(message, span);
  }
  return { type: "vector", series: [] };
}
