/** Rules, and people who are told what they find, with a clock turned by hand; it can be stopped and started again. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JsonLog } from "@haltwatch/bot";
import { Guard } from "@haltwatch/guard";
import { parseRuleFile, RuleGroup } from "@haltwatch/rules";
import { Labels, Store } from "@haltwatch/store";
import { AlertChanges } from "../../rules/alert-changes.ts";
import { dataLooker } from "../../rules/alert-data.ts";
import { StoreSink } from "../../rules/store-sink.ts";
import { HandClock } from "../../rules/testing/hand-clock.ts";
import { type NotifyValues, notifySettings } from "../notify-settings.ts";
import { Notifying } from "../notifying.ts";

const START_MS = 1_790_000_000_000;

/** A request that left. */
export interface Sent {
  readonly url: string;
  /** Parsed JSON. */
  readonly body: unknown;
}

export interface NotifyWorldOptions {
  /** As in haltwatch.toml, as far as it is about telling people. */
  readonly settings: Partial<NotifyValues>;
  /** Of a rule group: `{ alert, expr, … }`. */
  readonly rules: readonly object[];
}

/** What a start makes, and a stop takes away. */
interface Life {
  readonly store: Store;
  readonly guard: Guard;
  readonly group: RuleGroup;
  readonly changes: AlertChanges;
  readonly notifying: Notifying;
}

export class NotifyWorld implements AsyncDisposable {
  readonly clock = new HandClock(START_MS);
  readonly sent: Sent[] = [];
  /** What a server answers, by a part of its address; 200 where nothing is said. */
  readonly answers = new Map<string, number>();
  readonly #options: NotifyWorldOptions;
  readonly #folder = mkdtempSync(join(tmpdir(), "haltwatch-notify-"));
  #life: Life | undefined;

  constructor(options: NotifyWorldOptions) {
    this.#options = options;
  }

  get notifying(): Notifying {
    return this.#alive().notifying;
  }

  get guard(): Guard {
    return this.#alive().guard;
  }

  start(rules: readonly object[] = this.#options.rules): void {
    const { clock } = this;
    const store = new Store({ path: join(this.#folder, "test.db"), commitIntervalMs: 0, now: () => clock.now() });
    const guard = new Guard(store.tables, { onListenerError: thrown });
    const [config] = parseRuleFile(JSON.stringify({ groups: [{ name: "g", rules }] }), "rules.yml").groups;
    if (config === undefined) throw new Error("one group stands above");
    const sink = new StoreSink(store);
    const group = new RuleGroup("rules.yml", config, { reader: store, sink, defaultIntervalMs: 1_000 });
    group.startAfresh();
    const changes = new AlertChanges(dataLooker(store, () => [group]));
    const notifying = new Notifying({
      ...{ store, guard, clock, externalUrl: undefined, groups: () => [group] },
      settings: notifySettings({ ...NOTHING_SET, ...this.#options.settings }, NO_FILE),
      secret: (reference) => reference.replace("env:", "http://127.0.0.1/"),
      redact: (text) => text,
      log: JsonLog.silent(),
      pageUrl: () => "http://localhost:9898",
      fetch: (url, init) => this.#take(String(url), init),
    });
    notifying.rulesLoaded();
    changes.remember(notifying.fromRules(), [group]);
    notifying.start();
    this.#life = { store, guard, group, changes, notifying };
  }

  async stop(): Promise<void> {
    const { notifying, store } = this.#alive();
    await notifying[Symbol.asyncDispose]();
    store.close();
    this.#life = undefined;
  }

  /** A second passes, these come, and the rules are evaluated. Each value is of a series of its own: `x{bot="a"}`. */
  async step(values: Readonly<Record<string, number>>, ms = 1_000): Promise<void> {
    const { store, group, changes, notifying } = this.#alive();
    this.clock.turn(ms);
    const nowMs = this.clock.now();
    for (const [bot, value] of Object.entries(values))
      store.append(store.series(Labels.from({ __name__: "x", bot })), nowMs, value);
    group.evaluate(nowMs);
    notifying.changed(changes.of(group, nowMs));
    notifying.evaluated(group, nowMs);
    await this.rest();
  }

  /** Time passes, and nothing is evaluated. */
  async pass(ms: number): Promise<void> {
    for (let passedMs = 0; passedMs < ms; passedMs += 1_000) {
      this.clock.turn(Math.min(1_000, ms - passedMs));
      await this.rest();
    }
  }

  /** What needs nothing but its turn has had it. */
  async rest(): Promise<void> {
    for (let turn = 0; turn < 8; turn++) await new Promise(setImmediate);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#life !== undefined) await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #alive(): Life {
    if (this.#life === undefined) throw new Error("it is not started");
    return this.#life;
  }

  async #take(url: string, init: RequestInit | undefined): Promise<Response> {
    const [, status = 200] = [...this.answers].find(([part]) => url.includes(part)) ?? [];
    if (status === 200) this.sent.push({ url, body: JSON.parse(String(init?.body)) });
    return new Response("ok", { status });
  }
}

const NOTHING_SET: NotifyValues = {
  notify: { group_wait: "0s", repeat_interval: "4h" },
  alertmanagers: [],
};

const NO_FILE = {
  places: { file: undefined, placeOf: () => undefined, placeOfKey: () => undefined },
  readFile: thrown,
};

function thrown(error: unknown): never {
  throw error;
}
