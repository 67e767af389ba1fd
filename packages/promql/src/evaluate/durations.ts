/** Works out a query's durations, before it is evaluated. Source: Prometheus 3.15, promql/durations.go (`durationVisitor`). */
import type { Expr, VectorSelector } from "../ast.ts";
import {
  type DurationExpr,
  DurationExpressionError,
  durationSeconds,
  type QueryExtent,
} from "../duration-expression.ts";
import { executionError } from "./evaluation-error.ts";

/** Longest duration, seconds: what Go's 64-bit nanoseconds hold. */
const MAX_SECONDS = 2 ** 63 / 1e9;

/**
 * The tree with a number for each duration; the tree itself where all are literals.
 *
 * @throws {PromqlEvaluationError} for a division by zero, and for a range or a step that is not above zero
 */
export function withDurations(expr: Expr, extent: QueryExtent): Expr {
  switch (expr.kind) {
    case "number":
    case "string":
      return expr;
    case "vector-selector":
      return selector(expr, extent);
    case "matrix-selector": {
      const inner = selector(expr.selector, extent);
      const rangeMs = above0(expr.rangeMs, expr.rangeExpr, extent);
      return inner === expr.selector && rangeMs === expr.rangeMs ? expr : { ...expr, selector: inner, rangeMs };
    }
    case "subquery":
      return {
        ...expr,
        expr: withDurations(expr.expr, extent),
        rangeMs: above0(expr.rangeMs, expr.rangeExpr, extent),
        stepMs: expr.stepMs === undefined ? undefined : above0(expr.stepMs, expr.stepExpr, extent),
        offsetMs: milliseconds(expr.offsetMs, expr.offsetExpr, extent),
      };
    case "paren":
    case "unary": {
      const inner = withDurations(expr.expr, extent);
      return inner === expr.expr ? expr : { ...expr, expr: inner };
    }
    case "binary": {
      const [left, right] = [withDurations(expr.left, extent), withDurations(expr.right, extent)];
      return left === expr.left && right === expr.right ? expr : { ...expr, left, right };
    }
    case "aggregate": {
      const inner = withDurations(expr.expr, extent);
      const param = expr.param === undefined ? undefined : withDurations(expr.param, extent);
      return inner === expr.expr && param === expr.param ? expr : { ...expr, expr: inner, param };
    }
    case "call": {
      const args = expr.args.map((arg) => withDurations(arg, extent));
      return args.every((arg, index) => arg === expr.args[index]) ? expr : { ...expr, args };
    }
    default:
      return expr satisfies never;
  }
}

function selector(expr: VectorSelector, extent: QueryExtent): VectorSelector {
  if (expr.offsetExpr === undefined) return expr;
  return { ...expr, offsetMs: milliseconds(expr.offsetMs, expr.offsetExpr, extent) };
}

function above0(literalMs: number, expr: DurationExpr | undefined, extent: QueryExtent): number {
  const ms = milliseconds(literalMs, expr, extent);
  if (ms > 0 || expr === undefined) return ms;
  throw executionError(new DurationExpressionError("duration must be greater than 0", expr.span).message);
}

function milliseconds(literalMs: number, expr: DurationExpr | undefined, extent: QueryExtent): number {
  if (expr === undefined) return literalMs;
  let seconds: number;
  try {
    seconds = durationSeconds(expr, extent);
  } catch (error) {
    if (error instanceof DurationExpressionError) throw executionError(error.message);
    throw error;
  }
  if (!(Math.abs(seconds) <= MAX_SECONDS))
    throw executionError(new DurationExpressionError("duration is out of range", expr.span).message);
  return Math.trunc(seconds * 1000); // as Go's conversion does
}
