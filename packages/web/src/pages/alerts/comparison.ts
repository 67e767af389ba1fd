/**
 * What an alert's rule looks at, and the limit it compares that with: `latency > scalar(limit)` is drawn as two lines. Only the text is
 * looked at, as far as it is sure; of any other rule the whole expression is drawn.
 */

export interface Comparison {
  readonly measured: string;
  readonly operator: string;
  readonly limit: string;
}

/** @returns undefined if it is no comparison, or one that is not plain */
export function comparisonOf(expression: string): Comparison | undefined {
  const first = unwrapped(beforeSetOperator(expression));
  const found = topLevel(first, /^(?:<=|>=|==|!=|<|>)/);
  if (found === undefined)
    return unwrapped(first) === expression.trim() ? undefined : comparisonIfShorter(first, expression);
  const measured = first.slice(0, found.at).trim();
  const limit = first
    .slice(found.at + found.text.length)
    .replace(/^\s*bool\b/, "")
    .replace(/^\s*(?:on|ignoring)\s*\([^)]*\)\s*(?:group_(?:left|right)\s*(?:\([^)]*\))?)?/, "")
    .trim();
  return measured === "" || limit === "" ? undefined : { measured, operator: found.text, limit };
}

function comparisonIfShorter(part: string, whole: string): Comparison | undefined {
  return part.length < whole.trim().length ? comparisonOf(part) : undefined;
}

/** `a and b`, `a unless b`: what `a` says is what is measured. */
function beforeSetOperator(expression: string): string {
  const found = topLevel(expression, /^(?:and|or|unless)\b/i, /[\w.:]/);
  return found === undefined ? expression : expression.slice(0, found.at);
}

/** Without brackets around the whole, and without comments. */
function unwrapped(expression: string): string {
  const text = expression
    .replace(/#[^\n]*/g, (comment, at: number) => (isInString(expression, at) ? comment : ""))
    .trim();
  if (!text.startsWith("(") || closing(text, 0) !== text.length - 1) return text;
  return unwrapped(text.slice(1, -1));
}

function isInString(text: string, at: number): boolean {
  let quote = "";
  for (let index = 0; index < at; index += 1) {
    const character = text[index] ?? "";
    if (quote !== "" && quote !== "`" && character === "\\") index += 1;
    else if (quote !== "") quote = character === quote ? "" : quote;
    else if (/["'`]/.test(character)) quote = character;
  }
  return quote !== "";
}

/** Where the bracket at `from` is closed; -1 if it is not. */
function closing(text: string, from: number): number {
  let depth = 0;
  for (const { character, at } of outsideStrings(text, from)) {
    if (/[([{]/.test(character)) depth += 1;
    if (/[)\]}]/.test(character)) depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}

/** @param notAfter what a word may not follow: it would be the end of a longer one */
function topLevel(
  text: string,
  wanted: RegExp,
  notAfter?: RegExp,
): { readonly at: number; readonly text: string } | undefined {
  let depth = 0;
  for (const { character, at } of outsideStrings(text, 0)) {
    if (/[([{]/.test(character)) depth += 1;
    else if (/[)\]}]/.test(character)) depth -= 1;
    else if (depth === 0 && !(notAfter?.test(text[at - 1] ?? "") ?? false)) {
      const found = wanted.exec(text.slice(at, at + 8))?.[0];
      if (found !== undefined) return { at, text: found };
    }
  }
  return undefined;
}

function* outsideStrings(text: string, from: number): Generator<{ readonly character: string; readonly at: number }> {
  let quote = "";
  for (let at = from; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (quote !== "") {
      if (character === "\\" && quote !== "`") at += 1;
      else if (character === quote) quote = "";
    } else if (/["'`]/.test(character)) quote = character;
    else yield { character, at };
  }
}
