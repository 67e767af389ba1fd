/** How a source's samples come in. Source: Prometheus, storage/interface.go (`Appender`). */
import type { SlotTable } from "../blocks/slot-table.ts";
import { ABSENT, PRESENT, STALE } from "../encoding/marks.ts";
import type { Series } from "../series.ts";
import { StoreError } from "../store-error.ts";
import type { TickBlock } from "./growing-block.ts";
import type { Head } from "./head.ts";
import { type AppendOutcome, checkTime, forgotten } from "./outcome.ts";
import { Row } from "./tick-log.ts";

/**
 * Appends the samples of one source (a target, a group of rules), all of whose samples at a time share the timestamp: `begin`,
 * then `append` for each series, then `commit`. Until then nothing is seen by anyone.
 */
export class Appender {
  readonly #head: Head;
  readonly #source: string;
  readonly #row = new Row();
  /** By slot of the table; those that others have added are missing. */
  #series: (Series | undefined)[] = [];
  #table: SlotTable | undefined;
  /** Of the row that was begun. */
  #block: TickBlock | undefined;
  #timeMs = Number.NaN;

  constructor(head: Head, source: string) {
    this.#head = head;
    this.#source = source;
  }

  /**
   * Begins the samples of this time. What was begun and not committed is forgotten.
   *
   * @param timeMs Unix milliseconds, after those that the source has committed
   * @returns `out-of-order` or `out-of-bounds` if no sample of this time can be appended
   * @throws {StoreError} `INVALID` for what is no time
   */
  begin(timeMs: number): AppendOutcome {
    checkTime(timeMs);
    this.rollback();
    const outcome = this.#head.bounds.of(timeMs);
    if (outcome !== "appended") return outcome;
    const block = this.#head.tickBlock(this.#source, timeMs);
    this.#standIn(block);
    if (timeMs <= block.maxMs) return "out-of-order";
    this.#timeMs = timeMs;
    return "appended";
  }

  append(series: Series, value: number): AppendOutcome {
    return this.#put(series, value, PRESENT);
  }

  /** Says that the series has gone: from here on it has no value. */
  appendStale(series: Series): AppendOutcome {
    return this.#put(series, Number.NaN, STALE);
  }

  /**
   * Makes the samples visible to all queries. They are in the file with the store's next commit.
   *
   * @returns `out-of-order` if another appender of the same source has come further since `begin`: nothing is kept then
   */
  commit(): AppendOutcome {
    const timeMs = this.#timeMs;
    if (Number.isNaN(timeMs)) return "appended";
    const block = this.#head.tickBlock(this.#source, timeMs);
    if (timeMs <= block.maxMs) {
      this.rollback();
      return "out-of-order";
    }
    // A block may be closed between `begin` and here, by `compact` or by another appender.
    if (block !== this.#block) this.#moveTo(block);
    const { size, states, values } = this.#row;
    for (let slot = 0; slot < size; slot++) {
      if (states[slot] === ABSENT) continue;
      const series = this.#series[slot] as Series; // filled where the row is
      if (!this.#head.keeps(series)) states[slot] = ABSENT;
      else if (!this.#isOvertaken(series)) series.see(timeMs, values[slot] as number, states[slot] === STALE, block.id); // within size
    }
    this.#head.commitTick(this.#source, timeMs, this.#row);
    this.rollback();
    return "appended";
  }

  /** Forgets what was appended since `begin`. */
  rollback(): void {
    this.#timeMs = Number.NaN;
    this.#row.clear();
  }

  #put(series: Series, value: number, state: number): AppendOutcome {
    const timeMs = this.#timeMs;
    const table = this.#table;
    if (table === undefined || Number.isNaN(timeMs)) {
      throw new StoreError(
        "INVALID",
        "a sample was appended without a time",
        'Call begin(timeMs) first, and append if it answers "appended"',
      );
    }
    const { bounds } = this.#head;
    if (timeMs <= series.lastMs && !bounds.isFromFuture(series.lastMs))
      return bounds.ofSample(series, timeMs, value, state === STALE);
    const slot = this.#slotOf(table, series);
    const row = this.#row;
    if (row.states[slot] !== ABSENT) {
      const isSame = row.states[slot] === state && (state === STALE || Object.is(row.values[slot], value));
      return isSame ? "appended" : "duplicate";
    }
    row.states[slot] = state;
    row.values[slot] = value;
    return "appended";
  }

  #slotOf(table: SlotTable, series: Series): number {
    if (series.table === table && this.#series[series.slot] === series) return series.slot;
    if (series.isForgotten) throw forgotten(series);
    let current = table;
    let slot = table.slotOf(series.ref);
    if (slot === -1) {
      // Told of in the log of the block that is open, which is another one if ours was closed since `begin`.
      this.#moveTo(this.#head.tickBlock(this.#source, this.#timeMs));
      current = this.#table ?? table;
      slot = current.slotOf(series.ref);
      if (slot === -1) slot = this.#head.addSlot(this.#source, series);
    }
    this.#row.resize(current.size);
    this.#series[slot] = series;
    series.table = current;
    series.slot = slot;
    return slot;
  }

  /** Goes on in this block; the row that was begun is lost. */
  #standIn(block: TickBlock): void {
    this.#block = block;
    if (block.table !== this.#table) {
      this.#table = block.table;
      this.#series = [];
      this.#row.resize(0);
    }
    this.#row.resize(block.table.size);
  }

  /** Goes on in this block with the row that was begun. */
  #moveTo(block: TickBlock): void {
    if (block === this.#block) return;
    if (block.table === this.#table) {
      this.#block = block;
      this.#row.resize(block.table.size);
      return;
    }
    const { size, states, values } = this.#row;
    const begun = Array.from({ length: size }, (_, slot) => ({
      series: this.#series[slot],
      state: states[slot] as number, // within size
      value: values[slot] as number,
    }));
    this.#row.clear();
    this.#standIn(block);
    for (const { series, state, value } of begun) {
      if (state !== ABSENT && series !== undefined && this.#head.keeps(series)) this.#put(series, value, state);
    }
  }

  /** The series has had a newer sample from elsewhere since it was appended to: both are kept, and the newest stays the newest. */
  #isOvertaken(series: Series): boolean {
    return this.#timeMs <= series.lastMs && !this.#head.bounds.isFromFuture(series.lastMs);
  }
}
