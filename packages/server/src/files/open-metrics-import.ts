/**
 * Reads OpenMetrics text with timestamps, piece by piece, into a buffer of samples. What is usual, a line of the series of the
 * line before or of the one that followed it last time, is read without a string being made for it.
 */
import type { Metadata, Store } from "@haltwatch/store";
import { ExpositionError, placeOf } from "../exposition/exposition-error.ts";
import { NEWLINE, SPACE } from "../exposition/lexemes.ts";
import { OpenMetricsParser } from "../exposition/openmetrics.ts";
import { readNumber } from "../exposition/read-number.ts";
import { sameBytes } from "../exposition/same-bytes.ts";
import { grown, TextTable } from "../exposition/text-table.ts";
import { FileError } from "./file-error.ts";
import type { SampleBuffer } from "./sample-buffer.ts";
import { isStaleSample } from "./stale-exemplar.ts";
import type { WholeLines } from "./whole-lines.ts";

/** A piece that is not the last gets the end that the parser wants. */
const END = Buffer.from("# EOF\n");

/** The store takes times up to here, milliseconds. */
const MAX_TIME_MS = 2 ** 51;

/** One file. */
export class OpenMetricsImport {
  readonly #store: Store;
  readonly #buffer: SampleBuffer;
  readonly #file: string;
  readonly #parser = new OpenMetricsParser();
  readonly #metadata = new Map<string, Metadata>();
  /** Series as the file writes them, and by their number there: their number in the buffer, and which came after them last. */
  readonly #texts = new TextTable();
  #numbers = new Int32Array(64);
  #followers = new Int32Array(64);
  #last = -1;
  readonly #pair = new Float64Array(2);
  #lines = 0;

  constructor(store: Store, buffer: SampleBuffer, file: string) {
    this.#store = store;
    this.#buffer = buffer;
    this.#file = file;
  }

  /** Lines that were read. */
  get lines(): number {
    return this.#lines;
  }

  /**
   * Reads on. Whenever the buffer is full, it is flushed.
   *
   * @throws {FileError} `MALFORMED` with line and column, where the text is no OpenMetrics or a sample has no timestamp
   * @throws {StoreError} if the store's file cannot be written, or there are too many series
   */
  read({ bytes, isLast }: WholeLines): void {
    const parser = this.#parser;
    const before = this.#lines;
    parser.start(isLast ? bytes : Buffer.concat([bytes, END]));
    try {
      this.#readAll(parser, bytes.length);
    } catch (error) {
      if (!(error instanceof ExpositionError)) throw error;
      throw new FileError("MALFORMED", error.reason, error.hint, {
        file: this.#file,
        line: before + (error.line ?? 1),
        column: error.column,
        cause: error,
      });
    }
  }

  /** After the last piece: what the file says of its metrics. What the store knows already, from whoever exposes it now, stays. */
  keepMetadata(): void {
    for (const [metric, metadata] of this.#metadata) {
      if (!this.#store.metadata.has(metric)) this.#store.setMetadata(metric, metadata);
    }
  }

  #readAll(parser: OpenMetricsParser, length: number): void {
    const { bytes } = parser;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const linesEnd = bytes.subarray(0, length).lastIndexOf(NEWLINE) + 1;
    for (;;) {
      this.#readKnown(parser, bytes, view, linesEnd);
      if (this.#buffer.isFull) this.#buffer.flush();
      const kind = parser.next();
      if (kind === "end") return;
      if (kind === "sample") this.#sample(parser);
      else this.#describe(parser);
      this.#lines++;
    }
  }

  /** Goes on as long as lines are of series that are expected, and written in the simplest way. */
  #readKnown(parser: OpenMetricsParser, bytes: Uint8Array, view: DataView, linesEnd: number): void {
    const buffer = this.#buffer;
    const { starts, lengths, view: texts } = this.#texts;
    const numbers = this.#numbers;
    const followers = this.#followers;
    const pair = this.#pair;
    let i = parser.position;
    let last = this.#last;
    while (last !== -1 && !buffer.isFull) {
      let entry = last;
      let end = i + (lengths[entry] as number); // an entry of the table, as are all here
      if (end >= linesEnd || bytes[end] !== SPACE || !sameBytes(view, i, texts, starts[entry] as number, end - i)) {
        entry = followers[last] as number;
        end = i + (lengths[entry] as number);
        if (end >= linesEnd || bytes[end] !== SPACE || !sameBytes(view, i, texts, starts[entry] as number, end - i))
          break;
      }
      const time = readNumber(bytes, end + 1, pair, 0);
      if (time === -1 || bytes[time] !== SPACE) break;
      const lineEnd = readNumber(bytes, time + 1, pair, 1);
      if (lineEnd === -1 || bytes[lineEnd] !== NEWLINE) break;
      const timeMs = Math.trunc(1000 * (pair[1] as number)) + 0; // no negative zero
      if (!(Math.abs(timeMs) < MAX_TIME_MS)) break;
      buffer.add(numbers[entry] as number, timeMs, pair[0] as number);
      last = entry;
      i = lineEnd + 1;
      this.#lines++;
    }
    this.#last = last;
    parser.position = i;
  }

  #sample(parser: OpenMetricsParser): void {
    const { value } = parser;
    const end = parser.position - 1;
    if (Number.isNaN(parser.timestampMs)) {
      this.#fail(
        parser,
        end,
        "the sample has no timestamp",
        "Give each its time behind the value, in seconds since 1970",
      );
    }
    const timeMs = parser.timestampMs + 0; // no negative zero
    if (!(Math.abs(timeMs) < MAX_TIME_MS)) {
      this.#fail(parser, end, `${timeMs / 1000} s is no time`, "Give the time in seconds since 1970");
    }
    const number = this.#numberOf(parser);
    if (isStaleSample(value, parser.exemplar())) this.#buffer.addStale(number, timeMs);
    else this.#buffer.add(number, timeMs, value);
  }

  /** The series' number in the buffer. */
  #numberOf(parser: OpenMetricsParser): number {
    const { bytes, entryStart, seriesEnd } = parser;
    let entry = this.#texts.find(bytes, entryStart, seriesEnd);
    if (entry === -1) {
      // Bounds of buckets stay as they are written: what was dumped is restored to the letter.
      parser.familyType = "unknown";
      const number = this.#buffer.numberOf(parser.labels());
      entry = this.#texts.add(bytes, entryStart, seriesEnd);
      if (entry === this.#numbers.length) {
        this.#numbers = grown(this.#numbers, 2 * entry);
        this.#followers = grown(this.#followers, 2 * entry);
      }
      this.#numbers[entry] = number;
    }
    if (this.#last !== -1) this.#followers[this.#last] = entry;
    this.#last = entry;
    return this.#numbers[entry] as number;
  }

  #describe(parser: OpenMetricsParser): void {
    const { kind, family, text } = parser.metadata();
    const known = this.#metadata.get(family) ?? { type: "unknown", help: "", unit: "" };
    this.#metadata.set(family, { ...known, [kind]: text });
  }

  #fail(parser: OpenMetricsParser, at: number, reason: string, hint: string): never {
    throw new ExpositionError("BAD_EXPOSITION", reason, hint, placeOf(parser.bytes, at));
  }
}
