/**
 * One series' values as bytes, to be compressed afterwards together with its neighbours'. What bots measure is mostly
 * constant, whole, or decimal: such values become small whole numbers (differences of `value × 10^e`), laid out byte plane by
 * byte plane, in which a general compressor finds what there is to find. A sum of decimals is off its decimal by a few units
 * in the last place: these few go beside it. Anything else is kept as the difference of its bits (XOR) from the value before,
 * as in Gorilla (Pelkonen et al., 2015). Every value comes back to the last bit, but for a NaN's payload.
 */
import { type ByteReader, CorruptError } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { type Decimals, decimalsOf, fromDecimal } from "./decimals.ts";
import { ABSENT, NOT_A_NUMBER, PRESENT, STALE } from "./marks.ts";
import { differenced, type Order, readPlanes, summed, writePlanes } from "./whole-numbers.ts";

const NOTHING = 0;
const CONSTANT = 1;
const DECIMAL = 2;
const DECIMAL_AND_UNITS = 3;
const BITS = 4;
const HAS_MARKS = 0x80;

/** Most values in one column. */
export const MAX_COLUMN = 65_536;

/**
 * @param marks beside each value, or `undefined` if all are present; NaN needs no mark here
 */
export function writeColumn(writer: ByteWriter, values: Float64Array, marks: Uint8Array | undefined): void {
  const kinds = marksWithNaN(values, marks);
  const numbers = kinds === undefined ? values : values.filter((_, index) => kinds[index] === PRESENT);
  const first = numbers[0];
  const decimals = first === undefined || isConstant(numbers) ? undefined : decimalsOf(numbers);
  const kind =
    first === undefined
      ? NOTHING
      : isConstant(numbers)
        ? CONSTANT
        : decimals === undefined
          ? BITS
          : decimals.units === undefined
            ? DECIMAL
            : DECIMAL_AND_UNITS;
  writer.byte(kinds === undefined ? kind : kind | HAS_MARKS);
  writer.varint(values.length);
  if (kinds !== undefined) writeRuns(writer, kinds);
  if (kind === CONSTANT && first !== undefined) writer.float64(first);
  else if (decimals !== undefined) writeDecimals(writer, decimals);
  else if (kind === BITS) writeBits(writer, numbers);
}

export interface Column {
  readonly values: Float64Array;
  /** `undefined` if all are present. */
  readonly marks: Uint8Array | undefined;
}

/** @throws {CorruptError} whatever the bytes are, it ends and takes no more memory than {@link MAX_COLUMN} values need */
export function readColumn(reader: ByteReader): Column {
  const head = reader.byte();
  const length = reader.count(MAX_COLUMN);
  const kind = head & ~HAS_MARKS;
  const kinds = (head & HAS_MARKS) === 0 ? undefined : readRuns(reader, length);
  const count = kinds === undefined ? length : countPresent(kinds);
  const numbers = readNumbers(reader, kind, count);
  if (kinds === undefined) return { values: numbers, marks: undefined };
  return spread(numbers, kinds);
}

function readNumbers(reader: ByteReader, kind: number, count: number): Float64Array {
  switch (kind) {
    case NOTHING:
      if (count > 0) throw new CorruptError("a column says that it is empty, and that it is not");
      return new Float64Array(0);
    case CONSTANT:
      return new Float64Array(count).fill(reader.float64());
    case DECIMAL:
      return readDecimals(reader, count, false);
    case DECIMAL_AND_UNITS:
      return readDecimals(reader, count, true);
    case BITS:
      return readBits(reader, count);
    default:
      throw new CorruptError(`no column is of kind ${kind}`);
  }
}

/** Values back in their places among what is marked. */
function spread(numbers: Float64Array, kinds: Uint8Array): Column {
  const values = new Float64Array(kinds.length);
  let next = 0;
  let isMarked = false;
  for (let i = 0; i < kinds.length; i++) {
    const kind = kinds[i];
    if (kind === PRESENT) values[i] = numbers[next++] ?? Number.NaN;
    else {
      values[i] = Number.NaN;
      if (kind === NOT_A_NUMBER) kinds[i] = PRESENT;
      else isMarked = true;
    }
  }
  return { values, marks: isMarked ? kinds : undefined };
}

