/**
 * Reads series' samples out of blocks. In the usual case (a source's samples all share their timestamps, none is marked) what
 * is given are views of the blocks' own arrays, and one array of timestamps for all series.
 */
import type { Block } from "./blocks/block.ts";
import { SLAB_COLUMNS } from "./blocks/slab.ts";
import { ABSENT, STALE } from "./encoding/marks.ts";
import type { Series } from "./series.ts";
import type { StoredSeries } from "./series-reader.ts";

/** With more series times blocks than this, it is not asked of each block whether it has each series. */
const MAX_LOOKUPS = 1_000_000;

/** Part of a series: rows of one block's column. */
interface Piece {
  /** Its block's number: blocks are numbered in the order in which they were begun. */
  readonly block: number;
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly marks: Uint8Array | undefined;
}

/** Which rows of a column of timestamps lie in the time asked for. */
interface Rows {
  readonly from: number;
  readonly to: number;
  /** Those rows' timestamps. */
  readonly times: Float64Array;
}

/**
 * @param blocks all that may hold samples in this time
 * @param minMs exclusive
 * @param maxMs inclusive
 * @returns only series that have samples there
 */
export function readSeries(
  series: readonly Series[],
  blocks: readonly Block[],
  minMs: number,
  maxMs: number,
): StoredSeries[] {
  const inTime = [...blocks].sort((a, b) => a.minMs - b.minMs || a.id - b.id);
  const rows = new RowsInTime(minMs, maxMs);
  const joined = new JoinedTimes();
  const found: StoredSeries[] = [];
  const take = (one: Series, pieces: readonly Piece[]): void => {
    const [first] = pieces;
    if (first === undefined) return;
    const whole = pieces.length === 1 ? first : areInTurn(pieces) ? join(pieces, joined) : merge(pieces);
    const there = withoutAbsent(one, whole);
    if (there.times.length > 0) found.push(there);
  };
  if (series.length * inTime.length > MAX_LOOKUPS) {
    const pieces = piecesByBlock(series, inTime, rows);
    for (const one of series) take(one, pieces.get(one.ref) ?? []);
    return found;
  }
  for (const one of series) {
    const pieces: Piece[] = [];
    for (const block of inTime) {
      const piece = pieceOf(block, one.ref, rows);
      if (piece !== undefined) pieces.push(piece);
    }
    take(one, pieces);
  }
  return found;
}

/** Goes through each block's series or through those asked for, whichever are fewer: many small sources have many small blocks. */
function piecesByBlock(series: readonly Series[], blocks: readonly Block[], rows: RowsInTime): Map<number, Piece[]> {
  const pieces = new Map<number, Piece[]>(series.map(({ ref }) => [ref, []]));
  const asked = [...pieces.keys()];
  for (const block of blocks) {
    const refs = block.refs.length < asked.length ? new Set(block.refs) : asked;
    for (const ref of refs) {
      const piece = pieces.has(ref) ? pieceOf(block, ref, rows) : undefined;
      if (piece !== undefined) pieces.get(ref)?.push(piece);
    }
  }
  return pieces;
}

function pieceOf(block: Block, ref: number, rowsInTime: RowsInTime): Piece | undefined {
  const slot = block.slotOf(ref);
  if (slot === -1) return undefined;
  const rows = rowsInTime.of(block.timesOf(slot));
  if (rows.from >= rows.to) return undefined;
  const slab = block.slabOf(slot);
  const column = slot % SLAB_COLUMNS;
  const from = Math.max(rows.from, slab.first[column] as number); // a column of the slab
  const to = Math.min(rows.to, slab.end[column] as number);
  if (from >= to) return undefined;
  const isWhole = from === rows.from && to === rows.to;
  return {
    block: block.id,
    times: isWhole ? rows.times : rows.times.subarray(from - rows.from, to - rows.from),
    values: slab.values(column, from, to),
    marks: slab.marks(column, from, to),
  };
}

/** Finds the rows once for each array of timestamps. */
class RowsInTime {
  readonly #minMs: number;
  readonly #maxMs: number;
  readonly #known = new Map<Float64Array, Rows>();
  #last: Float64Array | undefined;
  #lastRows: Rows | undefined;

