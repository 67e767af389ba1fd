/** A query's tokens, one after another, and the errors that say where they are wrong. */
import { PromqlParseError, type Span } from "../promql-error.ts";
import { describedToken } from "./described-token.ts";
import { parseDuration } from "./duration.ts";
import { type Token, tokenize } from "./lexer.ts";
import { parseNumber } from "./number.ts";

export class TokenReader {
  readonly #query: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(query: string) {
    this.#query = query;
    this.#tokens = tokenize(query);
  }

  /** The next token, or one further on; at the end always the one of kind `end`. */
  peek(ahead = 0): Token {
    const token = this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)];
    if (token === undefined) throw new RangeError("there is always a token of kind end");
    return token;
  }

  /** Whether the query has been read, all of it. */
  isAtEnd(): boolean {
    const { kind, fault } = this.peek();
    return kind === "end" && fault === undefined;
  }

  next(): Token {
    const token = this.peek();
    if (token.kind !== "end") this.#at += 1;
    return token;
  }

  is(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === "operator" && token.text === text;
  }

  take(text: string): boolean {
    if (!this.is(text)) return false;
    this.next();
    return true;
  }

  /** Keywords are read whatever their case. */
  isWord(word: string): boolean {
    const token = this.peek();
    return token.kind === "identifier" && token.text.toLowerCase() === word;
  }

  takeWord(word: string): boolean {
    if (!this.isWord(word)) return false;
    this.next();
    return true;
  }

  /** `word(`: only then is it a keyword. */
  isCallOf(word: string): boolean {
    return this.isWord(word) && this.is("(", 1);
  }

  previousSpan(): Span {
    return this.#tokens[this.#at - 1]?.span ?? { start: 0, end: 0 };
  }

  /** A number's value, or a duration's in seconds: Prometheus 3 takes either where the other stands. */
  numberOf({ kind, text, span }: Token): number | undefined {
    if (kind === "number") return parseNumber(text);
    if (kind === "identifier" && /^inf$/i.test(text)) return Number.POSITIVE_INFINITY;
    if (kind === "identifier" && /^nan$/i.test(text)) return Number.NaN;
    if (kind !== "duration") return undefined;
    const ms = parseDuration(text);
    if (ms === undefined) throw this.error(span, `not a valid duration string: "${text}"`);
    return ms / 1000;
  }

  error(span: Span, reason: string): PromqlParseError {
    return new PromqlParseError(this.#query, span, reason);
  }

  unexpected(context = "", expected = ""): PromqlParseError {
    return this.unexpectedToken(this.peek(), context, expected);
  }

  unexpectedToken(token: Token, context = "", expected = ""): PromqlParseError {
    // What is no token is told of as such, wherever it stands.
    if (token.fault !== undefined) return this.error(token.span, token.fault);
    const after = this.#tokens[this.#tokens.indexOf(token) + 1];
    const what = describedToken(token, {
      raw: this.#query.slice(token.span.start, token.span.end),
      isBeforeParenthesis: after?.kind === "operator" && after.text === "(",
      context,
    });
    const where = context === "" ? "" : ` in ${context}`;
    return this.error(token.span, `unexpected ${what}${where}${expected === "" ? "" : `, expected ${expected}`}`);
  }
}
