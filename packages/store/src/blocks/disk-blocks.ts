/** The complete blocks of the file: read when a query asks, and kept for a while. */
import { CorruptError } from "../encoding/byte-reader.ts";
import { damaged, type StoredBlock, type StoreFile } from "../file/store-file.ts";
import type { GrowingBlock } from "../head/growing-block.ts";
import type { Block } from "./block.ts";
import { decodeBundle, encodeBundle } from "./bundle.ts";
import { type Directory, decodeDirectory, encodeDirectory } from "./directory.ts";
import { MemoryCache } from "./memory-cache.ts";
import { SLAB_COLUMNS, type Slab } from "./slab.ts";

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

  /** Oldest first. */
  list(): readonly StoredBlock[] {
    return [...this.#blocks.values()].sort((a, b) => a.minMs - b.minMs);
  }

  /** Blocks with samples after `minMs` and up to `maxMs`. */
  between(minMs: number, maxMs: number): Block[] {
    const found: Block[] = [];
    for (const stored of this.#blocks.values()) {
      if (stored.minMs <= maxMs && stored.maxMs > minMs) found.push(this.#open(stored));
    }
    return found;
  }

  /** Numbers of the series that the block has. */
  refsOf(id: number): readonly number[] {
    return this.#directory(id).table.refs;
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
      encodeDirectory(block.table.refs.slice(0, slots), (slot) => block.timesOf(slot)),
    );
    return { written, isWhole: true, done: () => this.#take(stored, block) };
  }

  remove(id: number): void {
    this.#blocks.delete(id);
    this.#directories.delete(String(id));
  }

  /** What was in full in memory stays there for a while: it is what is asked for most. */
  #take(stored: StoredBlock, block: GrowingBlock): void {
    this.#writing = undefined;
    this.#blocks.set(stored.id, stored);
    for (const [number, slab] of block.slabs.entries()) this.#slabs.set(`${stored.id}/${number}`, slab, slab.bytes);
  }

  #open(stored: StoredBlock): Block {
    const directory = this.#directory(stored.id);
    return {
      ...stored,
      slotOf: (ref) => directory.table.slotOf(ref),
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

function samplesOf(block: GrowingBlock): number {
  let samples = 0;
  for (const slab of block.slabs) {
    for (let column = 0; column < SLAB_COLUMNS; column++) samples += slab.present(column);
  }
  return samples;
}
