/** What the SQLite file holds of samples. All statements about them stand here. */
import { crc32 } from "node:zlib";
import { Database, type SqlRow } from "./database.ts";
import { damaged } from "./file-error.ts";

/** A complete block, as the file knows it. */
export interface StoredBlock {
  readonly id: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly samples: number;
}

export interface UnfinishedBlock {
  readonly id: number;
  readonly source: string;
}

export interface Metadata {
  /** `counter`, `gauge`, `histogram`, `summary`, `info`, `stateset`, `unknown`. */
  readonly type: string;
  readonly help: string;
  readonly unit: string;
}

export class StoreFile {
  readonly database: Database;

  /**
   * Opens the file, or makes it.
   *
   * @throws {StoreError} `IN_USE`, `NEWER_SCHEMA`, `NOT_A_STORE`, `DAMAGED` or `UNUSABLE`
   */
  constructor(path: string, options: { readonly isReadOnly?: boolean } = {}) {
    this.database = new Database(path, options);
  }

  get path(): string {
    return this.database.path;
  }

  get isOpen(): boolean {
    return this.database.isOpen;
  }

  /** All that `write` does is done, or nothing. @throws {StoreError} */
  transaction(write: () => void): void {
    this.database.transaction(write);
  }

  *series(): Generator<{ ref: number; labels: string }> {
    for (const row of this.database.iterate("SELECT ref, labels, crc32 FROM series ORDER BY ref")) {
      yield { ref: Number(row["ref"]), labels: this.#checkedLabels(row) };
    }
  }

  /** The next number that a series has. */
  seriesAfter(ref: number): number | undefined {
    return this.#numberAfter("SELECT ref AS number FROM series WHERE ref > ? ORDER BY ref LIMIT 1", ref);
  }

  /** The next number that a block has. */
  blockAfter(id: number): number | undefined {
    return this.#numberAfter("SELECT id AS number FROM blocks WHERE id > ? ORDER BY id LIMIT 1", id);
  }

  /** One series' labels as the file has them. */
  seriesAt(ref: number): string | undefined {
    const row = this.database.get("SELECT ref, labels, crc32 FROM series WHERE ref = ?", ref);
    return row === undefined ? undefined : this.#checkedLabels(row);
  }

  addSeries(ref: number, labels: string): void {
    this.database.run("INSERT INTO series (ref, labels, crc32) VALUES (?, ?, ?)", ref, labels, checksum(ref, labels));
  }

  removeSeries(ref: number): void {
    this.database.run("DELETE FROM series WHERE ref = ?", ref);
  }

  *blocks(): Generator<StoredBlock> {
    const sql = "SELECT id, min_ms, max_ms, samples FROM blocks WHERE is_complete = 1 ORDER BY id";
    for (const row of this.database.iterate(sql)) {
      const [id, minMs, maxMs, samples] = [row["id"], row["min_ms"], row["max_ms"], row["samples"]].map(Number);
      yield { id, minMs, maxMs, samples } as StoredBlock; // all four are numbers now
    }
  }

  *unfinishedBlocks(): Generator<UnfinishedBlock> {
    for (const row of this.database.iterate("SELECT id, source FROM blocks WHERE is_complete = 0 ORDER BY id")) {
      yield { id: Number(row["id"]), source: String(row["source"]) };
    }
  }

  /** The highest number that a block has had. */
  lastBlockId(): number {
    return Number(this.database.get("SELECT max(id) AS last FROM blocks")?.["last"] ?? 0);
  }

  /** One block, complete or not, and the time that it covers. */
  blockAt(id: number): { readonly isComplete: boolean; readonly source: string; readonly when: string } | undefined {
    const row = this.database.get("SELECT source, is_complete, min_ms, max_ms FROM blocks WHERE id = ?", id);
    if (row === undefined) return undefined;
    const iso = (ms: unknown): string => (typeof ms === "number" ? new Date(ms).toISOString() : "unknown");
    return {
      isComplete: row["is_complete"] === 1,
      source: String(row["source"]),
      when: `${iso(row["min_ms"])} to ${iso(row["max_ms"])}`,
    };
  }

  addBlock(id: number, source: string): void {
    this.database.run("INSERT OR IGNORE INTO blocks (id, source) VALUES (?, ?)", id, source);
  }

  addUnflushed(block: number, log: Uint8Array): void {
    this.database.run("INSERT INTO unflushed (block, data) VALUES (?, ?)", block, log);
  }

  *unflushed(block: number): Generator<Uint8Array> {
    for (const row of this.database.iterate("SELECT data FROM unflushed WHERE block = ? ORDER BY id", block)) {
      yield row["data"] as Uint8Array; // a BLOB column of a STRICT table
    }
  }

  addBundle(block: number, number: number, data: Uint8Array): void {
    this.database.run("INSERT OR REPLACE INTO bundles (block, number, data) VALUES (?, ?, ?)", block, number, data);
  }

  bundle(block: number, number: number): Uint8Array | undefined {
    const row = this.database.get("SELECT data FROM bundles WHERE block = ? AND number = ?", block, number);
    return row?.["data"] as Uint8Array | undefined; // a BLOB column of a STRICT table
  }

  /** From here on the block is read from its bundles. */
  completeBlock({ id, minMs, maxMs, samples }: StoredBlock, directory: Uint8Array): void {
    const sql = "UPDATE blocks SET is_complete = 1, min_ms = ?, max_ms = ?, samples = ?, directory = ? WHERE id = ?";
    this.database.run(sql, minMs, maxMs, samples, directory, id);
    this.database.run("DELETE FROM unflushed WHERE block = ?", id);
  }

  directory(block: number): Uint8Array | undefined {
    const row = this.database.get("SELECT directory FROM blocks WHERE id = ?", block);
    return (row?.["directory"] ?? undefined) as Uint8Array | undefined; // a BLOB column of a STRICT table
  }

  removeBlock(id: number): void {
    for (const [table, key] of [
      ["bundles", "block"],
      ["unflushed", "block"],
      ["blocks", "id"],
    ]) {
      this.database.run(`DELETE FROM ${table} WHERE ${key} = ?`, id);
    }
  }

  /** Forgets what was written of blocks that were not completed: their samples are still in unflushed. */
  removeUnfinishedBundles(): void {
    this.database.run("DELETE FROM bundles WHERE block IN (SELECT id FROM blocks WHERE is_complete = 0)");
  }

  setMetadata(metric: string, { type, help, unit }: Metadata): void {
    this.database.run(
      "INSERT OR REPLACE INTO metadata (metric, type, help, unit) VALUES (?, ?, ?, ?)",
      metric,
      type,
      help,
      unit,
    );
  }

  *metadata(): Generator<Metadata & { metric: string }> {
    for (const row of this.database.iterate("SELECT metric, type, help, unit FROM metadata")) {
      const text = (name: string): string => String(row[name]);
      yield { metric: text("metric"), type: text("type"), help: text("help"), unit: text("unit") };
    }
  }

  /** Bytes in use, and those that are free to be used again. */
  size(): { readonly usedBytes: number; readonly freeBytes: number } {
    const pragma = (name: string): number => Number(this.database.get(`PRAGMA ${name}`)?.[name]);
    const [pages, free, pageBytes] = [pragma("page_count"), pragma("freelist_count"), pragma("page_size")] as const;
    return { usedBytes: (pages - free) * pageBytes, freeBytes: free * pageBytes };
  }

  /** Gives free pages back to the file system, at most this many. */
  shrink(pages: number): void {
    // Each step of the statement frees one page: it must be run to its end.
    for (const _ of this.database.iterate(`PRAGMA incremental_vacuum(${pages})`));
  }

  /** What SQLite finds wrong with the file; empty if nothing. Reads all of it. */
  faults(): string[] {
    const found: string[] = [];
    for (const row of this.database.iterate("PRAGMA quick_check(20)")) {
      const fault = String(row["quick_check"]);
      if (fault !== "ok") found.push(fault);
    }
    return found;
  }

  close(): void {
    this.database.close();
  }

  #checkedLabels(row: SqlRow): string {
    const [ref, labels] = [Number(row["ref"]), String(row["labels"])];
    if (row["crc32"] !== checksum(ref, labels))
      throw damaged(this.path, `the labels of series ${ref} are not what was written`);
    return labels;
  }

  #numberAfter(sql: string, number: number): number | undefined {
    const found = this.database.get(sql, number)?.["number"];
    return typeof found === "number" ? found : undefined;
  }
}

/** A series' labels under another series' number are no less wrong than other labels. */
function checksum(ref: number, labels: string): number {
  return crc32(`${ref} ${labels}`);
}
