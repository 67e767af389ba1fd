/** The SQLite file: opened by one process at a time, written in transactions. All statements stand here. */
import { existsSync } from "node:fs";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import { StoreError } from "../store-error.ts";
import { APPLICATION_ID, MIGRATIONS } from "./schema.ts";
import type { SqlRow, SqlValue } from "./tables.ts";

/** SQLite's primary result codes (https://www.sqlite.org/rescode.html). */
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

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
  readonly path: string;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /**
   * Opens the file, or makes it.
   *
   * @throws {StoreError} `IN_USE`, `NEWER_SCHEMA`, `NOT_A_STORE`, `DAMAGED` or `UNUSABLE`
   */
  constructor(path: string, options: { readonly isReadOnly?: boolean } = {}) {
    this.path = path;
    const isReadOnly = options.isReadOnly === true;
    if (isReadOnly && !existsSync(path))
      throw new StoreError("UNUSABLE", `there is no ${path}`, "Name an existing file", { file: path });
    this.#database = this.#guarded(() => new DatabaseSync(path, { readOnly: isReadOnly, timeout: 0 }));
    try {
      this.#guarded(() => (isReadOnly ? this.#checkVersion() : this.#prepareFile()));
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  get isOpen(): boolean {
    return this.#database.isOpen;
  }

  /** All that `write` does is done, or nothing. @throws {StoreError} */
  transaction(write: () => void): void {
    this.#guarded(() => {
      this.#database.exec("BEGIN IMMEDIATE");
      try {
        write();
        this.#database.exec("COMMIT");
      } catch (error) {
        if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
        throw error;
      }
    });
  }

  /** The same, and on the disk when it returns. */
  durableTransaction<T>(write: () => T): T {
    this.#database.exec("PRAGMA synchronous = FULL");
    try {
      let result: { readonly value: T } | undefined;
      this.transaction(() => {
        result = { value: write() };
      });
      return (result as { readonly value: T }).value; // the transaction is through
    } finally {
      this.#database.exec("PRAGMA synchronous = NORMAL");
    }
  }

  migrateOwner(owner: string, migrations: readonly string[]): void {
    const version = Number(this.#get("SELECT version FROM owners WHERE owner = ?", owner)?.["version"] ?? 0);
    if (version > migrations.length)
      throw newer(this.path, `${owner}'s tables have version ${version}`, migrations.length);
    if (version === migrations.length) return;
    this.durableTransaction(() => {
      for (const statements of migrations.slice(version)) this.#database.exec(statements);
      this.#run("INSERT OR REPLACE INTO owners (owner, version) VALUES (?, ?)", owner, migrations.length);
    });
  }

  runSql(sql: string, values: readonly SqlValue[]): void {
    this.#run(sql, ...values);
  }

  getSql(sql: string, values: readonly SqlValue[]): SqlRow | undefined {
    return this.#get(sql, ...values) as SqlRow | undefined; // no statement reads whole numbers as bigint
  }

  allSql(sql: string, values: readonly SqlValue[]): SqlRow[] {
    return this.#guarded(() => this.#statement(sql).all(...values)) as SqlRow[]; // the same
  }

  *series(): Generator<{ ref: number; labels: string }> {
    for (const row of this.#iterate("SELECT ref, labels, crc32 FROM series ORDER BY ref")) {
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
    const row = this.#get("SELECT ref, labels, crc32 FROM series WHERE ref = ?", ref);
    return row === undefined ? undefined : this.#checkedLabels(row);
  }

  addSeries(ref: number, labels: string): void {
    this.#run("INSERT INTO series (ref, labels, crc32) VALUES (?, ?, ?)", ref, labels, checksum(ref, labels));
  }

  removeSeries(ref: number): void {
    this.#run("DELETE FROM series WHERE ref = ?", ref);
  }

  *blocks(): Generator<StoredBlock> {
    const sql = "SELECT id, min_ms, max_ms, samples FROM blocks WHERE is_complete = 1 ORDER BY id";
    for (const row of this.#iterate(sql)) {
      const [id, minMs, maxMs, samples] = [row["id"], row["min_ms"], row["max_ms"], row["samples"]].map(Number);
      yield { id, minMs, maxMs, samples } as StoredBlock; // all four are numbers now
    }
  }

  *unfinishedBlocks(): Generator<UnfinishedBlock> {
    for (const row of this.#iterate("SELECT id, source FROM blocks WHERE is_complete = 0 ORDER BY id")) {
      yield { id: Number(row["id"]), source: String(row["source"]) };
    }
  }

  /** The highest number that a block has had. */
  lastBlockId(): number {
    return Number(this.#get("SELECT max(id) AS last FROM blocks")?.["last"] ?? 0);
  }

  /** One block, complete or not, and the time that it covers. */
  blockAt(id: number): { readonly isComplete: boolean; readonly source: string; readonly when: string } | undefined {
    const row = this.#get("SELECT source, is_complete, min_ms, max_ms FROM blocks WHERE id = ?", id);
    if (row === undefined) return undefined;
    const iso = (ms: unknown): string => (typeof ms === "number" ? new Date(ms).toISOString() : "unknown");
    return {
      isComplete: row["is_complete"] === 1,
      source: String(row["source"]),
      when: `${iso(row["min_ms"])} to ${iso(row["max_ms"])}`,
    };
  }

  addBlock(id: number, source: string): void {
    this.#run("INSERT OR IGNORE INTO blocks (id, source) VALUES (?, ?)", id, source);
  }

  addUnflushed(block: number, log: Uint8Array): void {
    this.#run("INSERT INTO unflushed (block, data) VALUES (?, ?)", block, log);
  }

  *unflushed(block: number): Generator<Uint8Array> {
    for (const row of this.#iterate("SELECT data FROM unflushed WHERE block = ? ORDER BY id", block)) {
      yield row["data"] as Uint8Array; // a BLOB column of a STRICT table
    }
  }

  addBundle(block: number, number: number, data: Uint8Array): void {
    this.#run("INSERT OR REPLACE INTO bundles (block, number, data) VALUES (?, ?, ?)", block, number, data);
  }

  bundle(block: number, number: number): Uint8Array | undefined {
    const row = this.#get("SELECT data FROM bundles WHERE block = ? AND number = ?", block, number);
    return row?.["data"] as Uint8Array | undefined; // a BLOB column of a STRICT table
  }

  /** From here on the block is read from its bundles. */
  completeBlock({ id, minMs, maxMs, samples }: StoredBlock, directory: Uint8Array): void {
    const sql = "UPDATE blocks SET is_complete = 1, min_ms = ?, max_ms = ?, samples = ?, directory = ? WHERE id = ?";
    this.#run(sql, minMs, maxMs, samples, directory, id);
    this.#run("DELETE FROM unflushed WHERE block = ?", id);
  }

  directory(block: number): Uint8Array | undefined {
    const row = this.#get("SELECT directory FROM blocks WHERE id = ?", block);
    return (row?.["directory"] ?? undefined) as Uint8Array | undefined; // a BLOB column of a STRICT table
  }

  removeBlock(id: number): void {
    for (const [table, key] of [
      ["bundles", "block"],
      ["unflushed", "block"],
      ["blocks", "id"],
    ]) {
      this.#run(`DELETE FROM ${table} WHERE ${key} = ?`, id);
    }
  }

  /** Forgets what was written of blocks that were not completed: their samples are still in unflushed. */
  removeUnfinishedBundles(): void {
    this.#run("DELETE FROM bundles WHERE block IN (SELECT id FROM blocks WHERE is_complete = 0)");
  }

  setMetadata(metric: string, { type, help, unit }: Metadata): void {
    this.#run(
      "INSERT OR REPLACE INTO metadata (metric, type, help, unit) VALUES (?, ?, ?, ?)",
      metric,
      type,
      help,
      unit,
    );
  }

  *metadata(): Generator<Metadata & { metric: string }> {
    for (const row of this.#iterate("SELECT metric, type, help, unit FROM metadata")) {
      const text = (name: string): string => String(row[name]);
      yield { metric: text("metric"), type: text("type"), help: text("help"), unit: text("unit") };
    }
  }

  /** Bytes in use, and those that are free to be used again. */
  size(): { readonly usedBytes: number; readonly freeBytes: number } {
    const pragma = (name: string): number => Number(this.#get(`PRAGMA ${name}`)?.[name]);
    const [pages, free, pageBytes] = [pragma("page_count"), pragma("freelist_count"), pragma("page_size")] as const;
    return { usedBytes: (pages - free) * pageBytes, freeBytes: free * pageBytes };
  }

  /** Gives free pages back to the file system, at most this many. */
  shrink(pages: number): void {
    // Each step of the statement frees one page: it must be run to its end.
    for (const _ of this.#iterate(`PRAGMA incremental_vacuum(${pages})`));
  }

  /** What SQLite finds wrong with the file; empty if nothing. Reads all of it. */
  faults(): string[] {
    const found: string[] = [];
    for (const row of this.#iterate("PRAGMA quick_check(20)")) {
      const fault = String(row["quick_check"]);
      if (fault !== "ok") found.push(fault);
    }
    return found;
  }

  close(): void {
    if (!this.#database.isOpen) return;
    this.#statements.clear();
    this.#database.close();
  }

  #checkedLabels(row: Record<string, unknown>): string {
    const [ref, labels] = [Number(row["ref"]), String(row["labels"])];
    if (row["crc32"] !== checksum(ref, labels))
      throw damaged(this.path, `the labels of series ${ref} are not what was written`);
    return labels;
  }

  #prepareFile(): void {
    const database = this.#database;
    database.exec("PRAGMA locking_mode = EXCLUSIVE");
    this.#checkVersion();
    // Only of a new file can this still be set; so that what retention frees can be given back.
    database.exec("PRAGMA auto_vacuum = INCREMENTAL");
    database.exec("PRAGMA journal_mode = WAL");
    database.exec("PRAGMA synchronous = NORMAL");
    database.exec("BEGIN EXCLUSIVE"); // from here on the file is ours alone
    const version = this.#version();
    for (const [index, statements] of MIGRATIONS.entries()) {
      if (index >= version) database.exec(statements);
    }
    database.exec(`PRAGMA user_version = ${MIGRATIONS.length}; PRAGMA application_id = ${APPLICATION_ID}; COMMIT`);
  }

  #checkVersion(): void {
    const applicationId = Number(this.#get("PRAGMA application_id")?.["application_id"]);
    const isEmpty = this.#get("SELECT 1 AS found FROM sqlite_schema LIMIT 1") === undefined;
    if (applicationId !== APPLICATION_ID && !isEmpty) {
      throw new StoreError("NOT_A_STORE", `${this.path} is a database of something else`, "Name another file", {
        file: this.path,
      });
    }
    const version = this.#version();
    if (version > MIGRATIONS.length) {
      throw newer(this.path, `it has version ${version}`, MIGRATIONS.length);
    }
  }

  #version(): number {
    return Number(this.#get("PRAGMA user_version")?.["user_version"]);
  }

  #numberAfter(sql: string, number: number): number | undefined {
    const found = this.#get(sql, number)?.["number"];
    return typeof found === "number" ? found : undefined;
  }

  #run(sql: string, ...values: SqlValue[]): void {
    this.#guarded(() => this.#statement(sql).run(...values));
  }

  #get(sql: string, ...values: SqlValue[]): Record<string, unknown> | undefined {
    return this.#guarded(() => this.#statement(sql).get(...values));
  }

  *#iterate(sql: string, ...values: number[]): Generator<Record<string, unknown>> {
    const rows = this.#guarded(() => this.#statement(sql).iterate(...values));
    for (;;) {
      const { done, value } = this.#guarded(() => rows.next());
      if (done === true) return;
      yield value;
    }
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const made = this.#database.prepare(sql);
    this.#statements.set(sql, made);
    return made;
  }

  /** Says what SQLite's errors mean for whoever runs the store. */
  #guarded<T>(act: () => T): T {
    try {
      return act();
    } catch (error) {
      throw explained(error, this.path);
    }
  }
}

