/** Hands a parser its tokens, and says what is wrong with them in Go's words. Source: Go, text/template/parse/parse.go. */
import { quote } from "../go/quote.ts";
import { type Token, type TokenKind, tokenize } from "./lexer.ts";
import { TemplateError } from "./template-error.ts";

/** Deepest nesting of blocks and parentheses: the tree is walked by recursion. */
const MAX_DEPTH = 300;

/** Kinds that Go shows in angle brackets. */
const KEYWORD_KINDS: ReadonlySet<TokenKind> = new Set<TokenKind>(["keyword", "dot", "nil"]);

export class TokenReader {
  /** The template's, as errors tell it. */
  protected readonly name: string;
  /** Line where the action began that is being read. */
  protected actionLine = 0;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;
  /** Line of the last token read. */
  #line = 1;

  constructor(name: string, text: string) {
    this.name = name;
    this.#tokens = tokenize(text);
  }

  protected peek(): Token {
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)] as Token; // there is at least the end
  }

  protected next(): Token {
    const token = this.peek();
    this.#at += 1;
    this.#line = token.line;
    return token;
  }

  protected nextSolid(): Token {
    const token = this.next();
    return token.kind === "space" ? this.next() : token;
  }

  protected peekSolid(): Token {
    if (this.peek().kind === "space") this.next();
    this.#line = this.peek().line;
    return this.peek();
  }

  protected expect(kind: TokenKind, context: string): void {
    const token = this.nextSolid();
    if (token.kind !== kind) this.unexpected(token, context);
  }

  protected unexpected({ kind, text, line }: Token, context: string): never {
    if (kind === "error") {
      if (this.actionLine === 0 || this.actionLine === line) return this.fail(text);
      const started = ` started at ${this.name}:${this.actionLine}`;
      return this.fail(`${text}${text.endsWith(" action") ? "" : " in action"}${started}`);
    }
    const shown =
      kind === "eof"
        ? "EOF"
        : KEYWORD_KINDS.has(kind)
          ? `<${text}>`
          : text.length > 10
            ? `${quote(text.slice(0, 10))}...`
            : quote(text);
    return this.fail(`unexpected ${shown} in ${context}`);
  }

  protected fail(message: string): never {
    throw new TemplateError("BAD_TEMPLATE", `template: ${this.name}:${this.#line}: ${message}`);
  }

  /** Which place it is, for going back to it. */
  protected get place(): number {
    return this.#at;
  }

  protected goBackTo(place: number): void {
    this.#at = place;
  }

  /** The last token is read once more. */
  protected goBack(): void {
    this.#at -= 1;
  }

  /** The token behind the one that is next, blanks left out. */
  protected peekSecond(): Token {
    const second = this.#tokens[this.#at + 1] ?? this.peek();
    return second.kind === "space" ? (this.#tokens[this.#at + 2] ?? second) : second;
  }

  /** One block or parenthesis deeper. */
  protected deeper(): void {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) this.fail(`it is nested more than ${MAX_DEPTH} deep`);
  }

  protected lessDeep(): void {
    this.#depth -= 1;
  }
}
