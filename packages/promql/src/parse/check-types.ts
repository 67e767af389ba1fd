/** Refuses a tree whose parts do not fit together, as Prometheus does. Source: Prometheus, promql/parser/parse.go (`checkAST`). */

import { matchesEmpty } from "@haltwatch/store/labels";
import {
  type AggregateExpr,
  type BinaryExpr,
  type Call,
  type Expr,
  isComparison,
  isSetOperator,
  type ValueType,
  type VectorSelector,
  valueType,
} from "../ast.ts";
import { PromqlParseError } from "../promql-error.ts";

/** How a type is called in messages. */
const TYPE_NAMES: Readonly<Record<ValueType, string>> = {
  scalar: "scalar",
  vector: "instant vector",
  matrix: "range vector",
  string: "string",
};

/** @throws {PromqlParseError} at the first part that does not fit */
export function checkTypes(query: string, expr: Expr): void {
  new TypeCheck(query).check(expr);
}

class TypeCheck {
  readonly #query: string;

  constructor(query: string) {
    this.#query = query;
  }

  check(expr: Expr): void {
    switch (expr.kind) {
      case "number":
      case "string":
        return;
      case "vector-selector":
        this.#selector(expr);
        return;
      case "matrix-selector":
        this.#selector(expr.selector);
        return;
      case "paren":
        this.check(expr.expr);
        return;
      case "subquery": {
        this.check(expr.expr);
        const type = valueType(expr.expr);
        if (type !== "vector")
          throw this.#error(expr, `subquery is only allowed on instant vector, got ${TYPE_NAMES[type]} instead`);
        return;
      }
      case "unary": {
        this.check(expr.expr);
        const type = valueType(expr.expr);
        if (type === "scalar" || type === "vector") return;
        throw this.#error(
          expr,
          `unary expression only allowed on expressions of type scalar or instant vector, got "${TYPE_NAMES[type]}"`,
        );
      }
      case "binary":
        this.#binary(expr);
        return;
      case "aggregate":
        this.#aggregate(expr);
        return;
      case "call":
        this.#call(expr);
        return;
      default:
        expr satisfies never;
    }
  }

  #binary(expr: BinaryExpr): void {
    const { left, right, operator, returnBool, matching } = expr;
    this.check(left);
    this.check(right);
    const types = [valueType(left), valueType(right)];
    if (returnBool && !isComparison(operator))
      throw this.#errorAtOperator(expr, "bool modifier can only be used on comparison operators");
    const areScalars = types.every((type) => type === "scalar");
    if (areScalars && isComparison(operator) && !returnBool)
      throw this.#errorAtOperator(expr, "comparisons between scalars must use BOOL modifier");
    const twice = matching?.on === true ? matching.labels.find((label) => matching.include.includes(label)) : undefined;
    if (twice !== undefined)
      throw this.#errorAtOperator(expr, `label "${twice}" must not occur in ON and GROUP clause at once`);
    for (const [index, type] of types.entries()) {
      if (type === "scalar" || type === "vector") continue;
      throw this.#error(
        index === 0 ? left : right,
        "binary expression must contain only scalar and instant vector types",
      );
    }
    const isSet = isSetOperator(operator);
    if (types.includes("scalar")) {
      if (matching !== undefined && matching.labels.length > 0)
        throw this.#error(expr, "vector matching only allowed between instant vectors");
      if (matching?.fill !== undefined)
        throw this.#error(expr, "filling in missing series only allowed between instant vectors");
      if (isSet) throw this.#error(expr, `set operator "${operator}" not allowed in binary scalar expression`);
    }
    if (!isSet || matching === undefined) return;
    if (matching.cardinality !== "many-to-many")
      throw this.#error(expr, `no grouping allowed for "${operator}" operation`);
    if (matching.fill !== undefined) throw this.#error(expr, "filling in missing series not allowed for set operators");
  }

  #aggregate(expr: AggregateExpr): void {
    const { operator, param } = expr;
    this.#expect(expr.expr, "vector", "aggregation expression");
    if (param === undefined) return;
    this.#expect(param, operator === "count_values" ? "string" : "scalar", "aggregation parameter");
  }

  #call(expr: Call): void {
    const { func, args } = expr;
    const { name, optional } = func;
    const most = func.most ?? (optional === "any" ? Number.POSITIVE_INFINITY : func.args.length);
    const least = func.args.length - (optional === "any" ? 1 : optional);
    if (least === most && args.length !== most) {
      throw this.#error(expr, `expected ${most} argument(s) in call to "${name}", got ${args.length}`);
    }
    if (args.length < least)
      throw this.#error(expr, `expected at least ${least} argument(s) in call to "${name}", got ${args.length}`);
    if (args.length > most)
      throw this.#error(expr, `expected at most ${most} argument(s) in call to "${name}", got ${args.length}`);
    if (name === "info" && args[1] !== undefined) {
      this.#expect(args[0] ?? args[1], "vector", `call to function "info"`);
      this.#labelSelector(args[1]);
      return;
    }
    for (const [index, arg] of args.entries()) {
      this.#expect(arg, func.args[Math.min(index, func.args.length - 1)] ?? "vector", `call to function "${name}"`);
    }
  }

  /** The second argument of `info()`: matchers without a metric; they may all match what is empty. */
  #labelSelector(expr: Expr): void {
    const type = valueType(expr);
    if (type !== "vector")
      throw this.#error(expr, `expected type instant vector in call to function "info", got ${TYPE_NAMES[type]}`);
    if (expr.kind !== "vector-selector") throw this.#error(expr, "expected label selectors only");
    if (expr.name !== undefined && expr.name !== "")
      throw this.#error(expr, "expected label selectors only, got vector selector instead");
  }

  #selector(expr: VectorSelector): void {
    if (expr.matchers.some((matcher) => !matchesEmpty(matcher))) return;
    throw this.#error(expr, "vector selector must contain at least one non-empty matcher");
  }

  #expect(expr: Expr, wanted: ValueType, where: string): void {
    this.check(expr);
    const type = valueType(expr);
    if (type !== wanted)
      throw this.#error(expr, `expected type ${TYPE_NAMES[wanted]} in ${where}, got ${TYPE_NAMES[type]}`);
  }

  /** Points at the first thing after the left side that is no space, as Prometheus does. */
  #errorAtOperator({ left, right }: BinaryExpr, reason: string): PromqlParseError {
    const between = this.#query.slice(left.span.end, right.span.start);
    const start = left.span.end + (between.length - between.trimStart().length);
    return new PromqlParseError(this.#query, { start, end: left.span.end + between.trimEnd().length }, reason);
  }

  #error(expr: Expr, reason: string): PromqlParseError {
    return new PromqlParseError(this.#query, expr.span, reason);
  }
}
