/** Writes a tree as a query, the way Prometheus's `format_query` does. Source: Prometheus, promql/parser/{printer,prettier}.go. */
import type { LabelMatcher } from "@haltwatch/store/labels";
import type { AggregateExpr, AtModifier, BinaryExpr, Expr, FillValues, Subquery, VectorSelector } from "../ast.ts";
import { printDuration } from "./duration.ts";
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
      const { selector, rangeMs, rangeExpr } = expr;
      const range = printDuration(rangeMs, rangeExpr);
      return `${printSeries(selector)}[${range}]${printExtended(selector)}${printAt(selector.at)}${printOffset(selector)}`;
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

/**
 * The query over as many lines as it takes, two spaces a level: what is longer than a line is broken, its indentation not counted.
 *
 * @param maxLineLength characters
 */
export function prettyQuery(expr: Expr, maxLineLength = MAX_LINE_LENGTH): string {
  return pretty(expr, 0, maxLineLength);
}

function pretty(expr: Expr, level: number, max: number): string {
  const indent = "  ".repeat(level);
  const line = printQuery(expr);
  if (line.length <= max) return `${indent}${line}`;
  switch (expr.kind) {
    case "binary":
      return `${pretty(expr.left, level + 1, max)}\n${indent}${printOperator(expr)}\n${pretty(expr.right, level + 1, max)}`;
    case "aggregate": {
      const args = expr.param === undefined ? [expr.expr] : [expr.param, expr.expr];
      return `${indent}${printAggregation(expr)}(\n${args.map((arg) => pretty(arg, level + 1, max)).join(",\n")}\n${indent})`;
    }
    case "call":
      return `${indent}${expr.func.name}(\n${expr.args.map((arg) => pretty(arg, level + 1, max)).join(",\n")}\n${indent})`;
    case "paren":
      return `${indent}(\n${pretty(expr.expr, level + 1, max)}\n${indent})`;
    case "subquery":
      return `${pretty(expr.expr, level, max)}${printSubqueryRange(expr)}`;
    case "unary":
      return `${indent}${expr.operator}${pretty(expr.expr, level, max).trimStart()}`;
    default:
      return `${indent}${line}`; // a selector or a literal: there is nothing to break
  }
}

function printSubqueryRange(expr: Subquery): string {
  const { rangeMs, rangeExpr, stepMs, stepExpr, at } = expr;
  const step = stepMs === undefined ? "" : printDuration(stepMs, stepExpr);
  return `[${printDuration(rangeMs, rangeExpr)}:${step}]${printAt(at)}${printOffset(expr)}`;
}

function printSelector(expr: VectorSelector): string {
  return `${printSeries(expr)}${printAt(expr.at)}${printExtended(expr)}${printOffset(expr)}`;
}

/** The name and the matchers. */
function printSeries({ name, matchers }: VectorSelector): string {
  const others = matchers.filter(
    (matcher, index) => !(name !== undefined && index === 0 && matcher.name === "__name__"),
  );
  // Before the braces a name must be the only one.
  const isOnly = others.every((matcher) => matcher.name !== "__name__");
  const bareName = name !== undefined && isOnly && LEGACY_NAME.test(name) ? name : "";
  const parts = others.map(printMatcher);
  if (name !== undefined && bareName === "") parts.unshift(quote(name));
  const braces = parts.length > 0 || bareName === "" ? `{${parts.join(",")}}` : "";
  return `${bareName}${braces}`;
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

function printExtended({ extended }: VectorSelector): string {
  return extended === undefined ? "" : ` ${extended}`;
}

function printOffset({ offsetMs, offsetExpr }: VectorSelector | Subquery): string {
  return offsetMs === 0 && offsetExpr === undefined ? "" : ` offset ${printDuration(offsetMs, offsetExpr)}`;
}

function printAggregation({ operator, without, grouping }: AggregateExpr): string {
  if (without) return `${operator} without (${grouping.map(printLabel).join(", ")}) `;
  return grouping.length === 0 ? operator : `${operator} by (${grouping.map(printLabel).join(", ")}) `;
}

/** The operator with `bool` and how the sides are matched. */
function printOperator({ operator, returnBool, matching }: BinaryExpr): string {
  let text = returnBool ? `${operator} bool` : operator;
  if (matching === undefined) return text;
  const { on, labels, cardinality, include, fill } = matching;
  const groups = cardinality === "many-to-one" || cardinality === "one-to-many";
  if (on || labels.length > 0 || groups) text += ` ${on ? "on" : "ignoring"} (${labels.map(printLabel).join(", ")})`;
  if (groups) {
    text += ` ${cardinality === "many-to-one" ? "group_left" : "group_right"} (${include.map(printLabel).join(", ")})`;
  }
  return text + printFill(fill);
}

function printFill(fill: FillValues | undefined): string {
  if (fill === undefined) return "";
  if (fill.left !== undefined && Object.is(fill.left, fill.right)) return ` fill (${formatNumber(fill.left)})`;
  const left = fill.left === undefined ? "" : ` fill_left (${formatNumber(fill.left)})`;
  const right = fill.right === undefined ? "" : ` fill_right (${formatNumber(fill.right)})`;
  return left + right;
}