  constructor(minMs: number, maxMs: number) {
    this.#minMs = minMs;
    this.#maxMs = maxMs;
  }

  of(times: Float64Array): Rows {
    if (times === this.#last && this.#lastRows !== undefined) return this.#lastRows;
    let rows = this.#known.get(times);
    if (rows === undefined) {
      const from = countUpTo(times, this.#minMs);
      const to = countUpTo(times, this.#maxMs);
      rows = { from, to, times: times.subarray(from, to) };
      this.#known.set(times, rows);
    }
    this.#last = times;
    this.#lastRows = rows;
    return rows;
  }
}

/** How many of the ascending times are at or before this one. */
function countUpTo(times: Float64Array, timeMs: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] as number) <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

function areInTurn(pieces: readonly Piece[]): boolean {
  let before = Number.NEGATIVE_INFINITY;
  for (const { times } of pieces) {
    if ((times[0] as number) <= before) return false; // a piece is never empty
    before = times[times.length - 1] as number;
  }
  return true;
}

/** Puts timestamps one after the other; for series with the same pieces once. */
class JoinedTimes {
  #pieces: readonly Float64Array[] = [];
  #joined: Float64Array = new Float64Array(0);

  of(pieces: readonly Piece[]): Float64Array {
    const isSame =
      pieces.length === this.#pieces.length && pieces.every(({ times }, index) => times === this.#pieces[index]);
    if (isSame) return this.#joined;
    this.#pieces = pieces.map(({ times }) => times);
    this.#joined = joinArrays(this.#pieces);
    return this.#joined;
  }
}

function join(pieces: readonly Piece[], joined: JoinedTimes): Piece {
  const times = joined.of(pieces);
  const values = new Float64Array(times.length);
  let marks: Uint8Array | undefined;
  let at = 0;
  for (const piece of pieces) {
    values.set(piece.values, at);
    if (piece.marks !== undefined) {
      marks ??= new Uint8Array(times.length);
      marks.set(piece.marks, at);
    }
    at += piece.times.length;
  }
  return { block: 0, times, values, marks };
}

function joinArrays(arrays: readonly Float64Array[]): Float64Array {
  const joined = new Float64Array(arrays.reduce((length, array) => length + array.length, 0));
  let at = 0;
  for (const array of arrays) {
    joined.set(array, at);
    at += array.length;
  }
  return joined;
}

/** Pieces that overlap, by time; of samples at the same time the one stored first stays. */
function merge(pieces: readonly Piece[]): Piece {
  const there = pieces.map(present);
  const chains = inChains(there.filter(({ times }) => times.length > 0));
  const [one, other] = chains;
  // The usual case: what was sent at once, and between it what is sent once a second.
  if (one !== undefined && other !== undefined && chains.length === 2) return mergeChains(one, other);
  // Those stored first stand left, and left goes before right.
  let left = there.sort((a, b) => a.block - b.block);
  while (left.length > 1) {
    const merged: Piece[] = [];
    for (let i = 0; i < left.length; i += 2) {
      const [one, other] = [left[i] as Piece, left[i + 1]]; // below the length
      merged.push(other === undefined ? one : mergeTwo(one, other));
    }
    left = merged;
  }
  return left[0] as Piece; // of at least one
}

/** Puts pieces that follow one another together. */
function inChains(pieces: readonly Piece[]): readonly (readonly Piece[])[] {
  const chains: { readonly pieces: Piece[]; endMs: number }[] = [];
  for (const piece of [...pieces].sort((a, b) => firstMs(a) - firstMs(b))) {
    const chain = chains.find(({ endMs }) => endMs < firstMs(piece));
    const endMs = piece.times[piece.times.length - 1] as number; // not empty
    if (chain === undefined) {
      chains.push({ pieces: [piece], endMs });
      if (chains.length > 2) break; // more than are merged in one go
    } else {
      chain.pieces.push(piece);
      chain.endMs = endMs;
    }
  }
  return chains.map((chain) => chain.pieces);
}

function firstMs({ times }: Piece): number {
  return times[0] as number; // not empty
}

/** Where a chain is read. */
class ChainReader {
  readonly #pieces: readonly Piece[];
  #index = 0;
  piece: Piece;
  row = 0;
  isDone = false;

  /** @param pieces one at least, none of them empty */
  constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces;
    this.piece = pieces[0] as Piece;
  }

  get timeMs(): number {
    return this.piece.times[this.row] as number; // while it is not done
  }

  skipTo(row: number): void {
    this.row = row;
    if (row < this.piece.times.length) return;
    const next = this.#pieces[++this.#index];
    this.isDone = next === undefined;
    this.piece = next ?? this.piece;
    this.row = 0;
  }
}

/** In one go, and with one allocation: a rule may read a minute of what changes a thousand times a second. */
function mergeChains(a: readonly Piece[], b: readonly Piece[]): Piece {
  const all = [...a, ...b];
  const size = all.reduce((sum, { times }) => sum + times.length, 0);
  const times = new Float64Array(size);
  const values = new Float64Array(size);
  const marks = all.some((piece) => piece.marks !== undefined) ? new Uint8Array(size) : undefined;
  let length = 0;
  /** What the reader's piece has before this time. */
  const take = (reader: ChainReader, beforeMs: number): void => {
    const { piece } = reader;
    const end = piece.times.length;
    let { row } = reader;
    for (; row < end; row++) {
      const timeMs = piece.times[row] as number; // below its length, and so below
      if (timeMs >= beforeMs) break;
      times[length] = timeMs;
      values[length] = piece.values[row] as number;
      if (marks !== undefined) marks[length] = piece.marks === undefined ? 0 : (piece.marks[row] as number);
      length += 1;
    }
    reader.skipTo(row);
  };
  const [left, right] = [new ChainReader(a), new ChainReader(b)];
  while (!left.isDone && !right.isDone) {
    const [ofLeft, ofRight] = [left.timeMs, right.timeMs];
    if (ofLeft < ofRight) take(left, ofRight);
    else if (ofRight < ofLeft) take(right, ofLeft);
    else {
      const later = left.piece.block < right.piece.block ? right : left;
      later.skipTo(later.row + 1);
    }
  }
  while (!left.isDone) take(left, Number.POSITIVE_INFINITY);
  while (!right.isDone) take(right, Number.POSITIVE_INFINITY);
  return {
    block: 0,
    times: times.subarray(0, length),
    values: values.subarray(0, length),
    marks: marks?.subarray(0, length),
  };
}

function mergeTwo(a: Piece, b: Piece): Piece {
  const size = a.times.length + b.times.length;
  const [times, values, marks] = [new Float64Array(size), new Float64Array(size), new Uint8Array(size)];
  let length = 0;
  let [ofA, ofB] = [0, 0];
  while (ofA < a.times.length || ofB < b.times.length) {
    const [timeA, timeB] = [a.times[ofA] ?? Number.POSITIVE_INFINITY, b.times[ofB] ?? Number.POSITIVE_INFINITY];
    const isA = timeA <= timeB;
    const [piece, row] = isA ? [a, ofA] : [b, ofB];
    if (isA) ofA += 1;
    if (timeB <= timeA) ofB += 1;
    times[length] = piece.times[row] as number; // one of the two has it
    values[length] = piece.values[row] as number;
    marks[length] = piece.marks?.[row] ?? 0;
    length += 1;
  }
  return {
    block: a.block,
    times: times.subarray(0, length),
    values: values.subarray(0, length),
    marks: marks.subarray(0, length),
  };
}

/** What is absent in one piece must not stand before what is there in another. */
function present(piece: Piece): Piece {
  const { block, times, values, marks } = piece;
  if (marks === undefined || !marks.includes(ABSENT)) return piece;
  const isThere = (_: number, row: number): boolean => marks[row] !== ABSENT;
  return { block, times: times.filter(isThere), values: values.filter(isThere), marks: marks.filter(isThere) };
}

function withoutAbsent({ labels }: Series, piece: Piece): StoredSeries {
  const { times, values, marks } = present(piece);
  return { labels, times, values, stale: marks?.includes(STALE) === true ? marks : undefined };
}
