/**
 * Tables of other packages in the same file: pauses, the journal, silences, messages. What a transaction has written is on the
 * disk when it returns, whatever happens to the machine afterwards; samples are not waited for like that.
 */
import type { Database, SqlRow, SqlValue } from "./database.ts";
import { newer } from "./file-error.ts";

export class Tables {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Makes the owner's tables, or brings them up to date.
   *
   * @param owner a package's name: each has versions of its own
   * @param migrations statements by version, from 1; what has been released never changes
   * @throws {StoreError} `NEWER_SCHEMA` if the file has a version beyond them
   */
  migrate(owner: string, migrations: readonly string[]): void {
    const database = this.#database;
    const version = Number(database.get("SELECT version FROM owners WHERE owner = ?", owner)?.["version"] ?? 0);
    if (version > migrations.length)
      throw newer(database.path, `${owner}'s tables have version ${version}`, migrations.length);
    if (version === migrations.length) return;
    database.durableTransaction(() => {
      for (const statements of migrations.slice(version)) database.exec(statements);
      database.run("INSERT OR REPLACE INTO owners (owner, version) VALUES (?, ?)", owner, migrations.length);
    });
  }

  /** All that `write` does is on the disk, or nothing. @throws {StoreError}, or what `write` throws */
  transaction<T>(write: () => T): T {
    return this.#database.durableTransaction(write);
  }

  /** One statement that writes. Outside of a transaction it is one by itself. */
  run(sql: string, ...values: SqlValue[]): void {
    this.#database.run(sql, ...values);
  }

  get(sql: string, ...values: SqlValue[]): SqlRow | undefined {
    return this.#database.get(sql, ...values);
  }

  all(sql: string, ...values: SqlValue[]): SqlRow[] {
    return this.#database.all(sql, ...values);
  }
}
