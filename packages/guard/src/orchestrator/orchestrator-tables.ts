/** What was last wanted of each orchestrator, in the one SQLite file: so that a resume is made up for after a crash. */
import type { Tables } from "../journal.ts";
import type { OrchestratorAction } from "./orchestrator-settings.ts";

/** What has been released never changes: new versions are added. */
const MIGRATIONS = [
  `CREATE TABLE orchestrators (
     name TEXT PRIMARY KEY,
     identity TEXT NOT NULL,
     action TEXT NOT NULL,
     epoch INTEGER NOT NULL,
     is_done INTEGER NOT NULL
   ) STRICT;`,
];

export interface KeptWish {
  readonly name: string;
  /** Of its settings. */
  readonly identity: string;
  readonly action: OrchestratorAction;
  readonly epoch: number;
  /** Whether it was carried out. */
  readonly isDone: boolean;
}

export class OrchestratorTables {
  readonly #tables: Tables;

  /** Makes its table if it is not there. @throws {StoreError} */
  constructor(tables: Tables) {
    this.#tables = tables;
    tables.migrate("orchestrators", MIGRATIONS);
  }

  read(): readonly KeptWish[] {
    return this.#tables.all("SELECT * FROM orchestrators ORDER BY name").flatMap((row): KeptWish[] => {
      const action = row["action"];
      if (action !== "pause" && action !== "reduce" && action !== "resume") return []; // of what was never paused, nothing is resumed
      return [
        {
          name: String(row["name"]),
          identity: String(row["identity"]),
          action,
          epoch: Number(row["epoch"]),
          isDone: row["is_done"] === 1,
        },
      ];
    });
  }

  /** All of them, on the disk when it returns, instead of those before. @throws {StoreError} */
  replace(wishes: readonly KeptWish[]): void {
    this.#tables.transaction(() => {
      this.#tables.run("DELETE FROM orchestrators");
      for (const { name, identity, action, epoch, isDone } of wishes) {
        this.#tables.run(
          "INSERT INTO orchestrators (name, identity, action, epoch, is_done) VALUES (?, ?, ?, ?, ?)",
          name,
          identity,
          action,
          epoch,
          isDone ? 1 : 0,
        );
      }
    });
  }
}
