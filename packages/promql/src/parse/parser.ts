/**
 * Reads a query into a tree, and refuses what Prometheus refuses. Written by hand after Prometheus's grammar
 * (promql/parser/generated_parser.y): precedence from low to high is `or`; `and unless`; comparisons; `+ -`; `* / % atan2`
 * and the unary signs; `^` (to the right); then `offset`, `@` and `[…]`, which cling to what stands right before them.
 */

import { type LabelMatcher, type MatchOperator, patternFault } from "@haltwatch/store/labels";
import {
  AGGREGATIONS,
  type AggregationOperator,
  type AtModifier,
  type BinaryOperator,
  type Call,
  type Expr,
  isSetOperator,
  takesParam,
  type VectorMatching,
  type VectorSelector,
} from "../ast.ts";
import { FUNCTIONS } from "../functions/signatures.ts";
import { PromqlParseError, type Span } from "../promql-error.ts";
import { checkTypes } from "./check-types.ts";
import { parseDuration } from "./duration.ts";
import { type Token, tokenize } from "./lexer.ts";
import { parseNumber } from "./number.ts";

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
  ...["==", "!=", "<", "<=", ">", ">="].map((operator) => [operator, 3] as const),
  ["+", 4],
  ["-", 4],
  ...["*", "/", "%", "atan2"].map((operator) => [operator, 5] as const),
  ["^", 6],
]);
const POWER = 6;

const MATCH_OPERATORS: readonly string[] = ["=", "!=", "=~", "!~"] satisfies MatchOperator[];

