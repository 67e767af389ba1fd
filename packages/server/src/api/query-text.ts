/** `format_query`, `parse_query`: what a query looks like, and what it is. Nothing is evaluated. */
import { type Expr, PromqlParseError, parseQuery, prettyQuery } from "@haltwatch/promql";
import { invalidParameter } from "./api-error.ts";
import { astJson } from "./ast-json.ts";
import type { Route } from "./router.ts";

export function queryTextRoutes(): Route[] {
  const route = (path: string, show: (expr: Expr) => unknown): Route => ({
    methods: ["GET", "POST"],
    path: `/api/v1/${path}`,
    access: "read",
    handle: ({ parameters }) => {
      try {
        return { kind: "data", data: show(parseQuery(parameters.get("query"))) };
      } catch (error) {
        throw error instanceof PromqlParseError ? invalidParameter("query", error.message) : error;
      }
    },
  });
  return [route("format_query", (expr) => prettyQuery(expr)), route("parse_query", astJson)];
}

/** Whether it reads any series. */
export function hasSelector(expr: Expr): boolean {
  switch (expr.kind) {
    case "vector-selector":
    case "matrix-selector":
      return true;
    case "number":
    case "string":
      return false;
    case "binary":
      return hasSelector(expr.left) || hasSelector(expr.right);
    case "call":
      return expr.args.some(hasSelector);
    case "aggregate":
      return hasSelector(expr.expr) || (expr.param !== undefined && hasSelector(expr.param));
    case "subquery":
    case "unary":
    case "paren":
      return hasSelector(expr.expr);
    default:
      return expr satisfies never;
  }
}
