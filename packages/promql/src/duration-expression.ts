/**
 * Arithmetic in durations: `[5m * 2]`, `offset (1m + 30s)`, `[step() + 1]`. It is worked out when a query is evaluated, for
 * `step()` and `range()` are the query's. Source: Prometheus 3.15, promql/durations.go.
 */
import type { Span } from "./promql-error.ts";

export type DurationOperator = "+" | "-" | "*" | "/" | "%" | "^";

export type DurationExpr = { readonly span: Span } & (
  | {
      readonly kind: "literal";
      readonly seconds: number;
      /** Written with units, and printed so. */
      readonly hasUnits: boolean;
    }
  /** The query's step, and the whole of its range: 0 for an instant query. */
  | { readonly kind: "step" | "range" }
  | { readonly kind: "parenthesised"; readonly expr: DurationExpr }
  | { readonly kind: "negated"; readonly expr: DurationExpr }
  | {
      readonly kind: "extreme";
      readonly of: "min_of" | "max_of";
      readonly left: DurationExpr;
      readonly right: DurationExpr;
    }
  | {
      readonly kind: "arithmetic";
      readonly operator: DurationOperator;
      readonly left: DurationExpr;
      readonly right: DurationExpr;
    }
);

/** What `step()` and `range()` stand for, seconds. */
export interface QueryExtent {
  readonly step: number;
  readonly range: number;
}

/** Seconds. @throws {DurationExpressionError} */
export function durationSeconds(expr: DurationExpr, extent: QueryExtent): number {
  switch (expr.kind) {
    case "literal":
      return expr.seconds;
    case "step":
      return extent.step;
    case "range":
      return extent.range;
    case "parenthesised":
      return durationSeconds(expr.expr, extent);
    case "negated":
      return -durationSeconds(expr.expr, extent);
    case "extreme": {
      const [left, right] = [durationSeconds(expr.left, extent), durationSeconds(expr.right, extent)];
      return expr.of === "min_of" ? Math.min(left, right) : Math.max(left, right);
    }
    case "arithmetic":
      return arithmetic(expr, durationSeconds(expr.left, extent), durationSeconds(expr.right, extent));
    default:
      return expr satisfies never;
  }
}

function arithmetic(
  { operator, span }: Extract<DurationExpr, { kind: "arithmetic" }>,
  left: number,
  right: number,
): number {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      if (right === 0) throw new DurationExpressionError("division by zero", span);
      return left / right;
    case "%":
      if (right === 0) throw new DurationExpressionError("modulo by zero", span);
      return left % right;
    case "^":
      return left ** right;
    default:
      return operator satisfies never;
  }
}

/** A duration cannot be worked out. The message begins with the place, as Prometheus's own does: offsets, not columns. */
export class DurationExpressionError extends Error {
  override readonly name = "DurationExpressionError";

  constructor(reason: string, { start, end }: Span) {
    super(`${start}:${end}: ${reason}`);
  }
}
