/** Reads back what {@link CsvSink} wrote. Row A3. */
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { ConfigError } from "../errors.ts";
import { csvLine, MAX_LINE_CHARACTERS, parseCsvLine } from "./csv-line.ts";
import { CSV_KINDS, type CsvKind, type CsvRecord, columnsOf, fileNameOf, recordOf } from "./csv-records.ts";

/** A last line that was being written when the bot was killed. */
export interface TornLine {
  readonly kind: "torn";
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/**
 * Every record in these files, in the order they are in each; files of a directory by kind, then as they were written.
 *
 * @param paths files, or directories whose CSV files of ours are read; one, or several
 * @throws {ConfigError} `UNREADABLE_FILE`; `DAMAGED_CSV` with file, line and column, for what is not one of our files or
 * is damaged elsewhere than at its end
 * @example
 * ```ts
 * for await (const record of readCsvRecords("csv")) {
 *   if (record.kind === "order") console.log(record.time, record.venue, record.report.status);
 * }
 * ```
 */
export async function* readCsvRecords(paths: string | readonly string[]): AsyncGenerator<CsvRecord | TornLine> {
  for (const path of typeof paths === "string" ? [paths] : paths) {
    for (const file of await filesAt(path)) yield* readFile(file);
  }
}

async function filesAt(path: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    return (await readdir(path))
      .flatMap((entry) => ourFile(entry) ?? [])
      .sort((a, b) => compare(a.name, b.name) || compare(a.day, b.day) || a.part - b.part)
      .map(({ entry }) => join(path, entry));
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** What the file's name says, if it is one that {@link CsvSink} gives: `orders-2026-11-21.csv`, `orders-2026-11-21.1.csv`. */
function ourFile(entry: string): { entry: string; name: string; day: string; part: number } | undefined {
  const match = /^(\w+)-(\d{4}-\d\d-\d\d)(?:\.(\d+))?\.csv$/.exec(entry);
  if (match === null) return undefined;
  const [, name = "", day = "", part = "0"] = match;
  return CSV_KINDS.some((kind) => fileNameOf(kind) === name) ? { entry, name, day, part: Number(part) } : undefined;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function* readFile(file: string): AsyncGenerator<CsvRecord | TornLine> {
  let kind: CsvKind | undefined;
  for await (const { text, line, whole } of lines(file)) {
    if (!whole) {
      yield { kind: "torn", file, line };
      return;
    }
    if (kind === undefined) {
      kind = kindOf(text);
      if (kind === undefined) throw damaged(file, line, 1, `its first line is not that of ${basename(file)}'s kind`);
      continue;
    }
    const parsed = parseCsvLine(text);
    if ("fault" in parsed) throw damaged(file, line, parsed.column, parsed.fault);
    const record = recordOf(kind, parsed);
    if ("fault" in record) throw damaged(file, line, record.column, record.fault);
    yield record;
  }
}

function kindOf(header: string): CsvKind | undefined {
  return CSV_KINDS.find((kind) => csvLine(columnsOf(kind)) === header);
}

async function* lines(file: string): AsyncGenerator<{ text: string; line: number; whole: boolean }> {
  let rest = "";
  let line = 0;
  for await (const chunk of chunks(file)) {
    const pieces = (rest + chunk).split("\n");
    rest = pieces.pop() ?? "";
    for (const text of pieces) {
      line += 1;
      checkLength(text, file, line);
      yield { text, line, whole: true };
    }
    checkLength(rest, file, line + 1);
  }
  if (rest !== "") yield { text: rest, line: line + 1, whole: false };
}

async function* chunks(file: string): AsyncGenerator<string> {
  const stream = createReadStream(file, "utf8");
  try {
    for await (const chunk of stream) yield String(chunk);
  } catch (error) {
    // Rotated away while others were read, a directory, no permission.
    throw unreadable(file, error);
  } finally {
    stream.destroy();
  }
}

function checkLength(text: string, file: string, line: number): void {
  if (text.length <= MAX_LINE_CHARACTERS) return;
  throw damaged(file, line, MAX_LINE_CHARACTERS + 1, `it is longer than ${MAX_LINE_CHARACTERS} characters`);
}

function unreadable(file: string, cause: unknown): ConfigError {
  return new ConfigError(
    "UNREADABLE_FILE",
    `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
    {
      file,
      hint: "Name CSV files that a bot wrote, or their directory",
      cause,
    },
  );
}

function damaged(file: string, line: number, column: number, what: string): ConfigError {
  return new ConfigError("DAMAGED_CSV", `this is not a record: ${what}`, {
    file,
    line,
    column,
    hint: "Mend or remove this line; what stands before it was read",
  });
}
