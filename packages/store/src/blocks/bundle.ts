/** A slab as bytes: its columns one after the other, compressed together: similar series stand beside each other. */
import { ByteReader, CorruptError } from "../encoding/byte-reader.ts";
import { ByteWriter } from "../encoding/byte-writer.ts";
import { MAX_COLUMN, readColumn, writeColumn } from "../encoding/column.ts";
import { opened, sealed } from "../encoding/envelope.ts";
import { ABSENT } from "../encoding/marks.ts";
import { SLAB_COLUMNS, Slab } from "./slab.ts";

/** A few more bytes for a column than its values in full. */
const MAX_CONTENT = SLAB_COLUMNS * (MAX_COLUMN * 9 + 64);

/**
 * @param columns how many of the slab's columns there are
 * @param rows how many rows the column has
 */
export function encodeBundle(slab: Slab, columns: number, rows: (column: number) => number): Uint8Array {
  const writer = new ByteWriter();
  for (let column = 0; column < columns; column++) {
    const length = rows(column);
    writeColumn(writer, slab.values(column, 0, length), marksOf(slab, column, length));
  }
  return sealed(writer.view());
}

/** @throws {CorruptError} for bytes that are not what was written */
export function decodeBundle(bundle: Uint8Array): Slab {
  return decodeContent(opened(bundle, MAX_CONTENT));
}

/** What the checksum has let through, which need not be what was written: a checksum is no proof. @throws {CorruptError} */
export function decodeContent(bytes: Uint8Array): Slab {
  const reader = new ByteReader(bytes);
  const columns = [];
  let rows = 0;
  while (reader.left > 0) {
    if (columns.length === SLAB_COLUMNS) throw new CorruptError("more columns than a bundle has");
    const column = readColumn(reader);
    rows = Math.max(rows, column.values.length);
    columns.push(column);
  }
  const slab = new Slab(Math.max(1, rows));
  for (const [index, { values, marks }] of columns.entries()) slab.fill(index, values, marks);
  return slab;
}

/** The column's marks, with absence before its first sample and after its last. */
function marksOf(slab: Slab, column: number, rows: number): Uint8Array | undefined {
  const first = slab.first[column] as number; // a column of the slab
  const end = slab.end[column] as number;
  if (first === 0 && end === rows) return slab.marks(column, 0, rows);
  const marks = new Uint8Array(rows).fill(ABSENT);
  const inside = slab.marks(column, first, end);
  if (inside === undefined) marks.fill(0, first, end);
  else marks.set(inside, first);
  return marks;
}
