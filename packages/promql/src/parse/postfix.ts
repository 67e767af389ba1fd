/** Reads what clings to an expression right before it: ranges, subqueries, offsets, times, and how a range takes its edges. */
import type { AtModifier, Expr, ExtendedRange, VectorSelector } from "../ast.ts";
import type { DurationExpr } from "../duration-expression.ts";
import { parseOffsetDuration, parseRangeDuration } from "./duration-expression.ts";
import type { TokenReader } from "./token-reader.ts";

export function parseRange(tokens: TokenReader, expr: Expr): Expr {
  const { span: open } = tokens.next();
  const range = parseRangeDuration(tokens);
  const [rangeMs, rangeExpr] = [literalMs(range), workedOut(range)];
  if (tokens.take("]")) {
    const span = { start: expr.span.start, end: tokens.previousSpan().end };
    const brackets = { start: open.start, end: span.end };
    if (expr.kind !== "vector-selector") throw tokens.error(brackets, "ranges only allowed for vector selectors");
    if (expr.offsetMs !== 0 || expr.offsetExpr !== undefined)
      throw tokens.error(brackets, "no offset modifiers allowed before range");
    if (expr.at !== undefined) throw tokens.error(brackets, "no @ modifiers allowed before range");
    return { kind: "matrix-selector", selector: expr, rangeMs, rangeExpr, span };
  }
  if (!tokens.take(":")) throw tokens.unexpected("subquery or range", '":" or "]"');
  const step = tokens.is("]") ? undefined : parseRangeDuration(tokens);
  if (!tokens.take("]")) throw tokens.unexpected("subquery selector", '"]"');
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
    span: { start: expr.span.start, end: tokens.previousSpan().end },
  };
}

export function parseOffset(tokens: TokenReader, expr: Expr): Expr {
  const duration = parseOffsetDuration(tokens);
  const offset = { offsetMs: literalMs(duration), offsetExpr: workedOut(duration) };
  const set = <T extends VectorSelector | Extract<Expr, { kind: "subquery" }>>(before: T): T => {
    if (before.offsetMs !== 0 || before.offsetExpr !== undefined)
      throw tokens.error(expr.span, "offset may not be set multiple times");
    return { ...before, ...offset };
  };
  const span = { start: expr.span.start, end: tokens.previousSpan().end };
  switch (expr.kind) {
    case "vector-selector":
    case "subquery":
      return { ...set(expr), span };
    case "matrix-selector":
      return { ...expr, selector: set(expr.selector), span };
    default:
      throw tokens.error(
        expr.span,
        "offset modifier must be preceded by an instant vector selector or range vector selector or a subquery",
      );
  }
}

export function parseExtended(tokens: TokenReader, expr: Expr, modifier: ExtendedRange): Expr {
  const set = (selector: VectorSelector): VectorSelector => {
    if (selector.extended !== undefined && selector.extended !== modifier)
      throw tokens.error(expr.span, "anchored and smoothed modifiers cannot be used together");
    return { ...selector, extended: modifier };
  };
  const span = { start: expr.span.start, end: tokens.previousSpan().end };
  switch (expr.kind) {
    case "vector-selector":
      return { ...set(expr), span };
    case "matrix-selector":
      return { ...expr, selector: set(expr.selector), span };
    case "subquery":
      throw tokens.error(expr.span, `${modifier} modifier is not supported for subqueries`);
    default:
      throw tokens.error(expr.span, `${modifier} modifier not implemented`);
  }
}

export function parseAtModifier(tokens: TokenReader, expr: Expr): Expr {
  tokens.next();
  const modifier = atTime(tokens);
  const set = (before: AtModifier | undefined): AtModifier => {
    if (before !== undefined) throw tokens.error(expr.span, "@ <timestamp> may not be set multiple times");
    return modifier;
  };
  const span = { start: expr.span.start, end: tokens.previousSpan().end };
  switch (expr.kind) {
    case "vector-selector":
    case "subquery":
      return { ...expr, at: set(expr.at), span };
    case "matrix-selector":
      return { ...expr, selector: { ...expr.selector, at: set(expr.selector.at) }, span };
    default:
      throw tokens.error(
        expr.span,
        "@ modifier must be preceded by an instant vector selector or range vector selector or a subquery",
      );
  }
}

function atTime(tokens: TokenReader): AtModifier {
  for (const kind of ["start", "end"] as const) {
    if (!tokens.takeWord(kind)) continue;
    if (!tokens.take("(") || !tokens.take(")")) throw tokens.unexpected("@", '"(" and ")"');
    return { kind };
  }
  const negative = tokens.take("-");
  if (!negative) tokens.take("+");
  const token = tokens.next();
  const seconds = tokens.numberOf(token);
  if (seconds === undefined) throw tokens.unexpectedToken(token, "@", "timestamp");
  const timestampMs = Math.round((negative ? -seconds : seconds) * 1000);
  if (!Number.isFinite(timestampMs) || Math.abs(timestampMs) >= 2 ** 63) {
    throw tokens.error(token.span, `timestamp out of bounds for @ modifier: ${token.text}`);
  }
  return { kind: "timestamp", timestampMs };
}

/** Milliseconds of a literal; 0 for what is worked out later. */
function literalMs(duration: DurationExpr): number {
  return duration.kind === "literal" ? Math.round(duration.seconds * 1000) : 0;
}

/** What is worked out later; nothing for a literal. */
function workedOut(duration: DurationExpr): DurationExpr | undefined {
  return duration.kind === "literal" ? undefined : duration;
}
