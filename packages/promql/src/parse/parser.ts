/**
 * Reads a query into a tree, and refuses what Prometheus refuses. Written by hand after Prometheus's grammar
 * (promql/parser/generated_parser.y): precedence from low to high is `or`; `and unless`; comparisons; `+ -`; `* / % atan2`
 * and the unary signs; `^` (to the right); then `offset`, `@` and `[…]`, which cling to what stands right before them.
 */

import {
  AGGREGATIONS,
  type AggregationOperator,
  type BinaryOperator,
  type Call,
  type Expr,
  takesParam,
  type VectorMatching,
  valueType,
} from "../ast.ts";
import { FUNCTIONS } from "../functions/signatures.ts";
import { PromqlParseError } from "../promql-error.ts";
import { checkTypes } from "./check-types.ts";
import type { Token } from "./lexer.ts";
import { parseGroupingLabels, parseMatching } from "./matching.ts";
import { parseAtModifier, parseExtended, parseOffset, parseRange } from "./postfix.ts";
import { parseSelector } from "./selector.ts";
import { TokenReader } from "./token-reader.ts";

/** Longest query, characters. */
const MAX_QUERY_LENGTH = 1_000_000;

/** Deepest nesting: a query that is deeper would exhaust the stack here, or in the evaluator. */
export const MAX_DEPTH = 500;

/** Most operators in a row, as in `a + b + c`: they nest to the left, and the tree is walked to its bottom. */
export const MAX_CHAIN = 2000;

const PRECEDENCE: ReadonlyMap<string, number> = new Map([
  ["or", 1],
  ["and", 2],
  ["unless", 2],
  ...["==", "!=", "<", "<=", ">", ">=", "</", ">/"].map((operator) => [operator, 3] as const),
  ["+", 4],
  ["-", 4],
  ...["*", "/", "%", "atan2"].map((operator) => [operator, 5] as const),
  ["^", 6],
]);
const POWER = 6;

/** Words that cannot be a metric's name; other keywords can. Case does not count. Source: `metric_identifier`. */
const RESERVED: ReadonlySet<string> = new Set([
  ...["atan2", "on", "ignoring", "group_left", "group_right", "bool"],
  ...["inf", "nan"],
]);

/**
 * The query as a tree, its types checked.
 *
 * @throws {PromqlParseError} with line and column
 * @example
 * ```ts
 * parseQuery("sum by (venue) (rate(orders_failed_total[5m])) > 0");
 * ```
 */
export function parseQuery(query: string): Expr {
  if (query.length > MAX_QUERY_LENGTH) {
    const span = { start: MAX_QUERY_LENGTH, end: query.length };
    throw new PromqlParseError(query, span, `the query is longer than ${MAX_QUERY_LENGTH} characters`);
  }
  const text = query.toWellFormed(); // half a character is no UTF-8: it would not come back from being printed
  const expr = new Parser(text).query();
  checkTypes(text, expr);
  return expr;
}

class Parser {
  readonly #in: TokenReader;
  #depth = 0;

  constructor(query: string) {
    this.#in = new TokenReader(query);
  }

  query(): Expr {
    if (this.#in.isAtEnd()) throw this.#in.error({ start: 0, end: 0 }, "no expression found in input");
    const expr = this.#expr(0);
    if (!this.#in.isAtEnd()) throw this.#in.unexpected();
    return expr;
  }

  /** An expression of operators that bind tighter than `above`. */
  #expr(above: number): Expr {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH)
      throw this.#in.error(this.#in.peek().span, `the query is nested more than ${MAX_DEPTH} deep`);
    let left = this.#unary();
    for (let chain = 0; ; chain++) {
      if (chain > MAX_CHAIN)
        throw this.#in.error(this.#in.peek().span, `there are more than ${MAX_CHAIN} operators in a row`);
      const operator = this.#binaryOperator();
      const precedence = operator === undefined ? undefined : PRECEDENCE.get(operator);
      if (operator === undefined || precedence === undefined || precedence <= above) break;
      this.#in.next();
      left = this.#binary(left, operator, operator === "^" ? precedence - 1 : precedence);
    }
    this.#depth -= 1;
    return left;
  }

  #binaryOperator(): BinaryOperator | undefined {
    const { kind, text } = this.#in.peek();
    if (kind !== "operator" && kind !== "identifier") return undefined;
    const operator = text.toLowerCase();
    return PRECEDENCE.has(operator) ? (operator as BinaryOperator) : undefined; // the keys are the operators
  }

  #binary(left: Expr, operator: BinaryOperator, above: number): Expr {
    const returnBool = this.#in.takeWord("bool");
    const matching = parseMatching(this.#in, operator);
    const right = this.#expr(above);
    const span = { start: left.span.start, end: right.span.end };
    const areVectors = valueType(left) === "vector" && valueType(right) === "vector";
    const isIdle = matching !== undefined && (areVectors ? isDefault(matching) : isForgotten(matching));
    return { kind: "binary", operator, left, right, returnBool, matching: isIdle ? undefined : matching, span };
  }

