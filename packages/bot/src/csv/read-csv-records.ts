/** Reads back what {@link CsvSink} wrote. Row A3. */
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { ConfigError, type HaltwatchError } from "../errors.ts";
import { csvLine, parseCsvLine } from "./csv-line.ts";
import { CSV_FILES, type CsvKind, type CsvRecord, recordOf } from "./csv-records.ts";

/** Longest line that is read, characters: a record is far below it. */
const MAX_LINE_CHARACTERS = 1024 * 1024;

/** A last line that was being written when the bot was killed. */
export interface TornLine {
  readonly kind: "torn";
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/**
 * Every record in these files, in the order they are in each; files of a directory by name, which is by kind and day.
 *
 * @param paths files, or directories whose CSV files of ours are read
 * @throws {ConfigError} with file, line and column, for what is not one of our files or is damaged but at its end
 */
export async function* readCsvRecords(paths: readonly string[]): AsyncGenerator<CsvRecord | TornLine> {
  for (const path of paths) {
    for (const file of await filesAt(path)) yield* readFile(file);
  }
}

async function filesAt(path: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const names = Object.values(CSV_FILES).map(({ name }) => name);
    const entries = (await readdir(path)).filter(
      (entry) => entry.endsWith(".csv") && names.some((name) => entry.startsWith(`${name}-`)),
    );
    return entries.sort(byDayAndPart).map((entry) => join(path, entry));
  } catch (error) {
    throw new ConfigError(
      "UNREADABLE_FILE",
      `cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      {
        file: path,
        hint: "Name CSV files that a bot wrote, or their directory",
        cause: error,
      },
    );
  }
}

/** `orders-2026-11-21.csv` before `orders-2026-11-21.2.csv` before `orders-2026-11-21.10.csv`. */
function byDayAndPart(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
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
    const cells = parseCsvLine(text);
    if ("fault" in cells) throw damaged(file, line, cells.column, cells.fault);
    const record = recordOf(kind, cells);
    if (typeof record === "string") throw damaged(file, line, 1, record);
    yield record;
  }
}

function kindOf(header: string): CsvKind | undefined {
  const kinds = Object.keys(CSV_FILES) as CsvKind[]; // its keys
  return kinds.find((kind) => csvLine(CSV_FILES[kind].columns) === header);
}

async function* lines(file: string): AsyncGenerator<{ text: string; line: number; whole: boolean }> {
  let rest = "";
  let line = 0;
  for await (const chunk of createReadStream(file, "utf8")) {
    const pieces = (rest + String(chunk)).split("\n");
    rest = pieces.pop() ?? "";
    for (const text of pieces) yield { text, line: ++line, whole: true };
    if (rest.length > MAX_LINE_CHARACTERS)
      throw damaged(file, line + 1, 1, `it is longer than ${MAX_LINE_CHARACTERS} characters`);
  }
  if (rest !== "") yield { text: rest, line: line + 1, whole: false };
}

function damaged(file: string, line: number, column: number, what: string): HaltwatchError {
  return new ConfigError("DAMAGED_CSV", `this is not a record: ${what}`, {
    file,
    line,
    column,
    hint: "Mend or remove this line; what stands before it was read",
  });
}
