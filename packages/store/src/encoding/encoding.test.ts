import fc from "fast-check";
import { expect, test } from "vitest";
import { ByteReader, CorruptError } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { MAX_COLUMN, readColumn, writeColumn } from "./column.ts";
import { ABSENT, PRESENT, STALE } from "./marks.ts";
import { readTimes, writeTimes } from "./times.ts";

function written(write: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter();
  write(writer);
  return writer.take();
}

/** Values as bots have them: whole, decimal, sums of decimals, and anything at all. */
const valuesOfBots = fc.oneof(
  fc.array(fc.double(), { maxLength: 60 }),
  fc.array(fc.integer(), { maxLength: 60 }),
  fc.array(fc.maxSafeInteger(), { maxLength: 60 }),
  fc.array(fc.constantFrom(0, -0, 1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, 5e-324, -1.5), { maxLength: 60 }),
  fc.array(fc.integer({ min: -1e9, max: 1e9 }), { maxLength: 60 }).map((cents) => cents.map((cent) => cent / 100)),
  fc.array(fc.integer({ min: 0, max: 1e6 }), { maxLength: 60 }).map((steps) => {
    let sum = 0;
    return steps.map((step) => (sum += step / 1000)); // with the rounding errors of a sum
  }),
);

test("a column comes back to the bit, with its marks", () => {
  const markOf = fc.constantFrom(PRESENT, PRESENT, PRESENT, STALE, ABSENT);
  fc.assert(
    fc.property(valuesOfBots, fc.infiniteStream(markOf), fc.boolean(), (numbers, stream, isMarked) => {
      const values = Float64Array.from(numbers);
      const marks = isMarked ? Uint8Array.from(numbers, () => stream.next().value) : undefined;

      const column = readColumn(new ByteReader(written((writer) => writeColumn(writer, values, marks))));

      expect(column.values.length).toBe(values.length);
      for (let i = 0; i < values.length; i++) {
        const mark = marks?.[i] ?? PRESENT;
        expect(column.marks?.[i] ?? PRESENT).toBe(mark);
        if (mark === PRESENT) expect(Object.is(column.values[i], values[i])).toBe(true);
      }
    }),
    { numRuns: 2000 },
  );
});

test("sums of decimals take about as much as what was added", () => {
  let sum = 0;
  const values = Float64Array.from({ length: 480 }, (_, index) => (sum += ((index * 37) % 100) / 100));

  const bytes = written((writer) => writeColumn(writer, values, undefined));

  expect(bytes.length).toBeLessThan(480 * 4);
});

test("timestamps come back", () => {
  const ascending = fc.array(fc.integer({ min: 1, max: 1e10 }), { maxLength: 50 }).map((gaps) =>
    gaps.map(
      (
        (time) => (gap: number) =>
          (time += gap)
      )(-5_000),
    ),
  );
  fc.assert(
    fc.property(ascending, (times) => {
      const given = Float64Array.from(times);
      expect(readTimes(new ByteReader(written((writer) => writeTimes(writer, given))), MAX_COLUMN)).toEqual(given);
    }),
  );
});

test("numbers of every size come back", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 52 - 1 }), fc.boolean(), (size, isNegative) => {
      const value = isNegative ? -size : size;
      const reader = new ByteReader(
        written((writer) => {
          writer.varint(size);
          writer.signedVarint(value);
        }),
      );
      expect(reader.varint()).toBe(size);
      expect(reader.signedVarint() + 0).toBe(value + 0);
      expect(reader.left).toBe(0);
    }),
  );
});

test("whatever the bytes are, reading a column ends with a column or says what is wrong", () => {
  const sound = written((writer) => writeColumn(writer, Float64Array.from({ length: 50 }, Math.sin), undefined));
  const damaged = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 }).map((changes) => {
      const bytes = sound.slice();
      for (const [at, byte] of changes) bytes[at] = byte;
      return bytes;
    }),
    fc.nat(sound.length - 1).map((length) => sound.slice(0, length)),
  );
  fc.assert(
    fc.property(damaged, (bytes) => {
      try {
        expect(readColumn(new ByteReader(bytes)).values.length).toBeLessThanOrEqual(MAX_COLUMN);
      } catch (error) {
        expect(error).toBeInstanceOf(CorruptError);
      }
    }),
    { numRuns: 5000 },
  );
});
