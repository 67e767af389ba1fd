/**
 * OpenMetrics 1.0 as Prometheus 3 reads it: model/textparse, openmetricsparse.go and openmetricslex.l. One space stands
 * between words, and no more; each body ends with `# EOF`; times are in seconds. `_created` lines are samples as any
 * others, as in Prometheus unless it is told to take them for start times.
 *
 * Not followed are its oversights that change what the target said: it leaves escapes in exemplars' labels and in quoted
 * families' names, and takes a name without quotes for the metric's in `{name}`, less its first and last letter.
 */
import {
  EXEMPLAR,
  ExpositionParser,
  type FamilyMetadata,
  type FamilyType,
  TIMESTAMP,
  VALUE,
} from "./exposition-parser.ts";
import {
  afterNul,
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
  type QuotedRules,
  quotedEnd,
  SPACE,
  textOf,
  unescapeValue,
} from "./lexemes.ts";
import type { SeriesPlaces } from "./series-places.ts";

/** Entries of a body in the OpenMetrics format. */
export class OpenMetricsParser extends ExpositionParser {
  #keyword: Keyword = "help";

  override next(): "sample" | Keyword | "end" {
    this.entryStart = this.position;
    switch (this.body[this.position]) {
      case undefined:
        return this.fail(this.position, "the body does not end with # EOF", "Check that the target sent all of it");
      case HASH:
        return this.#metadataOrEnd();
      default:
        this.#sample();
        return "sample";
    }
  }

  override metadata(): FamilyMetadata {
    const text = unescapeValue(textOf(this.body, this.textStart, this.textEnd));
    return {
      kind: this.#keyword,
      family: unescapeValue(textOf(this.body, this.nameStart, this.nameEnd)),
      text: this.#keyword === "type" ? this.familyType : text,
    };
  }

  #sample(): void {
    const { body, series, entryStart } = this;
    this.beginSample();
    let i = entryStart;
    if (body[i] !== OPEN_BRACE) {
      i = metricNameEnd(body, i);
      if (i === entryStart) this.expected("a metric name or #", i);
      series.setName(entryStart, i);
    }
    if (body[i] === OPEN_BRACE) i = this.#labels(i + 1, series, SERIES_RULES);
    this.seriesEnd = i;
    if (series.nameStart === -1) {
      this.fail(entryStart, "the series has no metric name", 'Write name{…} or, for names of UTF-8, {"name",…}');
    }
    i = this.#number(i, VALUE, "a space and a value");
    if (body[i] === SPACE && !this.#isExemplar(i)) {
      const start = i + 1;
      i = this.#number(i, TIMESTAMP, "a timestamp in seconds or an exemplar");
      this.numbers[TIMESTAMP] = this.#milliseconds(TIMESTAMP, start);
    }
    if (this.#isExemplar(i)) i = this.#exemplar(i + EXEMPLAR_START.length);
    this.position = this.#lineEnd(i);
  }

