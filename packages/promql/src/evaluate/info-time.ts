/** As of when `info()` reads info series. Source: Prometheus 3.15, promql/info.go. */
import type { AtModifier, Expr } from "../ast.ts";

/** `@` and `offset` of a selector. */
export interface SelectionTime {
  readonly at: AtModifier | undefined;
  readonly offsetMs: number;
}

const NOW: SelectionTime = { at: undefined, offsetMs: 0 };

/** As of when all selectors of the expression are, if they agree; otherwise as of each step. */
export function whenSelected(expr: Expr): SelectionTime {
  const times = [...selectionTimes(expr)];
  const [first = NOW] = times;
  return times.every((time) => isSame(time, first)) ? first : NOW;
}

function* selectionTimes(expr: Expr): Generator<SelectionTime> {
  switch (expr.kind) {
    case "number":
    case "string":
      return;
    case "vector-selector":
      yield { at: expr.at, offsetMs: expr.offsetMs };
      return;
    case "matrix-selector":
      yield { at: expr.selector.at, offsetMs: expr.selector.offsetMs };
      return;
    case "subquery":
      yield NOW; // its selectors are of its own steps
      return;
    case "unary":
    case "paren":
    case "aggregate":
      yield* selectionTimes(expr.expr);
      return;
    case "binary":
      yield* selectionTimes(expr.left);
      yield* selectionTimes(expr.right);
      return;
    case "call":
      if (expr.func.name === "vector") yield NOW;
      for (const arg of expr.args) yield* selectionTimes(arg);
      return;
    default:
      expr satisfies never;
  }
}

function isSame(a: SelectionTime, b: SelectionTime): boolean {
  if (a.offsetMs !== b.offsetMs || a.at?.kind !== b.at?.kind) return false;
  return a.at?.kind !== "timestamp" || (b.at?.kind === "timestamp" && a.at.timestampMs === b.at.timestampMs);
}
