/** Writes a tree as a query, the way Prometheus's `format_query` does. Source: Prometheus, promql/parser/{printer,prettier}.go. */
import type { LabelMatcher } from "@haltwatch/store/labels";
import type { AggregateExpr, AtModifier, BinaryExpr, Expr, VectorSelector } from "../ast.ts";
import { formatDuration } from "../parse/duration.ts";
import { formatNumber, quote } from "./literals.ts";

/** Longer lines are broken by {@link prettyQuery}, characters. */
const MAX_LINE_LENGTH = 100;

const LEGACY_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LEGACY_LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** The query on one line. Parsed again, it gives the same tree. */
export function printQuery(expr: Expr): string {
  switch (expr.kind) {
    case "number":
      return formatNumber(expr.value);
    case "string":
      return quote(expr.value);
    case "vector-selector":
      return printSelector(expr);
    case "matrix-selector": {
      const { offsetMs, at } = expr.selector;
      const bare = printSelector({ ...expr.selector, offsetMs: 0, at: undefined });
      return `${bare}[${formatDuration(expr.rangeMs)}]${printAt(at)}${printOffset(offsetMs)}`;
    }
    case "subquery":
      return `${printQuery(expr.expr)}${printSubqueryRange(expr)}`;
    case "unary":
      return `${expr.operator}${printQuery(expr.expr)}`;
    case "binary":
      return `${printQuery(expr.left)} ${printOperator(expr)} ${printQuery(expr.right)}`;
    case "aggregate": {
      const args = expr.param === undefined ? [expr.expr] : [expr.param, expr.expr];
      return `${printAggregation(expr)}(${args.map(printQuery).join(", ")})`;
    }
    case "call":
      return `${expr.func.name}(${expr.args.map(printQuery).join(", ")})`;
    case "paren":
      return `(${printQuery(expr.expr)})`;
    default:
      return expr satisfies never;
  }
}

/** The query over as many lines as it takes to keep each within 100 characters, two spaces a level. */
export function prettyQuery(expr: Expr): string {
  return pretty(expr, 0);
}

function pretty(expr: Expr, level: number): string {
  const indent = "  ".repeat(level);
  const line = printQuery(expr);
  if (line.length <= MAX_LINE_LENGTH) return `${indent}${line}`;
  switch (expr.kind) {
    case "binary":
      return `${pretty(expr.left, level + 1)}\n${indent}${printOperator(expr)}\n${pretty(expr.right, level + 1)}`;
    case "aggregate": {
      const args = expr.param === undefined ? [expr.expr] : [expr.param, expr.expr];
      return `${indent}${printAggregation(expr)} (\n${args.map((arg) => pretty(arg, level + 1)).join(",\n")}\n${indent})`;
    }
    case "call":
      return `${indent}${expr.func.name}(\n${expr.args.map((arg) => pretty(arg, level + 1)).join(",\n")}\n${indent})`;
    case "paren":
      return `${indent}(\n${pretty(expr.expr, level + 1)}\n${indent})`;
    case "subquery":
      return `${pretty(expr.expr, level)}${printSubqueryRange(expr)}`;
    case "unary":
      return `${indent}${expr.operator}${pretty(expr.expr, level).trimStart()}`;
    default:
      return `${indent}${line}`; // a selector or a literal: there is nothing to break
  }
}

function printSubqueryRange({ rangeMs, stepMs, at, offsetMs }: Extract<Expr, { kind: "subquery" }>): string {
  const step = stepMs === undefined ? "" : formatDuration(stepMs);
  return `[${formatDuration(rangeMs)}:${step}]${printAt(at)}${printOffset(offsetMs)}`;
}

function printSelector({ name, matchers, offsetMs, at }: VectorSelector): string {
  const bareName = name !== undefined && LEGACY_NAME.test(name) ? name : "";
  const parts = matchers
    .filter((matcher, index) => !(name !== undefined && index === 0 && matcher.name === "__name__"))
    .map(printMatcher);
  if (name !== undefined && bareName === "") parts.unshift(quote(name));
  const braces = parts.length > 0 || bareName === "" ? `{${parts.join(",")}}` : "";
  return `${bareName}${braces}${printAt(at)}${printOffset(offsetMs)}`;
}

function printMatcher({ name, operator, value }: LabelMatcher): string {
  return `${printLabel(name)}${operator}${quote(value)}`;
}

function printLabel(name: string): string {
  return LEGACY_LABEL.test(name) ? name : quote(name);
}

function printAt(at: AtModifier | undefined): string {
  if (at === undefined) return "";
  return at.kind === "timestamp" ? ` @ ${(at.timestampMs / 1000).toFixed(3)}` : ` @ ${at.kind}()`;
}

function printOffset(offsetMs: number): string {
  return offsetMs === 0 ? "" : ` offset ${formatDuration(offsetMs)}`;
}

function printAggregation({ operator, without, grouping }: AggregateExpr): string {
  if (without) return `${operator} without (${grouping.map(printLabel).join(", ")}) `;
  return grouping.length === 0 ? operator : `${operator} by (${grouping.map(printLabel).join(", ")}) `;
}

/** The operator with `bool` and how the sides are matched. */
function printOperator({ operator, returnBool, matching }: BinaryExpr): string {
  let text = returnBool ? `${operator} bool` : operator;
  if (matching === undefined) return text;
  const labels = matching.labels.map(printLabel).join(", ");
  text += ` ${matching.on ? "on" : "ignoring"} (${labels})`;
  if (matching.cardinality !== "many-to-one" && matching.cardinality !== "one-to-many") return text;
  const side = matching.cardinality === "many-to-one" ? "group_left" : "group_right";
  return `${text} ${side} (${matching.include.map(printLabel).join(", ")})`;
}
