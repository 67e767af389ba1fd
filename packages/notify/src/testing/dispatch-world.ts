/** A dispatcher with all that it needs, which can die and come back. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Labels, Store } from "@haltwatch/store";
import type { Alert, Notification } from "../alert.ts";
import type { Clock } from "../clock.ts";
import { type NotifyConfig, readAlertmanagerYml } from "../config/notify-config.ts";
import { Dispatcher } from "../dispatch/dispatcher.ts";
import { Silences } from "../silence/silences.ts";
import { HandClock } from "./hand-clock.ts";

export const START_MS = 1_760_000_000_000;

/** A process's clock: when it has died, nothing that waits is called. */
class Life implements Clock {
  readonly #clock: Clock;
  #isOver = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  monotonic(): number {
    return this.#clock.monotonic();
  }

  after(ms: number, call: () => void): () => void {
    return this.#clock.after(ms, () => {
      if (!this.#isOver) call();
    });
  }

  end(): void {
    this.#isOver = true;
  }
}

/** What a message says, without what is the same in all. */
export interface Told {
  readonly channel: string;
  readonly groupKey: string;
  readonly status: string;
  readonly firing: readonly string[];
  readonly resolved: readonly string[];
  readonly id: string;
  readonly atMs: number;
}

export class DispatchWorld implements Disposable {
  readonly clock = new HandClock(START_MS);
  readonly errors: unknown[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), "haltwatch-dispatch-"));
  readonly store = new Store({ path: join(this.#folder, "haltwatch.db") });
  /** As they were handed over, in this life. */
  readonly notifications: Notification[] = [];
  config: NotifyConfig;
  silences: Silences;
  dispatcher: Dispatcher;
  /** While it is, nothing can be written. */
  isFailing = false;
  #ids = 0;
  #life = new Life(this.clock);

  constructor(yaml: string) {
    this.config = configOf(yaml);
    this.store.tables.migrate("test-outbox", [
      "CREATE TABLE test_outbox (id INTEGER PRIMARY KEY, told TEXT NOT NULL) STRICT",
    ]);
    this.silences = new Silences(this.store.tables, this.clock);
    this.dispatcher = this.#started();
  }

  /** What is in the outbox, in order. */
  get told(): Told[] {
    const rows = this.store.tables.all("SELECT told FROM test_outbox ORDER BY id");
    return rows.map((row) => JSON.parse(String(row["told"])) as Told); // written below
  }

  /** Writes of one table, for looking whether they are spared. */
  rows(table: string): number {
    return Number(this.store.tables.get(`SELECT count(*) AS n FROM ${table}`)?.["n"]);
  }

  put(...alerts: readonly Alert[]): Promise<void> {
    return this.dispatcher.put(alerts);
  }

  /** Dies without a word, and comes back after so long. */
  async restart(deadMs = 0): Promise<void> {
    this.#life.end();
    await this.clock.turn(deadMs);
    this.silences = new Silences(this.store.tables, this.clock);
    this.dispatcher = this.#started();
  }

  [Symbol.dispose](): void {
    this.isFailing = false;
    this.dispatcher[Symbol.dispose]();
    this.store.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #started(): Dispatcher {
    this.#life = new Life(this.clock);
    return new Dispatcher({
      config: this.config,
      tables: this.store.tables,
      outbox: { add: (notifications) => this.#add(notifications) },
      silences: this.silences,
      clock: this.#life,
      onError: (error) => this.errors.push(error),
      newId: () => `${++this.#ids}`,
    });
  }

  #add(notifications: readonly Notification[]): void {
    for (const notification of notifications) {
      this.notifications.push(notification);
      const { channel, groupKey, status, alerts, idempotencyKey, timeMs } = notification;
      const named = (isOver: boolean) =>
        alerts.filter(({ endsAtMs }) => (endsAtMs !== undefined) === isOver).map(({ labels }) => nameOf(labels));
      const told: Told = {
        channel,
        groupKey,
        status,
        firing: named(false),
        resolved: named(true),
        id: idempotencyKey,
        atMs: timeMs,
      };
      this.store.tables.run("INSERT INTO test_outbox (told) VALUES (?)", JSON.stringify(told));
    }
    // Late: what was written before has to be undone.
    if (this.isFailing) throw new Error("the disk is full");
  }
}

export function configOf(yaml: string): NotifyConfig {
  return readAlertmanagerYml(yaml, "alertmanager.yml", { secrets: "refuse" });
}

/** `OrdersFail/arb-1` */
function nameOf(labels: Labels): string {
  return `${labels.get("alertname")}/${labels.get("bot")}`;
}

export function named(name: string): Labels {
  const [alertname = "", bot = ""] = name.split("/");
  return Labels.from({ alertname, bot });
}
