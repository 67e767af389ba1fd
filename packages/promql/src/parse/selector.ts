/** Reads selectors: `name{label="value"}`. */
import { type LabelMatcher, type MatchOperator, patternFault } from "@haltwatch/store/labels";
import type { VectorSelector } from "../ast.ts";
import { LABEL_MATCHING } from "./described-token.ts";
import type { Token } from "./lexer.ts";
import type { TokenReader } from "./token-reader.ts";

const MATCH_OPERATORS: readonly string[] = ["=", "!=", "=~", "!~"] satisfies MatchOperator[];

/** `name{…}`, `name`, or `{…}`. */
export function parseSelector(tokens: TokenReader, name: Token | undefined, start: number): VectorSelector {
  const { matchers, quotedName } = tokens.is("{") ? parseMatchers(tokens) : { matchers: [], quotedName: undefined };
  const span = { start, end: tokens.previousSpan().end };
  if (name !== undefined && quotedName !== undefined) {
    throw tokens.error(span, `metric name must not be set twice: "${name.text}" or "${quotedName}"`);
  }
  const metric = name?.text ?? quotedName;
  // Within the braces a name may be matched again: `{"a", __name__=~"a|b"}`.
  const twice = name === undefined ? undefined : matchers.find((matcher) => matcher.name === "__name__");
  if (twice !== undefined)
    throw tokens.error(span, `metric name must not be set twice: "${metric}" or "${twice.value}"`);
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

function parseMatchers(tokens: TokenReader): { matchers: LabelMatcher[]; quotedName: string | undefined } {
  const matchers: LabelMatcher[] = [];
  let quotedName: string | undefined;
  tokens.next();
  while (!tokens.take("}")) {
    const name = tokens.next();
    if (name.kind !== "identifier" && name.kind !== "string")
      throw tokens.unexpectedToken(name, LABEL_MATCHING, 'identifier or "}"');
    if (name.kind === "string" && !MATCH_OPERATORS.includes(tokens.peek().text)) {
      // A second name is one more matcher, and an empty one says that there is no name.
      if (quotedName === undefined && name.text !== "")
        quotedName = name.text; // UTF-8 names: {"metric.name", label="value"}
      else matchers.push({ name: "__name__", operator: "=", value: name.text });
    } else {
      matchers.push(parseMatcher(tokens, name));
    }
    if (tokens.is("}")) continue;
    if (!tokens.take(",")) throw tokens.unexpected(LABEL_MATCHING, '"," or "}"');
  }
  return { matchers, quotedName };
}

function parseMatcher(tokens: TokenReader, name: Token): LabelMatcher {
  const operator = tokens.next();
  if (!MATCH_OPERATORS.includes(operator.text))
    throw tokens.unexpectedToken(operator, LABEL_MATCHING, "label matching operator");
  const value = tokens.next();
  if (value.kind !== "string") throw tokens.unexpectedToken(value, LABEL_MATCHING, "string");
  const matcher: LabelMatcher = { name: name.text, operator: operator.text as MatchOperator, value: value.text }; // one of MATCH_OPERATORS
  const fault = matcher.operator === "=~" || matcher.operator === "!~" ? patternFault(matcher.value) : undefined;
  if (fault !== undefined) throw tokens.error({ start: name.span.start, end: value.span.end }, fault);
  return matcher;
}
