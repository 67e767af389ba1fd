/**
 * Saves what can be read of a damaged file into a new one, and says what is lost. The damaged file is only read. Everything is
 * asked for one by one, so that a page that cannot be read takes with it only what stands on it.
 */
import { decodeBundle } from "./blocks/bundle.ts";
import { decodeDirectory } from "./blocks/directory.ts";
import { SLAB_COLUMNS } from "./blocks/slab.ts";
import { CorruptError } from "./encoding/byte-reader.ts";
import { ABSENT, STALE } from "./encoding/marks.ts";
import { labelsFrom } from "./file/labels-text.ts";
import { StoreFile } from "./file/store-file.ts";
import type { BackfillColumn } from "./head/backfill.ts";
import { restoredBlock } from "./head/restore.ts";
import type { Series } from "./series.ts";
import { Store } from "./store.ts";
import { StoreError } from "./store-error.ts";

export interface SalvageReport {
  readonly series: number;
  readonly samples: number;
  /** What could not be read, a line each, in the order of the file; at most {@link MAX_LOSSES}. */
  readonly losses: readonly string[];
  /** How many there were. */
  readonly lossCount: number;
}

/** Most lines of a report. */
const MAX_LOSSES = 1_000;

/** Numbers that are tried one by one before a table is given up. */
const MAX_TRIED = 10_000;

/**
 * @param from the damaged file
 * @param to a new file
 * @throws {StoreError} if nothing at all can be read, or the new file cannot be written
 */
export function salvage(from: string, to: string): SalvageReport {
  const damaged = new StoreFile(from, { isReadOnly: true });
  try {
    using saved = new Store({ path: to, commitIntervalMs: 0, retentionMs: Number.POSITIVE_INFINITY });
    if (saved.stats().series > 0) {
      throw new StoreError("INVALID", `${to} has samples in it already`, "Name a file that is not there yet", {
        file: to,
      });
    }
    const salvaging = new Salvaging(damaged, saved);
    salvaging.run();
    return salvaging.report();
  } finally {
    damaged.close();
  }
}

class Salvaging {
  readonly #from: StoreFile;
  readonly #to: Store;
  /** By the number that they have in the damaged file. */
  readonly #series = new Map<number, Series>();
  readonly #losses: string[] = [];
  #lossCount = 0;
  #samples = 0;

  constructor(from: StoreFile, to: Store) {
    this.#from = from;
    this.#to = to;
  }

  run(): void {
    for (const { metric, ...metadata } of this.#readable("metric descriptions", () => [...this.#from.metadata()]) ??
      []) {
      this.#to.setMetadata(metric, metadata);
    }
    for (const ref of this.#numbers("series", (ref) => this.#from.seriesAfter(ref))) {
      const labels = this.#readable(`series ${ref}`, () => this.#from.seriesAt(ref));
      if (labels === undefined) continue;
      const read = this.#readable(`the labels of series ${ref}`, () => labelsFrom(labels, this.#from.path));
      if (read !== undefined) this.#series.set(ref, this.#to.series(read));
    }
    for (const id of this.#numbers("block", (id) => this.#from.blockAfter(id))) {
      const block = this.#readable(`block ${id}`, () => this.#from.blockAt(id));
      if (block === undefined) continue;
      const columns = block.isComplete ? this.#complete(id, block.when) : this.#unfinished(id, block.source);
      for (const { times } of columns) this.#samples += times.length;
      this.#to.backfill(columns);
    }
    this.#to.commit();
  }

  report(): SalvageReport {
    return {
      series: this.#series.size,
      samples: this.#samples,
      losses: this.#losses,
      lossCount: this.#lossCount,
    };
  }

