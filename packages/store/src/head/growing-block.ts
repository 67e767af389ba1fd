/** A block in memory, to which samples are added: all series at the same timestamps, or each series at its own. */
import type { Block } from "../blocks/block.ts";
import { SLAB_COLUMNS, Slab } from "../blocks/slab.ts";
import type { SlotTable } from "../blocks/slot-table.ts";
import { GrowingTimes } from "./growing-times.ts";

export abstract class GrowingBlock implements Block {
  readonly id: number;
  readonly source: string;
  readonly table: SlotTable;
  minMs = Number.POSITIVE_INFINITY;
  maxMs = Number.NEGATIVE_INFINITY;
  readonly #slabs: Slab[] = [];

  constructor(id: number, source: string, table: SlotTable) {
    this.id = id;
    this.source = source;
    this.table = table;
  }

  abstract timesOf(slot: number): Float64Array;

  /** Rows of its longest column. */
  abstract get rows(): number;

  /** Slots that have a slab: those that joined the table after the block was full have none. */
  get slots(): number {
    return Math.min(this.table.size, this.#slabs.length * SLAB_COLUMNS);
  }

  get slabs(): readonly Slab[] {
    return this.#slabs;
  }

  /** What its values take in memory. */
  get bytes(): number {
    return this.#slabs.reduce((bytes, slab) => bytes + slab.bytes, 0);
  }

  get refs(): readonly number[] {
    return this.table.refs;
  }

  slotOf(ref: number): number {
    const slot = this.table.slotOf(ref);
    return slot !== -1 && this.hasSamples(slot) ? slot : -1;
  }

  /** Of a table that blocks share, one block need not have samples in every slot. */
  hasSamples(slot: number): boolean {
    const slab = this.#slabs[slot >>> 5]; // SLAB_COLUMNS is 32
    return slab !== undefined && slab.end[slot & 31] !== 0;
  }

  slabOf(slot: number): Slab {
    return this.#slabs[Math.floor(slot / SLAB_COLUMNS)] as Slab; // of a slot that `slotOf` gave
  }

  protected put(slot: number, row: number, value: number, isStale: boolean): void {
    const index = slot >>> 5; // SLAB_COLUMNS is 32
    while (index >= this.#slabs.length) this.#slabs.push(new Slab());
    (this.#slabs[index] as Slab).append(slot & 31, row, value, isStale); // just made sure of
  }
}

/** All samples of a scrape have its timestamp: one row for all. */
export class TickBlock extends GrowingBlock {
  readonly #times = new GrowingTimes();

  override get rows(): number {
    return this.#times.length;
  }

  override timesOf(): Float64Array {
    return this.#times.view();
  }

  /** Begins the next row. */
  tick(timeMs: number): void {
    this.#times.push(timeMs);
    if (timeMs < this.minMs) this.minMs = timeMs;
    this.maxMs = timeMs;
  }

  /** Puts a value into the newest row. */
  set(slot: number, value: number, isStale: boolean): void {
    this.put(slot, this.#times.length - 1, value, isStale);
  }
}

/** Samples that come one by one, each with its own timestamp. */
export class LooseBlock extends GrowingBlock {
  readonly #times: GrowingTimes[] = [];
  #rows = 0;

  override get rows(): number {
    return this.#rows;
  }

  override timesOf(slot: number): Float64Array {
    return this.#timesOf(slot).view();
  }

  lastOf(slot: number): number {
    return this.#timesOf(slot).last;
  }

  add(slot: number, timeMs: number, value: number, isStale: boolean): void {
    const times = this.#timesOf(slot);
    this.put(slot, times.length, value, isStale);
    times.push(timeMs);
    if (times.length > this.#rows) this.#rows = times.length;
    if (timeMs < this.minMs) this.minMs = timeMs;
    if (timeMs > this.maxMs) this.maxMs = timeMs;
  }

  #timesOf(slot: number): GrowingTimes {
    while (slot >= this.#times.length) this.#times.push(new GrowingTimes());
    return this.#times[slot] as GrowingTimes; // just made sure of
  }
}
