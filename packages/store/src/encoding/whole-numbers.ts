/** Whole numbers (below 2^52 in size) as bytes: differences of the order that makes them smallest, then byte plane by plane. */
import { type ByteReader, CorruptError } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";

/** How often differences were taken: 0 for noise, 1 for what wanders, 2 for what grows steadily. */
export type Order = 0 | 1 | 2;

/** Sizes from here on would not survive being doubled for their sign. */
const MAX_SIZE = 2 ** 52;

/** The numbers, and the differences of them that need the fewest bits; the first number stands for itself. */
export function differenced(wholes: Float64Array): { order: Order; differences: Float64Array } {
  const first = orderOne(wholes);
  const second = orderOne(first, 1);
  const sizes = [bitsOf(wholes, true), bitsOf(first), bitsOf(second)];
  const [zero, one, two] = sizes as [number, number, number];
  if (two < one && two < zero) return { order: 2, differences: second };
  if (one <= zero) return { order: 1, differences: first };
  return { order: 0, differences: aroundFirst(wholes) };
}

/** The numbers that these differences are of. */
export function summed(differences: Float64Array, order: Order): Float64Array {
  if (order === 0) {
    const first = differences[0] ?? 0;
    for (let i = 1; i < differences.length; i++) differences[i] = (differences[i] as number) + first;
    return differences;
  }
  if (order === 2) accumulate(differences, 1);
  accumulate(differences, 0);
  return differences;
}

function accumulate(numbers: Float64Array, from: number): void {
  for (let i = from + 1; i < numbers.length; i++) numbers[i] = (numbers[i] as number) + (numbers[i - 1] as number);
}

/** Each number less the one before; those before `from` and at it stay. */
function orderOne(numbers: Float64Array, from = 0): Float64Array {
  const differences = numbers.slice();
  for (let i = numbers.length - 1; i > from; i--) differences[i] = (numbers[i] as number) - (numbers[i - 1] as number);
  return differences;
}

function aroundFirst(wholes: Float64Array): Float64Array {
  const first = wholes[0] ?? 0;
  return wholes.map((whole, index) => (index === 0 ? whole : whole - first));
}

/** How many bits all but the first need; infinitely many if one is too large. */
function bitsOf(numbers: Float64Array, lessFirst = false): number {
  const origin = lessFirst ? (numbers[0] ?? 0) : 0;
  let bits = 0;
  for (let i = 1; i < numbers.length; i++) {
    const size = Math.abs((numbers[i] as number) - origin);
    bits += size < 2 ** 32 ? 32 - Math.clz32(size) : 32 + 32 - Math.clz32(size / 2 ** 32);
    if (size >= MAX_SIZE) return Number.POSITIVE_INFINITY;
  }
  return bits;
}

/** The first number by itself, then of all others first the lowest bytes, then the next. */
export function writePlanes(writer: ByteWriter, numbers: Float64Array): void {
  if (numbers.length === 0) return;
  writer.signedVarint(numbers[0] as number);
  let max = 0;
  for (let i = 1; i < numbers.length; i++) max = Math.max(max, zigzag(numbers[i] as number));
  let width = 0;
  while (max >= 256 ** width) width += 1;
  if (max === 0) width = 0;
  writer.byte(width);
  const count = numbers.length - 1;
  const planes = writer.fill(width * count);
  for (let i = 0; i < count; i++) {
    let rest = zigzag(numbers[i + 1] as number);
    for (let plane = 0; plane < width; plane++) {
      planes[plane * count + i] = rest % 256;
      rest = Math.floor(rest / 256);
    }
  }
}

export function readPlanes(reader: ByteReader, length: number): Float64Array {
  if (length === 0) return new Float64Array(0);
  const first = reader.signedVarint();
  const width = reader.byte();
  if (width > 7) throw new CorruptError(`whole numbers of ${width} bytes`);
  const count = length - 1;
  const planes = reader.bytes(width * count);
  const numbers = new Float64Array(length);
  numbers[0] = first;
  for (let i = 0; i < count; i++) {
    let value = 0;
    for (let plane = width - 1; plane >= 0; plane--) value = value * 256 + (planes[plane * count + i] as number);
    numbers[i + 1] = value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
  return numbers;
}

function zigzag(value: number): number {
  return value >= 0 ? value * 2 : -value * 2 - 1;
}
