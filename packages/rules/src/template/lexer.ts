/** Cuts a template into text and tokens. Source: Go, text/template/parse/lex.go, and its language's documentation. */
import { quote } from "../go/quote.ts";

export type TokenKind =
  | "text"
  | "left-delim"
  | "right-delim"
  | "space"
  | "pipe"
  | "declare"
  | "assign"
  | "char"
  | "left-paren"
  | "right-paren"
  | "bool"
  | "nil"
  | "dot"
  | "field"
  | "variable"
  | "identifier"
  | "keyword"
  | "number"
  | "char-constant"
  | "string"
  | "raw-string"
  | "error"
  | "eof";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Offset of the first character. */
  readonly start: number;
  /** 1-based. */
  readonly line: number;
}

const KEYWORDS: ReadonlySet<string> = new Set([
  "block",
  "break",
  "continue",
  "define",
  "else",
  "end",
  "if",
  "range",
  "template",
  "with",
]);

const BLANK = /[ \t\r\n]/;
const WORD = /[\p{L}\p{Nd}_]/u;
const NUMBER =
  /[+-]?(?:0[xX][\da-fA-F_]*(?:\.[\da-fA-F_]*)?(?:[pP][+-]?[\d_]+)?|0[bB][01_]*|0[oO][0-7_]*|[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?[\d_]+)?)/y;

/** The tokens; the last is `eof`, or `error` with what is wrong. */
export function tokenize(text: string): Token[] {
  return new Lexer(text).run();
}

class Lexer {
  readonly #text: string;
  readonly #tokens: Token[] = [];
  #at = 0;
  #line = 1;
  #parens = 0;

  constructor(text: string) {
    this.#text = text;
  }