function marksWithNaN(values: Float64Array, marks: Uint8Array | undefined): Uint8Array | undefined {
  let kinds = marks;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isNaN(values[i]) || (marks !== undefined && marks[i] !== PRESENT)) continue;
    if (kinds === marks) kinds = marks === undefined ? new Uint8Array(values.length) : marks.slice();
    if (kinds !== undefined) kinds[i] = NOT_A_NUMBER;
  }
  return kinds;
}

/** To the bit: 0 and −0 are two values. */
function isConstant(numbers: Float64Array): boolean {
  const [first] = numbers;
  for (const number of numbers) if (!Object.is(number, first)) return false;
  return true;
}

function countPresent(kinds: Uint8Array): number {
  let count = 0;
  for (const kind of kinds) if (kind === PRESENT) count += 1;
  return count;
}

/** Marks in runs: how many values are unmarked, then the mark and how many have it. */
function writeRuns(writer: ByteWriter, kinds: Uint8Array): void {
  let from = 0;
  let at = 0;
  while (at < kinds.length) {
    const kind = kinds[at];
    if (kind === PRESENT || kind === undefined) {
      at += 1;
      continue;
    }
    let end = at;
    while (kinds[end] === kind) end += 1;
    writer.byte(kind);
    writer.varint(at - from);
    writer.varint(end - at);
    from = end;
    at = end;
  }
  writer.byte(0);
}

function readRuns(reader: ByteReader, length: number): Uint8Array {
  const kinds = new Uint8Array(length);
  let at = 0;
  for (;;) {
    const kind = reader.byte();
    if (kind === 0) return kinds;
    if (kind !== STALE && kind !== ABSENT && kind !== NOT_A_NUMBER) throw new CorruptError(`no mark is ${kind}`);
    at += reader.count(length - at);
    const end = at + reader.count(length - at);
    if (end === at) throw new CorruptError("a run of nothing");
    kinds.fill(kind, at, end);
    at = end;
  }
}

function writeDecimals(writer: ByteWriter, { exponent, wholes, units }: Decimals): void {
  const { order, differences } = differenced(wholes);
  writer.byte(exponent | (order << 4));
  writePlanes(writer, differences);
  if (units !== undefined) writePlanes(writer, units);
}

function readDecimals(reader: ByteReader, count: number, hasUnits: boolean): Float64Array {
  const head = reader.byte();
  const order = head >> 4;
  if (order > 2) throw new CorruptError(`no order of differences is ${order}`);
  const wholes = summed(readPlanes(reader, count), order as Order); // just checked
  const units = hasUnits ? readPlanes(reader, count) : undefined;
  return fromDecimal({ exponent: head & 15, wholes, units });
}

/** Eight planes, the highest bytes first, of each value's bits XOR those of the value before. */
function writeBits(writer: ByteWriter, numbers: Float64Array): void {
  const words = new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length * 2);
  const count = numbers.length;
  const planes = writer.fill(count * 8);
  let lowBefore = 0;
  let highBefore = 0;
  for (let i = 0; i < count; i++) {
    const low = words[2 * i] as number; // in range
    const high = words[2 * i + 1] as number;
    let difference = high ^ highBefore;
    for (let plane = 3; plane >= 0; plane--) {
      planes[plane * count + i] = difference & 0xff;
      difference >>>= 8;
    }
    difference = low ^ lowBefore;
    for (let plane = 7; plane >= 4; plane--) {
      planes[plane * count + i] = difference & 0xff;
      difference >>>= 8;
    }
    lowBefore = low;
    highBefore = high;
  }
}

function readBits(reader: ByteReader, count: number): Float64Array {
  const planes = reader.bytes(count * 8);
  const numbers = new Float64Array(count);
  const words = new Uint32Array(numbers.buffer);
  let low = 0;
  let high = 0;
  for (let i = 0; i < count; i++) {
    let difference = 0;
    for (let plane = 0; plane < 4; plane++) difference = (difference << 8) | (planes[plane * count + i] as number);
    high ^= difference;
    difference = 0;
    for (let plane = 4; plane < 8; plane++) difference = (difference << 8) | (planes[plane * count + i] as number);
    low ^= difference;
    words[2 * i] = low;
    words[2 * i + 1] = high;
  }
  return numbers;
}
