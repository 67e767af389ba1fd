/**
 * What each channel was told of each group, so that nothing is told twice and nothing resolved that was not told as firing. An
 * entry is there as long as the channel believes that an alert fires. Source of the idea: Alertmanager, nflog/nflog.go.
 */
import type { Tables } from "../tables.ts";
import type { LogEntry } from "./needs-update.ts";

/** What has been released never changes: new versions are added. */
const MIGRATIONS = [
  `CREATE TABLE notify_log (
     group_key TEXT NOT NULL,
     receiver TEXT NOT NULL,
     channel TEXT NOT NULL,
     firing TEXT NOT NULL,
     resolved TEXT NOT NULL,
     time_ms INTEGER NOT NULL,
     PRIMARY KEY (group_key, receiver, channel)
   ) STRICT, WITHOUT ROWID;`,
];

/** Entries of groups that are no longer there, because the configuration has changed, are kept so long: it may change back. */
const RETENTION_MS = 120 * 3_600_000;

/** Who was told of which group. */
export interface LogKey {
  readonly groupKey: string;
  readonly receiver: string;
  readonly channel: string;
}

type Keyed = LogKey & { readonly entry: LogEntry };

export class NotificationLog {
  readonly #tables: Tables;
  readonly #entries = new Map<string, Keyed>();

  /** @throws {StoreError} */
  constructor(tables: Tables) {
    this.#tables = tables;
    tables.migrate("notify-log", MIGRATIONS);
    for (const row of tables.all("SELECT * FROM notify_log")) {
      const key = {
        groupKey: String(row["group_key"]),
        receiver: String(row["receiver"]),
        channel: String(row["channel"]),
      };
      const entry = {
        firing: fingerprintsFrom(String(row["firing"])),
        resolved: fingerprintsFrom(String(row["resolved"])),
        timeMs: Number(row["time_ms"]),
      };
      this.#entries.set(textOf(key), { ...key, entry });
    }
  }

  /** What the channel was told last. */
  entry(key: LogKey): LogEntry | undefined {
    return this.#entries.get(textOf(key))?.entry;
  }

  /** Changes that are made together with others in a transaction of the caller's. */
  begin(): LogChanges {
    return new LogChanges(this, this.#tables, (changes) => {
      for (const { entry, ...key } of changes) {
        if (entry === undefined) this.#entries.delete(textOf(key));
        else this.#entries.set(textOf(key), { ...key, entry });
      }
    });
  }

  /** Forgets what is old and of groups that are no longer there. @throws {StoreError} */
  collect(isLive: (groupKey: string) => boolean, nowMs: number): void {
    const gone = [...this.#entries.values()].filter(
      ({ groupKey, entry }) => entry.timeMs < nowMs - RETENTION_MS && !isLive(groupKey),
    );
    if (gone.length === 0) return;
    const changes = this.begin();
    for (const key of gone) changes.set(key, undefined);
    this.#tables.transaction(() => changes.write());
    changes.commit();
  }
}

type Change = LogKey & { readonly entry: LogEntry | undefined };

/** Seen by whoever asks it, written by `write`, and known to the log after `commit`: if the transaction failed, never. */
export class LogChanges {
  readonly #log: NotificationLog;
  readonly #tables: Tables;
  readonly #apply: (changes: Iterable<Change>) => void;
  readonly #changes = new Map<string, Change>();

  constructor(log: NotificationLog, tables: Tables, apply: (changes: Iterable<Change>) => void) {
    this.#log = log;
    this.#tables = tables;
    this.#apply = apply;
  }

  get size(): number {
    return this.#changes.size;
  }

  entry(key: LogKey): LogEntry | undefined {
    const change = this.#changes.get(textOf(key));
    return change === undefined ? this.#log.entry(key) : change.entry;
  }

  /** @param entry `undefined`: nothing that the channel was told of fires any more */
  set({ groupKey, receiver, channel }: LogKey, entry: LogEntry | undefined): void {
    const key = { groupKey, receiver, channel };
    this.#changes.set(textOf(key), { ...key, entry });
  }

  /** In the caller's transaction. */
  write(): void {
    for (const { groupKey, receiver, channel, entry } of this.#changes.values()) {
      if (entry === undefined) {
        this.#tables.run(
          "DELETE FROM notify_log WHERE group_key = ? AND receiver = ? AND channel = ?",
          groupKey,
          receiver,
          channel,
        );
      } else {
        this.#tables.run(
          `INSERT OR REPLACE INTO notify_log (group_key, receiver, channel, firing, resolved, time_ms)
           VALUES (?, ?, ?, ?, ?, ?)`,
          groupKey,
          receiver,
          channel,
          [...entry.firing].join(" "),
          [...entry.resolved].join(" "),
          entry.timeMs,
        );
      }
    }
  }

  commit(): void {
    this.#apply(this.#changes.values());
  }
}

function textOf({ groupKey, receiver, channel }: LogKey): string {
  return `${groupKey}\0${receiver}\0${channel}`;
}

function fingerprintsFrom(text: string): ReadonlySet<string> {
  return new Set(text === "" ? [] : text.split(" "));
}
