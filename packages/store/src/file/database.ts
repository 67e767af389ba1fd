/** SQLite as the store uses it: one process has the file, statements are prepared once, errors say what they mean. */
import { existsSync } from "node:fs";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { StoreError } from "../store-error.ts";
import { explained, newer } from "./file-error.ts";
import { APPLICATION_ID, MIGRATIONS } from "./schema.ts";

export type SqlValue = number | string | Uint8Array | null;

/** A row: columns by name. */
export type SqlRow = Readonly<Record<string, SqlValue>>;

export class Database {
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
        this.#rollBack();
        throw error;
      }
    });
  }

  /** The same, and on the disk when it returns. */
  durableTransaction<T>(write: () => T): T {
    this.exec("PRAGMA synchronous = FULL");
    try {
      let result: { readonly value: T } | undefined;
      this.transaction(() => {
        result = { value: write() };
      });
      return (result as { readonly value: T }).value; // the transaction is through
    } finally {
      this.exec("PRAGMA synchronous = NORMAL");
    }
  }

  /** Statements without values, of which nothing is remembered. */
  exec(statements: string): void {
    this.#guarded(() => this.#database.exec(statements));
  }

  run(sql: string, ...values: SqlValue[]): void {
    this.#guarded(() => this.#statement(sql).run(...values));
  }

  get(sql: string, ...values: SqlValue[]): SqlRow | undefined {
    return this.#guarded(() => this.#statement(sql).get(...values)) as SqlRow | undefined; // no whole number is read as bigint
  }

  all(sql: string, ...values: SqlValue[]): SqlRow[] {
    return this.#guarded(() => this.#statement(sql).all(...values)) as SqlRow[]; // the same
  }

  *iterate(sql: string, ...values: number[]): Generator<SqlRow> {
    const rows = this.#guarded(() => this.#statement(sql).iterate(...values));
    for (;;) {
      const { done, value } = this.#guarded(() => rows.next());
      if (done === true) return;
      yield value as SqlRow; // the same
    }
  }

  close(): void {
    if (!this.#database.isOpen) return;
    this.#statements.clear();
    this.#database.close();
  }

  /** Why it is rolled back is what matters, should that fail, too. */
  #rollBack(): void {
    try {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
    } catch {
      // The next BEGIN will say what is wrong.
    }
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
    const applicationId = Number(this.get("PRAGMA application_id")?.["application_id"]);
    const isEmpty = this.get("SELECT 1 AS found FROM sqlite_schema LIMIT 1") === undefined;
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
    return Number(this.get("PRAGMA user_version")?.["user_version"]);
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
