/** Samples of one source over some time. While it grows it stands in memory; once full it is written to the file. */
import type { Slab } from "./slab.ts";

export interface Block {
  readonly id: number;
  /** Of its first sample and its last, Unix milliseconds. */
  readonly minMs: number;
  readonly maxMs: number;
  /** Numbers of its series, and of some that have no samples in it. */
  readonly refs: readonly number[];
  /** Where the series stands, or −1 if it has no samples here. */
  slotOf(ref: number): number;
  /** Timestamps of the slot's rows. Slots that share them are given the same array. */
  timesOf(slot: number): Float64Array;
  /** The slab that holds the slot's column, which is `slot % SLAB_COLUMNS`. */
  slabOf(slot: number): Slab;
}
