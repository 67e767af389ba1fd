/** `haltwatch csv`: reads back what a bot recorded to CSV files. */
import { readCsvRecords } from "@haltwatch/packs";

export interface CsvFlags {
  readonly json?: boolean;
}

/** What can be told of one kind of record. */
interface KindTally {
  records: number;
  first: Date;
  last: Date;
}

/**
 * Prints each record as a line of JSON, or how many there are of each kind and from when to when.
 *
 * @throws {ConfigError} with file, line and column, where a file is damaged elsewhere than at its end
 */
export async function readCsv(paths: readonly string[], flags: CsvFlags): Promise<void> {
  const tallies = new Map<string, KindTally>();
  for await (const record of readCsvRecords(paths)) {
    if (record.kind === "torn") {
      process.stderr.write(
        `${record.file}:${record.line}: the last line was not finished; everything before it was read.\n`,
      );
      continue;
    }
    if (flags.json === true) {
      process.stdout.write(`${JSON.stringify(record, readable)}\n`);
      continue;
    }
    const tally = tallies.get(record.kind);
    if (tally === undefined) tallies.set(record.kind, { records: 1, first: record.time, last: record.time });
    else {
      tally.records += 1;
      if (record.time < tally.first) tally.first = record.time;
      if (record.time > tally.last) tally.last = record.time;
    }
  }
  if (flags.json !== true) process.stdout.write(table(tallies));
}

/** JSON has no NaN and no infinities: as texts they are at least not lost. */
function readable(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

function table(tallies: ReadonlyMap<string, KindTally>): string {
  if (tallies.size === 0) return "no records\n";
  const rows = [...tallies].map(([kind, { records, first, last }]) => [kind, String(records), utc(first), utc(last)]);
  const lines = [["record", "count", "first (UTC)", "last (UTC)"], ...rows];
  return lines
    .map(
      ([kind = "", count = "", first = "", last = ""]) =>
        `${kind.padEnd(12)} ${count.padStart(9)}  ${first.padEnd(23)}  ${last}\n`,
    )
    .join("");
}

function utc(time: Date): string {
  return time.toISOString().replace("T", " ").replace("Z", "");
}