/** Words that cannot be a metric's name. Case does not count. */
const KEYWORDS: ReadonlySet<string> = new Set([
  ...AGGREGATIONS,
  ...["and", "or", "unless", "atan2", "offset", "by", "without", "on", "ignoring", "group_left", "group_right", "bool"],
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
  readonly #query: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(query: string) {
    this.#query = query;
    this.#tokens = tokenize(query);
  }

  query(): Expr {
    if (this.#peek().kind === "end") throw this.#error({ start: 0, end: 0 }, "no expression found in input");
    const expr = this.#expr(0);
    if (this.#peek().kind !== "end") throw this.#unexpected();
    return expr;
  }

  /** An expression of operators that bind tighter than `above`. */
  #expr(above: number): Expr {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH)
      throw this.#error(this.#peek().span, `the query is nested more than ${MAX_DEPTH} deep`);
    let left = this.#unary();
    for (let chain = 0; ; chain++) {
      if (chain > MAX_CHAIN)
        throw this.#error(this.#peek().span, `there are more than ${MAX_CHAIN} operators in a row`);
      const operator = this.#binaryOperator();
      const precedence = operator === undefined ? undefined : PRECEDENCE.get(operator);
      if (operator === undefined || precedence === undefined || precedence <= above) break;
      this.#next();
      left = this.#binary(left, operator, operator === "^" ? precedence - 1 : precedence);
    }
    this.#depth -= 1;
    return left;
  }

  #binaryOperator(): BinaryOperator | undefined {
    const { kind, text } = this.#peek();
    if (kind !== "operator" && kind !== "identifier") return undefined;
    const operator = text.toLowerCase();
    return PRECEDENCE.has(operator) ? (operator as BinaryOperator) : undefined; // the keys are the operators
  }

  #binary(left: Expr, operator: BinaryOperator, above: number): Expr {
    const returnBool = this.#takeWord("bool");
    const matching = this.#matching(operator);
    const right = this.#expr(above);
    const span = { start: left.span.start, end: right.span.end };
    return { kind: "binary", operator, left, right, returnBool, matching, span };
  }

  #matching(operator: BinaryOperator): VectorMatching | undefined {
    const on = this.#takeWord("on");
    const ignoring = !on && this.#takeWord("ignoring");
    const set = isSetOperator(operator);
    if (!on && !ignoring) return undefined;
    const labels = this.#groupingLabels();
    const left = this.#takeWord("group_left");
    const right = !left && this.#takeWord("group_right");
    const include = (left || right) && this.#is("(") ? this.#groupingLabels() : [];
    if ((left || right) && set) {
      throw this.#error(this.#previousSpan(), `no grouping allowed for "${operator}" operation`);
    }
    const twice = on ? include.find((label) => labels.includes(label)) : undefined;
    if (twice !== undefined) {
      throw this.#error(this.#previousSpan(), `label "${twice}" must not occur in ON and GROUP clause at once`);
    }
    const cardinality = set ? "many-to-many" : left ? "many-to-one" : right ? "one-to-many" : "one-to-one";
    return { cardinality, labels, on, include };
  }

  #unary(): Expr {
    const { kind, text, span } = this.#peek();
    if (kind !== "operator" || (text !== "-" && text !== "+")) return this.#postfix();
    this.#next();
    const expr = this.#expr(POWER - 1); // binds like `*`: -1^2 is -(1^2)
    const whole = { start: span.start, end: expr.span.end };
    if (expr.kind === "number") return { ...expr, value: text === "-" ? -expr.value : expr.value, span: whole };
    return { kind: "unary", operator: text, expr, span: whole };
  }

  /** What stands alone, and the ranges, offsets and times that cling to it. */
  #postfix(): Expr {
    let expr = this.#primary();
    while (true) {
      if (this.#is("[")) expr = this.#range(expr);
      else if (this.#takeWord("offset")) expr = this.#offset(expr);
      else if (this.#is("@")) expr = this.#atModifier(expr);
      else return expr;
    }
  }

  #range(expr: Expr): Expr {
    const { span: open } = this.#next();
    const rangeMs = this.#positiveDuration("subquery selector");
    if (this.#take("]")) {
      const span = { start: expr.span.start, end: this.#previousSpan().end };
      const brackets = { start: open.start, end: span.end };
      if (expr.kind !== "vector-selector") throw this.#error(brackets, "ranges only allowed for vector selectors");
      if (expr.offsetMs !== 0) throw this.#error(brackets, "no offset modifiers allowed before range");
      if (expr.at !== undefined) throw this.#error(brackets, "no @ modifiers allowed before range");
      return { kind: "matrix-selector", selector: expr, rangeMs, span };
    }
    if (!this.#take(":")) throw this.#unexpected("subquery or range", '":" or "]"');
    const stepMs = this.#is("]") ? undefined : this.#positiveDuration("subquery selector");
    if (!this.#take("]")) throw this.#unexpected("subquery selector", '"]"');
    const span = { start: expr.span.start, end: this.#previousSpan().end };
    return { kind: "subquery", expr, rangeMs, stepMs, offsetMs: 0, at: undefined, span };
  }

  #offset(expr: Expr): Expr {
    const negative = this.#take("-");
    if (!negative) this.#take("+");
    const ms = this.#duration("offset");
    const offsetMs = negative ? -ms : ms;
    const set = (before: number): number => {
      if (before !== 0) throw this.#error(expr.span, "offset may not be set multiple times");
      return offsetMs;
    };
    const span = { start: expr.span.start, end: this.#previousSpan().end };
    switch (expr.kind) {
      case "vector-selector":
      case "subquery":
        return { ...expr, offsetMs: set(expr.offsetMs), span };
      case "matrix-selector":
        return { ...expr, selector: { ...expr.selector, offsetMs: set(expr.selector.offsetMs) }, span };
      default:
        throw this.#error(
          expr.span,
          `offset modifier must be preceded by an instant vector selector or range vector selector or a subquery`,
        );
    }
  }

  #atModifier(expr: Expr): Expr {
    this.#next();
    const modifier = this.#atTime();
    const set = (before: AtModifier | undefined): AtModifier => {
      if (before !== undefined) throw this.#error(expr.span, "@ <timestamp> may not be set multiple times");
      return modifier;
    };
    const span = { start: expr.span.start, end: this.#previousSpan().end };
    switch (expr.kind) {
      case "vector-selector":
      case "subquery":
        return { ...expr, at: set(expr.at), span };
      case "matrix-selector":
        return { ...expr, selector: { ...expr.selector, at: set(expr.selector.at) }, span };
      default:
        throw this.#error(
          expr.span,
          "@ modifier must be preceded by an instant vector selector or range vector selector or a subquery",
        );
    }
  }

  #atTime(): AtModifier {
    for (const kind of ["start", "end"] as const) {
      if (!this.#takeWord(kind)) continue;
      if (!this.#take("(") || !this.#take(")")) throw this.#unexpected("@", "timestamp");
      return { kind };
    }
    const negative = this.#take("-");
    if (!negative) this.#take("+");
    const token = this.#next();
    const seconds = this.#numberOf(token);
    if (seconds === undefined) throw this.#unexpectedToken(token, "@", "timestamp");
    const timestampMs = Math.round((negative ? -seconds : seconds) * 1000);
    if (!Number.isFinite(timestampMs) || Math.abs(timestampMs) >= 2 ** 63) {
      throw this.#error(token.span, `timestamp out of bounds for @ modifier: ${token.text}`);
    }
    return { kind: "timestamp", timestampMs };
  }

  #primary(): Expr {
    const token = this.#peek();
    if (token.kind === "number" || token.kind === "duration") return this.#number();
    if (token.kind === "string") {
      this.#next();
      return { kind: "string", value: token.text, span: token.span };
    }
    if (token.kind === "operator" && token.text === "(") return this.#paren();
    if (token.kind === "operator" && token.text === "{") return this.#selector(undefined, token.span.start);
    if (token.kind !== "identifier") throw this.#unexpected();
    return this.#word();
  }

  #number(): Expr {
    const token = this.#next();
    const value = this.#numberOf(token);
    if (value === undefined) throw this.#error(token.span, `error parsing number: ${token.text}`);
    return { kind: "number", value, span: token.span };
  }

  #paren(): Expr {
    const { span } = this.#next();
    const expr = this.#expr(0);
    if (!this.#take(")")) throw this.#unexpected("paren expression", '")"');
    return { kind: "paren", expr, span: { start: span.start, end: this.#previousSpan().end } };
  }

  /** A number in words, an aggregation, a function, or a metric. */
  #word(): Expr {
    const token = this.#next();
    const lower = token.text.toLowerCase();
    const calls = this.#is("(");
    const aggregation = AGGREGATIONS.find((operator) => operator === lower);
    if (aggregation !== undefined && (calls || this.#isWord("by") || this.#isWord("without"))) {
      return this.#aggregate(aggregation, token);
    }
    if ((lower === "inf" || lower === "nan") && !calls) {
      return { kind: "number", value: lower === "inf" ? Number.POSITIVE_INFINITY : Number.NaN, span: token.span };
    }
    if (calls && !token.text.includes(":")) return this.#call(token);
    if (KEYWORDS.has(lower)) throw this.#unexpectedToken(token);
    return this.#selector(token, token.span.start);
  }

  #aggregate(operator: AggregationOperator, { span }: Token): Expr {
    let modifier = this.#aggregateModifier();
    if (!this.#is("(")) throw this.#unexpected("aggregation");
    const args = this.#args();
    modifier ??= this.#aggregateModifier();
    const whole = { start: span.start, end: this.#previousSpan().end };
    const wanted = takesParam(operator) ? 2 : 1;
    if (args.length === 0) throw this.#error(whole, "no arguments for aggregate expression provided");
    if (args.length !== wanted) {
      throw this.#error(
        whole,
        `wrong number of arguments for aggregate expression provided, expected ${wanted}, got ${args.length}`,
      );
    }
    const [first, second] = args;
    const expr = takesParam(operator) ? second : first;
    if (expr === undefined) throw this.#unexpected("aggregation"); // there are as many as wanted
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
    if (this.#takeWord("by")) return { labels: this.#groupingLabels(), without: false };
    if (this.#takeWord("without")) return { labels: this.#groupingLabels(), without: true };
    return undefined;
  }

  #call(name: Token): Call {
    const func = FUNCTIONS.get(name.text);
    if (func === undefined) throw this.#error(name.span, `unknown function with name "${name.text}"`);
    const args = this.#args();
    return { kind: "call", func, args, span: { start: name.span.start, end: this.#previousSpan().end } };
  }

  #args(): Expr[] {
    const args: Expr[] = [];
    this.#next(); // the parenthesis that the caller saw
    if (this.#take(")")) return args;
    while (true) {
      args.push(this.#expr(0));
      if (this.#take(")")) return args;
      if (!this.#take(",")) throw this.#unexpected("function call", '"," or ")"');
      if (this.#is(")")) throw this.#error(this.#previousSpan(), "trailing commas not allowed in function call args");
    }
  }

  /** `name{…}`, `name`, or `{…}`. */
  #selector(name: Token | undefined, start: number): VectorSelector {
    const { matchers, quotedName } = this.#is("{") ? this.#matchers() : { matchers: [], quotedName: undefined };
    const span = { start, end: this.#previousSpan().end };
    if (name !== undefined && quotedName !== undefined) {
      throw this.#error(span, `metric name must not be set twice: "${name.text}" or "${quotedName}"`);
    }
    const metric = name?.text ?? quotedName;
    const twice = metric === undefined ? undefined : matchers.find((matcher) => matcher.name === "__name__");
    if (twice !== undefined)
      throw this.#error(span, `metric name must not be set twice: "${metric}" or "${twice.value}"`);
    const all: LabelMatcher[] =
      metric === undefined ? matchers : [{ name: "__name__", operator: "=", value: metric }, ...matchers];
    return { kind: "vector-selector", name: metric, matchers: all, offsetMs: 0, at: undefined, span };
  }

  #matchers(): { matchers: LabelMatcher[]; quotedName: string | undefined } {
    const matchers: LabelMatcher[] = [];
    let quotedName: string | undefined;
    this.#next();
    while (!this.#take("}")) {
      const name = this.#next();
      if (name.kind !== "identifier" && name.kind !== "string")
        throw this.#unexpectedToken(name, "label matching", 'identifier or "}"');
      if (name.kind === "string" && !MATCH_OPERATORS.includes(this.#peek().text)) {
        if (quotedName !== undefined) {
          throw this.#error(name.span, `metric name must not be set twice: "${quotedName}" or "${name.text}"`);
        }
        if (name.text === "") throw this.#error(name.span, 'invalid metric name ""');
        quotedName = name.text; // UTF-8 names: {"metric.name", label="value"}
      } else {
        matchers.push(this.#matcher(name));
      }
      if (this.#is("}")) continue;
      if (!this.#take(",")) throw this.#unexpected("label matching", '"," or "}"');
    }
    return { matchers, quotedName };
  }

  #matcher(name: Token): LabelMatcher {
    const operator = this.#next();
    if (!MATCH_OPERATORS.includes(operator.text))
      throw this.#unexpectedToken(operator, "label matching", "label matching operator");
    const value = this.#next();
    if (value.kind !== "string") throw this.#unexpectedToken(value, "label matching", "string");
    const matcher: LabelMatcher = { name: name.text, operator: operator.text as MatchOperator, value: value.text }; // one of MATCH_OPERATORS
    const fault = matcher.operator === "=~" || matcher.operator === "!~" ? patternFault(matcher.value) : undefined;
    if (fault !== undefined) throw this.#error(value.span, `invalid regular expression: ${fault}`);
    return matcher;
  }

  #groupingLabels(): string[] {
    const labels: string[] = [];
    if (!this.#take("(")) throw this.#unexpected("grouping opts", '"("');
    while (!this.#take(")")) {
      const token = this.#next();
      const isLabel = token.kind === "string" || (token.kind === "identifier" && !token.text.includes(":"));
      if (!isLabel || token.text === "") throw this.#unexpectedToken(token, "grouping opts", "label");
      labels.push(token.text);
      if (this.#is(")")) continue;
      if (!this.#take(",")) throw this.#unexpected("grouping opts", '"," or ")"');
    }
    return labels;
  }

  /** Milliseconds; a plain number is seconds. */
  #duration(context: string): number {
    const token = this.#next();
    const seconds = this.#numberOf(token);
    if (seconds === undefined) throw this.#unexpectedToken(token, context, "number, duration, step(), or range()");
    const ms = Math.round(seconds * 1000);
    if (!Number.isFinite(ms) || Math.abs(ms) > 9_223_372_036_854)
      throw this.#error(token.span, "duration out of range");
    return ms;
  }

  #positiveDuration(context: string): number {
    const { span } = this.#peek();
    const ms = this.#duration(context);
    if (ms <= 0) throw this.#error(span, "duration must be greater than 0");
    return ms;
  }

  /** A number's value, or a duration's in seconds: Prometheus 3 takes either where the other stands. */
  #numberOf({ kind, text, span }: Token): number | undefined {
    if (kind === "number") return parseNumber(text);
    if (kind !== "duration") return undefined;
    const ms = parseDuration(text);
    if (ms === undefined) throw this.#error(span, `not a valid duration string: "${text}"`);
    return ms / 1000;
  }

  #peek(): Token {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new RangeError("read past the query's end"); // the last token is never taken
    return token;
  }

  #next(): Token {
    const token = this.#peek();
    if (token.kind !== "end") this.#at += 1;
    return token;
  }

  #is(text: string): boolean {
    const token = this.#peek();
    return token.kind === "operator" && token.text === text;
  }

  #take(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#next();
    return true;
  }

  #isWord(word: string): boolean {
    const token = this.#peek();
    return token.kind === "identifier" && token.text.toLowerCase() === word;
  }

  #takeWord(word: string): boolean {
    if (!this.#isWord(word)) return false;
    this.#next();
    return true;
  }

  #previousSpan(): Span {
    return this.#tokens[this.#at - 1]?.span ?? { start: 0, end: 0 };
  }

  #error(span: Span, reason: string): PromqlParseError {
    return new PromqlParseError(this.#query, span, reason);
  }

  #unexpected(context = "", expected = ""): PromqlParseError {
    return this.#unexpectedToken(this.#peek(), context, expected);
  }

  #unexpectedToken(token: Token, context = "", expected = ""): PromqlParseError {
    const what = token.kind === "end" ? "end of input" : describe(token);
    const where = context === "" ? "" : ` in ${context}`;
    return this.#error(token.span, `unexpected ${what}${where}${expected === "" ? "" : `, expected ${expected}`}`);
  }
}

function describe({ kind, text }: Token): string {
  return kind === "operator" ? `"${text}"` : `${kind} ${JSON.stringify(text)}`;
}
