/** How Prometheus names a token that it did not expect. Source: Prometheus, promql/parser/lex.go (`Item.desc`, `Item.String`). */
import { AGGREGATIONS } from "../ast.ts";
import type { Token } from "./lexer.ts";

/** Where all words are labels' names, and none is a keyword. */
export const LABEL_MATCHING = "label matching";

const KEYWORDS: ReadonlySet<string> = new Set([
  ...["offset", "smoothed", "anchored", "by", "without", "on", "ignoring", "group_left", "group_right", "bool"],
  ...["fill", "fill_left", "fill_right"],
]);

/** Words that are keywords only before a parenthesis. */
const CALL_KEYWORDS: ReadonlySet<string> = new Set(["fill", "fill_left", "fill_right"]);

const OPERATOR_WORDS: ReadonlySet<string> = new Set(["and", "or", "unless", "atan2"]);

const PREPROCESSORS: ReadonlySet<string> = new Set(["start", "end", "step", "range"]);

/** Tokens that are no operators there; every other one is. */
const PUNCTUATION: ReadonlySet<string> = new Set(["(", ")", "{", "}", "[", "]", ",", ":", "="]);

/** Of numbers and strings so many characters are shown. */
const MAX_SHOWN = 10;

export interface TokenPlace {
  /** As it stands in the query. */
  readonly raw: string;
  readonly isBeforeParenthesis: boolean;
  readonly context: string;
}

export function describedToken({ kind, text }: Token, { raw, isBeforeParenthesis, context }: TokenPlace): string {
  switch (kind) {
    case "end":
      return "end of input";
    case "operator":
      return PUNCTUATION.has(text) ? JSON.stringify(text) : `<op:${text}>`;
    case "identifier":
      return context === LABEL_MATCHING ? `identifier ${JSON.stringify(text)}` : word(text, isBeforeParenthesis);
    default:
      return `${kind} ${shown(raw)}`;
  }
}

function word(text: string, isBeforeParenthesis: boolean): string {
  const lower = text.toLowerCase();
  const isKeyword = KEYWORDS.has(lower) && (isBeforeParenthesis || !CALL_KEYWORDS.has(lower));
  if (isKeyword) return `<${text}>`;
  if (OPERATOR_WORDS.has(lower)) return `<op:${text}>`;
  if (AGGREGATIONS.some((aggregation) => aggregation === lower)) return `<aggr:${text}>`;
  if (PREPROCESSORS.has(lower)) return JSON.stringify(text);
  if (lower === "inf" || lower === "nan") return `number ${JSON.stringify(text)}`;
  return `${text.includes(":") ? "metric identifier" : "identifier"} ${JSON.stringify(text)}`;
}

function shown(raw: string): string {
  const characters = [...raw];
  if (characters.length <= MAX_SHOWN) return JSON.stringify(raw);
  return `${JSON.stringify(characters.slice(0, MAX_SHOWN).join(""))}...`;
}
