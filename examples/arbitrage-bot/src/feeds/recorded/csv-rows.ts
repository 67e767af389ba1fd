/** Rows under a header, cells by their column's name. Nothing that is recorded here needs quotes around a cell. */
import type { Decoder, Recorded } from "./decoder.ts";

/** A cell of the row by its column; empty where there is no such column. */
export type Row = (column: string) => string;

export function csvRows(decodeRow: (row: Row) => Recorded | undefined): Decoder {
  let header: readonly string[] | undefined;
  const indexes = new Map<string, number>();
  return {
    decode(line) {
      const cells = line.split(",");
      if (header === undefined) {
        header = cells;
        for (const [index, column] of cells.entries()) indexes.set(column, index);
        return undefined;
      }
      if (cells.length !== header.length)
        throw new Error(`it has ${cells.length} cells, and the header ${header.length}`);
      return decodeRow((column) => cells[indexes.get(column) ?? -1] ?? "");
    },
  };
}

/** Whether a header names all of these columns. */
export function hasColumns(header: string, ...columns: readonly string[]): boolean {
  const cells = header.split(",");
  return columns.every((column) => cells.includes(column));
}

/** `2025-07-01 00:00:00`, also with ` UTC`, fractions or an offset, as Unix milliseconds. A time without a zone is UTC. */
export function utcMs(text: string): number {
  const iso = text.replace(" UTC", "Z").replace(" ", "T");
  const ms = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(iso) ? iso : `${iso}Z`);
  if (Number.isNaN(ms)) throw new Error(`${JSON.stringify(text)} is not a time`);
  return ms;
}
