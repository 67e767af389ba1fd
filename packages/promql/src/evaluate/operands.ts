/** Operands of the type that the parser has made sure of. */
import type { Expr } from "../ast.ts";
import type { EvaluationContext } from "./context.ts";
import { selectRange, selectSubquery } from "./selectors.ts";
import type { Ranges, Scalar, Vector } from "./values.ts";

export function evaluateVector(context: EvaluationContext, expr: Expr): Vector {
  const value = context.evaluate(context, expr);
  if (value.type !== "vector") throw new TypeError("checked when it was parsed");
  return value;
}

export function evaluateScalar(context: EvaluationContext, expr: Expr): Scalar {
  const value = context.evaluate(context, expr);
  if (value.type !== "scalar") throw new TypeError("checked when it was parsed");
  return value;
}

/** A range vector: of a selector, or of a subquery. */
export function evaluateRanges(context: EvaluationContext, expr: Expr): Ranges {
  switch (expr.kind) {
    case "paren":
      return evaluateRanges(context, expr.expr);
    case "matrix-selector":
      return selectRange(context, expr);
    case "subquery":
      return selectSubquery(context, expr, (inner) => evaluateVector(inner, expr.expr));
    default:
      throw new TypeError("checked when it was parsed");
  }
}

/** A string argument. */
export function evaluateText(context: EvaluationContext, expr: Expr): string {
  const value = context.evaluate(context, expr);
  if (value.type !== "string") throw new TypeError("checked when it was parsed");
  return value.value;
}

/** An argument that the parser has made sure of. */
export function required<T>(arg: T | undefined): T {
  if (arg === undefined) throw new TypeError("checked when it was parsed");
  return arg;
}
