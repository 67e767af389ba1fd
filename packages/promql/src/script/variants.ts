/**
 * The same question asked otherwise, to which the answer is the same: an instant query with `@` at other times.
 * Source: Prometheus 3, promql/promqltest/test.go (`atModifierTestCases`).
 */
import type { AtModifier, Expr, VectorSelector } from "../ast.ts";
import { parseQuery } from "../parse/parser.ts";
import { printQuery } from "../print/print.ts";

export interface InstantQuestion {
  readonly query: string;
  readonly timeMs: number;
}

/** They depend on when they are asked, even of the same samples. Source: `AtModifierUnsafeFunctions`. */
const TIME_FUNCTIONS: ReadonlySet<string> = new Set([
  ...["days_in_month", "day_of_month", "day_of_week", "day_of_year", "hour", "minute", "month", "year"],
  ...["predict_linear", "time", "timestamp", "start_timestamp", "start", "end", "range", "step"],
]);

/** What is asked about the query itself has another answer over a range. */
const OF_THE_QUERY = /(?:start|end|range|step)\(\)/;

/** The question itself, and the same as of its time at others. Nothing for a query that cannot be read. */
export function questionsLike(query: string, timeMs: number): readonly InstantQuestion[] {
  const own = { query, timeMs };
  let expr: Expr;
  try {
    expr = parseQuery(query);
  } catch {
    return [own];
  }
  if (usesTime(expr)) return [own];
  const pinned = printQuery(asOf(expr, { kind: "timestamp", timestampMs: timeMs }));
  const times = timeMs === 0 ? [-1000, 0, 1000] : [-10 * timeMs, 0, Math.trunc(timeMs / 5), timeMs, 10 * timeMs];
  return [own, ...times.map((time) => ({ query: pinned, timeMs: time }))];
}

/** True if the middle of a range around the time has the same answer. */
export function isSameInRange(query: string): boolean {
  return !OF_THE_QUERY.test(query);
}

function usesTime(expr: Expr): boolean {
  switch (expr.kind) {
    case "call":
      return TIME_FUNCTIONS.has(expr.func.name) || expr.args.some(usesTime);
    case "binary":
      return usesTime(expr.left) || usesTime(expr.right);
    case "aggregate":
      return usesTime(expr.expr) || (expr.param !== undefined && usesTime(expr.param));
    case "unary":
    case "paren":
    case "subquery":
      return usesTime(expr.expr);
    default:
      return false;
  }
}

/** With `@` on each selector and outer subquery that has no time of its own. */
function asOf(expr: Expr, at: AtModifier): Expr {
  const selector = (one: VectorSelector): VectorSelector => (one.at?.kind === "timestamp" ? one : { ...one, at });
  switch (expr.kind) {
    case "number":
    case "string":
      return expr;
    case "vector-selector":
      return selector(expr);
    case "matrix-selector":
      return { ...expr, selector: selector(expr.selector) };
    case "subquery":
      return expr.at?.kind === "timestamp" ? expr : { ...expr, at };
    case "unary":
    case "paren":
      return { ...expr, expr: asOf(expr.expr, at) };
    case "binary":
      return { ...expr, left: asOf(expr.left, at), right: asOf(expr.right, at) };
    case "aggregate":
      return { ...expr, expr: asOf(expr.expr, at), param: expr.param === undefined ? undefined : asOf(expr.param, at) };
    case "call":
      return { ...expr, args: expr.args.map((arg) => asOf(arg, at)) };
    default:
      return expr satisfies never;
  }
}
