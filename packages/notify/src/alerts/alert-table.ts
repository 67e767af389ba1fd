/**
 * All alerts that fire, or are over and not yet told so: in memory, and in the one SQLite file, so that a restart forgets none.
 * What changes at each evaluation, the value and the text that holds it, is kept in memory only.
 */
import { Labels } from "@haltwatch/store/labels";
import type { Alert } from "../alert.ts";
import type { Tables } from "../tables.ts";
import { KnownAlert } from "./known-alert.ts";

/** What has been released never changes: new versions are added. */
const MIGRATIONS = [
  `CREATE TABLE notify_alerts (
     labels TEXT PRIMARY KEY,
     starts_at_ms INTEGER NOT NULL,
     ends_at_ms INTEGER,
     updated_at_ms INTEGER NOT NULL,
     rest TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;`,
];

export class AlertTable {
  readonly #tables: Tables;
  readonly #alerts = new Map<string, KnownAlert>();
  /** Not on the disk as they are; what is no longer known is to be deleted there. */
  readonly #unwritten = new Map<string, KnownAlert>();

  /**
   * Reads what is known.
   *
   * @param confirmUntilMs so long an alert that fired before is taken to fire without being put again
   * @throws {StoreError}
   */
  constructor(tables: Tables, confirmUntilMs: number) {
    this.#tables = tables;
    tables.migrate("notify-alerts", MIGRATIONS);
    for (const row of tables.all("SELECT * FROM notify_alerts")) {
      const updatedAtMs = Number(row["updated_at_ms"]);
      const writtenEndMs = row["ends_at_ms"] === null ? undefined : Number(row["ends_at_ms"]);
      // An end that was still to come said only until when it had to be put again.
      const endsAtMs = writtenEndMs !== undefined && writtenEndMs > updatedAtMs ? undefined : writtenEndMs;
      const alert: Alert = {
        labels: Labels.from(JSON.parse(String(row["labels"])) as Record<string, string>), // only this file writes them
        startsAtMs: Number(row["starts_at_ms"]),
        endsAtMs,
        ...restFrom(String(row["rest"])),
      };
      const known = new KnownAlert(alert, updatedAtMs);
      if (endsAtMs === undefined) known.unconfirmedUntilMs = confirmUntilMs;
      this.#alerts.set(alert.labels.key, known);
    }
  }

  get size(): number {
    return this.#alerts.size;
  }

  get(labels: Labels): KnownAlert | undefined {
    return this.#alerts.get(labels.key);
  }

  values(): IterableIterator<KnownAlert> {
    return this.#alerts.values();
  }

  /**
   * Takes note of an alert: the same, if it is known.
   *
   * @returns `undefined` for one that is over and was not known: nobody was told of it
   */
  put(alert: Alert, nowMs: number): KnownAlert | undefined {
    const key = alert.labels.key;
    const known = this.#alerts.get(key);
    if (known === undefined) {
      const added = new KnownAlert(alert, nowMs);
      if (!added.firesAt(nowMs)) return undefined;
      this.#alerts.set(key, added);
      this.#unwritten.set(key, added);
      return added;
    }
    const merged = mergedAlert(known, alert, nowMs);
    if (isWorthWriting(known, merged, nowMs)) this.#unwritten.set(key, known);
    known.alert = merged;
    known.updatedAtMs = nowMs;
    known.unconfirmedUntilMs = undefined;
    return known;
  }

  /** Those that fired before a restart and were not put since. */
  unconfirmed(): KnownAlert[] {
    return [...this.#alerts.values()].filter(({ unconfirmedUntilMs }) => unconfirmedUntilMs !== undefined);
  }

  /** Forgets one that is over and told. */
  delete(alert: KnownAlert): void {
    const key = alert.labels.key;
    if (this.#alerts.get(key) !== alert) return;
    this.#alerts.delete(key);
    this.#unwritten.set(key, alert);
  }

  get hasUnwritten(): boolean {
    return this.#unwritten.size > 0;
  }

  /** Writes what has changed, in a transaction of the caller's. */
  write(): void {
    for (const [key, { alert, updatedAtMs }] of this.#unwritten) {
      const { labels, startsAtMs, endsAtMs, ...rest } = alert;
      const text = JSON.stringify(labels.toObject());
      if (!this.#alerts.has(key)) {
        this.#tables.run("DELETE FROM notify_alerts WHERE labels = ?", text);
        continue;
      }
      this.#tables.run(
        "INSERT OR REPLACE INTO notify_alerts (labels, starts_at_ms, ends_at_ms, updated_at_ms, rest) VALUES (?, ?, ?, ?, ?)",
        text,
        startsAtMs,
        endsAtMs ?? null,
        updatedAtMs,
        JSON.stringify({ ...rest, annotations: Object.fromEntries(rest.annotations) }),
      );
    }
  }

  /** The transaction is through. */
  commit(): void {
    this.#unwritten.clear();
  }
}

/** One that goes on keeps its beginning. Source: Alertmanager, types/types.go (Alert.Merge). */
function mergedAlert(known: KnownAlert, alert: Alert, nowMs: number): Alert {
  const goesOn = known.firesAt(nowMs) || alert.startsAtMs === known.alert.startsAtMs;
  const startsAtMs = goesOn ? Math.min(known.alert.startsAtMs, alert.startsAtMs) : alert.startsAtMs;
  return startsAtMs === alert.startsAtMs ? alert : { ...alert, startsAtMs };
}

/** Whether a restart has to know of the difference. */
function isWorthWriting(known: KnownAlert, after: Alert, nowMs: number): boolean {
  const before = known.alert;
  const fires = known.firesAt(nowMs) && (after.endsAtMs ?? Number.POSITIVE_INFINITY) > nowMs;
  return (
    before.startsAtMs !== after.startsAtMs ||
    (before.endsAtMs !== after.endsAtMs && !fires) ||
    before.done.length !== after.done.length ||
    before.done.some((deed, index) => deed !== after.done[index])
  );
}

type Rest = Omit<Alert, "labels" | "startsAtMs" | "endsAtMs">;

function restFrom(text: string): Rest {
  const { annotations, generatorUrl, value, threshold, done } = JSON.parse(text) as {
    annotations: Record<string, string>;
    generatorUrl: string;
    value?: number | null;
    threshold?: number | null;
    done: string[];
  }; // only this file writes it
  return {
    annotations: new Map(Object.entries(annotations)),
    generatorUrl,
    // JSON has no NaN and no infinity: they are read back as not known.
    value: value ?? undefined,
    threshold: threshold ?? undefined,
    done,
  };
}
