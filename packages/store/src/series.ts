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
  /** The newest block that it has samples in: without any, it is forgotten. */
  lastBlock = 0;
  /** Where it stands in the table that it was last looked up in. */
  table: SlotTable | undefined = undefined;
  slot = -1;

  constructor(ref: number, labels: Labels) {
    this.ref = ref;
    this.labels = labels;
  }
}
