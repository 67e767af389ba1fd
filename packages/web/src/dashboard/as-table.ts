/** A panel's data as one table, to read and to save. */

import { systemTime, type TimeZone } from "../format/date-time.ts";
import type { ShownField, ShownFrame } from "../format/shown-field.ts";

/** Spreadsheets take no more. */
const MAX_ROWS = 100_000;

export interface PlainTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Series get a column each beside their shared times; tables stay as they are, one below the other. */
export function asTable(
  frames: readonly ShownFrame[],
  timeZone: TimeZone,
  { isFormatted }: { readonly isFormatted: boolean },
): PlainTable {
  const isSeries =
    frames.length > 0 &&
    frames.every(
      ({ fields }) => fields[0]?.type === "time" && fields.every(({ type }) => type === "time" || type === "number"),
    );
  const text = (field: ShownField, row: number): string => {
    const value = field.values[row];
    if (isFormatted) return field.show(value).text;
    if (field.type === "time")
      return typeof value === "number" ? systemTime(value, timeZone, { withMilliseconds: true }) : "";
    return value === null || value === undefined || Number.isNaN(value) ? "" : String(value);
  };
  if (!isSeries) {
    const [first] = frames;
    const columns = first?.fields.map(({ shownName }) => shownName) ?? [];
    const rows = frames.flatMap((frame) =>
      Array.from({ length: Math.min(frame.length, MAX_ROWS) }, (_, row) =>
        frame.fields.map((field) => text(field, row)),
      ),
    );
    return { columns, rows: rows.slice(0, MAX_ROWS) };
  }
  const series = frames.flatMap((frame) => {
    const [time, ...fields] = frame.fields;
    return fields.map((field) => ({ field, time }));
  });
  const rowsByTime = new Map<number, string[]>();
  for (const [column, { field, time }] of series.entries()) {
    for (let row = 0; row < field.values.length; row++) {
      const at = time?.values[row];
      const value = field.values[row];
      if (typeof at !== "number" || (typeof value === "number" && Number.isNaN(value))) continue;
      let cells = rowsByTime.get(at);
      if (cells === undefined) {
        if (rowsByTime.size >= MAX_ROWS) continue;
        cells = new Array<string>(series.length).fill("");
        rowsByTime.set(at, cells);
      }
      cells[column] = text(field, row);
    }
  }
  const rows = [...rowsByTime].sort(([a], [b]) => b - a).map(([time, cells]) => [systemTime(time, timeZone), ...cells]);
  return { columns: ["Time", ...series.map(({ field }) => field.shownName)], rows };
}

/** RFC 4180. A text that a spreadsheet would take for a formula is put in quotes that keep it a text. */
export function csvOf({ columns, rows }: PlainTable): string {
  const cell = (text: string): string => {
    const safe = /^[=+\-@\t\r]/.test(text) && !/^[+-]?[\d.]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return [columns, ...rows].map((row) => row.map(cell).join(",")).join("\r\n");
}
