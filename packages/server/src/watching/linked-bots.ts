/**
 * Which bots are linked, and which went without saying goodbye. Kept in the file, so that a bot that dies while Haltwatch is away is
 * missed, too.
 */
import type { Store } from "@haltwatch/store";

/** Most bots that are known; the one that is gone for longest is let go. */
const MAX_BOTS = 1_000;

/** What has been released never changes: new versions are added. */
const MIGRATIONS = [
  `CREATE TABLE linked_bots (
     bot TEXT NOT NULL,
     instance TEXT NOT NULL,
     since_ms INTEGER NOT NULL,
     PRIMARY KEY (bot, instance)
   ) STRICT;`,
];

export interface LinkedBot {
  readonly bot: string;
  readonly instance: string;
  /** False: its link ended without goodbye, or Haltwatch was restarted and it has not come back. */
  readonly isLinked: boolean;
  /** Unix milliseconds. */
  readonly sinceMs: number;
}

export class LinkedBots {
  readonly #tables: Store["tables"];
  readonly #now: () => number;
  readonly #onError: (error: unknown) => void;
  readonly #bots = new Map<string, LinkedBot>();

  /** @throws {StoreError} if the file cannot be read or written */
  constructor(
    tables: Store["tables"],
    { now, onError }: { readonly now: () => number; readonly onError: (error: unknown) => void },
  ) {
    this.#tables = tables;
    this.#now = now;
    this.#onError = onError;
    tables.migrate("linked_bots", MIGRATIONS);
    for (const row of tables.all("SELECT bot, instance FROM linked_bots ORDER BY since_ms")) {
      const [bot, instance] = [String(row["bot"]), String(row["instance"])];
      this.#bots.set(keyOf(bot, instance), { bot, instance, isLinked: false, sinceMs: now() });
    }
  }

  list(): LinkedBot[] {
    return [...this.#bots.values()];
  }

  has(bot: string): boolean {
    return this.list().some((one) => one.bot === bot);
  }

  linked(bot: string, instance: string): void {
    const sinceMs = this.#now();
    const key = keyOf(bot, instance);
    this.#bots.delete(key);
    const gone = this.#bots.size < MAX_BOTS ? undefined : this.list().find(({ isLinked }) => !isLinked);
    if (gone !== undefined) this.#remove(gone);
    this.#bots.set(key, { bot, instance, isLinked: true, sinceMs });
    this.#write(
      "INSERT OR REPLACE INTO linked_bots (bot, instance, since_ms) VALUES (?, ?, ?)",
      bot,
      instance,
      sinceMs,
    );
  }

  /** Its link has ended, and it did not say goodbye. */
  gone(bot: string, instance: string): void {
    const key = keyOf(bot, instance);
    if (this.#bots.delete(key)) this.#bots.set(key, { bot, instance, isLinked: false, sinceMs: this.#now() });
  }

  /** It said goodbye. */
  left(bot: string, instance: string): void {
    const known = this.#bots.get(keyOf(bot, instance));
    if (known !== undefined) this.#remove(known);
  }

  /** A person has armed this bot, or all of them (`undefined`): those that are gone are not waited for any more. */
  forgetGone(bot: string | undefined): void {
    for (const one of this.list()) if (!one.isLinked && (bot === undefined || bot === one.bot)) this.#remove(one);
  }

  #remove({ bot, instance }: LinkedBot): void {
    this.#bots.delete(keyOf(bot, instance));
    this.#write("DELETE FROM linked_bots WHERE bot = ? AND instance = ?", bot, instance);
  }

  /** A file that cannot be written must not end a link: what is in memory holds. */
  #write(statement: string, ...values: (string | number)[]): void {
    try {
      this.#tables.run(statement, ...values);
    } catch (error) {
      this.#onError(error);
    }
  }
}

function keyOf(bot: string, instance: string): string {
  return JSON.stringify([bot, instance]);
}
