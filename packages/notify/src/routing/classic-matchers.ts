/** The older syntax of matchers, which takes almost anything for a value. Source: Alertmanager, pkg/labels/parse.go. */
import type { LabelMatcher, MatchOperator } from "@haltwatch/store/labels";
import type { ParsedMatchers } from "./parse-matchers.ts";

const MATCHER = /^\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(=~|=|!=|!~)\s*([\s\S]*?)\s*$/;

export function parseClassicMatchers(text: string): ParsedMatchers {
  const inner = text.replace(/^\{/, "").replace(/\}$/, "");
  const matchers: LabelMatcher[] = [];
  for (const part of partsOf(inner)) {
    const matcher = parseMatcher(part);
    if (typeof matcher === "string") return { kind: "fault", fault: matcher };
    matchers.push(matcher);
  }
  return { kind: "matchers", matchers };
}

/** Split at commas outside of double quotes; one comma at the end is as good as none. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  let part = "";
  let isQuoted = false;
  let isEscaped = false;
  for (const char of text) {
    if (char === "," && !isQuoted) {
      parts.push(part);
      part = "";
      continue;
    }
    if (char === '"' && !isEscaped) isQuoted = !isQuoted;
    isEscaped = char === "\\" && !isEscaped;
    part += char;
  }
  if (part.trim() !== "") parts.push(part.trim());
  return parts;
}

/** A matcher, or what is wrong. */
function parseMatcher(text: string): LabelMatcher | string {
  const [, name, operator, raw] = MATCHER.exec(text) ?? [];
  if (name === undefined || operator === undefined || raw === undefined) return `bad matcher format: ${text}`;
  if (raw === "") return `matcher value is not present: ${text}`;
  const value = unescaped(raw);
  if (value === undefined) return `matcher value contains unescaped double quote: ${raw}`;
  return { name, operator: operator as MatchOperator, value }; // the pattern matches operators only
}

/** `undefined` where a double quote stands neither at both ends nor behind a backslash. */
function unescaped(raw: string): string | undefined {
  let isQuoteOpen = raw.startsWith('"');
  const chars = [...(isQuoteOpen ? raw.slice(1) : raw)];
  let value = "";
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i] ?? "";
    const isLast = i === chars.length - 1;
    if (char === "\\" && !isLast) {
      const next = chars[++i] ?? "";
      if (next === "n") value += "\n";
      else value += next === '"' || next === "\\" ? next : `\\${next}`;
    } else if (char === '"') {
      if (!isQuoteOpen || !isLast) return undefined;
      isQuoteOpen = false;
    } else value += char;
  }
  return isQuoteOpen ? undefined : value;
}
