/**
 * The Prometheus text format, 0.0.4 and 1.0.0 (with quoted UTF-8 names), as Prometheus 3 reads it: model/textparse,
 * promparse.go and promlex.l. Where that differs from what prometheus/common/expfmt does (promtool check metrics), it is
 * followed; the tests name the cases.
 */
import { ExpositionParser, type FamilyMetadata, type FamilyType, TIMESTAMP, VALUE } from "./exposition-parser.ts";
import {
  CLOSE_BRACE,
  COMMA,
  EQUAL,
  HASH,
  labelNameEnd,
  metricNameEnd,
  NEWLINE,
  OPEN_BRACE,
  plainQuotedEnd,
  QUOTE,
  quotedEnd,
  SPACE,
  TAB,
  textOf,
  unescapeHelp,
  unescapeValue,
} from "./lexemes.ts";

/** Entries of a body in the text format. */
export class PrometheusTextParser extends ExpositionParser {
  #keyword: Keyword = "help";

  override start(body: Uint8Array): void {
    // Prometheus, too, adds a line break to the body; so the last line needs none.
    super.start(body.at(-1) === NEWLINE ? body : withNewline(body));
  }

  override next(): "sample" | Keyword | "comment" | "end" {
    const { body } = this;
    for (;;) {
      this.entryStart = this.position;
      const i = afterBlanks(body, this.position);
      switch (body[i]) {
        case undefined:
        case 0: // Prometheus's lexer takes a NUL byte at the start of a line for the end of the body
          this.position = i;
          return "end";
        case NEWLINE:
          this.position = i + 1;
          break;
        case HASH:
          return this.#commentOrMetadata(i + 1);
        default:
          this.#sample(i);
          return "sample";
      }
    }
  }

  override metadata(): FamilyMetadata {
    const text = textOf(this.body, this.textStart, this.textEnd);
    return {
      kind: this.#keyword,
      family: unescapeValue(textOf(this.body, this.nameStart, this.nameEnd)),
      text: this.#keyword === "type" ? this.familyType : unescapeHelp(text),
    };
  }

  #sample(start: number): void {
    const { body, series } = this;
    this.beginSample();
    let i = start;
    if (body[i] === OPEN_BRACE) {
      i = this.#labels(i + 1);
      this.seriesEnd = i;
      if (series.nameStart === -1) {
        this.fail(start, "the series has no metric name", 'Write name{…} or, for names of UTF-8, {"name",…}');
      }
    } else {
      const nameEnd = metricNameEnd(body, i);
      if (nameEnd === i) this.expected("a metric name or a comment", i);
      // From the start of the line: Prometheus makes spaces before the name a part of it.
      series.setName(this.entryStart, nameEnd);
      this.seriesEnd = nameEnd;
      i = afterBlanks(body, nameEnd);
      if (body[i] === OPEN_BRACE) {
        i = this.#labels(i + 1);
        this.seriesEnd = i;
      }
    }
    i = afterBlanks(body, i);
    const valueEnd = tokenEnd(body, i);
    if (valueEnd === i) this.expected("a value", i);
    this.number(i, valueEnd, VALUE);
    i = afterBlanks(body, valueEnd);
    if (body[i] !== NEWLINE) i = this.#timestamp(i);
    this.position = i + 1;
  }

  /** Unix milliseconds: digits only. expfmt takes a sign, textparse does not. */
  #timestamp(start: number): number {
    const { body } = this;
    let i = start;
    let ms = 0;
    for (let digit = (body[i] ?? 0) - 0x30; digit >= 0 && digit <= 9; digit = (body[++i] ?? 0) - 0x30) {
      ms = 10 * ms + digit;
    }
    if (i === start) this.expected("a timestamp in milliseconds or the end of the line", i);
    // Past 2^53, where doubles are coarse, the digits decide whether an int64 holds it.
    if (ms > Number.MAX_SAFE_INTEGER && BigInt(textOf(body, start, i)) > MAX_INT64) {
      this.fail(start, "the timestamp is out of range", "Give it in milliseconds since 1970");
    }
    this.numbers[TIMESTAMP] = ms;
    i = afterBlanks(body, i);
    if (body[i] !== NEWLINE) this.expected("the end of the line after the timestamp", i);
    return i;
  }

  /** From within the braces to behind them. Commas between labels may be missing, and one may be left over. */
  #labels(start: number): number {
    const { body, series } = this;
    let i = afterBlanks(body, start);
    for (;;) {
      if (body[i] === CLOSE_BRACE) return i + 1;
      const isQuoted = body[i] === QUOTE;
      const nameEnd = isQuoted ? quotedEnd(body, i, NAME_RULES) : labelNameEnd(body, i);
      if (nameEnd <= i) this.expected("a label name or }", i);
      const quotes = isQuoted ? 1 : 0;
      const nameStart = i;
      i = afterBlanks(body, nameEnd);
      if (isQuoted && (body[i] === COMMA || body[i] === CLOSE_BRACE)) {
        if (series.nameStart !== -1)
          this.fail(nameStart, "the series has a second metric name", "Give a value to the label");
        series.setName(nameStart + 1, nameEnd - 1);
        if (body[i] === CLOSE_BRACE) return i + 1;
        i = afterBlanks(body, i + 1);
        continue;
      }
      if (body[i] !== EQUAL) this.expected("=", i);
      i = afterBlanks(body, i + 1);
      let valueEnd = plainQuotedEnd(body, i);
      if (valueEnd === -1) valueEnd = this.#valueEnd(i);
      series.addLabel(nameStart + quotes, nameEnd - quotes, i + 1, valueEnd - 1);
      i = afterBlanks(body, valueEnd);
      if (body[i] === COMMA) i = afterBlanks(body, i + 1);
    }
  }

  /** A label's value that holds more than plain characters. */
  #valueEnd(start: number): number {
    const end = this.body[start] === QUOTE ? quotedEnd(this.body, start, VALUE_RULES) : -1;
    if (end === -1) this.expected("a label value in double quotes", start);
    this.checkText(start + 1, end - 1, "a label's value");
    return end;
  }

  /** @param start behind the # */
  #commentOrMetadata(start: number): Keyword | "comment" | "end" {
    const { body } = this;
    const i = afterBlanks(body, start);
    const isSpaced = i > start;
    const keyword = isSpaced ? keywordAt(body, i) : undefined;
    if (keyword !== undefined) {
      const name = afterKeyword(body, i);
      if (name !== -1) return this.#metadataLine(keyword, name);
    }
    const lineEnd = body.indexOf(NEWLINE, i);
    // As above, and as strange: a NUL byte in `#comment`, or right after `# `, ends the body, elsewhere it does not.
    const nul = isSpaced ? (body[i] === 0 ? i : -1) : body.indexOf(0, start);
    if (nul !== -1 && nul < lineEnd) {
      this.position = nul;
      return "end";
    }
    this.position = lineEnd + 1;
    return "comment";
  }

  #metadataLine(keyword: Keyword, start: number): Keyword {
    const { body } = this;
    const isQuoted = body[start] === QUOTE;
    const nameEnd = isQuoted ? quotedEnd(body, start, NAME_RULES) : metricNameEnd(body, start);
    if (nameEnd <= start) this.expected(`a metric name after # ${keyword.toUpperCase()}`, start);
    if (body[nameEnd] === 0) this.expected("a space after the metric's name", nameEnd);
    const lineEnd = body.indexOf(NEWLINE, nameEnd);
    this.#keyword = keyword;
    this.nameStart = isQuoted ? start + 1 : start;
    this.nameEnd = isQuoted ? nameEnd - 1 : nameEnd;
    // One character is the space between; more of them are text, but if there is nothing else.
    this.textStart = isBlankTo(body, nameEnd, lineEnd) ? lineEnd : nameEnd + 1;
    this.textEnd = lineEnd;
    if (keyword === "help") this.checkText(this.textStart, lineEnd, "the help");
    else this.familyType = this.#type();
    this.position = lineEnd + 1;
    return keyword;
  }

  #type(): FamilyType {
    const type = TYPES.get(textOf(this.body, this.textStart, this.textEnd));
    if (type !== undefined) return type;
    const given = this.shown(this.textStart, this.textEnd);
    return this.fail(this.textStart, `${given} is no metric type`, `Known are ${[...TYPES.keys()].join(", ")}`);
  }
}

