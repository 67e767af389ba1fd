/** Reads durations and their arithmetic. Source: Prometheus 3.15, promql/parser/generated_parser.y (`duration_expr`). */
import type { DurationExpr, DurationOperator } from "../duration-expression.ts";
import type { TokenReader } from "./token-reader.ts";

/** Largest duration, seconds: what Go's 64-bit nanoseconds hold. */
const MAX_SECONDS = 2 ** 63 / 1e9;

/** Deepest nesting of a duration. */
const MAX_DURATION_DEPTH = 100;

const EXPECTED = "number, duration, step(), or range()";

const PRECEDENCE: ReadonlyMap<string, number> = new Map([
  ["+", 1],
  ["-", 1],
  ["*", 2],
  ["/", 2],
  ["%", 2],
  ["^", 3],
] satisfies [DurationOperator, number][]);
const SIGN_PRECEDENCE = 2;
const POWER_PRECEDENCE = 3;

/** A range or a step: `5m`, `5m * 2`, `-5m + 35m`. A literal must be above zero; what is worked out is checked later. */
export function parseRangeDuration(tokens: TokenReader): DurationExpr {
  const expr = binary(tokens, 0, 0);
  if (expr.kind === "literal" && expr.seconds <= 0) throw tokens.error(expr.span, "duration must be greater than 0");
  return expr;
}

/** An offset: arithmetic only within parentheses, for what follows without belongs to the query: `a offset 5m + b`. */
export function parseOffsetDuration(tokens: TokenReader, depth = 0): DurationExpr {
  return primary(tokens, "offset", depth, (deeper) => parseOffsetDuration(tokens, deeper));
}

function binary(tokens: TokenReader, above: number, depth: number): DurationExpr {
  let left = primary(tokens, "subquery selector", depth, (deeper) => binary(tokens, SIGN_PRECEDENCE, deeper));
  while (true) {
    const token = tokens.peek();
    const precedence = token.kind === "operator" ? PRECEDENCE.get(token.text) : undefined;
    if (precedence === undefined || precedence <= above) return left;
    const operator = token.text as DurationOperator; // one of the keys
    tokens.next();
    const right = binary(tokens, precedence === POWER_PRECEDENCE ? precedence - 1 : precedence, depth + 1);
    if (right.kind === "literal" && right.seconds === 0) {
      if (operator === "/") throw tokens.error(token.span, "division by zero");
      if (operator === "%") throw tokens.error(token.span, "modulo by zero");
    }
    left = { kind: "arithmetic", operator, left, right, span: { start: left.span.start, end: right.span.end } };
  }
}

/** @param signed reads what a sign stands before */
function primary(
  tokens: TokenReader,
  context: string,
  depth: number,
  signed: (depth: number) => DurationExpr,
): DurationExpr {
  const token = tokens.peek();
  if (depth > MAX_DURATION_DEPTH)
    throw tokens.error(token.span, `the duration is nested more than ${MAX_DURATION_DEPTH} deep`);
  const { start } = token.span;
  if (tokens.take("(")) {
    const expr = binary(tokens, 0, depth + 1);
    if (!tokens.take(")")) throw tokens.unexpected(context, '")"');
    return { kind: "parenthesised", expr, span: { start, end: tokens.previousSpan().end } };
  }
  if (tokens.take("+")) return withStart(signed(depth + 1), start);
  if (tokens.take("-")) return negated(signed(depth + 1), start);
  if (tokens.isCallOf("step") || tokens.isCallOf("range")) {
    const kind = tokens.isWord("step") ? "step" : "range";
    tokens.next();
    tokens.next();
    if (!tokens.take(")")) throw tokens.unexpected(context, '")"');
    return { kind, span: { start, end: tokens.previousSpan().end } };
  }
  if (tokens.isCallOf("min_of") || tokens.isCallOf("max_of")) return extreme(tokens, context, depth);
  const seconds = tokens.numberOf(token);
  if (seconds === undefined) throw tokens.unexpected(context, EXPECTED);
  tokens.next();
  if (!(Math.abs(seconds) <= MAX_SECONDS)) throw tokens.error(token.span, "duration out of range");
  return { kind: "literal", seconds, hasUnits: token.kind === "duration", span: token.span };
}

function extreme(tokens: TokenReader, context: string, depth: number): DurationExpr {
  const name = tokens.next();
  const of = name.text.toLowerCase() === "min_of" ? "min_of" : "max_of";
  tokens.next(); // the parenthesis that the caller saw
  const left = binary(tokens, 0, depth + 1);
  if (!tokens.take(",")) throw tokens.unexpected(context, '","');
  const right = binary(tokens, 0, depth + 1);
  if (!tokens.take(")")) throw tokens.unexpected(context, '")"');
  return { kind: "extreme", of, left, right, span: { start: name.span.start, end: tokens.previousSpan().end } };
}

function negated(expr: DurationExpr, start: number): DurationExpr {
  const span = { start, end: expr.span.end };
  return expr.kind === "literal" ? { ...expr, seconds: -expr.seconds, span } : { kind: "negated", expr, span };
}

/** A plus sign changes nothing but a literal's place. */
function withStart(expr: DurationExpr, start: number): DurationExpr {
  return expr.kind === "literal" ? { ...expr, span: { start, end: expr.span.end } } : expr;
}
