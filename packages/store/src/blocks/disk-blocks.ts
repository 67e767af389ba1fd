/** The complete blocks of the file: read when a query asks, and kept for a while. */
import { CorruptError } from "../encoding/byte-reader.ts";
import { damaged } from "../file/file-error.ts";
import type { StoredBlock, StoreFile } from "../file/store-file.ts";
import type { GrowingBlock } from "../head/growing-block.ts";
import type { Block } from "./block.ts";
import { decodeBundle, encodeBundle } from "./bundle.ts";
import { type Directory, decodeDirectory, encodeDirectory } from "./directory.ts";
import { MemoryCache } from "./memory-cache.ts";
import { SLAB_COLUMNS, type Slab } from "./slab.ts";

/** Of slots that no sample of the block stands in. */
const NO_TIMES = new Float64Array(0);

/** How a block is being written: bundle after bundle, some at each commit. */
interface Writing {
  readonly block: GrowingBlock;
  nextBundle: number;
}

export class DiskBlocks {
  readonly #file: StoreFile;
  readonly #blocks = new Map<number, StoredBlock>();
  readonly #slabs: MemoryCache<Slab>;
  readonly #directories: MemoryCache<Directory>;
  #writing: Writing | undefined;
  /** Found again when it is asked for. */
  #oldest: StoredBlock | undefined;

  /** @param cacheBytes for values in full; a tenth as much is for directories */
  constructor(file: StoreFile, cacheBytes: number) {
    this.#file = file;
    this.#slabs = new MemoryCache(cacheBytes);
    this.#directories = new MemoryCache(cacheBytes / 10);
    for (const block of file.blocks()) this.#blocks.set(block.id, block);
  }

  get cachedBytes(): number {
    return this.#slabs.bytes + this.#directories.bytes;
  }

  get size(): number {
    return this.#blocks.size;
  }

  list(): Iterable<StoredBlock> {
    return this.#blocks.values();
  }

  has(id: number): boolean {
    return this.#blocks.has(id);
  }