/** A series' labels under another series' number are no less wrong than other labels. */
function checksum(ref: number, labels: string): number {
  return crc32(`${ref} ${labels}`);
}

/** What to say of a file some of which cannot be read. */
export function damaged(file: string, what: string, cause?: unknown): StoreError {
  const hint = `Keep the file, and save what can be read: haltwatch salvage ${file} NEW_FILE`;
  return new StoreError("DAMAGED", `${file} is damaged: ${what}`, hint, { file, cause });
}

function newer(file: string, what: string, known: number): StoreError {
  return new StoreError(
    "NEWER_SCHEMA",
    `${file} was written by a newer Haltwatch: ${what}, and this one knows up to ${known}`,
    "Run the newer Haltwatch that wrote it; nothing was changed",
    { file },
  );
}

function explained(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return error;
  const options = { file, cause: error };
  switch (error.errcode & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return new StoreError(
        "IN_USE",
        `${file} is open in another process`,
        "Stop that one, or name another file",
        options,
      );
    case SQLITE_NOTADB:
      return new StoreError("NOT_A_STORE", `${file} is no database`, "Name another file; nothing was changed", options);
    case SQLITE_CORRUPT:
      return damaged(file, error.message, error);
    default: {
      const hint = "Look at its folder, its permissions and the space on its disk";
      return new StoreError("UNUSABLE", `${file}: ${error.message}`, hint, options);
    }
  }
}
