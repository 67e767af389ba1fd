/**
 * What the parsers of both text formats give, entry by entry. They accept and refuse what Prometheus 3 does
 * (model/textparse), and not what prometheus/common/expfmt or OpenMetrics's own specification does where these differ.
 */
import type { Labels } from "@haltwatch/store";
import { ExpositionError, type ExpositionErrorCode, placeOf } from "./exposition-error.ts";
import { isText, textOf } from "./lexemes.ts";
import { numberIn, readNumber } from "./read-number.ts";
import { type LabelLimits, LabelMaker, NO_LABEL_LIMITS } from "./series-labels.ts";
import { SeriesPlaces } from "./series-places.ts";

/** The text format 0.0.4 or 1.0.0, or OpenMetrics 1.0. */
export type ExpositionFormat = "text" | "openmetrics";

/** As both formats' `# TYPE` lines name them; `untyped` is `unknown`. */
export type FamilyType =
  | "unknown"
  | "counter"
  | "gauge"
  | "histogram"
  | "gaugehistogram"
  | "summary"
  | "info"
  | "stateset";

/** What one line about a metric family tells. */
export interface FamilyMetadata {
  readonly kind: "type" | "help" | "unit";
  /** The family's name, as in the line. */
  readonly family: string;
  /** The type, the help's text, the unit. */
  readonly text: string;
}

/** A trace or order that an observation came from. */
export interface Exemplar {
  readonly labels: Labels;
  readonly value: number;
  /** Unix milliseconds, if it tells. */
  readonly timestampMs: number | undefined;
}

/** What {@link ExpositionParser.next} found. */
export type EntryKind = "sample" | "type" | "help" | "unit" | "comment" | "end";

/** Goes through one body. After each {@link next} its other properties tell what was found. */
export abstract class ExpositionParser {
  protected body: Buffer<ArrayBuffer> = Buffer.alloc(0);
  /** The body as it is parsed; what it was given, or with a line break more. */
  get bytes(): Buffer<ArrayBuffer> {
    return this.body;
  }

  /** Where the next entry begins: at the beginning of a line. */
  position = 0;
  /** Where this entry began; for one of metadata or a comment, it ends at {@link position}. */
  entryStart = 0;
  /** The series' text is from `entryStart` to here. */
  seriesEnd = 0;
  /** The type that the last `# TYPE` line told, of whichever family: as in Prometheus, it decides how `le` is written. */
  familyType: FamilyType = "unknown";
  /** The metadata's family, and what it tells. */
  protected nameStart = 0;
  protected nameEnd = 0;
  protected textStart = 0;
  protected textEnd = 0;
  protected readonly series = new SeriesPlaces();
  protected readonly exemplarLabels = new SeriesPlaces();
  readonly #labels = new LabelMaker();
  protected exemplarTimestampMs: number | undefined;
  protected hasExemplar = false;
  /** The sample's value, its timestamp, the exemplar's value: in an array, where doubles need no box. */
  protected readonly numbers = new Float64Array(3);

  /** @throws ExpositionError where Prometheus refuses the body */
  abstract next(): EntryKind;

  /** What the entry's metadata tells. */
  abstract metadata(): FamilyMetadata;

  /** Begins with a new body, which must stay as it is while it is parsed. */
  start(body: Uint8Array): void {
    // Always a Buffer: code for arrays of one kind is faster, and it is the quickest to make strings of.
    // A shared buffer would serve as well: what the cast says is only needed for the type of Buffer.
    this.body = Buffer.from(body.buffer as ArrayBuffer, body.byteOffset, body.length);
    this.#labels.start(this.body);
    this.position = 0;
    this.familyType = "unknown";
  }

  /** The sample's value. */
  get value(): number {
    return this.numbers[VALUE] ?? Number.NaN;
  }

  /** Unix milliseconds; `NaN` if the target gives none, as is usual. */
  get timestampMs(): number {
    return this.numbers[TIMESTAMP] ?? Number.NaN;
  }

  /**
   * The sample's labels, the metric's name among them.
   *
   * @throws ExpositionError if a name is empty, given twice or not UTF-8, or something is over the limits
   */
  labels(limits: LabelLimits = NO_LABEL_LIMITS): Labels {
    return this.#labels.labels(this.series, this.familyType, limits);
  }

  /** The sample's exemplar: only OpenMetrics has them. */
  exemplar(): Exemplar | undefined {
    if (!this.hasExemplar) return undefined;
    return {
      labels: this.#labels.labels(this.exemplarLabels, "unknown", NO_LABEL_LIMITS),
      value: this.numbers[EXEMPLAR] ?? Number.NaN,
      timestampMs: this.exemplarTimestampMs,
    };
  }

  /** An entry of samples begins. */
  protected beginSample(): void {
    this.series.clear();
    this.hasExemplar = false;
    this.numbers[TIMESTAMP] = Number.NaN;
  }

  /** Reads the number from `start` to `end` into {@link numbers}. */
  protected number(start: number, end: number, at: number): void {
    if (readNumber(this.body, start, this.numbers, at) === end) return;
    // What stands behind it is neither a space nor a newline: the format decides whether it may.
    const value = numberIn(this.body, start, end);
    if (value === undefined) {
      this.fail(start, `${this.shown(start, end)} is no number`, "Write it as 12.5, 1e-9, +Inf, -Inf or NaN");
    }
    this.numbers[at] = value;
  }

  protected checkText(start: number, end: number, what: string): void {
    if (!isText(this.body, start, end)) this.fail(start, `${what} is not UTF-8`, "Encode the whole body as UTF-8");
  }

  protected expected(what: string, at: number): never {
    const got = at < this.body.length ? this.shown(at, at + 1) : "the end of the body";
    return this.fail(at, `expected ${what}, got ${got}`, "See Prometheus's description of its exposition formats");
  }

  protected fail(at: number, reason: string, hint: string, code: ExpositionErrorCode = "BAD_EXPOSITION"): never {
    throw new ExpositionError(code, reason, hint, placeOf(this.body, Math.min(at, this.body.length)));
  }

  protected shown(start: number, end: number): string {
    const text = textOf(this.body, start, Math.min(end, start + MAX_SHOWN));
    return JSON.stringify(end - start > MAX_SHOWN ? `${text}…` : text);
  }
}

/** Places in the parser's numbers. */
export const VALUE = 0;
export const TIMESTAMP = 1;
export const EXEMPLAR = 2;

/** How much of what is wrong a message shows, bytes. */
const MAX_SHOWN = 60;
