/** A query as a tree. Durations are milliseconds. Source: Prometheus, promql/parser/ast.go. */
import type { LabelMatcher } from "@haltwatch/store/labels";
import type { DurationExpr } from "./duration-expression.ts";
import type { FunctionSignature } from "./functions/signatures.ts";
import type { Span } from "./promql-error.ts";

export type ValueType = "scalar" | "vector" | "matrix" | "string";

/** `@ 1609746000`, `@ start()`, `@ end()`. */
export type AtModifier =
  | { readonly kind: "timestamp"; readonly timestampMs: number }
  | { readonly kind: "start" }
  | { readonly kind: "end" };

export const AGGREGATIONS = [
  "sum",
  "avg",
  "count",
  "min",
  "max",
  "group",
  "stddev",
  "stdvar",
  "topk",
  "bottomk",
  "count_values",
  "quantile",
  "limitk",
  "limit_ratio",
] as const;
export type AggregationOperator = (typeof AGGREGATIONS)[number];

export type ArithmeticOperator = "+" | "-" | "*" | "/" | "%" | "^" | "atan2";
export type ComparisonOperator = "==" | "!=" | "<" | "<=" | ">" | ">=";
export type SetOperator = "and" | "or" | "unless";
/** They cut observations off native histograms, above or below a value. */
export type TrimOperator = "</" | ">/";
export type BinaryOperator = ArithmeticOperator | ComparisonOperator | SetOperator | TrimOperator;

/** What stands in for a series that one side lacks: `fill(0)`, `fill_left(0)`, `fill_right(0)`. */
export interface FillValues {
  readonly left: number | undefined;
  readonly right: number | undefined;
}

/** How series of the two sides find each other. */
export interface VectorMatching {
  readonly cardinality: "one-to-one" | "many-to-one" | "one-to-many" | "many-to-many";
  /** Labels of `on(…)` or `ignoring(…)`. */
  readonly labels: readonly string[];
  readonly on: boolean;
  /** Labels of `group_left(…)` or `group_right(…)`. */
  readonly include: readonly string[];
  readonly fill: FillValues | undefined;
}

/** How a selector treats the edges of its range: from the sample before them, or interpolated between two. */
export type ExtendedRange = "anchored" | "smoothed";

export interface NumberLiteral {
  readonly kind: "number";
  readonly value: number;
  readonly span: Span;
}

export interface StringLiteral {
  readonly kind: "string";
  readonly value: string;
  readonly span: Span;
}

export interface VectorSelector {
  readonly kind: "vector-selector";
  /** The name before the braces, if there is one; it is among the matchers, too. */
  readonly name: string | undefined;
  readonly matchers: readonly LabelMatcher[];
  /** Where the offset is arithmetic, 0 until it has been worked out: see `withDurations`. */
  readonly offsetMs: number;
  readonly offsetExpr: DurationExpr | undefined;
  readonly extended: ExtendedRange | undefined;
  readonly at: AtModifier | undefined;
  readonly span: Span;
}

/** `metric[5m]`. Its offset and `@` are the selector's. */
export interface MatrixSelector {
  readonly kind: "matrix-selector";
  readonly selector: VectorSelector;
  readonly rangeMs: number;
  readonly rangeExpr: DurationExpr | undefined;
  readonly span: Span;
}

/** `expr[1h:5m]`. */
export interface Subquery {
  readonly kind: "subquery";
  readonly expr: Expr;
  readonly rangeMs: number;
  readonly rangeExpr: DurationExpr | undefined;
  /** `undefined`: the default evaluation interval. */
  readonly stepMs: number | undefined;
  readonly stepExpr: DurationExpr | undefined;
  readonly offsetMs: number;
  readonly offsetExpr: DurationExpr | undefined;
  readonly at: AtModifier | undefined;
  readonly span: Span;
}

export interface UnaryExpr {
  readonly kind: "unary";
  readonly operator: "+" | "-";
  readonly expr: Expr;
  readonly span: Span;
}

export interface BinaryExpr {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly left: Expr;
  readonly right: Expr;
  readonly returnBool: boolean;
  /** Between two vectors; `undefined` otherwise. */
  readonly matching: VectorMatching | undefined;
  readonly span: Span;
}

export interface AggregateExpr {
  readonly kind: "aggregate";
  readonly operator: AggregationOperator;
  readonly expr: Expr;
  /** `5` in `topk(5, …)`. */
  readonly param: Expr | undefined;
  readonly grouping: readonly string[];
  readonly without: boolean;
  readonly span: Span;
}

export interface Call {
  readonly kind: "call";
  readonly func: FunctionSignature;
  readonly args: readonly Expr[];
  readonly span: Span;
}

export interface ParenExpr {
  readonly kind: "paren";
  readonly expr: Expr;
  readonly span: Span;
}

export type Expr =
  | NumberLiteral
  | StringLiteral
  | VectorSelector
  | MatrixSelector
  | Subquery
  | UnaryExpr
  | BinaryExpr
  | AggregateExpr
  | Call
  | ParenExpr;

/** What the expression gives when it is evaluated. */
export function valueType(expr: Expr): ValueType {
  switch (expr.kind) {
    case "number":
      return "scalar";
    case "string":
      return "string";
    case "vector-selector":
    case "aggregate":
      return "vector";
    case "matrix-selector":
    case "subquery":
      return "matrix";
    case "unary":
    case "paren":
      return valueType(expr.expr);
    case "binary":
      return valueType(expr.left) === "scalar" && valueType(expr.right) === "scalar" ? "scalar" : "vector";
    case "call":
      return expr.func.returns;
    default:
      return expr satisfies never;
  }
}

export function isComparison(operator: BinaryOperator): operator is ComparisonOperator {
  return ["==", "!=", "<", "<=", ">", ">="].includes(operator);
}

export function isSetOperator(operator: BinaryOperator): operator is SetOperator {
  return operator === "and" || operator === "or" || operator === "unless";
}

export function isTrim(operator: BinaryOperator): operator is TrimOperator {
  return operator === "</" || operator === ">/";
}

/** True for aggregations that take a parameter first. */
export function takesParam(operator: AggregationOperator): boolean {
  return ["topk", "bottomk", "count_values", "quantile", "limitk", "limit_ratio"].includes(operator);
}
