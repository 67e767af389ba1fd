/**
 * Reads scrape after scrape of one target. What a target exposes hardly changes but for its values, so each series' text
 * is remembered, in the order of the last scrape; in a steady scrape each line is compared with what stood there, and no
 * string, no labels and no object is made for it.
 */
import type { Labels } from "@haltwatch/store";
import { ExpositionError, placeOf } from "./exposition-error.ts";
import type { ExpositionFormat, ExpositionParser, FamilyMetadata } from "./exposition-parser.ts";
import { NEWLINE, SPACE } from "./lexemes.ts";
import { OpenMetricsParser } from "./openmetrics.ts";
import { PrometheusTextParser } from "./prometheus-text.ts";
import { readDigits, readNumber } from "./read-number.ts";
import { DROPPED, RememberedEntries, SAMPLE, TYPE } from "./remembered-entries.ts";
import { sameBytes } from "./same-bytes.ts";
import type { LabelLimits } from "./series-labels.ts";
import { grown } from "./text-table.ts";

/** What a target may expose at most. */
export interface ScrapeLimits extends LabelLimits {
  /** In one body, those left out that `resolve` dropped. */
  readonly maxSamples: number;
}

export const DEFAULT_SCRAPE_LIMITS: ScrapeLimits = {
  maxSamples: 1_000_000,
  maxLabels: 64,
  maxLabelNameLength: 1024,
  maxLabelValueLength: 16_384,
};

const NOTHING = new Uint8Array();

/** What became of a target's series with a scrape. */
export interface ScrapeResult<T> {
  /** How many samples the sink was given. */
  readonly samples: number;
  /** Of series that the scrape before this one had, and this one has not: they went stale. */
  readonly stale: readonly T[];
  /** Of series that are in the body twice or more, once for each time too many. The sink was given them all. */
  readonly duplicates: readonly T[];
}

/** @param timestampMs Unix milliseconds; `NaN` where the target gives none */
export type SampleSink<T> = (entry: T, value: number, timestampMs: number) => void;

/** @typeParam T what the caller has for each series, such as the store's handle */
export class ScrapeReader<T> {
  readonly #resolve: (labels: Labels) => T | undefined;
  readonly #limits: ScrapeLimits;
  readonly #parsers: Record<ExpositionFormat, ExpositionParser>;
  #entries = new RememberedEntries<T>();
  /** The format of the scrape before: in another, the same lines may mean something else. */
  #format: ExpositionFormat | undefined;

  /** The samples of this body: of which entry, value, timestamp. They grow, and serve scrape after scrape. */
  #sampleEntries = new Int32Array(0);
  #values = new Float64Array(0);
  #times = new Float64Array(0);
  #samples = 0;

  /**
   * @param resolve called once for each series' text: gives what the sink gets for its samples; `undefined` drops them.
   *   A series that went stale and comes back is resolved anew. As in Prometheus, a series that stays keeps its labels
   *   even if its family's type changes, and with it the way its buckets' bounds are written
   */
  constructor(resolve: (labels: Labels) => T | undefined, limits: Partial<ScrapeLimits> = {}) {
    this.#resolve = resolve;
    this.#limits = { ...DEFAULT_SCRAPE_LIMITS, ...limits };
    this.#parsers = { text: new PrometheusTextParser(), openmetrics: new OpenMetricsParser() };
  }

