/** Reads what stands between a binary operator and its right side: `on (…) group_left (…) fill (…)`. */
import { type BinaryOperator, type FillValues, isSetOperator, type VectorMatching } from "../ast.ts";
import type { TokenReader } from "./token-reader.ts";

/** Numbers in words are no labels where labels are listed. */
const NUMBER_WORD = /^(?:inf|nan)$/i;

/** Which series of the two sides meet; `undefined` if nothing is said. */
export function parseMatching(tokens: TokenReader, operator: BinaryOperator): VectorMatching | undefined {
  const on = tokens.takeWord("on");
  const ignoring = !on && tokens.takeWord("ignoring");
  const labels = on || ignoring ? parseGroupingLabels(tokens) : [];
  const left = (on || ignoring) && tokens.takeWord("group_left");
  const right = (on || ignoring) && !left && tokens.takeWord("group_right");
  const include = (left || right) && tokens.is("(") ? parseGroupingLabels(tokens) : [];
  const fill = parseFill(tokens);
  if (!on && !ignoring && fill === undefined) return undefined;
  const withoutGroup = isSetOperator(operator) ? "many-to-many" : "one-to-one";
  const cardinality = left ? "many-to-one" : right ? "one-to-many" : withoutGroup;
  return { cardinality, labels, on, include, fill };
}

/** `fill(0)`, or one or both of `fill_left(0)` and `fill_right(0)`. Without parenthesis they are metrics. */
function parseFill(tokens: TokenReader): FillValues | undefined {
  if (tokens.isCallOf("fill")) {
    const value = fillValue(tokens);
    return { left: value, right: value };
  }
  const fill: { left: number | undefined; right: number | undefined } = { left: undefined, right: undefined };
  for (let i = 0; i < 2; i++) {
    if (fill.left === undefined && tokens.isCallOf("fill_left")) fill.left = fillValue(tokens);
    else if (fill.right === undefined && tokens.isCallOf("fill_right")) fill.right = fillValue(tokens);
  }
  return fill.left === undefined && fill.right === undefined ? undefined : fill;
}

function fillValue(tokens: TokenReader): number {
  tokens.next();
  tokens.next(); // the parenthesis that the caller saw
  const negative = tokens.take("-");
  if (!negative) tokens.take("+");
  const token = tokens.next();
  const value = tokens.numberOf(token);
  if (value === undefined) throw tokens.unexpectedToken(token, "fill", "number or duration");
  if (!tokens.take(")")) throw tokens.unexpected("fill", '")"');
  return negative ? -value : value;
}

/** `(a, b)`. */
export function parseGroupingLabels(tokens: TokenReader): string[] {
  const labels: string[] = [];
  if (!tokens.take("(")) throw tokens.unexpected("grouping opts", '"("');
  while (!tokens.take(")")) {
    const token = tokens.next();
    const isLabel =
      token.kind === "string" ||
      (token.kind === "identifier" && !token.text.includes(":") && !NUMBER_WORD.test(token.text));
    if (!isLabel || token.text === "") throw tokens.unexpectedToken(token, "grouping opts", "label");
    labels.push(token.text);
    if (tokens.is(")")) continue;
    if (!tokens.take(",")) throw tokens.unexpected("grouping opts", '"," or ")"');
  }
  return labels;
}