  #unary(): Expr {
    const { kind, text, span } = this.#in.peek();
    if (kind !== "operator" || (text !== "-" && text !== "+")) return this.#postfix();
    this.#in.next();
    const expr = this.#expr(POWER - 1); // binds like `*`: -1^2 is -(1^2)
    const whole = { start: span.start, end: expr.span.end };
    if (expr.kind === "number") return { ...expr, value: text === "-" ? -expr.value : expr.value, span: whole };
    return { kind: "unary", operator: text, expr, span: whole };
  }

  /** What stands alone, and the ranges, offsets and times that cling to it. */
  #postfix(): Expr {
    let expr = this.#primary();
    while (true) {
      if (this.#in.is("[")) expr = parseRange(this.#in, expr);
      else if (this.#in.takeWord("offset")) expr = parseOffset(this.#in, expr);
      else if (this.#in.takeWord("anchored")) expr = parseExtended(this.#in, expr, "anchored");
      else if (this.#in.takeWord("smoothed")) expr = parseExtended(this.#in, expr, "smoothed");
      else if (this.#in.is("@")) expr = parseAtModifier(this.#in, expr);
      else return expr;
    }
  }

  #primary(): Expr {
    const token = this.#in.peek();
    if (token.kind === "number" || token.kind === "duration") return this.#number();
    if (token.kind === "string") {
      this.#in.next();
      return { kind: "string", value: token.text, span: token.span };
    }
    if (token.kind === "operator" && token.text === "(") return this.#paren();
    if (token.kind === "operator" && token.text === "{") return parseSelector(this.#in, undefined, token.span.start);
    if (token.kind !== "identifier") throw this.#in.unexpected();
    return this.#word();
  }

  #number(): Expr {
    const token = this.#in.next();
    const value = this.#in.numberOf(token);
    if (value === undefined) throw this.#in.error(token.span, `error parsing number: ${token.text}`);
    return { kind: "number", value, span: token.span };
  }

  #paren(): Expr {
    const { span } = this.#in.next();
    const expr = this.#expr(0);
    if (!this.#in.take(")")) throw this.#in.unexpected("paren expression", '")"');
    return { kind: "paren", expr, span: { start: span.start, end: this.#in.previousSpan().end } };
  }

  /** A number in words, an aggregation, a function, or a metric. */
  #word(): Expr {
    const token = this.#in.next();
    const lower = token.text.toLowerCase();
    const calls = this.#in.is("(");
    const aggregation = AGGREGATIONS.find((operator) => operator === lower);
    if (aggregation !== undefined && (calls || this.#in.isWord("by") || this.#in.isWord("without"))) {
      return this.#aggregate(aggregation, token);
    }
    if ((lower === "inf" || lower === "nan") && !calls) {
      return { kind: "number", value: lower === "inf" ? Number.POSITIVE_INFINITY : Number.NaN, span: token.span };
    }
    if (calls && !token.text.includes(":")) return this.#call(token);
    if (RESERVED.has(lower)) throw this.#in.unexpectedToken(token);
    return parseSelector(this.#in, token, token.span.start);
  }

  #aggregate(operator: AggregationOperator, { span }: Token): Expr {
    let modifier = this.#aggregateModifier();
    if (!this.#in.is("(")) throw this.#in.unexpected("aggregation");
    const args = this.#args();
    modifier ??= this.#aggregateModifier();
    const whole = { start: span.start, end: this.#in.previousSpan().end };
    const wanted = takesParam(operator) ? 2 : 1;
    if (args.length === 0) throw this.#in.error(whole, "no arguments for aggregate expression provided");
    if (args.length !== wanted) {
      throw this.#in.error(
        whole,
        `wrong number of arguments for aggregate expression provided, expected ${wanted}, got ${args.length}`,
      );
    }
    const [first, second] = args;
    const expr = takesParam(operator) ? second : first;
    if (expr === undefined) throw this.#in.unexpected("aggregation"); // there are as many as wanted
    const param = takesParam(operator) ? first : undefined;
    return {
      kind: "aggregate",
      operator,
      expr,
      param,
      grouping: modifier?.labels ?? [],
      without: modifier?.without ?? false,
      span: whole,
    };
  }

  #aggregateModifier(): { labels: readonly string[]; without: boolean } | undefined {
    if (this.#in.takeWord("by")) return { labels: parseGroupingLabels(this.#in), without: false };
    if (this.#in.takeWord("without")) return { labels: parseGroupingLabels(this.#in), without: true };
    return undefined;
  }

  #call(name: Token): Call {
    const func = FUNCTIONS.get(name.text);
    if (func === undefined) throw this.#in.error(name.span, `unknown function with name "${name.text}"`);
    const args = this.#args();
    return { kind: "call", func, args, span: { start: name.span.start, end: this.#in.previousSpan().end } };
  }

  #args(): Expr[] {
    const args: Expr[] = [];
    this.#in.next(); // the parenthesis that the caller saw
    if (this.#in.take(")")) return args;
    while (true) {
      args.push(this.#expr(0));
      if (this.#in.take(")")) return args;
      if (!this.#in.take(",")) throw this.#in.unexpected("function call", '"," or ")"');
      if (this.#in.is(")"))
        throw this.#in.error(this.#in.previousSpan(), "trailing commas not allowed in function call args");
    }
  }
}

/** `ignoring()` says what holds without it. */
function isDefault({ on, labels, cardinality, fill }: VectorMatching): boolean {
  const groups = cardinality === "many-to-one" || cardinality === "one-to-many";
  return !on && labels.length === 0 && !groups && fill === undefined;
}

/** With a scalar on one side there is nothing to match: Prometheus takes an `on()` without labels, and forgets it. */
function isForgotten({ labels, fill }: VectorMatching): boolean {
  return labels.length === 0 && fill === undefined;
}
