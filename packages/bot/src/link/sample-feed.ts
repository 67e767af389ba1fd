/**
 * What of the registry goes over the link, and when: watched changes at once, everything once an interval, and what changed
 * while there was no link as soon as there is one.
 */
import type { Registry } from "../registry/registry.ts";
import { AwayBuffer } from "./away-buffer.ts";
import type { LinkClock } from "./link-clock.ts";
import { type LinkTerms, type SampleBatch, SampleWriter } from "./sample-writer.ts";
import type { LinkedChild } from "./series-table.ts";
import { WatchedChanges } from "./watched-changes.ts";

/** With more than this waiting to be taken, nothing but renewals is added, bytes. */
const MOST_WAITING_BYTES = 1_048_576;

/** Samples of while there was no link that are sent in one turn. */
const LATE_IN_A_TURN = 2_000;

/** Reading everything gives way to the bot after so long, milliseconds. */
const YIELD_AFTER_MS = 0.5;

/** Why samples were not sent. */
export type DropReason = "away" | "slow" | "limit";

/** Where frames go. */
export interface FrameSink {
  readonly send: (text: string) => void;
  readonly waitingBytes: () => number;
}

export interface SampleFeedOptions {
  readonly registry: Registry;
  readonly clock: LinkClock;
  readonly onDropped: (reason: DropReason, count: number) => void;
  /** Most samples that are kept while there is no link. */
  readonly awayCapacity?: number | undefined;
}

interface Line {
  readonly writer: SampleWriter;
  readonly sink: FrameSink;
}

export class SampleFeed implements Disposable {
  readonly #options: SampleFeedOptions;
  readonly #watched: WatchedChanges;
  readonly #away: AwayBuffer;
  #line: Line | undefined;
  /** Samples of the last reading of everything. */
  #sentLast = 0;
  #reading: Promise<void> | undefined;

  constructor(options: SampleFeedOptions) {
    this.#options = options;
    const { registry, clock } = options;
    this.#away = new AwayBuffer(options.awayCapacity);
    this.#watched = new WatchedChanges({
      registry,
      clock,
      send: (timeMs, children) => this.#sendChanges(timeMs, children),
    });
  }

  /** Samples that wait for a link. */
  get awaySamples(): number {
    return this.#away.size;
  }

  /** There is a link: everything is announced anew. */
  begin(terms: LinkTerms, sink: FrameSink, names: readonly string[]): void {
    this.#line = { writer: new SampleWriter(terms, sink.send), sink };
    this.watch(names);
    this.#sendLate(this.#line);
  }

  /** There is no link any more. */
  end(): void {
    this.#line = undefined;
    this.watch([]);
  }

  watch(names: readonly string[]): void {
    this.#watched.watch(names);
  }

  /** Reads everything, and sends it; without a link, keeps what has changed. Not twice at a time. */
  snapshot(): Promise<void> {
    this.#reading ??= this.#snapshot().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  /** The same, of values that are all of now or later: what is being read is waited for. */
  async freshSnapshot(): Promise<void> {
    await this.#reading;
    await this.snapshot();
  }

  [Symbol.dispose](): void {
    this.#line = undefined;
    this.#watched[Symbol.dispose]();
  }

  async #snapshot(): Promise<void> {
    let isWhole = false;
    while (!isWhole) isWhole = await this.#readAll();
  }

  /** @returns false if a link came or went meanwhile: then it is to be done again */
  async #readAll(): Promise<boolean> {
    const { registry, clock, onDropped } = this.#options;
    const collected = await registry.collected();
    const line = this.#line;
    if (line !== undefined && line.sink.waitingBytes() > MOST_WAITING_BYTES) {
      onDropped("slow", this.#sentLast);
      return true;
    }
    const timeMs = clock.wall();
    this.#watched.leave(timeMs);
    const batch = line?.writer.batch(timeMs, "all");
    let sent = 0;
    const reading = this.#watched.table.read(
      collected,
      (series, value) => {
        const isNew = series.update(value);
        sent += 1;
        if (batch !== undefined) batch.put(series, value);
        else if (isNew) this.#away.add(timeMs, series, value);
      },
      (instrument, linked) => this.#watched.armIfWatched(instrument, linked),
    );
    let sliceStart = clock.monotonic();
    let step = reading.next();
    while (step.done !== true) {
      if (clock.monotonic() - sliceStart >= YIELD_AFTER_MS) {
        await new Promise<void>((resolve) => clock.soon(resolve));
        sliceStart = clock.monotonic();
        if (this.#line !== line) return false;
      }
      step = reading.next();
    }
    this.#sentLast = sent;
    if (line === undefined || batch === undefined) {
      this.#tellDropped("away", this.#away.takeDropped());
      return true;
    }
    for (const series of step.value) batch.putGone(series);
    batch.end();
    this.#tellDropped("limit", line.writer.takeDropped());
    this.#watched.flush();
    return true;
  }

  #sendChanges(timeMs: number, children: readonly LinkedChild[]): boolean {
    const line = this.#line;
    if (line === undefined || line.sink.waitingBytes() > MOST_WAITING_BYTES) return false;
    const batch = line.writer.batch(timeMs, "change");
    for (const linked of children) {
      linked.read((series, value) => {
        if (series.update(value)) batch.put(series, value);
      });
    }
    batch.end();
    return true;
  }

  /** So many in a turn: a bot that has just come back has orders to see to. */
  #sendLate(line: Line): void {
    if (this.#line !== line || this.#away.size === 0) return;
    const { clock } = this.#options;
    if (line.sink.waitingBytes() <= MOST_WAITING_BYTES) {
      let batchMs = Number.NaN;
      let batch: SampleBatch | undefined;
      this.#away.take(LATE_IN_A_TURN, (sampleMs, series, value) => {
        if (sampleMs !== batchMs) batch?.end();
        if (sampleMs !== batchMs || batch === undefined) batch = line.writer.batch(sampleMs, "late");
        batchMs = sampleMs;
        batch.put(series, value);
      });
      batch?.end();
      clock.soon(() => this.#sendLate(line));
    } else clock.after(YIELD_AFTER_MS, () => this.#sendLate(line));
  }

  #tellDropped(reason: DropReason, count: number): void {
    if (count > 0) this.#options.onDropped(reason, count);
  }
}
