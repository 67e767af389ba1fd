/** How samples come in. Source: Prometheus, storage/interface.go (`Appender`), and tsdb/head_append.go for what is refused. */
import type { SlotTable } from "../blocks/slot-table.ts";
import { ABSENT, PRESENT, STALE } from "../encoding/marks.ts";
import type { Series } from "../series.ts";
import { StoreError } from "../store-error.ts";
import type { Head } from "./head.ts";
import { Row } from "./tick-log.ts";

/**
 * What became of a sample:
 * - `appended`; also for the very sample that is there already
 * - `duplicate`: there is another value at this time already
 * - `out-of-order`: the series has newer samples
 * - `out-of-bounds`: too far in the future, or too old to be taken
 */
export type AppendOutcome = "appended" | "duplicate" | "out-of-order" | "out-of-bounds";

/** How far ahead of the clock a sample may be, milliseconds. Source: Prometheus, scrape/scrape.go (`maxAheadTime`). */
const MAX_AHEAD_MS = 10 * 60_000;

/** How far behind the newest sample a new one may be, milliseconds. Source: half of Prometheus's chunk range. */
const MAX_BEHIND_MS = 60 * 60_000;

/** Retention forgets series that have no samples left. */
export function forgotten(series: Series): StoreError {
  return new StoreError(
    "INVALID",
    `${series.labels} was forgotten: it had no samples left`,
    "Ask the store for it again, by its labels",
  );
}

/** What the series and the head's bounds say of a sample. */
export function outcomeOf(head: Head, series: Series, timeMs: number, value: number, isStale: boolean): AppendOutcome {
  if (timeMs <= series.lastMs) {
    if (timeMs < series.lastMs) return "out-of-order";
    return isStale === series.isStale && (isStale || Object.is(value, series.lastValue)) ? "appended" : "duplicate";
  }
  return boundsOf(head, timeMs);
}

function boundsOf(head: Head, timeMs: number): AppendOutcome {
  return timeMs > head.now() + MAX_AHEAD_MS || timeMs < head.maxMs - MAX_BEHIND_MS ? "out-of-bounds" : "appended";
}

/** @throws {StoreError} for what is no time */
export function checkTime(timeMs: number): void {
  if (Number.isSafeInteger(timeMs) && Math.abs(timeMs) < 2 ** 51) return;
  throw new StoreError("INVALID", `${timeMs} is no time`, "Give whole Unix milliseconds");
}

/**
 * Appends the samples of one source (a target, a group of rules), all of whose samples at a time share the timestamp: `begin`,
 * then `append` for each series, then `commit`. Until then nothing is seen by anyone.
 */
export class Appender {
  readonly #head: Head;
  readonly #source: string;
  readonly #row = new Row();
  #series: (Series | undefined)[] = [];
  #table: SlotTable | undefined;
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
    if (boundsOf(this.#head, timeMs) !== "appended") return "out-of-bounds";
    const block = this.#head.tickBlock(this.#source, timeMs);
    if (block.table !== this.#table) {
      this.#table = block.table;
      this.#series = block.table.refs.map((ref) => this.#head.seriesOf(ref));
      this.#row.resize(0);
      this.#row.clear();
    }
    this.#row.resize(block.table.size);
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

  /** Makes the samples visible to all queries. They are in the file with the store's next commit. */
  commit(): void {
    if (Number.isNaN(this.#timeMs)) return;
    const timeMs = this.#timeMs;
    const { size, states, values } = this.#row;
    for (let slot = 0; slot < size; slot++) {
      const state = states[slot];
      if (state === ABSENT) continue;
      const series = this.#series[slot] as Series; // a slot of the table
      series.lastMs = timeMs;
      series.lastValue = values[slot] as number; // within size
      series.isStale = state === STALE;
    }
    this.#head.commitTick(this.#source, timeMs, this.#row, this.#series as readonly Series[]); // filled with the table
    this.rollback();
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
    if (timeMs <= series.lastMs) return outcomeOf(this.#head, series, timeMs, value, state === STALE);
    const slot = series.table === table ? series.slot : this.#slotOf(table, series);
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
    let slot = table.slotOf(series.ref);
    if (slot === -1) {
      if (this.#head.seriesOf(series.ref) !== series) throw forgotten(series);
      slot = this.#head.addSlot(this.#source, series);
      this.#series[slot] = series;
      this.#row.resize(table.size);
    }
    series.table = table;
    series.slot = slot;
    return slot;
  }
}
