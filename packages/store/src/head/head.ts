/**
 * What is not in compressed blocks yet: for each source a growing block, and those that are full and wait to be written. It
 * keeps what the file must be told at the next commit.
 */
import type { Block } from "../blocks/block.ts";
import { SlotTable } from "../blocks/slot-table.ts";
import { ByteWriter } from "../encoding/byte-writer.ts";
import { ABSENT, STALE } from "../encoding/marks.ts";
import type { Series } from "../series.ts";
import { type GrowingBlock, LooseBlock, TickBlock } from "./growing-block.ts";
import { Bounds } from "./outcome.ts";
import { logAnew, logLoose, logSlot, logTick, Row } from "./tick-log.ts";

/** Source of samples that come one by one. */
export const LOOSE_SOURCE = "";

/** Longest time that a block covers, milliseconds. */
const MAX_BLOCK_MS = 2 * 3_600_000;

/** With more of its slots unused than this share, a table is made anew. */
const MAX_UNUSED = 0.1;

interface OpenBlock<T extends GrowingBlock> {
  readonly block: T;
  readonly log: ByteWriter;
  readonly before: Row;
}

export interface HeadOptions {
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly nextBlockId: () => number;
  /** Takes a forgotten series back. @returns whether that could be: it has not been made anew */
  readonly revive: (series: Series) => boolean;
  /** Rows after which a block is full. */
  readonly rowsPerBlock: number;
}

export class Head {
  readonly bounds: Bounds;
  readonly #options: HeadOptions;
  readonly #ticks = new Map<string, OpenBlock<TickBlock>>();
  #loose: OpenBlock<LooseBlock> | undefined;
  readonly #full = new Set<GrowingBlock>();
  /** Full blocks whose last rows the file has not been told. */
  #untold: OpenBlock<GrowingBlock>[] = [];

  constructor(options: HeadOptions) {
    this.#options = options;
    this.bounds = new Bounds(options.now);
  }