  /** The one that ended first. */
  oldest(): StoredBlock | undefined {
    if (this.#oldest === undefined) {
      for (const block of this.#blocks.values()) {
        if (this.#oldest === undefined || block.maxMs < this.#oldest.maxMs) this.#oldest = block;
      }
    }
    return this.#oldest;
  }

  /** Those that ended before this time, the first one first. */
  endedBefore(timeMs: number): StoredBlock[] {
    const oldest = this.oldest();
    if (oldest === undefined || oldest.maxMs >= timeMs) return [];
    return [...this.#blocks.values()].filter(({ maxMs }) => maxMs < timeMs).sort((a, b) => a.maxMs - b.maxMs);
  }

  /** Blocks with samples after `minMs` and up to `maxMs`. */
  between(minMs: number, maxMs: number): Block[] {
    const found: Block[] = [];
    for (const stored of this.#blocks.values()) {
      if (stored.minMs <= maxMs && stored.maxMs > minMs) found.push(this.#open(stored));
    }
    return found;
  }

  /** Calls with each series that has samples in the block, and the time of the last row that it may stand in. */
  forEachSeries(id: number, act: (ref: number, lastMs: number) => void): void {
    const { table, times, timesOfSlot } = this.#directory(id);
    for (const [slot, ref] of table.refs.entries()) {
      const lastMs = times[timesOfSlot[slot] as number]?.at(-1); // a slot of the table
      if (lastMs !== undefined) act(ref, lastMs);
    }
  }

  /** Whether the block has samples of the series. */
  holds(id: number, ref: number): boolean {
    return slotIn(this.#directory(id), ref) !== -1;
  }

  /**
   * Writes some of the block's bundles, at most so many. To be called in a transaction.
   *
   * @returns how many were written, and what to do once the transaction is through: what was written is not read before
   */
  write(
    block: GrowingBlock,
    atMost: number,
  ): { readonly written: number; readonly isWhole: boolean; readonly done: () => void } {
    const from = this.#writing?.block === block ? this.#writing.nextBundle : 0;
    const bundles = block.slabs.length;
    const to = Math.min(bundles, from + atMost);
    const slots = block.slots;
    const rowsOf = (slot: number): number => block.timesOf(slot).length;
    for (let number = from; number < to; number++) {
      const firstSlot = number * SLAB_COLUMNS;
      const columns = Math.min(SLAB_COLUMNS, slots - firstSlot);
      const slab = block.slabs[number] as Slab; // below their count
      this.#file.addBundle(
        block.id,
        number,
        encodeBundle(slab, columns, (column) => rowsOf(firstSlot + column)),
      );
    }
    const written = to - from;
    if (to < bundles)
      return {
        written,
        isWhole: false,
        done: () => {
          this.#writing = { block, nextBundle: to };
        },
      };
    const stored = { id: block.id, minMs: block.minMs, maxMs: block.maxMs, samples: samplesOf(block) };
    this.#file.completeBlock(
      stored,
      encodeDirectory(block.table.refs.slice(0, slots), (slot) =>
        block.hasSamples(slot) ? block.timesOf(slot) : NO_TIMES,
      ),
    );
    return { written, isWhole: true, done: () => this.#take(stored, block) };
  }

  remove(id: number): void {
    this.#blocks.delete(id);
    if (this.#oldest?.id === id) this.#oldest = undefined;
    this.#directories.delete(String(id));
  }

  /** What was in full in memory stays there for a while: it is what is asked for most. */
  #take(stored: StoredBlock, block: GrowingBlock): void {
    this.#writing = undefined;
    this.#blocks.set(stored.id, stored);
    if (this.#oldest !== undefined && stored.maxMs < this.#oldest.maxMs) this.#oldest = stored;
    for (const [number, slab] of block.slabs.entries()) this.#slabs.set(`${stored.id}/${number}`, slab, slab.bytes);
  }

  #open(stored: StoredBlock): Block {
    const directory = this.#directory(stored.id);
    return {
      ...stored,
      refs: directory.table.refs,
      slotOf: (ref) => slotIn(directory, ref),
      timesOf: (slot) => directory.times[directory.timesOfSlot[slot] as number] as Float64Array, // checked when it was read
      slabOf: (slot) => this.#slab(stored.id, Math.floor(slot / SLAB_COLUMNS)),
    };
  }

  #directory(id: number): Directory {
    const cached = this.#directories.get(String(id));
    if (cached !== undefined) return cached;
    const bytes = this.#file.directory(id);
    const directory = this.#decoded(`the directory of block ${id}`, bytes, decodeDirectory);
    const size = directory.table.size * 12 + directory.times.reduce((sum, times) => sum + times.byteLength, 0);
    this.#directories.set(String(id), directory, size);
    return directory;
  }

  #slab(id: number, number: number): Slab {
    const key = `${id}/${number}`;
    const cached = this.#slabs.get(key);
    if (cached !== undefined) return cached;
    const slab = this.#decoded(`bundle ${number} of block ${id}`, this.#file.bundle(id, number), decodeBundle);
    this.#slabs.set(key, slab, slab.bytes);
    return slab;
  }

  #decoded<T>(what: string, bytes: Uint8Array | undefined, decode: (bytes: Uint8Array) => T): T {
    const { path } = this.#file;
    if (bytes === undefined) throw damaged(path, `${what} is not there`);
    try {
      return decode(bytes);
    } catch (error) {
      if (error instanceof CorruptError) throw damaged(path, `${what} cannot be read: ${error.message}`, error);
      throw error;
    }
  }
}

function slotIn({ table, times, timesOfSlot }: Directory, ref: number): number {
  const slot = table.slotOf(ref);
  return slot !== -1 && times[timesOfSlot[slot] as number]?.length !== 0 ? slot : -1; // a slot of the table
}

function samplesOf(block: GrowingBlock): number {
  let samples = 0;
  for (const slab of block.slabs) {
    for (let column = 0; column < SLAB_COLUMNS; column++) samples += slab.present(column);
  }
  return samples;
}
