/** Finds what was changed, removed, inserted or reordered in a journal, and names the first such entry. */
import {
  canonicalJson,
  entryFromText,
  entryHash,
  type JournalEntry,
  type JournalHead,
  NO_HASH,
  parsedObject,
} from "./journal-entry.ts";

export interface JournalVerdict {
  /** How many entries were found good before the fault, or in all. */
  readonly entries: number;
  /** The last good entry's. */
  readonly head: JournalHead;
  /** The first fault; none if the journal is as it was written. */
  readonly fault?: JournalFault | undefined;
}

export interface JournalFault {
  readonly kind: /** The entry is not what was written; or it was put there, and those after it numbered anew. */
    | "changed"
    /** Entries are missing before this one, or at the end. */
    | "removed"
    /** An entry with a number that was there already. */
    | "inserted"
    /** The entry stands elsewhere. */
    | "reordered"
    /** It is no entry at all. */
    | "unreadable";
  /** The number of the entry at fault: of the changed, the first missing, the inserted, the one that stands elsewhere. */
  readonly seq: number;
  /** Where it was seen: the line of an export, or the row of the table, from 1. */
  readonly line: number;
  readonly message: string;
}

export interface JournalRow {
  /** Canonical JSON. */
  readonly text: string;
  readonly hash: string;
  /** What a table has beside the text, to search by; has to say the same. An export has none. */
  readonly columns?: Pick<JournalEntry, "seq" | "timeMs"> & { readonly kind: string };
}

/**
 * Checks an export.
 *
 * @param lines in order, without line ends; empty ones are passed over
 * @param kept heads that were kept elsewhere: the journal has to have these entries. Without one nobody can tell whether the
 * journal's end is missing, or whether all of it was written anew.
 */
export function verifyLines(lines: Iterable<string>, kept: readonly JournalHead[] = []): JournalVerdict {
  return verifyRows(rowsOf(lines), kept);
}

/** Checks rows in order. */
export function verifyRows(rows: Iterable<JournalRow>, kept: readonly JournalHead[]): JournalVerdict {
  const missingHeads = new Map(kept.filter(({ seq }) => seq > 0).map((head) => [head.seq, head]));
  let head: JournalHead = { seq: 0, hash: NO_HASH };
  let fault: JournalFault | undefined;
  let line = 0;
  for (const row of rows) {
    line += 1;
    if (fault !== undefined) {
      // The fault is known; what comes after tells only whether an entry is gone or stands elsewhere.
      if (fault.kind === "removed" && seqOf(row) === fault.seq) {
        fault = { ...fault, kind: "reordered", message: `entry ${fault.seq} stands behind others, as number ${line}` };
      }
      continue;
    }
    const expected = head.seq + 1;
    const entry = entryFromText(row.text, row.hash);
    const keptHead = missingHeads.get(expected);
    if (entry === undefined) {
      fault = { kind: "unreadable", seq: expected, line, message: `what stands as entry ${expected} is no entry` };
    } else if (entry.seq > expected) {
      fault = { kind: "removed", seq: expected, line, message: missing(expected, entry.seq - 1) };
    } else if (entry.seq < expected) {
      const message = `entry ${entry.seq} stands there again behind entry ${head.seq}`;
      fault = { kind: "inserted", seq: entry.seq, line, message };
    } else if (entryHash(head.hash, row.text) !== row.hash || !agree(row, entry)) {
      fault = { kind: "changed", seq: expected, line, message: `entry ${expected} is not what was written` };
    } else if (keptHead !== undefined && keptHead.hash !== row.hash) {
      const message = `entry ${expected}, or one before it, is not what it was when its hash was noted`;
      fault = { kind: "changed", seq: expected, line, message };
    } else {
      missingHeads.delete(expected);
      head = { seq: expected, hash: row.hash };
    }
  }
  const last = Math.max(0, ...missingHeads.keys());
  if (fault === undefined && last > 0) {
    fault = { kind: "removed", seq: head.seq + 1, line: line + 1, message: missing(head.seq + 1, last) };
  }
  return { entries: head.seq, head, fault };
}

function* rowsOf(lines: Iterable<string>): Generator<JournalRow> {
  for (const line of lines) {
    if (line.trim() === "") continue;
    const { hash, ...entry } = parsedObject(line) ?? {};
    // Whatever spelling the line has, the entry is what counts; text that is no entry stays none.
    yield { text: canonicalJson(entry), hash: typeof hash === "string" ? hash : "" };
  }
}

function agree({ columns }: JournalRow, { seq, timeMs, kind }: JournalEntry): boolean {
  return columns === undefined || (columns.seq === seq && columns.timeMs === timeMs && columns.kind === kind);
}

function seqOf({ text }: JournalRow): unknown {
  return parsedObject(text)?.["seq"];
}

function missing(first: number, last: number): string {
  return first >= last ? `entry ${first} is missing` : `entries ${first} to ${last} are missing`;
}
