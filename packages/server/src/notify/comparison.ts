/** What a rule compares with what: `latency_ms > 500` fires because of its left side, and draws its right one as a line. */
import { type BinaryExpr, type Expr, valueType } from "@haltwatch/promql";

/** What a rule's expression looks at, and the limit that it is held against. */
export interface Comparison {
  readonly value: Expr;
  readonly limit: Expr | undefined;
  /** Where values fire; `undefined` for `==`, `!=`, and without a limit. */
  readonly beyond: "above" | "below" | undefined;
  /** `exec.fill_ratio_min` of `haltwatch_threshold{name="exec.fill_ratio_min"}`; else the limit's metric, or nothing. */
  readonly limitName: string;
}

/** The series in which Haltwatch exports limits. */
const THRESHOLD = "haltwatch_threshold";

/**
 * What may have fired, in the order in which it stands: one of them, unless the rule joins several with `and`, `or` and
 * `unless`. Without any comparison it is the expression itself.
 *
 * @example comparisonsOf(parseQuery("latency_ms > 500 and on() up == 1")).length; // 2
 */
export function comparisonsOf(expr: Expr): readonly Comparison[] {
  const found = [...inside(expr)];
  return found.length > 0 ? found : [{ value: expr, limit: undefined, beyond: undefined, limitName: "" }];
}

function* inside(expr: Expr): Generator<Comparison> {
  if (expr.kind === "paren") yield* inside(expr.expr);
  if (expr.kind !== "binary") return;
  if (expr.operator === "and" || expr.operator === "or" || expr.operator === "unless") {
    yield* inside(expr.left);
    // What `unless` excludes has not fired.
    if (expr.operator !== "unless") yield* inside(expr.right);
    return;
  }
  const fires = SIDES[expr.operator];
  if (fires === undefined) return;
  yield isTurned(expr) ? comparison(expr.right, expr.left, opposite(fires)) : comparison(expr.left, expr.right, fires);
}

type Side = "above" | "below" | "neither";

const SIDES: Readonly<Record<string, Side>> = {
  ">": "above",
  ">=": "above",
  "<": "below",
  "<=": "below",
  "==": "neither",
  "!=": "neither",
};

function comparison(value: Expr, limit: Expr, side: Side): Comparison {
  return { value, limit, beyond: side === "neither" ? undefined : side, limitName: limitName(limit) };
}

function opposite(side: Side): Side {
  return side === "above" ? "below" : side === "below" ? "above" : side;
}

/** `500 < latency_ms`: the limit stands on the left. */
function isTurned({ left, right }: BinaryExpr): boolean {
  if (valueType(left) === "scalar") return valueType(right) !== "scalar";
  return valueType(right) !== "scalar" && mentions(left) && !mentions(right);
}

function mentions(expr: Expr): boolean {
  return selectorsOf(expr).some(({ name }) => name === THRESHOLD);
}

function limitName(limit: Expr): string {
  const [first] = selectorsOf(limit);
  if (first === undefined) return "";
  const named = first.matchers.find(({ name, operator }) => name === "name" && operator === "=");
  return (first.name === THRESHOLD ? named?.value : first.name) ?? "";
}

/** All that an expression reads, in the order in which it stands. */
function selectorsOf(expr: Expr): readonly Extract<Expr, { kind: "vector-selector" }>[] {
  switch (expr.kind) {
    case "vector-selector":
      return [expr];
    case "matrix-selector":
      return [expr.selector];
    case "number":
    case "string":
      return [];
    case "binary":
      return [...selectorsOf(expr.left), ...selectorsOf(expr.right)];
    case "call":
      return expr.args.flatMap(selectorsOf);
    case "aggregate":
    case "subquery":
    case "unary":
    case "paren":
      return selectorsOf(expr.expr);
    default:
      return expr satisfies never;
  }
}
