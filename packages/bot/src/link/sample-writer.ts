/**
 * Samples on their way into frames: announces references before their first use, tells of a count's birth at zero before its
 * first value, and cuts what is too large for a frame.
 */
import type { LinkedSeries } from "./linked-series.ts";

/**
 * Characters in a frame, about: some 1,000 samples. Neither event loop is to be kept for long by one of them, as a change that may
 * pause the bot waits behind it.
 */
const FRAME_CHARACTERS = 16 * 1024;

/** UTF-16 units take up to three bytes in UTF-8. */
const BYTES_PER_CHARACTER = 3;

export interface LinkTerms {
  /** Different for each link. */
  readonly number: number;
  readonly maxFrameBytes: number;
  readonly maxSeries: number;
}

/** `all`: everything the bot has; `late`: of while there was no link. */
export type SampleKind = "change" | "all" | "late";

/** One for each link: it knows what has been announced. */
export class SampleWriter {
  readonly frameCharacters: number;
  readonly #terms: LinkTerms;
  readonly #send: (text: string) => void;
  readonly #helped = new Set<string>();
  #announced = 0;
  #dropped = 0;
  #definitions: string[] = [];
  #help: Record<string, string> = {};
  #definitionCharacters = 0;
  /** References by the time at which they were zero. */
  readonly #zeros = new Map<number, number[]>();

  constructor(terms: LinkTerms, send: (text: string) => void) {
    this.#terms = terms;
    this.#send = send;
    this.frameCharacters = Math.min(FRAME_CHARACTERS, Math.floor(terms.maxFrameBytes / (2 * BYTES_PER_CHARACTER)));
  }

  /**
   * Samples of one time. Several may be under way at once.
   *
   * @param timeMs Unix milliseconds
   */
  batch(timeMs: number, kind: SampleKind): SampleBatch {
    return new SampleBatch(this, timeMs, kind);
  }

  /** Samples of series beyond Haltwatch's limit, since this was last asked. */
  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }

  /** @returns whether samples of it may be sent, `timeMs` being the first one's */
  announced(series: LinkedSeries, value: number, timeMs: number): boolean {
    if (series.announcedIn !== this.#terms.number && !this.#announce(series)) {
      this.#dropped += 1;
      return false;
    }
    if (series.isZeroTold || series.zeroMs === undefined) return true;
    series.isZeroTold = true;
    if (value === 0) return true;
    const zeroMs = Math.min(series.zeroMs, timeMs - 1);
    const refs = this.#zeros.get(zeroMs) ?? [];
    refs.push(series.ref);
    this.#zeros.set(zeroMs, refs);
    return true;
  }

  /** @returns whether it had been announced */
  forgotten(series: LinkedSeries): boolean {
    if (series.announcedIn !== this.#terms.number) return false;
    series.announcedIn = 0;
    this.#announced -= 1;
    return true;
  }

  /** @param values `[1,2],[3,4]` */
  sendSamples(timeMs: number, flags: string, values: string): void {
    this.#sendDefinitions();
    this.#send(`{"type":"samples","time":${timeMs}${flags},"values":[${values}]}`);
  }

  #announce(series: LinkedSeries): boolean {
    if (this.#announced >= this.#terms.maxSeries) return false;
    this.#announced += 1;
    series.announcedIn = this.#terms.number;
    series.isZeroTold = false; // again in each link: nobody knows whether the last one got it through
    const { ref, name, labels, type, metric, help } = series;
    const text = JSON.stringify([ref, name, labels, type]);
    if (!this.#helped.has(metric)) {
      this.#helped.add(metric);
      this.#help[metric] = help;
      this.#definitionCharacters += metric.length + help.length;
    }
    this.#definitions.push(text);
    this.#definitionCharacters += text.length + 1;
    if (this.#definitionCharacters >= this.frameCharacters) this.#sendDefinitions();
    return true;
  }

  #sendDefinitions(): void {
    if (this.#definitions.length > 0) {
      const help = JSON.stringify(this.#help);
      this.#send(`{"type":"series","series":[${this.#definitions.join(",")}],"help":${help}}`);
      this.#definitions = [];
      this.#help = {};
      this.#definitionCharacters = 0;
    }
    if (this.#zeros.size === 0) return;
    for (const [timeMs, refs] of [...this.#zeros].sort(([a], [b]) => a - b)) {
      const values = refs.map((ref) => `[${ref},0]`).join(",");
      this.#send(`{"type":"samples","time":${timeMs},"late":true,"values":[${values}]}`);
    }
    this.#zeros.clear();
  }
}

class SampleBatch {
  readonly #writer: SampleWriter;
  readonly #timeMs: number;
  readonly #kind: SampleKind;
  #values: string[] = [];
  #characters = 0;

  constructor(writer: SampleWriter, timeMs: number, kind: SampleKind) {
    this.#writer = writer;
    this.#timeMs = timeMs;
    this.#kind = kind;
  }

  put(series: LinkedSeries, value: number): void {
    if (this.#writer.announced(series, value, this.#timeMs)) this.#putText(`[${series.ref},${valueText(value)}]`);
  }

  /** The series is there no more. */
  putGone(series: LinkedSeries): void {
    if (this.#writer.forgotten(series)) this.#putText(`[${series.ref},null]`);
  }

  /** Sends what is left. Of everything, the last frame is sent even if it is empty: it ends the others. */
  end(): void {
    if (this.#values.length > 0 || this.#kind === "all") this.#send(false);
  }

  #putText(text: string): void {
    this.#values.push(text);
    this.#characters += text.length + 1;
    if (this.#characters >= this.#writer.frameCharacters) this.#send(true);
  }

  #send(hasMore: boolean): void {
    const flags = { change: "", late: ',"late":true', all: hasMore ? ',"all":true,"more":true' : ',"all":true' };
    const values = this.#values.join(",");
    this.#values = [];
    this.#characters = 0;
    this.#writer.sendSamples(this.#timeMs, flags[this.#kind], values);
  }
}

export type { SampleBatch };

function valueText(value: number): string {
  if (value - value === 0) return String(value);
  return Number.isNaN(value) ? '"NaN"' : value > 0 ? '"+Inf"' : '"-Inf"';
}