type Keyword = "help" | "type";

const TYPES: ReadonlyMap<string, FamilyType> = new Map([
  ["counter", "counter"],
  ["gauge", "gauge"],
  ["histogram", "histogram"],
  ["summary", "summary"],
  ["untyped", "unknown"],
]);

const NAME_RULES = { allowsNewlines: true, allowsNul: false };
/** expfmt refuses line breaks in values, textparse does not. */
const VALUE_RULES = { allowsNewlines: true, allowsNul: true };

const MAX_INT64 = 2n ** 63n - 1n;

function afterBlanks(body: Uint8Array, i: number): number {
  while (body[i] === SPACE || body[i] === TAB) i++;
  return i;
}

/** Past the value at `i`. */
function tokenEnd(body: Uint8Array, i: number): number {
  for (;;) {
    const byte = body[i] ?? 0;
    if (byte === 0 || byte === NEWLINE || byte === SPACE || byte === TAB || byte === OPEN_BRACE) return i;
    i++;
  }
}

function isBlankTo(body: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (body[i] !== SPACE && body[i] !== TAB && body[i] !== 0) return false;
  return true;
}

function keywordAt(body: Uint8Array, i: number): Keyword | undefined {
  return body[i] === 0x48 ? "help" : body[i] === 0x54 ? "type" : undefined;
}

/** Past the keyword and its spaces; -1 if it is not followed by one, and so a comment. The lexer sees no NUL bytes here. */
function afterKeyword(body: Uint8Array, start: number): number {
  const keyword = body[start] === 0x48 ? HELP : TYPE;
  let i = start;
  for (const letter of keyword) {
    if (body[i] !== letter) return -1;
    do i++;
    while (body[i] === 0);
  }
  const spaces = i;
  while (body[i] === SPACE || body[i] === TAB || (body[i] === 0 && i > spaces)) i++;
  return i === spaces ? -1 : i;
}

const HELP = new TextEncoder().encode("HELP");
const TYPE = new TextEncoder().encode("TYPE");

function withNewline(body: Uint8Array): Uint8Array {
  const whole = new Uint8Array(body.length + 1);
  whole.set(body);
  whole[body.length] = NEWLINE;
  return whole;
}
