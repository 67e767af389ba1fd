/**
 * A query's tree as `parse_query` shows it, keys in order. Source: Prometheus, web/api/v1/translate_ast.go. Arithmetic in
 * durations is not shown: what it gives depends on the query's step.
 */
import type { AtModifier, Expr, FunctionSignature, VectorMatching, VectorSelector } from "@haltwatch/promql";
import { METRIC_NAME } from "@haltwatch/store";
import { plainValue } from "./go-text.ts";

export type AstJson = { readonly [key: string]: unknown };

/** @param expr as it was parsed */
export function astJson(expr: Expr): AstJson {
  switch (expr.kind) {
    case "aggregate":
      return {
        expr: astJson(expr.expr),
        grouping: expr.grouping,
        op: expr.operator,
        param: expr.param === undefined ? null : astJson(expr.param),
        type: "aggregation",
        without: expr.without,
      };
    case "binary":
      return {
        bool: expr.returnBool,
        lhs: astJson(expr.left),
        matching: expr.matching === undefined ? null : matchingJson(expr.matching),
        op: expr.operator,
        rhs: astJson(expr.right),
        type: "binaryExpr",
      };
    case "call":
      return { args: expr.args.map(astJson), func: functionJson(expr.func), type: "call" };
    case "matrix-selector":
      return { ...selectorJson(expr.selector), range: expr.rangeMs, type: "matrixSelector" };
    case "subquery":
      return {
        expr: astJson(expr.expr),
        offset: expr.offsetMs,
        range: expr.rangeMs,
        step: expr.stepMs ?? 0,
        ...atJson(expr.at),
        type: "subquery",
      };
    case "number":
      return { type: "numberLiteral", val: plainValue(expr.value) };
    case "paren":
      return { expr: astJson(expr.expr), type: "parenExpr" };
    case "string":
      return { type: "stringLiteral", val: expr.value };
    case "unary":
      return { expr: astJson(expr.expr), op: expr.operator, type: "unaryExpr" };
    case "vector-selector":
      return selectorJson(expr);
    default:
      return expr satisfies never;
  }
}

function selectorJson({ name, matchers, offsetMs, at, extended }: VectorSelector): AstJson {
  const named = name !== undefined && matchers[0]?.name === METRIC_NAME ? 1 : 0;
  return {
    anchored: extended === "anchored",
    // Upstream adds the one for the name before the braces when it has read them.
    matchers: [...matchers.slice(named), ...matchers.slice(0, named)].map((matcher) => {
      return { name: matcher.name, type: matcher.operator, value: matcher.value };
    }),
    name: name ?? "",
    offset: offsetMs,
    smoothed: extended === "smoothed",
    ...atJson(at),
    type: "vectorSelector",
  };
}

function atJson(at: AtModifier | undefined): AstJson {
  return {
    startOrEnd: at === undefined || at.kind === "timestamp" ? null : at.kind,
    timestamp: at?.kind === "timestamp" ? at.timestampMs : null,
  };
}

function matchingJson({ cardinality, include, labels, on, fill }: VectorMatching): AstJson {
  return {
    card: cardinality,
    fillValues: { lhs: fill?.left ?? null, rhs: fill?.right ?? null },
    include,
    labels,
    on,
  };
}

/** `variadic`: how many of the last arguments may be missing, or more of the last may follow; -1 for any number. */
function functionJson({ name, args, optional, most, returns }: FunctionSignature): AstJson {
  const more = most === undefined ? -1 : most - args.length + 1;
  return { argTypes: args, name, returnType: returns, variadic: optional === "any" ? more : optional };
}
