/**
 * A query's tokens. Which characters make a token depends on where it stands: within braces there are only label names,
 * within brackets a colon parts range and step. Source: Prometheus, promql/parser/lex.go.
 */
import { PromqlParseError, type Span } from "../promql-error.ts";
import { unquote } from "./string-literal.ts";

type TokenKind = "identifier" | "number" | "duration" | "string" | "operator" | "end";

export interface Token {
  readonly kind: TokenKind;
  /** As it is in the query; of a string, its content. */
  readonly text: string;
  readonly span: Span;
}

const SPACE = /[ \t\r\n]+|#[^\n]*/y;
const IDENTIFIER = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL = /[a-zA-Z_][a-zA-Z0-9_]*/y;
/** A number or a duration, with whatever letters cling to it: told apart, or refused, afterwards. */
const NUMBER = /0[xX][0-9a-fA-F_]+[\w.]*|(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?[\w.]*/y;
const OPERATOR = /==|!=|=~|!~|<=|>=|<\/|>\/|[-+*/%^<>=(){}[\],:@]/y;

const IS_NUMBER = /^(?:0[xX][0-9a-fA-F]+(?:_[0-9a-fA-F]+)*|(?:\d+(?:_\d+)*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)$/;
const IS_DURATION = /^(?:\d+(?:ms|[smhdwy]))+$/;

/** All tokens of the query, and one of kind `end`. @throws {PromqlParseError} */
export function tokenize(query: string): Token[] {
  const tokens: Token[] = [];
  let braces = 0;
  let brackets = 0;
  let at = 0;
  const fail = (span: Span, reason: string): never => {
    throw new PromqlParseError(query, span, reason);
  };
  while (true) {
    at += match(SPACE, query, at)?.length ?? 0;
    const next = query[at];
    if (next === undefined) break;
    if (match(SPACE, query, at) !== undefined) continue;
    const start = at;
    const push = (kind: TokenKind, text: string, length: number): void => {
      at = start + length;
      tokens.push({ kind, text, span: { start, end: at } });
    };
    if (next === '"' || next === "'" || next === "`") {
      const string = unquote(query, at);
      if ("fault" in string) fail({ start, end: string.at }, string.fault);
      else push("string", string.value, string.length);
      continue;
    }
    const number = braces === 0 ? match(NUMBER, query, at) : undefined;
    if (number !== undefined) {
      const kind = IS_NUMBER.test(number) ? "number" : IS_DURATION.test(number) ? "duration" : undefined;
      if (kind === undefined)
        fail({ start, end: at + number.length }, `bad number or duration syntax: ${JSON.stringify(number)}`);
      else push(kind, number, number.length);
      continue;
    }
    const identifier = match(braces > 0 || brackets > 0 ? LABEL : IDENTIFIER, query, at);
    if (identifier !== undefined && !(identifier.startsWith(":") && brackets > 0)) {
      push("identifier", identifier, identifier.length);
      continue;
    }
    const operator = match(OPERATOR, query, at);
    if (operator === undefined) {
      const character = String.fromCodePoint(query.codePointAt(at) ?? 0);
      const where = braces > 0 ? " inside braces" : "";
      fail({ start, end: at + character.length }, `unexpected character${where}: '${character}'`);
      continue;
    }
    if (operator === "{") braces += 1;
    if (operator === "}") braces -= 1;
    if (operator === "[") brackets += 1;
    if (operator === "]") brackets -= 1;
    if (braces < 0) fail({ start, end: at + 1 }, "unexpected right brace '}'");
    if (braces > 1) fail({ start, end: at + 1 }, "unexpected left brace '{'");
    if (brackets < 0) fail({ start, end: at + 1 }, "unexpected right bracket ']'");
    push("operator", operator, operator.length);
  }
  tokens.push({ kind: "end", text: "", span: { start: query.length, end: query.length } });
  return tokens;
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