  /** Every block in memory, growing or full. */
  blocks(): Block[] {
    return [...this.#full, ...this.#open().map(({ block }) => block)].filter(({ minMs, maxMs }) => minMs <= maxMs);
  }

  /** Full blocks, which wait to be written; oldest first. */
  get full(): ReadonlySet<GrowingBlock> {
    return this.#full;
  }

  /** The source's growing block, which has room for a row at this time. */
  tickBlock(source: string, timeMs: number): TickBlock {
    const open = this.#ticks.get(source);
    if (open === undefined) return this.#openTicks(source, new SlotTable()).block;
    const { maxMs } = open.block;
    const isBehind = timeMs <= maxMs && this.bounds.isFromFuture(maxMs);
    if (!isBehind && (timeMs <= maxMs || !this.#isFull(open.block, timeMs))) return open.block;
    this.#close(open);
    return this.#openTicks(source, this.#tableAfter(open.block)).block;
  }

  /** A series may be forgotten between a sample's coming and its commit. @returns whether the sample can be kept */
  keeps(series: Series): boolean {
    return !series.isForgotten || this.#options.revive(series);
  }

  addSlot(source: string, series: Series): number {
    const { block, log } = this.#tickOf(source);
    logSlot(log, series.ref);
    return block.table.add(series.ref);
  }

  commitTick(source: string, timeMs: number, row: Row): void {
    const { block, log, before } = this.#tickOf(source);
    logTick(log, timeMs, row, before);
    block.tick(timeMs);
    const { size, states, values } = row;
    for (let slot = 0; slot < size; slot++) {
      const state = states[slot];
      if (state === ABSENT) continue;
      block.set(slot, values[slot] as number, state === STALE); // within size
    }
    this.bounds.seen(timeMs);
  }

  /** Adds one sample with a timestamp of its own. */
  addLoose(series: Series, timeMs: number, value: number, isStale: boolean): void {
    const { block, log } = this.#looseFor(series, timeMs);
    let slot = block.table.slotOf(series.ref);
    if (slot === -1) {
      logSlot(log, series.ref);
      slot = block.table.add(series.ref);
    }
    logLoose(log, slot, timeMs, value, isStale);
    block.add(slot, timeMs, value, isStale);
    series.see(timeMs, value, isStale, block.id);
    this.bounds.seen(timeMs);
  }

  /** Takes back what the file has of a block that was growing when the process ended. */
  restore(block: GrowingBlock, isFull: boolean): void {
    this.bounds.seen(block.maxMs);
    if (isFull) {
      this.#full.add(block);
      return;
    }
    const open = { block, log: new ByteWriter(), before: new Row() };
    logAnew(open.log);
    if (block instanceof LooseBlock)
      this.#loose = open as OpenBlock<LooseBlock>; // just checked
    else this.#ticks.set(block.source, open as OpenBlock<TickBlock>); // the only other kind
  }

  /** Closes blocks that nothing has been added to for long. */
  closeIdle(nowMs: number): void {
    for (const open of this.#open()) {
      if (open.block.rows > 0 && nowMs - open.block.minMs >= MAX_BLOCK_MS) this.#close(open);
    }
  }

  /** Closes every growing block. */
  closeAll(): void {
    for (const open of this.#open()) if (open.block.rows > 0) this.#close(open);
  }

  /** Calls with each block that has something to tell and what it has to tell. Once told, it is forgotten. */
  tell(write: (block: GrowingBlock, log: Uint8Array) => void): () => void {
    const telling = [...this.#untold, ...this.#open()].filter(({ log }) => log.length > 0);
    for (const { block, log } of telling) write(block, log.view());
    return () => {
      for (const { log } of telling) log.clear();
      this.#untold = [];
    };
  }

  /** A full block has been written. */
  forget(block: GrowingBlock): void {
    this.#full.delete(block);
  }

  #open(): OpenBlock<GrowingBlock>[] {
    return this.#loose === undefined ? [...this.#ticks.values()] : [...this.#ticks.values(), this.#loose];
  }

  #tickOf(source: string): OpenBlock<TickBlock> {
    const open = this.#ticks.get(source);
    if (open === undefined) throw new TypeError(`source ${source} has not begun a row`);
    return open;
  }

  #openTicks(source: string, table: SlotTable): OpenBlock<TickBlock> {
    const block = new TickBlock(this.#options.nextBlockId(), source, table);
    const open = { block, log: new ByteWriter(), before: new Row() };
    for (const ref of table.refs) logSlot(open.log, ref);
    this.#ticks.set(source, open);
    return open;
  }

  #looseFor({ ref }: Series, timeMs: number): OpenBlock<LooseBlock> {
    if (this.#loose !== undefined) {
      const { block } = this.#loose;
      const slot = block.table.slotOf(ref);
      // In a column times ascend, also when the clock was put back.
      const isBehind = slot !== -1 && timeMs <= block.lastOf(slot);
      if (isBehind || this.#isFull(block, timeMs)) this.#close(this.#loose);
    }
    this.#loose ??= {
      block: new LooseBlock(this.#options.nextBlockId(), LOOSE_SOURCE, new SlotTable()),
      log: new ByteWriter(),
      before: new Row(),
    };
    return this.#loose;
  }

  #isFull({ rows, minMs, maxMs }: GrowingBlock, timeMs: number): boolean {
    if (rows === 0) return false;
    return rows >= this.#options.rowsPerBlock || timeMs - minMs >= MAX_BLOCK_MS || maxMs - timeMs >= MAX_BLOCK_MS;
  }

  #close(open: OpenBlock<GrowingBlock>): void {
    this.#full.add(open.block);
    if (open.log.length > 0) this.#untold.push(open);
    if (open === this.#loose) this.#loose = undefined;
    else this.#ticks.delete(open.block.source);
  }

  /** The table for the block after this one: the same, unless too many of its series are no longer there. */
  #tableAfter(block: TickBlock): SlotTable {
    const used = block.table.refs.filter((_, slot) => isUsed(block, slot));
    return used.length >= block.table.size * (1 - MAX_UNUSED) ? block.table : SlotTable.of(used);
  }
}

function isUsed(block: TickBlock, slot: number): boolean {
  return slot < block.slots && (block.slabOf(slot).end[slot & 31] as number) === block.rows; // within the slab
}
