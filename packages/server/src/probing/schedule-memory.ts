/** Remembers across restarts what was done when: what was due while Haltwatch did not run is done after it. */
import type { ScheduleMemory } from "@haltwatch/probes";
import type { Store } from "@haltwatch/store";

/** What has been released never changes: new versions are added. */
const MIGRATIONS = [
  `CREATE TABLE scheduled_runs (
     name TEXT PRIMARY KEY,
     due_ms INTEGER NOT NULL
   ) STRICT;`,
];

/** @throws {StoreError} */
export function scheduleMemory(tables: Store["tables"]): ScheduleMemory {
  tables.migrate("scheduled-runs", MIGRATIONS);
  return {
    lastDueMs: (name) => {
      const due = tables.get("SELECT due_ms FROM scheduled_runs WHERE name = ?", name)?.["due_ms"];
      return due === undefined ? undefined : Number(due);
    },
    done: (name, dueMs) => {
      tables.run(
        "INSERT INTO scheduled_runs (name, due_ms) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET due_ms = excluded.due_ms",
        name,
        dueMs,
      );
    },
  };
}