  /**
   * Reads a body. The sink is called only if all of it is good, so there is never anything to take back.
   *
   * @throws ExpositionError if Prometheus would refuse it, or it is over a limit; the scrape before stays the last one.
   *   {@link readNothing} then tells which series went stale
   */
  read(body: Uint8Array, sink: SampleSink<T>, format: ExpositionFormat = "text"): ScrapeResult<T> {
    const entries = this.#entries;
    entries.begin();
    this.#samples = 0;
    const parser = this.#parsers[format];
    try {
      parser.start(body);
      this.#readAll(parser, format);
    } catch (error) {
      entries.abandon();
      throw error;
    } finally {
      parser.start(NOTHING); // lets go of the body
    }
    this.#format = format;
    const duplicates = entries.duplicates();
    const { handles } = entries; // as they are numbered now: the end of a scrape may number them anew
    const stale = entries.end();
    const sampleEntries = this.#sampleEntries;
    const values = this.#values;
    const times = this.#times;
    for (let i = 0; i < this.#samples; i++) {
      const entry = handles[sampleEntries[i] as number] as T; // resolved, and not dropped: else it is not among these
      sink(entry, values[i] as number, times[i] as number);
    }
    return { samples: this.#samples, stale, duplicates };
  }

  /** For a scrape that failed: all series of the last one went stale. */
  readNothing(): ScrapeResult<T> {
    this.#entries.begin();
    return { samples: 0, stale: this.#entries.end(), duplicates: [] };
  }

  /** What the last body told about its metric families, in its order. */
  metadata(): FamilyMetadata[] {
    return this.#entries.metadata();
  }

  #readAll(parser: ExpositionParser, format: ExpositionFormat): void {
    const bytes = parser.bytes;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const isKnownFormat = format === this.#format;
    const linesEnd = bytes.lastIndexOf(NEWLINE) + 1;
    do {
      if (isKnownFormat) this.#readKnown(parser, bytes, view, linesEnd, format === "openmetrics");
    } while (this.#readNext(parser));
  }

  /** Goes on as long as each line is the one that is expected, and written in the simplest way. */
  #readKnown(
    parser: ExpositionParser,
    bytes: Uint8Array,
    view: DataView,
    linesEnd: number,
    isOpenMetrics: boolean,
  ): void {
    const entries = this.#entries;
    const { order, orderCount, kinds, seen, scrape, places, newOrder } = entries;
    const { starts, lengths, view: texts } = entries.table;
    const sampleEntries = this.#sampleEntries;
    const values = this.#values;
    const times = this.#times;
    // Fewer than there is room for: then there is room for one more.
    const room = Math.min(values.length, this.#limits.maxSamples);
    let { expected, newCount, typeEntry } = entries;
    let samples = this.#samples;
    let i = parser.position;
    while (expected < orderCount && samples < room && newCount < newOrder.length) {
      const entry = order[expected] as number; // within, as all indices here: entries' arrays are as long as its table
      const length = lengths[entry] as number;
      if (i + length > linesEnd || !sameBytes(view, i, texts, starts[entry] as number, length)) break;
      const kind = kinds[entry] as number;
      if (kind <= DROPPED) {
        if (bytes[i + length] !== SPACE) break;
        let end = readNumber(bytes, i + length + 1, values, samples);
        if (end === -1) break;
        times[samples] = Number.NaN;
        if (bytes[end] === SPACE) {
          // Where it is not written like this, the parser judges.
          const read = isOpenMetrics ? readNumber : readDigits;
          end = read(bytes, end + 1, times, samples);
          if (end === -1) break;
          if (isOpenMetrics) {
            if (!Number.isFinite(times[samples])) break;
            times[samples] = Math.trunc(1000 * (times[samples] as number));
          }
        }
        if (bytes[end] !== NEWLINE) break;
        if (seen[entry] === scrape) entries.addDuplicate(entry);
        if (kind === SAMPLE) sampleEntries[samples++] = entry;
        i = end + 1;
      } else {
        if (isOpenMetrics && bytes[i + length] === 0) break; // NUL bytes would be a part of the line
        if (kind === TYPE) typeEntry = entry;
        i += length;
      }
      seen[entry] = scrape;
      places[entry] = newCount;
      newOrder[newCount++] = entry;
      expected++;
    }
    if (typeEntry !== entries.typeEntry) parser.familyType = entries.typeOf(typeEntry);
    entries.expected = expected;
    entries.newCount = newCount;
    entries.typeEntry = typeEntry;
    this.#samples = samples;
    parser.position = i;
  }

  /** One entry, whatever it is: parsed, and remembered if it is new. False at the end of the body. */
  #readNext(parser: ExpositionParser): boolean {
    const kind = parser.next();
    if (kind === "end") return false;
    const entries = this.#entries;
    if (kind !== "sample") {
      const entry = entries.find(parser.bytes, parser.entryStart, parser.position);
      if (entries.isNew(entry)) entries.setMetadata(entry, kind === "comment" ? undefined : parser.metadata());
      entries.take(entry);
      if (kind === "type") entries.typeEntry = entry;
      return true;
    }
    const entry = entries.find(parser.bytes, parser.entryStart, parser.seriesEnd);
    if (entries.isNew(entry)) entries.setHandle(entry, this.#resolve(parser.labels(this.#limits)));
    if (entries.isSeen(entry)) entries.addDuplicate(entry);
    entries.take(entry);
    if (entries.isDropped(entry)) return true;
    if (this.#samples === this.#limits.maxSamples) {
      const reason = `the target exposes more than ${this.#limits.maxSamples} samples`;
      const hint = "Expose fewer series, drop some by relabelling, or raise the limit";
      throw new ExpositionError("TOO_MANY_SAMPLES", reason, hint, placeOf(parser.bytes, parser.entryStart));
    }
    if (this.#samples === this.#values.length) this.#grow();
    this.#sampleEntries[this.#samples] = entry;
    this.#values[this.#samples] = parser.value;
    this.#times[this.#samples] = parser.timestampMs;
    this.#samples++;
    return true;
  }

  #grow(): void {
    const size = 2 * this.#values.length + 1024;
    this.#sampleEntries = grown(this.#sampleEntries, size);
    const values = new Float64Array(size);
    values.set(this.#values);
    this.#values = values;
    const times = new Float64Array(size);
    times.set(this.#times);
    this.#times = times;
  }
}
