/** One series as the store knows it: made once for its labels, and held by whoever appends to it. */

import type { SlotTable } from "./blocks/slot-table.ts";
import type { Labels } from "./labels/labels.ts";

export class Series {
  /** Its number in the file. */
  readonly ref: number;
  readonly labels: Labels;
  /** Time of its newest sample, Unix milliseconds. */
  lastMs = Number.NEGATIVE_INFINITY;
  lastValue = Number.NaN;
  /** Its newest sample says that it went stale. */
  isStale = false;
  /** A block that its newest sample is in, 0 without any. As long as this one is there, the series is not forgotten. */
  lastBlock = 0;
  /** It had no samples left: nothing can be appended to it any more. */
  isForgotten = false;
  /** Where it stands in the table that it was last looked up in. */
  table: SlotTable | undefined = undefined;
  slot = -1;

  constructor(ref: number, labels: Labels) {
    this.ref = ref;
    this.labels = labels;
  }

  forget(): void {
    this.isForgotten = true;
    this.table = undefined; // so that whoever remembers its slot looks again
  }

  revive(): void {
    this.isForgotten = false;
  }

  /** Its newest sample is this one, in this block. */
  see(timeMs: number, value: number, isStale: boolean, block: number): void {
    this.lastMs = timeMs;
    this.lastValue = value;
    this.isStale = isStale;
    this.lastBlock = block;
  }
}
