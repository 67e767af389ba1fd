import { Guard } from "@haltwatch/guard";
import { parseRuleFile, RuleGroup } from "@haltwatch/rules";
import { Labels, Store } from "@haltwatch/store";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { StoreSink } from "../rules/store-sink.ts";
import { HandClock } from "../rules/testing/hand-clock.ts";
import { type MissingData, NoDataActions } from "./no-data-actions.ts";

const START_MS = 1_700_000_000_000;
const LEASE_MS = 3_000;

/** How long bots may take to come back after a start. */
const RETURN_MS = 10_000;

const RULES = `
groups:
  - name: limits
    rules:
      - record: fails
        expr: increase(failed[1m])
      - alert: OrdersFailing
        expr: fails > 0
        labels: { action: pause }
      - alert: SpreadLow
        expr: spread < 1
        labels: { action: pause, no_data: halt, scope: "bot,venue" }
      - alert: Ignoring
        expr: failed > 100
        labels: { action: pause, no_data: ignore }
      - alert: OnlyTells
        expr: other > 1
`;

let clock: HandClock;
let store: Store;
let guard: Guard;
let actions: NoDataActions;
let told: MissingData[];
let bots: Set<string>;
let targets: { labels: Labels; scrapeIntervalMs: number }[];

beforeEach(() => {
  clock = new HandClock(START_MS);
  store = new Store({ path: ":memory:", commitIntervalMs: 0, now: () => clock.now() });
  guard = new Guard(store.tables, { onListenerError: thrown });
  told = [];
  bots = new Set(["a", "b"]);
  targets = [];
});
afterEach(() => {
  actions[Symbol.dispose]();
  store.close();
});

function thrown(error: unknown): never {
  throw error;
}

function start(): void {
  const [config] = parseRuleFile(RULES, "rules.yml").groups;
  if (config === undefined) throw new Error("one group stands above");
  const group = new RuleGroup("rules.yml", config, {
    reader: store,
    sink: new StoreSink(store),
    defaultIntervalMs: 1000,
  });
  actions = new NoDataActions({
    ...{ store, guard, clock, leaseMs: LEASE_MS },
    groups: () => [group],
    targets: () => targets,
    isLinkedBot: (bot) => bots.has(bot),
    onMissing: (one) => told.push(one),
    onError: thrown,
  });
  actions.start();
}

type Sample = readonly [name: string, labels: Readonly<Record<string, string>>];

function send(samples: readonly Sample[]): void {
  for (const [name, labels] of samples)
    store.append(store.series(Labels.from({ ...labels, __name__: name })), clock.now(), 1);
}

/** Time passes, and each second these come. */
function pass(seconds: number, samples: readonly Sample[]): void {
  for (let second = 0; second < seconds; second++) {
    send(samples);
    clock.turn(1000);
  }
}

function paused(): string[] {
  return guard.pauses().map(({ scope, state, rule, reason }) => `${rule} ${JSON.stringify(scope)} ${state} ${reason}`);
}

const A: Sample = ["failed", { bot: "a", job: "link", instance: "x" }];
const B: Sample = ["failed", { bot: "b", job: "link", instance: "x" }];
const SPREAD: Sample = ["spread", { bot: "a", venue: "cex", job: "link", instance: "x" }];

describe("F9 a pause rule's data vanish", () => {
  test("its policy acts within the lease, on the bot whose data they are, through recording rules, too", () => {
    start();
    pass(12, [A, B]);
    const lastMs = clock.now() - 1000;

    pass(1, [B]);
    expect(paused()).toEqual([]);
    clock.turn(LEASE_MS - 2000 - 1);

    const at = new Date(lastMs).toISOString().slice(11, 19);
    expect(paused()).toEqual([`OrdersFailing {"bot":"a"} REDUCING no data: failed of a last seen ${at} UTC`]);
    expect(told).toMatchObject([{ rule: "OrdersFailing", source: "a", selector: "failed" }]);
    const [pause] = guard.pauses();
    if (pause === undefined) throw new Error("it stands above");
    expect(actions.isMissing(pause)).toBe(true);
    pass(2, [A, B]);
    expect(actions.isMissing(pause)).toBe(false);
    expect(guard.pauses()).toHaveLength(1);
  });

  test("as its labels say: halt, the scope without what nobody knows, or nothing at all", () => {
    start();
    pass(12, [A, SPREAD, ["other", { bot: "a" }]]);
    pass(3, [A]);

    expect(guard.pauses()).toMatchObject([{ rule: "SpreadLow", scope: { bot: "a" }, state: "HALTED" }]);
    pass(5, []);
    expect(guard.pauses().map(({ rule }) => rule)).toEqual(["SpreadLow", "OrdersFailing"]);
  });

  test("what is scraped may miss one scrape, and without a bot's name pauses everything", () => {
    const labels = { job: "arb", instance: "host:1" };
    targets = [{ labels: Labels.from(labels), scrapeIntervalMs: 4000 }];
    start();
    for (let i = 0; i < 5; i++) {
      send([["failed", labels]]);
      clock.turn(4000);
    }
    clock.turn(5000);
    expect(paused()).toEqual([]);
    clock.turn(1100);

    expect(guard.pauses()).toMatchObject([{ scope: {}, state: "REDUCING" }]);
  });

  test("a goodbye, or a target that is taken out of the configuration, is no news", () => {
    start();
    pass(12, [A, B]);
    bots.delete("a");
    actions.forget("a");
    pass(20, [B]);

    expect(paused()).toEqual([]);
  });

  test("what was there before a restart and does not come back has vanished", () => {
    send([A, B]);
    bots.delete("b"); // it had said goodbye
    clock.turn(3000);
    start();

    clock.turn(RETURN_MS - 1000);
    expect(paused()).toEqual([]);
    clock.turn(1100);
    expect(guard.pauses()).toMatchObject([{ scope: { bot: "a" } }]);
  });

  test("what Haltwatch could not hear is not missing: it stood still, or its clock was set", () => {
    start();
    pass(12, [A]);

    clock.block(60_000);
    clock.turn(4000);
    pass(12, [A]);
    expect(paused()).toEqual([]);

    clock.set(clock.now() + 3_600_000);
    pass(3, [A]);
    expect(paused()).toEqual([]);
    clock.turn(3000);
    expect(guard.pauses()).toHaveLength(1);
  });
});
