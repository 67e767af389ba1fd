/**
 * Tables of other packages in the same file: pauses, the journal, silences, messages. What a transaction has written is on the
 * disk when it returns, whatever happens to the machine afterwards; samples are not waited for like that.
 */
import type { StoreFile } from "./store-file.ts";

export type SqlValue = number | string | Uint8Array | null;

/** A row: columns by name. */
export type SqlRow = Readonly<Record<string, SqlValue>>;

export class Tables {
  readonly #file: StoreFile;

  constructor(file: StoreFile) {
    this.#file = file;
  }

  /**
   * Makes the owner's tables, or brings them up to date.
   *
   * @param owner a package's name: each has versions of its own
   * @param migrations statements by version, from 1; what has been released never changes
   * @throws {StoreError} `NEWER_SCHEMA` if the file has a version beyond them
   */
  migrate(owner: string, migrations: readonly string[]): void {
    this.#file.migrateOwner(owner, migrations);
  }

  /** All that `write` does is on the disk, or nothing. @throws {StoreError}, or what `write` throws */
  transaction<T>(write: () => T): T {
    return this.#file.durableTransaction(write);
  }

  /** One statement that writes. Outside of a transaction it is one by itself. */
  run(sql: string, ...values: SqlValue[]): void {
    this.#file.runSql(sql, values);
  }

  get(sql: string, ...values: SqlValue[]): SqlRow | undefined {
    return this.#file.getSql(sql, values);
  }

  all(sql: string, ...values: SqlValue[]): SqlRow[] {
    return this.#file.allSql(sql, values);
  }
}
