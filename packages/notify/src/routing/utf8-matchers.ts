/** The newer syntax of matchers. Source: Alertmanager, matchers/parse/lexer.go and parse.go. */
import type { LabelMatcher, MatchOperator } from "@haltwatch/store/labels";
import type { ParsedMatchers } from "./parse-matchers.ts";

type Token =
  | { readonly kind: "{" | "}" | "," }
  | { readonly kind: "operator"; readonly operator: MatchOperator }
  | { readonly kind: "text"; readonly text: string };

const TOKEN = /\s*(?:([{},])|(=~|=|!=|!~)|("(?:\\[\s\S]|[^"\\])*")|([^\s{}!=~,\\"'`]+))/uy;

export function parseUtf8Matchers(input: string): ParsedMatchers {
  const tokens = tokensOf(input);
  if (typeof tokens === "string") return { kind: "fault", fault: tokens };
  const hasBrace = tokens[0]?.kind === "{";
  let at = hasBrace ? 1 : 0;
  const matchers: LabelMatcher[] = [];
  while (tokens[at]?.kind === "text") {
    const [name, operator, value] = tokens.slice(at, at + 3);
    if (name?.kind !== "text" || operator?.kind !== "operator") return fault(input, "an operator is missing");
    if (value?.kind !== "text") return fault(input, "a label value is missing");
    matchers.push({ name: name.text, operator: operator.operator, value: value.text });
    at += 3;
    if (tokens[at]?.kind !== ",") break;
    at++;
  }
  if (hasBrace && tokens[at++]?.kind !== "}") return fault(input, "a closing brace is missing");
  return at === tokens.length ? { kind: "matchers", matchers } : fault(input, "a comma or the end is missing");
}

/** Tokens, or what is wrong. */
function tokensOf(input: string): readonly Token[] | string {
  const tokens: Token[] = [];
  const text = input.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const from = TOKEN.lastIndex;
    const [found, brace, operator, quoted, bare] = TOKEN.exec(text) ?? [];
    if (found === undefined) return `${text.slice(from)}: this is no matcher`;
    if (brace !== undefined)
      tokens.push({ kind: brace as "{" | "}" | "," }); // what the pattern matches
    else if (operator !== undefined)
      tokens.push({ kind: "operator", operator: operator as MatchOperator }); // the same
    else if (quoted !== undefined) {
      const unquoted = goUnquoted(quoted);
      if (unquoted === undefined) return `${quoted}: invalid escape sequence`;
      tokens.push({ kind: "text", text: unquoted });
    } else tokens.push({ kind: "text", text: bare ?? "" });
  }
  return tokens;
}

const SIMPLE: ReadonlyMap<string, string> = new Map([
  ["a", "\u0007"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["v", "\v"],
  ["\\", "\\"],
  ['"', '"'],
]);

/** `strconv.Unquote` of a text in double quotes; `undefined` if it is none in Go. */
function goUnquoted(quoted: string): string | undefined {
  const inner = quoted.slice(1, -1);
  if (inner.includes("\n")) return undefined;
  let isValid = true;
  const text = inner.replaceAll(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([\s\S]))/gu,
    (_, x?: string, u?: string, long?: string, octal?: string, simple?: string) => {
      const code = octal === undefined ? Number.parseInt(x ?? u ?? long ?? "", 16) : Number.parseInt(octal, 8);
      const char = simple === undefined ? charOf(code) : SIMPLE.get(simple);
      isValid &&= char !== undefined;
      return char ?? "";
    },
  );
  return isValid ? text : undefined;
}

function charOf(code: number): string | undefined {
  return code <= 0x10_ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : undefined;
}

function fault(input: string, what: string): ParsedMatchers {
  return { kind: "fault", fault: `${input}: ${what}` };
}
