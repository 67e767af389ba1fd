/**
 * One line of CSV, written and read back. RFC 4180, with one thing more: nothing at all is a value that is absent, and `""`
 * is an empty text. Line breaks within a text are escaped (`\n`, `\r`, and `\\` for a backslash), so that a record is
 * always one line, and a line torn by a crash can be told.
 */

/** Longest line that is written or read, characters: a record is far below it. */
export const MAX_LINE_CHARACTERS = 1024 * 1024;

/** A cell: `undefined` is absent. */
export type Cell = string | undefined;

export interface ParsedLine {
  readonly cells: readonly Cell[];
  /** Where each cell begins, 1-based. */
  readonly columns: readonly number[];
}

/** What is wrong with a line, and at which column (1-based). */
export interface LineFault {
  readonly fault: string;
  readonly column: number;
}

export function csvLine(cells: readonly Cell[]): string {
  return cells.map(cellText).join(",");
}

function cellText(cell: Cell): string {
  if (cell === undefined) return "";
  if (/^[\w.:+-]+$/.test(cell)) return cell;
  const escaped = cell.toWellFormed().replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
  return `"${escaped.replaceAll('"', '""')}"`;
}

export function parseCsvLine(line: string): ParsedLine | LineFault {
  const cells: Cell[] = [];
  const columns: number[] = [];
  let at = 0;
  while (true) {
    columns.push(at + 1);
    if (line[at] === '"') {
      const end = closingQuote(line, at + 1);
      if (end === undefined) return { fault: "a quote is not closed", column: at + 1 };
      cells.push(unescaped(line.slice(at + 1, end).replaceAll('""', '"')));
      at = end + 1;
    } else {
      const comma = line.indexOf(",", at);
      const end = comma === -1 ? line.length : comma;
      const text = line.slice(at, end);
      if (text.includes('"'))
        return { fault: "a quote stands within an unquoted cell", column: at + 1 + text.indexOf('"') };
      cells.push(text === "" ? undefined : text);
      at = end;
    }
    if (at === line.length) return { cells, columns };
    if (line[at] !== ",") return { fault: "a comma is missing after a quoted cell", column: at + 1 };
    at += 1;
  }
}

function closingQuote(line: string, from: number): number | undefined {
  for (let at = from; at < line.length; at++) {
    if (line[at] !== '"') continue;
    if (line[at + 1] !== '"') return at;
    at += 1;
  }
  return undefined;
}

function unescaped(text: string): string {
  return text.replaceAll(/\\([\\nr])/g, (_, escaped: string) =>
    escaped === "n" ? "\n" : escaped === "r" ? "\r" : "\\",
  );
}
