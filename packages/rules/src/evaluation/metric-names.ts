/** Which metrics a query reads: a sample of another cannot change its result. */
import type { Expr, VectorSelector } from "@haltwatch/promql";
import { METRIC_NAME } from "@haltwatch/store";

/** @returns names, or `undefined` if a selector does not name its metric: then any sample may change the result */
export function metricNames(expr: Expr): ReadonlySet<string> | undefined {
  const names = new Set<string>();
  return collect(expr, names) ? names : undefined;
}

/** @returns false if a selector does not name its metric */
function collect(expr: Expr, names: Set<string>): boolean {
  switch (expr.kind) {
    case "number":
    case "string":
      return true;
    case "vector-selector":
      return addName(expr, names);
    case "matrix-selector":
      return addName(expr.selector, names);
    case "paren":
    case "unary":
    case "subquery":
      return collect(expr.expr, names);
    case "binary":
      return collect(expr.left, names) && collect(expr.right, names);
    case "aggregate":
      return collect(expr.expr, names) && (expr.param === undefined || collect(expr.param, names));
    case "call":
      // info() also reads metrics that it does not name.
      return expr.func.name !== "info" && expr.args.every((arg) => collect(arg, names));
    default:
      return expr satisfies never;
  }
}

function addName({ matchers }: VectorSelector, names: Set<string>): boolean {
  const named = matchers.find(({ name, operator }) => name === METRIC_NAME && operator === "=");
  if (named === undefined || named.value === "") return false;
  names.add(named.value);
  return true;
}
