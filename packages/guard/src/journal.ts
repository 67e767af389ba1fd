/**
 * The journal: who did what, when and why. Entries are only ever added, and each one's hash covers the one before, so that a
 * changed, removed, inserted or reordered entry is found. An entry of a change is written in the change's transaction: either
 * both are in the file, or neither.
 */
import type { Store } from "@haltwatch/store";
import { GuardError } from "./guard-error.ts";
import {
  EMPTY_HEAD,
  entryFromText,
  entryHash,
  entryText,
  type JournalEntry,
  type JournalHead,
  type JournalKind,
  type JournalNote,
} from "./journal-entry.ts";
import { wholeMs } from "./latch.ts";
import { type JournalRow, type JournalVerdict, verifyRows } from "./verify-journal.ts";

/** How many entries are read at once. */
const PAGE = 500;

/** The tables of the one SQLite file. */
export type Tables = Store["tables"];

/** What has been released never changes: new versions are added. */
const MIGRATIONS = [
  `CREATE TABLE journal (
     seq INTEGER PRIMARY KEY,
     time_ms INTEGER NOT NULL,
     kind TEXT NOT NULL,
     entry TEXT NOT NULL,
     hash TEXT NOT NULL
   ) STRICT;
   CREATE INDEX journal_by_time ON journal (time_ms);
   CREATE TABLE journal_head (
     id INTEGER PRIMARY KEY CHECK (id = 1),
     seq INTEGER NOT NULL,
     hash TEXT NOT NULL
   ) STRICT;`,
];

export interface JournalFilter {
  /** Unix milliseconds, inclusive. */
  readonly fromMs?: number | undefined;
  /** Unix milliseconds, inclusive. */
  readonly toMs?: number | undefined;
  readonly kind?: JournalKind | undefined;
}

export class Journal {
  readonly #tables: Tables;

  /** Makes its tables in the file if they are not there. @throws {StoreError} */
  constructor(tables: Tables) {
    this.#tables = tables;
    tables.migrate("journal", MIGRATIONS);
  }

  /**
   * Writes an entry, and has it on the disk.
   *
   * @throws {StoreError} if the file cannot be written
   * @throws {GuardError} `INVALID` if the entry is too large
   */
  append(note: JournalNote): JournalEntry {
    return this.#tables.transaction(() => this.appendWithin(note));
  }

  /**
   * The same as part of the transaction that the caller has open: the entry is in the file if the caller's change is.
   */
  appendWithin(note: JournalNote): JournalEntry {
    const kept = { ...note, timeMs: wholeMs(note.timeMs) };
    // Not from memory: a transaction that was undone would have left a wrong one there.
    const previous = this.head();
    const seq = previous.seq + 1;
    const text = entryText(seq, kept);
    const hash = entryHash(previous.hash, text);
    this.#tables.run(
      "INSERT INTO journal (seq, time_ms, kind, entry, hash) VALUES (?, ?, ?, ?, ?)",
      seq,
      kept.timeMs,
      kept.kind,
      text,
      hash,
    );
    this.#tables.run("INSERT OR REPLACE INTO journal_head (id, seq, hash) VALUES (1, ?, ?)", seq, hash);
    return { ...kept, seq, hash };
  }

  /**
   * Where it ends. It goes on from there even if somebody has cut entries off: the gap stays to be seen.
   */
  head(): JournalHead {
    const row = this.#tables.get("SELECT seq, hash FROM journal_head");
    return row === undefined ? EMPTY_HEAD : { seq: Number(row["seq"]), hash: String(row["hash"]) };
  }

  /**
   * Entries by their order of writing.
   *
   * @throws {GuardError} `DAMAGED` at an entry that cannot be read
   */
  *entries({ fromMs = -Infinity, toMs = Infinity, kind }: JournalFilter = {}): Generator<JournalEntry> {
    const where = kind === undefined ? "" : "AND kind = ?";
    for (const row of this.#rows(`AND time_ms >= ? AND time_ms <= ? ${where}`, fromMs, toMs, ...(kind ? [kind] : []))) {
      yield readEntry(row.seq, row.text, row.hash);
    }
  }

  /**
   * The same from the newest on.
   *
   * @param beforeSeq only those with a smaller number
   * @throws {GuardError} `DAMAGED` at an entry that cannot be read
   */
  *newestFirst({
    beforeSeq = Number.MAX_SAFE_INTEGER,
    kind,
  }: {
    readonly beforeSeq?: number | undefined;
    readonly kind?: JournalKind | undefined;
  } = {}): Generator<JournalEntry> {
    const filter = kind === undefined ? "" : "AND kind = ?";
    for (let before = beforeSeq; ; ) {
      const page = this.#tables.all(
        `SELECT seq, entry, hash FROM journal WHERE seq < ? ${filter} ORDER BY seq DESC LIMIT ${PAGE}`,
        ...[before, ...(kind === undefined ? [] : [kind])],
      );
      for (const row of page) {
        before = Number(row["seq"]);
        yield readEntry(before, String(row["entry"]), String(row["hash"]));
      }
      if (page.length < PAGE) return;
    }
  }

  /**
   * One line of JSON for each entry, from the first: its canonical JSON with its hash as the last member. `verifyLines` checks
   * them; so can any other program.
   */
  *export(): Generator<string> {
    for (const { text, hash } of this.#rows()) yield `${text.slice(0, -1)},"hash":"${hash}"}`;
  }

  /**
   * Checks all of it.
   *
   * @param kept a head that was kept elsewhere: shows whether entries were cut off and others written in their place
   */
  verify(kept?: JournalHead): JournalVerdict {
    return verifyRows(this.#rows(), [this.head(), ...(kept === undefined ? [] : [kept])]);
  }

  *#rows(filter = "", ...values: (number | string)[]): Generator<JournalRow & { readonly seq: number }> {
    for (let after = Number.NEGATIVE_INFINITY; ; ) {
      const page = this.#tables.all(
        `SELECT seq, time_ms, kind, entry, hash FROM journal WHERE seq > ? ${filter} ORDER BY seq LIMIT ${PAGE}`,
        after,
        ...values,
      );
      for (const row of page) {
        after = Number(row["seq"]);
        const columns = { seq: after, timeMs: Number(row["time_ms"]), kind: String(row["kind"]) };
        yield { seq: after, text: String(row["entry"]), hash: String(row["hash"]), columns };
      }
      if (page.length < PAGE) return;
    }
  }
}

/** @throws {GuardError} `DAMAGED` */
function readEntry(seq: number, text: string, hash: string): JournalEntry {
  const entry = entryFromText(text, hash);
  if (entry !== undefined) return entry;
  throw new GuardError("DAMAGED", `entry ${seq} of the journal cannot be read`, "Run haltwatch journal verify");
}