  run(): Token[] {
    let trimsNext = false;
    while (true) {
      const from = trimsNext ? this.#skipBlanks(this.#at) : this.#at;
      if (from > this.#at) this.#move(from);
      const open = this.#text.indexOf("{{", this.#at);
      const end = open === -1 ? this.#text.length : open;
      const trimsBefore = open !== -1 && isTrimOpen(this.#text, open + 2);
      const raw = this.#text.slice(this.#at, end);
      const shown = trimsBefore ? raw.replace(/[ \t\r\n]+$/, "") : raw;
      if (shown !== "") this.#emit("text", this.#at + shown.length);
      this.#move(end);
      if (open === -1) {
        this.#push("eof", "");
        return this.#tokens;
      }
      const markerEnd = open + 2 + (trimsBefore ? 2 : 0);
      if (this.#text.startsWith("/*", markerEnd)) {
        const outcome = this.#comment(markerEnd);
        if (outcome === undefined) return this.#tokens;
        trimsNext = outcome.trims;
        continue;
      }
      this.#emit("left-delim", open + 2);
      this.#move(markerEnd);
      this.#parens = 0;
      const trims = this.#action();
      if (trims === undefined) return this.#tokens;
      trimsNext = trims;
    }
  }

  /** Comments leave nothing behind. */
  #comment(start: number): { trims: boolean } | undefined {
    const close = this.#text.indexOf("*/", start + 2);
    if (close === -1) return this.#fail("unclosed comment");
    this.#move(close + 2);
    const trims = isTrimClose(this.#text, close + 2);
    const delim = close + 2 + (trims ? 2 : 0);
    if (!this.#text.startsWith("}}", delim)) return this.#fail("comment ends before closing delimiter");
    this.#move(delim + 2);
    return { trims };
  }

  /** Tokens up to the closing delimiter. Gives whether blanks behind it go; nothing after a mistake. */
  #action(): boolean | undefined {
    while (true) {
      const text = this.#text;
      const trims = isTrimClose(text, this.#at) && text.startsWith("}}", this.#at + 2);
      if (trims || text.startsWith("}}", this.#at)) {
        if (this.#parens > 0) return this.#fail("unclosed left paren");
        if (trims) this.#move(this.#at + 2);
        this.#emit("right-delim", this.#at + 2);
        return trims;
      }
      if (!this.#token()) return undefined;
    }
  }

  #token(): boolean {
    const text = this.#text;
    const at = this.#at;
    const c = text[at];
    if (c === undefined) return this.#fail("unclosed action") ?? false;
    if (BLANK.test(c)) {
      let end = this.#skipBlanks(at);
      // The blank before a trim mark belongs to the mark.
      if (isTrimClose(text, end - 1) && text.startsWith("}}", end + 1)) end -= 1;
      if (end > at) this.#emit("space", end);
      return true;
    }
    if (c === "=") return this.#emit("assign", at + 1);
    if (c === ":") return text[at + 1] === "=" ? this.#emit("declare", at + 2) : (this.#fail("expected :=") ?? false);
    if (c === "|") return this.#emit("pipe", at + 1);
    if (c === '"') return this.#quoted('"', "string", "unterminated quoted string");
    if (c === "'") return this.#quoted("'", "char-constant", "unterminated character constant");
    if (c === "`") {
      const close = text.indexOf("`", at + 1);
      return close === -1
        ? (this.#fail("unterminated raw quoted string") ?? false)
        : this.#emit("raw-string", close + 1);
    }
    if (c === "$") return this.#word("variable", at + 1);
    if (c === "." && !/\d/.test(text[at + 1] ?? "")) {
      return this.#word(this.#endsWord(at + 1) ? "dot" : "field", at + 1);
    }
    if (/[+\-.\d]/.test(c)) return this.#number();
    if (c === "(") {
      this.#parens += 1;
      return this.#emit("left-paren", at + 1);
    }
    if (c === ")") {
      this.#parens -= 1;
      return this.#parens < 0 ? (this.#fail("unexpected right paren") ?? false) : this.#emit("right-paren", at + 1);
    }
    const whole = String.fromCodePoint(text.codePointAt(at) ?? 0);
    if (WORD.test(whole)) return this.#word("identifier", at);
    if (/[!-~]/.test(c)) return this.#emit("char", at + 1);
    return this.#fail(`unrecognized character in action: ${unicode(whole)}`) ?? false;
  }

  /** A name, from where its letters begin. */
  #word(kind: TokenKind, lettersAt: number): boolean {
    let end = lettersAt;
    if (kind !== "dot") {
      for (const whole of wholes(this.#text, lettersAt)) {
        if (!WORD.test(whole)) break;
        end += whole.length;
      }
    }
    if (!this.#endsWord(end)) {
      return this.#fail(`bad character ${unicode(String.fromCodePoint(this.#text.codePointAt(end) ?? 0))}`) ?? false;
    }
    const word = this.#text.slice(this.#at, end);
    if (kind !== "identifier") return this.#emit(kind, end);
    if (KEYWORDS.has(word)) return this.#emit("keyword", end);
    if (word === "nil") return this.#emit("nil", end);
    return this.#emit(word === "true" || word === "false" ? "bool" : "identifier", end);
  }

  #endsWord(at: number): boolean {
    const c = this.#text[at];
    return c === undefined || /[\s.,|:()]/.test(c) || this.#text.startsWith("}}", at);
  }

  #number(): boolean {
    NUMBER.lastIndex = this.#at;
    const end = this.#at + (NUMBER.exec(this.#text)?.[0].length ?? 0);
    const next = String.fromCodePoint(this.#text.codePointAt(end) ?? 0);
    if (end < this.#text.length && WORD.test(next)) {
      return this.#fail(`bad number syntax: ${quote(this.#text.slice(this.#at, end + next.length))}`) ?? false;
    }
    return this.#emit("number", end);
  }

  #quoted(mark: string, kind: TokenKind, fault: string): boolean {
    for (let at = this.#at + 1; at < this.#text.length; at++) {
      const c = this.#text[at];
      if (c === "\\" && this.#text[at + 1] !== "\n") at += 1;
      else if (c === "\n" || c === "\\") break;
      else if (c === mark) return this.#emit(kind, at + 1);
    }
    return this.#fail(fault) ?? false;
  }

  #skipBlanks(at: number): number {
    while (BLANK.test(this.#text[at] ?? "x")) at += 1;
    return at;
  }

  #emit(kind: TokenKind, end: number): true {
    this.#push(kind, this.#text.slice(this.#at, end));
    this.#move(end);
    return true;
  }

  #push(kind: TokenKind, text: string): void {
    this.#tokens.push({ kind, text, start: this.#at, line: this.#line });
  }

  #move(end: number): void {
    for (let at = this.#at; at < end; at++) if (this.#text[at] === "\n") this.#line += 1;
    this.#at = end;
  }

  #fail(message: string): undefined {
    this.#push("error", message);
  }
}

function isTrimOpen(text: string, at: number): boolean {
  return text[at] === "-" && BLANK.test(text[at + 1] ?? "x");
}

function isTrimClose(text: string, at: number): boolean {
  return BLANK.test(text[at] ?? "x") && text[at + 1] === "-";
}

function* wholes(text: string, from: number): Generator<string> {
  for (let at = from; at < text.length; ) {
    const whole = String.fromCodePoint(text.codePointAt(at) ?? 0);
    yield whole;
    at += whole.length;
  }
}

/** As Go's %#U: `U+0021 '!'`. */
function unicode(whole: string): string {
  const hex = (whole.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  return whole < " " ? `U+${hex}` : `U+${hex} '${whole}'`;
}
