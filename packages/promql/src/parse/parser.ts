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
  type ExtendedRange,
  type FillValues,
  isSetOperator,
  takesParam,
  type VectorMatching,
  type VectorSelector,
  valueType,
} from "../ast.ts";
import type { DurationExpr } from "../duration-expression.ts";
import { FUNCTIONS } from "../functions/signatures.ts";
import { PromqlParseError } from "../promql-error.ts";
import { checkTypes } from "./check-types.ts";
import { parseOffsetDuration, parseRangeDuration } from "./duration-expression.ts";
import type { Token } from "./lexer.ts";
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

const MATCH_OPERATORS: readonly string[] = ["=", "!=", "=~", "!~"] satisfies MatchOperator[];

/** Words that cannot be a metric's name; other keywords can. Case does not count. Source: `metric_identifier`. */
const RESERVED: ReadonlySet<string> = new Set([
  ...["atan2", "on", "ignoring", "group_left", "group_right", "bool"],
  ...["inf", "nan"],
]);

/** Numbers in words are no labels where labels are listed. */
const NUMBER_WORD = /^(?:inf|nan)$/i;

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
    if (this.#in.peek().kind === "end") throw this.#in.error({ start: 0, end: 0 }, "no expression found in input");
    const expr = this.#expr(0);
    if (this.#in.peek().kind !== "end") throw this.#in.unexpected();
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
    const matching = this.#matching(operator);
    const right = this.#expr(above);
    const span = { start: left.span.start, end: right.span.end };
    const areVectors = valueType(left) === "vector" && valueType(right) === "vector";
    const isIdle = matching !== undefined && (areVectors ? isDefault(matching) : isForgotten(matching));
    return { kind: "binary", operator, left, right, returnBool, matching: isIdle ? undefined : matching, span };
  }

  #matching(operator: BinaryOperator): VectorMatching | undefined {
    const on = this.#in.takeWord("on");
    const ignoring = !on && this.#in.takeWord("ignoring");
    const labels = on || ignoring ? this.#groupingLabels() : [];
    const left = (on || ignoring) && this.#in.takeWord("group_left");
    const right = (on || ignoring) && !left && this.#in.takeWord("group_right");
    const include = (left || right) && this.#in.is("(") ? this.#groupingLabels() : [];
    const isSet = isSetOperator(operator);
    if ((left || right) && isSet) {
      throw this.#in.error(this.#in.previousSpan(), `no grouping allowed for "${operator}" operation`);
    }
    const twice = on ? include.find((label) => labels.includes(label)) : undefined;
    if (twice !== undefined) {
      throw this.#in.error(this.#in.previousSpan(), `label "${twice}" must not occur in ON and GROUP clause at once`);
    }
    const fill = this.#fill();
    if (!on && !ignoring && fill === undefined) return undefined;
    const cardinality = isSet ? "many-to-many" : left ? "many-to-one" : right ? "one-to-many" : "one-to-one";
    return { cardinality, labels, on, include, fill };
  }

  /** `fill(0)`, or one or both of `fill_left(0)` and `fill_right(0)`. Without parenthesis they are metrics. */
  #fill(): FillValues | undefined {
    if (this.#in.isCallOf("fill")) {
      const value = this.#fillValue();
      return { left: value, right: value };
    }
    const fill: { left: number | undefined; right: number | undefined } = { left: undefined, right: undefined };
    for (let i = 0; i < 2; i++) {
      if (fill.left === undefined && this.#in.isCallOf("fill_left")) fill.left = this.#fillValue();
      else if (fill.right === undefined && this.#in.isCallOf("fill_right")) fill.right = this.#fillValue();
    }
    return fill.left === undefined && fill.right === undefined ? undefined : fill;
  }

  #fillValue(): number {
    this.#in.next();
    this.#in.next(); // the parenthesis that the caller saw
    const negative = this.#in.take("-");
    if (!negative) this.#in.take("+");
    const token = this.#in.next();
    const value = this.#in.numberOf(token);
    if (value === undefined) throw this.#in.unexpectedToken(token, "fill", "number or duration");
    if (!this.#in.take(")")) throw this.#in.unexpected("fill", '")"');
    return negative ? -value : value;
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
      if (this.#in.is("[")) expr = this.#range(expr);
      else if (this.#in.takeWord("offset")) expr = this.#offset(expr);
      else if (this.#in.takeWord("anchored")) expr = this.#extended(expr, "anchored");
      else if (this.#in.takeWord("smoothed")) expr = this.#extended(expr, "smoothed");
      else if (this.#in.is("@")) expr = this.#atModifier(expr);
      else return expr;
    }
  }

  #range(expr: Expr): Expr {
    const { span: open } = this.#in.next();
    const range = parseRangeDuration(this.#in);
    const [rangeMs, rangeExpr] = [literalMs(range), workedOut(range)];
    if (this.#in.take("]")) {
      const span = { start: expr.span.start, end: this.#in.previousSpan().end };
      const brackets = { start: open.start, end: span.end };
      if (expr.kind !== "vector-selector") throw this.#in.error(brackets, "ranges only allowed for vector selectors");
      if (expr.offsetMs !== 0 || expr.offsetExpr !== undefined)
        throw this.#in.error(brackets, "no offset modifiers allowed before range");
      if (expr.at !== undefined) throw this.#in.error(brackets, "no @ modifiers allowed before range");
      return { kind: "matrix-selector", selector: expr, rangeMs, rangeExpr, span };
    }
    if (!this.#in.take(":")) throw this.#in.unexpected("subquery or range", '":" or "]"');
    const step = this.#in.is("]") ? undefined : parseRangeDuration(this.#in);
    if (!this.#in.take("]")) throw this.#in.unexpected("subquery selector", '"]"');
    return {
      kind: "subquery",
      expr,
      rangeMs,
      rangeExpr,
      stepMs: step === undefined ? undefined : literalMs(step),
      stepExpr: step === undefined ? undefined : workedOut(step),
      offsetMs: 0,
      offsetExpr: undefined,
      at: undefined,
      span: { start: expr.span.start, end: this.#in.previousSpan().end },
    };
  }

  #offset(expr: Expr): Expr {
    const duration = parseOffsetDuration(this.#in);
    const offset = { offsetMs: literalMs(duration), offsetExpr: workedOut(duration) };
    const set = <T extends VectorSelector | Extract<Expr, { kind: "subquery" }>>(before: T): T => {
      if (before.offsetMs !== 0 || before.offsetExpr !== undefined)
        throw this.#in.error(expr.span, "offset may not be set multiple times");
      return { ...before, ...offset };
    };
    const span = { start: expr.span.start, end: this.#in.previousSpan().end };
    switch (expr.kind) {
      case "vector-selector":
      case "subquery":
        return { ...set(expr), span };
      case "matrix-selector":
        return { ...expr, selector: set(expr.selector), span };
      default:
        throw this.#in.error(
          expr.span,
          "offset modifier must be preceded by an instant vector selector or range vector selector or a subquery",
        );
    }
  }

  #extended(expr: Expr, modifier: ExtendedRange): Expr {
    const set = (selector: VectorSelector): VectorSelector => {
      if (selector.extended !== undefined && selector.extended !== modifier)
        throw this.#in.error(expr.span, "anchored and smoothed modifiers cannot be used together");
      return { ...selector, extended: modifier };
    };
    const span = { start: expr.span.start, end: this.#in.previousSpan().end };
    switch (expr.kind) {
      case "vector-selector":
        return { ...set(expr), span };
      case "matrix-selector":
        return { ...expr, selector: set(expr.selector), span };
      case "subquery":
        throw this.#in.error(expr.span, `${modifier} modifier is not supported for subqueries`);
      default:
        throw this.#in.error(expr.span, `${modifier} modifier not implemented`);
    }
  }

  #atModifier(expr: Expr): Expr {
    this.#in.next();
    const modifier = this.#atTime();
    const set = (before: AtModifier | undefined): AtModifier => {
      if (before !== undefined) throw this.#in.error(expr.span, "@ <timestamp> may not be set multiple times");
      return modifier;
    };
    const span = { start: expr.span.start, end: this.#in.previousSpan().end };
    switch (expr.kind) {
      case "vector-selector":
      case "subquery":
        return { ...expr, at: set(expr.at), span };
      case "matrix-selector":
        return { ...expr, selector: { ...expr.selector, at: set(expr.selector.at) }, span };
      default:
        throw this.#in.error(
          expr.span,
          "@ modifier must be preceded by an instant vector selector or range vector selector or a subquery",
        );
    }
  }

  #atTime(): AtModifier {
    for (const kind of ["start", "end"] as const) {
      if (!this.#in.takeWord(kind)) continue;
      if (!this.#in.take("(") || !this.#in.take(")")) throw this.#in.unexpected("@", '"(" and ")"');
      return { kind };
    }
    const negative = this.#in.take("-");
    if (!negative) this.#in.take("+");
    const token = this.#in.next();
    const seconds = this.#in.numberOf(token);
    if (seconds === undefined) throw this.#in.unexpectedToken(token, "@", "timestamp");
    const timestampMs = Math.round((negative ? -seconds : seconds) * 1000);
    if (!Number.isFinite(timestampMs) || Math.abs(timestampMs) >= 2 ** 63) {
      throw this.#in.error(token.span, `timestamp out of bounds for @ modifier: ${token.text}`);
    }
    return { kind: "timestamp", timestampMs };
  }

  #primary(): Expr {
    const token = this.#in.peek();
    if (token.kind === "number" || token.kind === "duration") return this.#number();
    if (token.kind === "string") {
      this.#in.next();
      return { kind: "string", value: token.text, span: token.span };
    }
    if (token.kind === "operator" && token.text === "(") return this.#paren();
    if (token.kind === "operator" && token.text === "{") return this.#selector(undefined, token.span.start);
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
    return this.#selector(token, token.span.start);
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
    if (this.#in.takeWord("by")) return { labels: this.#groupingLabels(), without: false };
    if (this.#in.takeWord("without")) return { labels: this.#groupingLabels(), without: true };
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

  /** `name{…}`, `name`, or `{…}`. */
  #selector(name: Token | undefined, start: number): VectorSelector {
    const { matchers, quotedName } = this.#in.is("{") ? this.#matchers() : { matchers: [], quotedName: undefined };
    const span = { start, end: this.#in.previousSpan().end };
    if (name !== undefined && quotedName !== undefined) {
      throw this.#in.error(span, `metric name must not be set twice: "${name.text}" or "${quotedName}"`);
    }
    const metric = name?.text ?? quotedName;
    // Within the braces a name may be matched again: `{"a", __name__=~"a|b"}`.
    const twice = name === undefined ? undefined : matchers.find((matcher) => matcher.name === "__name__");
    if (twice !== undefined)
      throw this.#in.error(span, `metric name must not be set twice: "${metric}" or "${twice.value}"`);
    const all: LabelMatcher[] =
      metric === undefined ? matchers : [{ name: "__name__", operator: "=", value: metric }, ...matchers];
    return {
      kind: "vector-selector",
      name: metric,
      matchers: all,
      offsetMs: 0,
      offsetExpr: undefined,
      extended: undefined,
      at: undefined,
      span,
    };
  }

  #matchers(): { matchers: LabelMatcher[]; quotedName: string | undefined } {
    const matchers: LabelMatcher[] = [];
    let quotedName: string | undefined;
    this.#in.next();
    while (!this.#in.take("}")) {
      const name = this.#in.next();
      if (name.kind !== "identifier" && name.kind !== "string")
        throw this.#in.unexpectedToken(name, "label matching", 'identifier or "}"');
      if (name.kind === "string" && !MATCH_OPERATORS.includes(this.#in.peek().text)) {
        // A second name is one more matcher, and an empty one says that there is no name.
        if (quotedName === undefined && name.text !== "")
          quotedName = name.text; // UTF-8 names: {"metric.name", label="value"}
        else matchers.push({ name: "__name__", operator: "=", value: name.text });
      } else {
        matchers.push(this.#matcher(name));
      }
      if (this.#in.is("}")) continue;
      if (!this.#in.take(",")) throw this.#in.unexpected("label matching", '"," or "}"');
    }
    return { matchers, quotedName };
  }

  #matcher(name: Token): LabelMatcher {
    const operator = this.#in.next();
    if (!MATCH_OPERATORS.includes(operator.text))
      throw this.#in.unexpectedToken(operator, "label matching", "label matching operator");
    const value = this.#in.next();
    if (value.kind !== "string") throw this.#in.unexpectedToken(value, "label matching", "string");
    const matcher: LabelMatcher = { name: name.text, operator: operator.text as MatchOperator, value: value.text }; // one of MATCH_OPERATORS
    const fault = matcher.operator === "=~" || matcher.operator === "!~" ? patternFault(matcher.value) : undefined;
    if (fault !== undefined) throw this.#in.error(value.span, `invalid regular expression: ${fault}`);
    return matcher;
  }

  #groupingLabels(): string[] {
    const labels: string[] = [];
    if (!this.#in.take("(")) throw this.#in.unexpected("grouping opts", '"("');
    while (!this.#in.take(")")) {
      const token = this.#in.next();
      const isLabel =
        token.kind === "string" ||
        (token.kind === "identifier" && !token.text.includes(":") && !NUMBER_WORD.test(token.text));
      if (!isLabel || token.text === "") throw this.#in.unexpectedToken(token, "grouping opts", "label");
      labels.push(token.text);
      if (this.#in.is(")")) continue;
      if (!this.#in.take(",")) throw this.#in.unexpected("grouping opts", '"," or ")"');
    }
    return labels;
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

/** Milliseconds of a literal; 0 for what is worked out later. */
function literalMs(duration: DurationExpr): number {
  return duration.kind === "literal" ? Math.round(duration.seconds * 1000) : 0;
}

/** What is worked out later; nothing for a literal. */
function workedOut(duration: DurationExpr): DurationExpr | undefined {
  return duration.kind === "literal" ? undefined : duration;
}
