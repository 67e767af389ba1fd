/** Which series has which column in the blocks of one source. Blocks that follow each other share it. */

const NONE = -1;

/** References this far beyond the number of slots still stand in the array. */
const SPARE = 1024;

export class SlotTable {
  /** By slot: the series' reference. */
  readonly refs: number[] = [];
  /** By reference less the first one; most sources' series were made one after the other. */
  #near = new Int32Array(0);
  readonly #far = new Map<number, number>();

  static of(refs: Iterable<number>): SlotTable {
    const table = new SlotTable();
    for (const ref of refs) table.add(ref);
    return table;
  }

  get size(): number {
    return this.refs.length;
  }

  /** The series' slot, or −1. */
  slotOf(ref: number): number {
    const place = ref - (this.refs[0] ?? 0);
    if (place >= 0 && place < this.#near.length) {
      const slot = this.#near[place] as number; // in range
      if (slot !== NONE) return slot;
    }
    return this.#far.size === 0 ? NONE : (this.#far.get(ref) ?? NONE);
  }

  /** @returns the slot, which it did not have before */
  add(ref: number): number {
    const slot = this.refs.length;
    this.refs.push(ref);
    const place = ref - (this.refs[0] as number); // just pushed
    if (place < 0 || place > 4 * slot + SPARE) {
      this.#far.set(ref, slot);
      return slot;
    }
    if (place >= this.#near.length) {
      const larger = new Int32Array(Math.max(place + 1, this.#near.length * 2, 16)).fill(NONE);
      larger.set(this.#near);
      this.#near = larger;
    }
    this.#near[place] = slot;
    return slot;
  }
}
