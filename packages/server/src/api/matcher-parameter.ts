/**
 * `match[]`: selectors that stand alone. Source: Prometheus, web/api/v1/api.go (`parseMatchersParam`),
 * promql/parser/parse.go (`ParseMetricSelector`).
 */
import { type Expr, PromqlParseError, parseQuery } from "@haltwatch/promql";
import { type LabelMatcher, matchesEmpty } from "@haltwatch/store";
import { quoted } from "./go-text.ts";

/** Most selectors in one request. */
const MAX_SELECTORS = 1000;

const ONLY_EMPTY = "match[] must contain at least one non-empty matcher";

/** How a query says it that selects everything. */
const SELECTS_EVERYTHING = "vector selector must contain at least one non-empty matcher";

export type MatcherSet = readonly LabelMatcher[];

/** The matchers of each selector, or what is wrong. */
export function matcherSets(selectors: readonly string[]): readonly MatcherSet[] | { readonly fault: string } {
  if (selectors.length > MAX_SELECTORS) return { fault: `more than ${MAX_SELECTORS} match[] parameters` };
  const sets: MatcherSet[] = [];
  for (const selector of selectors) {
    const matchers = selectorMatchers(selector);
    if ("fault" in matchers) return matchers;
    if (matchers.every(matchesEmpty)) return { fault: ONLY_EMPTY };
    sets.push(matchers);
  }
  return sets;
}

/** One selector's matchers, or what is wrong. */
export function selectorMatchers(selector: string): MatcherSet | { readonly fault: string } {
  if (selector.trim() === "") return { fault: unexpected(selector, 0) };
  let expr: Expr;
  try {
    expr = parseQuery(selector);
  } catch (error) {
    if (!(error instanceof PromqlParseError)) throw error;
    return { fault: error.reason === SELECTS_EVERYTHING ? ONLY_EMPTY : error.message };
  }
  if (expr.kind === "vector-selector") {
    const end = endOfSelector(selector, expr.span.start);
    return selector.slice(end).trim() === "" ? expr.matchers : { fault: unexpected(selector, end) };
  }
  return { fault: unexpected(selector, expr.kind === "number" ? 0 : endOfSelector(selector, 0)) };
}

/** Where the name and the braces end: an offset, a range or an operator may follow in a query, and not here. */
function endOfSelector(text: string, start: number): number {
  const name = /^\s*[a-zA-Z_:][a-zA-Z0-9_:]*/.exec(text.slice(start))?.[0].length ?? 0;
  let end = start + name;
  const braces = /^\s*\{(?:[^"'`}]|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`)*\}/s.exec(text.slice(end));
  end += braces?.[0].length ?? 0;
  return end;
}

function unexpected(text: string, end: number): string {
  const start = end + (/^\s*/.exec(text.slice(end))?.[0].length ?? 0);
  const token =
    /^(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|[a-zA-Z_:][a-zA-Z0-9_:]*|[\d.]+\w*|[=!<>]=?|.)/s.exec(
      text.slice(start),
    )?.[0] ?? "";
  const before = text.slice(0, start).split("\n");
  const position = `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
  return `${position}: parse error: unexpected ${described(token)}`;
}

/** A token as the parser's messages name it. Source: promql/parser/lex.go (`Item.desc`). */
function described(token: string): string {
  if (/^(?:[-+*/%^]|[=!<>]=?|and|or|unless|atan2)$/i.test(token)) return `<op:${token.toLowerCase()}>`;
  if (/^(?:offset|by|without|on|ignoring|group_left|group_right|bool)$/i.test(token)) return `<${token.toLowerCase()}>`;
  if (token === "") return "end of input";
  if (token === "@") return "<@>";
  if (/^["'`]/.test(token)) return `string ${quoted(token)}`;
  if (/^[\d.]/.test(token)) return `number ${quoted(token)}`;
  return /^[a-zA-Z_:]/.test(token) ? `identifier ${quoted(token)}` : quoted(token);
}
