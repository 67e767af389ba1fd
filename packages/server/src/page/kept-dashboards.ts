/** Dashboards that somebody has opened on the page or with `haltwatch dashboard open`, kept in the one SQLite file. */
import type { Store } from "@haltwatch/store";
import type { ReadDashboard } from "./read-dashboard.ts";

/** Most that are kept; opening one more lets the oldest go. */
const MAX_KEPT = 100;

/** What has been released never changes: new versions are added. */
const MIGRATIONS = [
  `CREATE TABLE dashboards (
     uid TEXT PRIMARY KEY,
     title TEXT NOT NULL,
     tags TEXT NOT NULL,
     description TEXT NOT NULL,
     json TEXT NOT NULL,
     kept_ms INTEGER NOT NULL
   ) STRICT;`,
];

export interface KeptDashboard extends Omit<ReadDashboard, "json"> {
  /** Its JSON. */
  readonly text: () => string;
}

export class KeptDashboards {
  readonly #tables: Store["tables"];

  /** @throws {StoreError} if the file cannot be read or written */
  constructor(tables: Store["tables"]) {
    this.#tables = tables;
    tables.migrate("dashboards", MIGRATIONS);
  }

  /** By title. */
  list(): KeptDashboard[] {
    return this.#tables
      .all("SELECT uid, title, tags, description FROM dashboards ORDER BY title, uid")
      .map((row): KeptDashboard => {
        const uid = String(row["uid"]);
        return {
          ...{ uid, title: String(row["title"]), description: String(row["description"]) },
          tags: JSON.parse(String(row["tags"])),
          text: () => String(this.#tables.get("SELECT json FROM dashboards WHERE uid = ?", uid)?.["json"]),
        };
      });
  }

  /** In the place of one with the same uid. @throws {StoreError} if the file cannot be written */
  keep({ uid, title, tags, description, json }: ReadDashboard, timeMs: number): void {
    this.#tables.transaction(() => {
      this.#tables.run(
        "INSERT OR REPLACE INTO dashboards (uid, title, tags, description, json, kept_ms) VALUES (?, ?, ?, ?, ?, ?)",
        ...[uid, title, JSON.stringify(tags), description, JSON.stringify(json), timeMs],
      );
      this.#tables.run(
        "DELETE FROM dashboards WHERE uid NOT IN (SELECT uid FROM dashboards ORDER BY kept_ms DESC, uid LIMIT ?)",
        MAX_KEPT,
      );
    });
  }

  /** @returns false if there was none @throws {StoreError} if the file cannot be written */
  remove(uid: string): boolean {
    const isThere = this.#tables.get("SELECT uid FROM dashboards WHERE uid = ?", uid) !== undefined;
    if (isThere) this.#tables.run("DELETE FROM dashboards WHERE uid = ?", uid);
    return isThere;
  }
}
