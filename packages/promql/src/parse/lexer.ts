/**
 * A query's tokens. Which characters make a token depends on where it stands: within braces there are only label names,
 * within brackets a colon parts range and step. Source: Prometheus, promql/parser/lex.go.
 */
import type { Span } from "../promql-error.ts";
import { unquote } from "./string-literal.ts";

type TokenKind = "identifier" | "number" | "duration" | "string" | "operator" | "end";

export interface Token {
  readonly kind: TokenKind;
  /** As it is in the query; of a string, its content. */
  readonly text: string;
  readonly span: Span;
  /** Of the token `end`: why it is not the end of a query that is whole. */
  readonly fault?: string | undefined;
}

const SPACE = /[ \t\r\n]+|#[^\n]*/y;
const IDENTIFIER = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL = /[a-zA-Z_][a-zA-Z0-9_]*/y;
/** A number or a duration, with whatever letters cling to it: told apart, or refused, afterwards. */
const NUMBER = /0[xX][0-9a-fA-F_]+[\w.]*|(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?[\w.]*/y;
const OPERATOR = /==|!=|=~|!~|<=|>=|<\/|>\/|[-+*/%^<>=(){}[\],:@]/y;

const IS_NUMBER = /^(?:0[xX][0-9a-fA-F]+(?:_[0-9a-fA-F]+)*|(?:\d+(?:_\d+)*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)$/;
const IS_DURATION = /^(?:\d+(?:ms|[smhdwy]))+$/;

/**
 * The query's tokens, and one of kind `end`. Where something is no token, that one stands in its place and says so: what is
 * wrong before it is told first.
 */
export function tokenize(query: string): Token[] {
  const tokens: Token[] = [];
  const open = new OpenBrackets();
  let at = 0;
  const end = (start: number, fault: string | undefined, to = query.length): Token[] => {
    tokens.push({ kind: "end", text: "", span: { start, end: to }, fault });
    return tokens;
  };
  while (true) {
    at = afterSpace(query, at);
    const next = query[at];
    if (next === undefined) return end(at, open.unclosed());
    const token = tokenAt(query, at, next, open);
    if (token.fault !== undefined) return end(token.span.start, token.fault, token.span.end);
    at = token.span.end;
    const fault = open.take(token);
    // Prometheus has passed the bracket when it finds that it closes nothing.
    if (fault !== undefined) return end(fault.isAfter ? at : token.span.start, fault.reason, at);
    tokens.push(token);
  }
}

function tokenAt(query: string, start: number, next: string, open: OpenBrackets): Token {
  const token = (kind: TokenKind, text: string, length: number, fault?: string): Token => {
    return { kind, text, span: { start, end: start + length }, ...(fault === undefined ? {} : { fault }) };
  };
  if (next === '"' || next === "'" || next === "`") {
    const string = unquote(query, start);
    if ("fault" in string) return token("end", "", string.at - start, string.fault);
    return token("string", string.value, string.length);
  }
  const number = open.hasBrace ? undefined : match(NUMBER, query, start);
  if (number !== undefined) {
    const kind = IS_NUMBER.test(number) ? "number" : IS_DURATION.test(number) ? "duration" : undefined;
    if (kind !== undefined) return token(kind, number, number.length);
    return token("end", "", number.length, `bad number or duration syntax: ${JSON.stringify(number)}`);
  }
  const identifier = match(open.hasAny ? LABEL : IDENTIFIER, query, start);
  if (identifier !== undefined) return token("identifier", identifier, identifier.length);
  const operator = match(OPERATOR, query, start);
  if (operator !== undefined) return token("operator", operator, operator.length);
  const character = String.fromCodePoint(query.codePointAt(start) ?? 0);
  const where = open.hasBrace ? " inside braces" : "";
  return token("end", "", character.length, `unexpected character${where}: '${character}'`);
}

/** What has been opened and not closed yet. */
class OpenBrackets {
  #parens = 0;
  #hasBracket = false;
  /** Since the bracket was opened there was no number: what stands there must be a duration's beginning. */
  #isBeforeNumber = false;
  hasBrace = false;

  get hasAny(): boolean {
    return this.hasBrace || this.#hasBracket;
  }

  /** @returns what is wrong with the token here, and whether that is said of the place after it */
  take({ kind, text }: Token): { readonly reason: string; readonly isAfter: boolean } | undefined {
    if (kind === "number" || kind === "duration") this.#isBeforeNumber = false;
    if (kind !== "operator") return undefined;
    switch (text) {
      case "{":
        if (this.hasBrace) return { reason: "unexpected left brace '{'", isAfter: false };
        this.hasBrace = true;
        return undefined;
      case "}":
        if (!this.hasBrace) return { reason: "unexpected character: '}'", isAfter: false };
        this.hasBrace = false;
        return undefined;
      case "(":
        this.#parens += 1;
        return undefined;
      case ")":
        this.#parens -= 1;
        return this.#parens < 0 ? { reason: "unexpected right parenthesis ')'", isAfter: true } : undefined;
      case "[":
        this.#hasBracket = true;
        this.#isBeforeNumber = true;
        return undefined;
      case "]":
        if (!this.#hasBracket) return { reason: "unexpected right bracket ']'", isAfter: false };
        this.#hasBracket = false;
        return undefined;
      default:
        return undefined;
    }
  }

  /** What is wrong if the query ends here. */
  unclosed(): string | undefined {
    if (this.hasBrace) return "unexpected end of input inside braces";
    if (this.#hasBracket && this.#isBeforeNumber) return "unexpected end of input in duration expression";
    if (this.#parens > 0) return "unclosed left parenthesis";
    return this.#hasBracket ? "unclosed left bracket" : undefined;
  }
}

/** The first place that is neither space nor in a comment. */
function afterSpace(query: string, from: number): number {
  let at = from;
  while (true) {
    const space = match(SPACE, query, at);
    if (space === undefined) return at;
    at += space.length;
  }
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
