/** The guard's tables in the one SQLite file. All its statements stand here. */
import { GuardError } from "./guard-error.ts";
import type { Tables } from "./journal.ts";
import type { Latch, Pause } from "./latch.ts";
import { parseScope, printScope, type Scope } from "./scope.ts";
import { isPauseState } from "./state.ts";

/** What has been released never changes: new versions are added. */
const MIGRATIONS = [
  `CREATE TABLE guard_pauses (
     epoch INTEGER PRIMARY KEY,
     scope TEXT NOT NULL,
     state TEXT NOT NULL,
     reason TEXT NOT NULL,
     by_whom TEXT NOT NULL,
     rule TEXT,
     time_ms INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE guard_epochs (epoch INTEGER PRIMARY KEY) STRICT;`,
];

export class GuardTables {
  readonly #tables: Tables;

  constructor(tables: Tables) {
    this.#tables = tables;
    tables.migrate("guard", MIGRATIONS);
  }

  /** On the disk when it returns, or undone. @throws {StoreError} */
  transaction<T>(write: () => T): T {
    return this.#tables.transaction(write);
  }

  /** @throws {GuardError} `DAMAGED`: whoever cannot tell what is paused must not let anybody trade */
  readLatch(): Latch {
    const epoch = Number(this.#tables.get("SELECT max(epoch) AS epoch FROM guard_epochs")?.["epoch"] ?? 0);
    const rows = this.#tables.all("SELECT * FROM guard_pauses ORDER BY epoch");
    const pauses = rows.map((row): Pause => {
      const state = row["state"];
      const rule = row["rule"];
      if (!isPauseState(state)) throw damaged(row["epoch"], `it has the state ${JSON.stringify(state)}`);
      return {
        epoch: Number(row["epoch"]),
        scope: scopeFrom(row["epoch"], String(row["scope"])),
        state,
        reason: String(row["reason"]),
        by: String(row["by_whom"]),
        ...(rule === null ? {} : { rule: String(rule) }),
        timeMs: Number(row["time_ms"]),
      };
    });
    return { epoch: Math.max(epoch, ...pauses.map((pause) => pause.epoch)), pauses };
  }

  hasEpoch(epoch: number): boolean {
    return this.#tables.get("SELECT 1 AS found FROM guard_epochs WHERE epoch = ?", epoch) !== undefined;
  }

  addEpoch(epoch: number): void {
    this.#tables.run("INSERT INTO guard_epochs (epoch) VALUES (?)", epoch);
  }

  addPause({ epoch, scope, state, reason, by, rule, timeMs }: Pause): void {
    this.#tables.run(
      "INSERT INTO guard_pauses (epoch, scope, state, reason, by_whom, rule, time_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
      epoch,
      printScope(scope),
      state,
      reason,
      by,
      rule ?? null,
      timeMs,
    );
  }

  removePause(epoch: number): void {
    this.#tables.run("DELETE FROM guard_pauses WHERE epoch = ?", epoch);
  }
}

function scopeFrom(epoch: unknown, text: string): Scope {
  try {
    return parseScope(text);
  } catch (error) {
    throw damaged(epoch, `it has the scope ${JSON.stringify(text)}`, error);
  }
}

function damaged(epoch: unknown, what: string, cause?: unknown): GuardError {
  const hint = "Keep the file, and go back to a backup; until then nothing trades";
  return new GuardError("DAMAGED", `pause ${String(epoch)} cannot be read: ${what}`, hint, { cause });
}
