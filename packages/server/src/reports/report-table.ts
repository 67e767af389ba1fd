/** Reports that are kept, in the one SQLite file. */
import type { Store } from "@haltwatch/store";

type Tables = Store["tables"];

/** What has been released never changes: new versions are added. */
const MIGRATIONS = [
  `CREATE TABLE reports (
     id TEXT PRIMARY KEY,
     title TEXT NOT NULL,
     date TEXT NOT NULL,
     time_zone TEXT NOT NULL,
     created_ms INTEGER NOT NULL,
     sent_ms INTEGER,
     html TEXT NOT NULL,
     png BLOB
   ) STRICT;`,
];

/** Most reports that are kept: two years of days, some 60 kB each. */
const MAX_REPORTS = 730;

export interface KeptReport {
  readonly id: string;
  readonly title: string;
  readonly date: string;
  readonly timeZone: string;
  /** Unix milliseconds. */
  readonly createdMs: number;
  /** `undefined`: it was not sent. */
  readonly sentMs: number | undefined;
}

export class ReportTable {
  readonly #tables: Tables;
  readonly #maxReports: number;

  /** @throws {StoreError} */
  constructor(tables: Tables, { maxReports = MAX_REPORTS }: { readonly maxReports?: number } = {}) {
    this.#tables = tables;
    this.#maxReports = maxReports;
    tables.migrate("reports", MIGRATIONS);
  }

  /** Takes the place of an older one of the same day; the oldest go where there are too many. */
  put(report: Omit<KeptReport, "sentMs">, html: string, png: Uint8Array | undefined): void {
    const { id, title, date, timeZone, createdMs } = report;
    this.#tables.transaction(() => {
      this.#tables.run(
        `INSERT INTO reports (id, title, date, time_zone, created_ms, html, png) VALUES (?, ?, ?, ?, ?, ?, ?)
           ON CONFLICT (id) DO UPDATE SET created_ms = excluded.created_ms, html = excluded.html, png = excluded.png`,
        ...[id, title, date, timeZone, createdMs, html, png ?? null],
      );
      this.#tables.run(
        "DELETE FROM reports WHERE id NOT IN (SELECT id FROM reports ORDER BY date DESC, created_ms DESC LIMIT ?)",
        this.#maxReports,
      );
    });
  }

  sent(id: string, timeMs: number): void {
    this.#tables.run("UPDATE reports SET sent_ms = ? WHERE id = ?", timeMs, id);
  }

  /** The newest day first. */
  list(): KeptReport[] {
    return this.#tables
      .all("SELECT id, title, date, time_zone, created_ms, sent_ms FROM reports ORDER BY date DESC, created_ms DESC")
      .map((row) => ({
        ...{ id: String(row["id"]), title: String(row["title"]), date: String(row["date"]) },
        ...{ timeZone: String(row["time_zone"]), createdMs: Number(row["created_ms"]) },
        sentMs: row["sent_ms"] === null ? undefined : Number(row["sent_ms"]),
      }));
  }

  html(id: string): string | undefined {
    const html = this.#tables.get("SELECT html FROM reports WHERE id = ?", id)?.["html"];
    return html === undefined ? undefined : String(html);
  }

  png(id: string): Uint8Array | undefined {
    const png = this.#tables.get("SELECT png FROM reports WHERE id = ?", id)?.["png"];
    return png instanceof Uint8Array ? png : undefined;
  }
}
