/** Which series a query asks for: each selector in it, in the order of its text. */
import type { Expr, VectorSelector } from "@haltwatch/promql";

export function selectorsOf(expr: Expr): readonly VectorSelector[] {
  switch (expr.kind) {
    case "number":
    case "string":
      return [];
    case "vector-selector":
      return [expr];
    case "matrix-selector":
      return [expr.selector];
    case "paren":
    case "unary":
    case "subquery":
      return selectorsOf(expr.expr);
    case "binary":
      return [...selectorsOf(expr.left), ...selectorsOf(expr.right)];
    case "aggregate":
      return [...(expr.param === undefined ? [] : selectorsOf(expr.param)), ...selectorsOf(expr.expr)];
    case "call":
      return expr.args.flatMap(selectorsOf);
    default:
      return expr satisfies never;
  }
}
