/** Durations and their arithmetic as text. Source: Prometheus, promql/parser/printer.go (`DurationExpr`). */
import type { DurationExpr } from "../duration-expression.ts";
import { formatDuration } from "../parse/duration.ts";
import { plainNumber } from "./literals.ts";

/** @param expr what is to be worked out; `undefined` for a literal, whose milliseconds are printed */
export function printDuration(ms: number, expr: DurationExpr | undefined): string {
  return expr === undefined ? formatDuration(ms) : printDurationExpr(expr);
}

function printDurationExpr(expr: DurationExpr): string {
  switch (expr.kind) {
    case "literal":
      return expr.hasUnits ? formatDuration(expr.seconds * 1000) : plainNumber(expr.seconds);
    case "step":
      return "step()";
    case "range":
      return "range()";
    case "parenthesised":
      return `(${printDurationExpr(expr.expr)})`;
    case "negated":
      return `-${printDurationExpr(expr.expr)}`;
    case "extreme":
      return `${expr.of}(${printDurationExpr(expr.left)}, ${printDurationExpr(expr.right)})`;
    case "arithmetic":
      return `${printDurationExpr(expr.left)} ${expr.operator} ${printDurationExpr(expr.right)}`;
    default:
      return expr satisfies never;
  }
}