  /** ` # {a="b"} value [timestamp]`, from behind the brace. */
  #exemplar(start: number): number {
    this.hasExemplar = true;
    this.exemplarLabels.clear();
    this.exemplarTimestampMs = undefined;
    let i = this.#labels(start, this.exemplarLabels, EXEMPLAR_RULES);
    i = this.#number(i, EXEMPLAR, "a space and the exemplar's value");
    if (this.body[i] !== SPACE) return i;
    const timestamp = i + 1;
    const value = this.numbers[EXEMPLAR] ?? Number.NaN;
    i = this.#number(i, EXEMPLAR, "a timestamp in seconds");
    this.exemplarTimestampMs = this.#milliseconds(EXEMPLAR, timestamp);
    this.numbers[EXEMPLAR] = value;
    return i;
  }

  #isExemplar(i: number): boolean {
    return EXEMPLAR_START.every((byte, k) => this.body[i + k] === byte);
  }

  /** A space and a number, into the parser's numbers; gives the place behind it. */
  #number(start: number, at: number, what: string): number {
    const end = this.body[start] === SPACE ? tokenEnd(this.body, start + 1) : start;
    if (end <= start + 1) this.expected(what, start);
    this.number(start + 1, end, at);
    return end;
  }

  /** What was read there as seconds. */
  #milliseconds(at: number, start: number): number {
    const seconds = this.numbers[at] ?? Number.NaN;
    if (!Number.isFinite(seconds)) {
      this.fail(start, `${seconds} is no time`, "Give it in seconds since 1970, or leave it out");
    }
    return Math.trunc(1000 * seconds); // as Go's int64(ts * 1000)
  }

  #lineEnd(i: number): number {
    if (i >= this.body.length) {
      return this.fail(i, "the body does not end with # EOF", "Check that the target sent all of it");
    }
    if (this.body[i] !== NEWLINE) this.expected("the end of the line", i);
    return i + 1;
  }

  /** From within the braces to behind them. One comma may be left over, but no space. */
  #labels(start: number, series: SeriesPlaces, rules: LabelRules): number {
    const { body } = this;
    let i = start;
    for (;;) {
      if (body[i] === CLOSE_BRACE) return i + 1;
      const isQuoted = body[i] === QUOTE;
      const quotes = isQuoted ? 1 : 0;
      const nameStart = i;
      const nameEnd = isQuoted ? quotedEnd(body, i, rules.name) : labelNameEnd(body, i);
      if (nameEnd <= i) this.expected("a label name or }", i);
      i = nameEnd;
      if (isQuoted && !rules.isExemplar && (body[i] === COMMA || body[i] === CLOSE_BRACE)) {
        if (series.nameStart !== -1)
          this.fail(nameStart, "the series has a second metric name", "Give a value to the label");
        series.setName(nameStart + 1, nameEnd - 1);
      } else {
        if (body[i] !== EQUAL) this.expected("=", i);
        i++;
        let valueEnd = plainQuotedEnd(body, i);
        if (valueEnd === -1) valueEnd = this.#valueEnd(i, rules);
        series.addLabel(nameStart + quotes, nameEnd - quotes, i + 1, valueEnd - 1);
        i = valueEnd;
      }
      if (body[i] === COMMA) i++;
      else if (body[i] !== CLOSE_BRACE) this.expected(", or }", i);
    }
  }

  /** A label's value that holds more than plain characters. */
  #valueEnd(start: number, rules: LabelRules): number {
    const end = this.body[start] === QUOTE ? quotedEnd(this.body, start, rules.value) : -1;
    if (end === -1) this.expected("a label value in double quotes", start);
    this.checkText(start + 1, end - 1, "a label's value");
    return end;
  }

  #metadataOrEnd(): Keyword | "end" {
    const { body, position } = this;
    for (const [keyword, word] of KEYWORDS) {
      const end = afterWord(body, position, word);
      if (end !== -1) return this.#metadataLine(keyword, end);
    }
    let end = afterWord(body, position, END_WORD);
    if (end === -1) this.expected("# HELP, # TYPE, # UNIT or # EOF, each with one space", position);
    if (body[end] === NEWLINE) end = afterNul(body, end + 1);
    if (end < body.length) this.fail(end, "there is more after # EOF", "End the body with it");
    this.position = end;
    return "end";
  }

  #metadataLine(keyword: Keyword, start: number): Keyword {
    const { body } = this;
    const isQuoted = body[start] === QUOTE;
    const nameEnd = isQuoted ? quotedEnd(body, start, SERIES_RULES.name) : metricNameEnd(body, start);
    if (nameEnd <= start) this.expected(`a metric name after # ${keyword.toUpperCase()}`, start);
    const lineEnd = body.indexOf(NEWLINE, nameEnd);
    if (body[nameEnd] !== SPACE || lineEnd === -1) this.expected("a space, text and the end of the line", nameEnd);
    this.#keyword = keyword;
    this.nameStart = isQuoted ? start + 1 : start;
    this.nameEnd = isQuoted ? nameEnd - 1 : nameEnd;
    this.textStart = nameEnd + 1;
    // The lexer looks ahead past NUL bytes before it leaves the line, and so they are a part of it.
    this.position = afterNul(body, lineEnd + 1);
    this.textEnd = this.position - 1;
    if (keyword === "help") this.checkText(this.textStart, this.textEnd, "the help");
    else if (keyword === "type") this.familyType = this.#type();
    else this.#checkUnit();
    return keyword;
  }

  #type(): FamilyType {
    const type = TYPES.find((known) => known === textOf(this.body, this.textStart, this.textEnd));
    if (type !== undefined) return type;
    const given = this.shown(this.textStart, this.textEnd);
    return this.fail(this.textStart, `${given} is no metric type`, `Known are ${TYPES.join(", ")}`);
  }

  /** The metric's name ends with `_` and its unit, if it has one. */
  #checkUnit(): void {
    const unit = this.body.subarray(this.textStart, this.textEnd);
    if (unit.length === 0) return;
    const name = this.body.subarray(this.nameStart, this.nameEnd);
    const isSuffix = unit.every((byte, i) => name[name.length - unit.length + i] === byte);
    if (isSuffix && name[name.length - unit.length - 1] === UNDERSCORE) return;
    const given = this.shown(this.textStart, this.textEnd);
    this.fail(this.textStart, `the metric's name does not end with its unit ${given}`, "Append _ and the unit to it");
  }
}

type Keyword = "help" | "type" | "unit";

const ENCODER = new TextEncoder();
const KEYWORDS: readonly (readonly [Keyword, Uint8Array])[] = (["help", "type", "unit"] as const).map((keyword) => [
  keyword,
  ENCODER.encode(`# ${keyword.toUpperCase()} `),
]);
const END_WORD = ENCODER.encode("# EOF");
const EXEMPLAR_START = [SPACE, HASH, SPACE, OPEN_BRACE] as const;
const UNDERSCORE = 0x5f;

const TYPES: readonly FamilyType[] = [
  "counter",
  "gauge",
  "histogram",
  "gaugehistogram",
  "summary",
  "info",
  "stateset",
  "unknown",
];

/** What quoted strings may hold, and whether there may be a metric's name. */
interface LabelRules {
  readonly name: QuotedRules;
  readonly value: QuotedRules;
  readonly isExemplar: boolean;
}

const SERIES_RULES: LabelRules = {
  name: { allowsNewlines: true, allowsNul: false },
  value: { allowsNewlines: false, allowsNul: true },
  isExemplar: false,
};
const EXEMPLAR_RULES: LabelRules = {
  name: { allowsNewlines: false, allowsNul: false },
  value: { allowsNewlines: false, allowsNul: false },
  isExemplar: true,
};

function tokenEnd(body: Uint8Array, i: number): number {
  for (;;) {
    const byte = body[i] ?? 0;
    if (byte === 0 || byte === SPACE || byte === NEWLINE) return i;
    i++;
  }
}

/** Past the word at `i`; -1 if it is not there. Prometheus's lexer sees no NUL bytes behind the `# `. */
function afterWord(body: Uint8Array, i: number, word: Uint8Array): number {
  for (const [k, letter] of word.entries()) {
    if (body[i] !== letter) return -1;
    i++;
    if (k >= 2) i = afterNul(body, i);
  }
  return i;
}
