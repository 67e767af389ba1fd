/**
 * The values of a few series side by side in one array: a column for each, a row for each timestamp. A query reads a column as
 * a view, without a copy.
 */
import { ABSENT, PRESENT, STALE } from "../encoding/marks.ts";

/** How many series share a slab, and on disk are compressed together. */
export const SLAB_COLUMNS = 32;

const FIRST_CAPACITY = 15;

/** Most rows for which room is made at a time. */
const MAX_GROWTH = 120;

export class Slab {
  /** Rows for which there is room. */
  #capacity: number;
  #values: Float64Array;
  #marks: Uint8Array | undefined;
  /** A column has its samples in the rows from `first` to before `end`; without marks there is one in each. */
  readonly first = new Uint32Array(SLAB_COLUMNS);
  readonly end = new Uint32Array(SLAB_COLUMNS);
  readonly #isMarked = new Uint8Array(SLAB_COLUMNS);

  constructor(capacity = FIRST_CAPACITY) {
    this.#capacity = capacity;
    this.#values = new Float64Array(SLAB_COLUMNS * capacity);
  }

  /** What it takes in memory. */
  get bytes(): number {
    return this.#values.byteLength + (this.#marks?.byteLength ?? 0) + 4 * 2 * SLAB_COLUMNS;
  }

  /** Adds a sample below those that the column has. Rows between are absent. */
  append(column: number, row: number, value: number, isStale: boolean): void {
    if (row >= this.#capacity) this.#grow(row + 1);
    const end = this.end[column] as number; // a column of the slab
    if (end === 0) this.first[column] = row;
    else if (end < row) this.#mark(column, end, row, ABSENT);
    this.#values[column * this.#capacity + row] = value;
    if (isStale) this.#mark(column, row, row + 1, STALE);
    this.end[column] = row + 1;
  }

  /** Puts a whole column in, from the first row on. */
  fill(column: number, values: Float64Array, marks: Uint8Array | undefined): void {
    let first = 0;
    let end = values.length;
    if (marks !== undefined) {
      while (first < end && marks[first] === ABSENT) first += 1;
      while (end > first && marks[end - 1] === ABSENT) end -= 1;
    }
    if (first === end) return;
    if (end > this.#capacity) this.#grow(end);
    this.#values.set(values.subarray(0, end), column * this.#capacity);
    this.first[column] = first;
    this.end[column] = end;
    const inside = marks?.subarray(first, end);
    if (inside === undefined || inside.every((mark) => mark === PRESENT)) return;
    this.#marks ??= new Uint8Array(SLAB_COLUMNS * this.#capacity);
    this.#marks.set(inside, column * this.#capacity + first);
    this.#isMarked[column] = 1;
  }

  /** The values of these rows: a view. */
  values(column: number, from: number, to: number): Float64Array {
    const base = column * this.#capacity;
    return this.#values.subarray(base + from, base + to);
  }

  /** The marks of these rows: a view, or `undefined` if the column has none. */
  marks(column: number, from: number, to: number): Uint8Array | undefined {
    if (this.#isMarked[column] === 0) return undefined;
    const base = column * this.#capacity;
    return this.#marks?.subarray(base + from, base + to);
  }

  /** How many samples the column has. */
  present(column: number): number {
    const [from, to] = [this.first[column] as number, this.end[column] as number];
    const marks = this.marks(column, from, to);
    return marks === undefined ? to - from : marks.reduce((count, mark) => (mark === ABSENT ? count : count + 1), 0);
  }

  #mark(column: number, from: number, to: number, mark: number): void {
    this.#marks ??= new Uint8Array(SLAB_COLUMNS * this.#capacity);
    this.#marks.fill(mark, column * this.#capacity + from, column * this.#capacity + to);
    this.#isMarked[column] = 1;
  }

  /** Views that were given out stay as they are: they look at the array that was. */
  #grow(rows: number): void {
    const before = this.#capacity;
    const capacity = Math.max(rows, before + Math.min(before, MAX_GROWTH));
    const values = new Float64Array(SLAB_COLUMNS * capacity);
    const marks = this.#marks === undefined ? undefined : new Uint8Array(SLAB_COLUMNS * capacity);
    for (let column = 0; column < SLAB_COLUMNS; column++) {
      const [from, to] = [column * before, column * before + before];
      values.set(this.#values.subarray(from, to), column * capacity);
      if (this.#marks !== undefined) marks?.set(this.#marks.subarray(from, to), column * capacity);
    }
    this.#capacity = capacity;
    this.#values = values;
    this.#marks = marks;
  }
}
