import fc from "fast-check";
import { expect, test } from "vitest";
import { CorruptError } from "../encoding/byte-reader.ts";
import { ByteWriter } from "../encoding/byte-writer.ts";
import { writeColumn } from "../encoding/column.ts";
import { decodeBundle, decodeContent, encodeBundle } from "./bundle.ts";
import { SLAB_COLUMNS, Slab } from "./slab.ts";

test("a slab comes back: columns that begin late, end early, have gaps, or nothing", () => {
  const slab = new Slab();
  for (let row = 0; row < 100; row++) {
    slab.append(0, row, row * 1.5, false);
    if (row >= 20) slab.append(1, row, Math.sin(row), false);
    if (row < 50) slab.append(2, row, 7, row === 49);
    if (row % 7 === 0) slab.append(SLAB_COLUMNS - 1, row, row, false);
  }

  const read = decodeBundle(encodeBundle(slab, SLAB_COLUMNS, () => 100));

  for (let column = 0; column < SLAB_COLUMNS; column++) {
    const [first, end] = [slab.first[column] ?? 0, slab.end[column] ?? 0];
    expect([read.first[column], read.end[column]]).toEqual([first, end]);
    expect(read.marks(column, first, end)).toEqual(slab.marks(column, first, end));
    expect(read.present(column)).toBe(slab.present(column));
  }
  expect(read.values(1, 20, 100)).toEqual(slab.values(1, 20, 100));
});

test("a bundle that was changed anywhere is refused", () => {
  const slab = new Slab();
  for (let row = 0; row < 60; row++) slab.append(0, row, Math.sqrt(row), false);
  const bundle = encodeBundle(slab, 1, () => 60);

  for (let at = 0; at < bundle.length; at++) {
    const damaged = bundle.slice();
    damaged[at] = (damaged[at] ?? 0) ^ 0x10;
    expect(() => decodeBundle(damaged)).toThrow(CorruptError);
  }
});

test("whatever is behind the checksum, decoding ends with a slab or says what is wrong, within its memory", () => {
  const writer = new ByteWriter();
  for (let column = 0; column < 3; column++)
    writeColumn(writer, Float64Array.from({ length: 40 }, Math.cos), undefined);
  const sound = writer.take();
  const change = fc.tuple(fc.nat(sound.length - 1), fc.nat(255));
  const contents = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc.array(change, { minLength: 1, maxLength: 8 }).map((changes) => {
      const bytes = sound.slice();
      for (const [at, byte] of changes) bytes[at] = byte;
      return bytes;
    }),
  );
  fc.assert(
    fc.property(contents, (bytes) => {
      try {
        // 65,536 rows of 32 columns, a double and a mark for each.
        expect(decodeContent(bytes).bytes).toBeLessThanOrEqual(65_536 * SLAB_COLUMNS * 9 + 1_000);
      } catch (error) {
        expect(error).toBeInstanceOf(CorruptError);
      }
    }),
    { numRuns: 500 },
  );
});