  #complete(id: number, when: string): BackfillColumn[] {
    const what = `block ${id} (${when})`;
    const directory = this.#readable(`the directory of ${what}`, () =>
      decodeDirectory(required(this.#from.directory(id))),
    );
    if (directory === undefined) return [];
    const { table, times, timesOfSlot } = directory;
    const columns: BackfillColumn[] = [];
    for (let number = 0; number * SLAB_COLUMNS < table.size; number++) {
      const slab = this.#readable(`bundle ${number} of ${what}`, () =>
        decodeBundle(required(this.#from.bundle(id, number))),
      );
      if (slab === undefined) continue;
      const end = Math.min(table.size, (number + 1) * SLAB_COLUMNS);
      for (let slot = number * SLAB_COLUMNS; slot < end; slot++) {
        const series = this.#series.get(table.refs[slot] as number); // below its size
        const column = slot % SLAB_COLUMNS;
        const [first, last] = [slab.first[column] as number, slab.end[column] as number];
        if (series === undefined || first === last) continue;
        const slotTimes = times[timesOfSlot[slot] as number] as Float64Array; // checked when it was read
        columns.push(
          present(
            series,
            slotTimes.subarray(first, last),
            slab.values(column, first, last),
            slab.marks(column, first, last),
          ),
        );
      }
    }
    return columns;
  }

  #unfinished(id: number, source: string): BackfillColumn[] {
    const logs = this.#readable(`block ${id}, which was not compressed yet`, () => [...this.#from.unflushed(id)]);
    // Of logs that follow each other, those before the first that cannot be read are good.
    for (let count = logs?.length ?? 0; count > 0; count--) {
      try {
        const read = restoredBlock({ id, source }, (logs ?? []).slice(0, count), (ref) => this.#series.get(ref));
        const { block, orphans } = read;
        if (orphans > 0) this.#lose(`${orphans} samples of block ${id}: their series is not there`);
        return Array.from({ length: block.slots }, (_, slot) => {
          const series = this.#series.get(block.table.refs[slot] as number); // below its size
          if (series === undefined || !block.hasSamples(slot)) return undefined;
          const slab = block.slabOf(slot);
          const column = slot % SLAB_COLUMNS;
          const [first, last] = [slab.first[column] as number, slab.end[column] as number];
          const times = block.timesOf(slot).subarray(first, last);
          return present(series, times, slab.values(column, first, last), slab.marks(column, first, last));
        }).filter((column) => column !== undefined);
      } catch (error) {
        if (!(error instanceof CorruptError)) throw error;
        this.#lose(`second ${count} of block ${id}, which was not compressed yet: ${error.message}`);
      }
    }
    return [];
  }

  /** The numbers that there are. Where the file cannot say which comes next, those that follow are tried one by one. */
  *#numbers(what: string, after: (number: number) => number | undefined): Generator<number> {
    let last = 0;
    for (let tried = 0; tried < MAX_TRIED; ) {
      const next = this.#readableOnce(`what ${what} follows number ${last}`, tried === 0, () => ({
        found: after(last),
      }));
      if (next === undefined) {
        tried += 1;
        last += 1;
        yield last; // it may be readable by itself
        continue;
      }
      if (next.found === undefined || next.found <= last) return;
      tried = 0;
      last = next.found;
      yield last;
    }
  }

  /** @param isNew whether to report it: of damage that goes on, the beginning is reported */
  #readableOnce<T>(what: string, isNew: boolean, read: () => T): T | undefined {
    if (isNew) return this.#readable(what, read);
    try {
      return read();
    } catch (error) {
      if (isDamage(error)) return undefined;
      throw error;
    }
  }

  #readable<T>(what: string, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.#lose(`${what}: ${error.message}`);
      return undefined;
    }
  }

  #lose(what: string): void {
    this.#lossCount += 1;
    if (this.#losses.length < MAX_LOSSES) this.#losses.push(what);
  }
}

function isDamage(error: unknown): error is CorruptError | StoreError {
  return error instanceof CorruptError || (error instanceof StoreError && error.code === "DAMAGED");
}

function required(bytes: Uint8Array | undefined): Uint8Array {
  if (bytes === undefined) throw new CorruptError("is not there");
  return bytes;
}

function present(
  series: Series,
  times: Float64Array,
  values: Float64Array,
  marks: Uint8Array | undefined,
): BackfillColumn {
  if (marks === undefined) return { series, times, values };
  const isPresent = (_: number, row: number): boolean => marks[row] !== ABSENT;
  const stale = marks.filter((mark) => mark !== ABSENT).map((mark) => (mark === STALE ? 1 : 0));
  return { series, times: times.filter(isPresent), values: values.filter(isPresent), stale };
}
