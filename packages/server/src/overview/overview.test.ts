import { Guard } from "@haltwatch/guard";
import { PACKS } from "@haltwatch/packs";
import { parseRuleFile, RuleGroup } from "@haltwatch/rules";
import { Labels, Store } from "@haltwatch/store";
import { describe, expect, test, vi } from "vitest";
import { HandClock } from "../rules/testing/hand-clock.ts";
import { Overview, type OverviewSources } from "./overview.ts";
import { type OverviewAnswer, overviewAnswer } from "./overview-answer.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The start of a half hour. */
const NOW_MS = Date.UTC(2026, 5, 1, 12);

const RULES = `
groups:
  - name: g
    rules:
      - { alert: Wide, expr: spread > 1, labels: { severity: critical } }
      - { alert: Down, expr: up == 0, labels: { severity: warning } }
      - { alert: Slow, expr: slow > 1, for: 1h, labels: { severity: info } }
`;

class World implements Disposable {
  readonly clock = new HandClock(NOW_MS);
  readonly store = new Store({
    path: ":memory:",
    commitIntervalMs: 0,
    now: () => this.clock.now(),
    retentionMs: 60 * DAY_MS,
  });
  readonly guard = new Guard(this.store.tables, { onListenerError: (error) => this.errors.push(error) });
  readonly errors: unknown[] = [];
  readonly groups: RuleGroup[];
  readonly overview: Overview;

  constructor(more: Partial<OverviewSources> = {}) {
    const sink = { append: () => undefined, appendStale: () => undefined };
    this.groups = parseRuleFile(RULES, "r.yml").groups.map(
      (config) =>
        new RuleGroup("r.yml", config, { reader: this.store, sink, defaultIntervalMs: 1_000, stopwatch: () => 0 }),
    );
    this.overview = new Overview({
      ...{ store: this.store, guard: this.guard, clock: this.clock, version: "1.2.3", startTimeMs: NOW_MS - 1000 },
      ...{ isDemo: false, packs: () => PACKS, configHash: () => "abc", limitOf: () => 15 },
      ...{ groups: () => this.groups, linked: () => [], orchestrators: () => [], targets: () => [], silenced: () => 0 },
      fault: () => undefined,
      onError: (error) => this.errors.push(error),
      ...more,
    });
  }

  /** @param samples of one series, oldest first: how long ago, milliseconds, and the value */
  fill(
    labels: Readonly<Record<string, string>>,
    ...samples: readonly (readonly [agoMs: number, value: number])[]
  ): void {
    const series = this.store.series(Labels.from(labels));
    const times = samples.map(([agoMs]) => NOW_MS - agoMs);
    this.store.backfill([{ series, times, values: samples.map(([, value]) => value) }]);
  }

  set(labels: Readonly<Record<string, string>>, value: number): void {
    this.store.append(this.store.series(Labels.from(labels)), this.clock.now(), value);
  }

  evaluate(): void {
    for (const group of this.groups) group.evaluate(this.clock.now());
    this.overview.changed();
  }

  /** As its schema says. */
  get view(): OverviewAnswer {
    overviewAnswer.parse(this.overview.view());
    return this.overview.view();
  }

  [Symbol.dispose](): void {
    this.overview[Symbol.dispose]();
    this.store.close();
  }
}

const UP = { __name__: "up", job: "trading-bot", instance: "h:1", bot: "t-1" };

describe("the overview", () => {
  test("without a bot and a sample nobody knows whether all is well", () => {
    using world = new World();

    expect(world.view).toMatchObject({ worst: "unknown", bots: [], last_sample: null, version: "1.2.3" });
  });

  test("a bot that sends is well, and says when it did last", () => {
    using world = new World();
    world.set(UP, 1);
    world.overview.arrived(NOW_MS);

    expect(world.view.bots).toMatchObject([
      { bot: "t-1", pack: "trading", via: "scrape", is_answering: true, state: "ACTIVE", since: null },
    ]);
    expect(world.view).toMatchObject({ worst: "ok", last_sample: new Date(NOW_MS).toISOString() });
  });

  test("a bot that is down keeps the time of its last sample, and is no longer well", () => {
    using world = new World();
    world.set(UP, 1);
    void world.view;
    world.clock.turn(10_000);
    world.set(UP, 0);
    world.overview.arrived(world.clock.now());

    expect(world.view.bots[0]).toMatchObject({ is_answering: false, last_sample: new Date(NOW_MS).toISOString() });
    expect(world.view.worst).toBe("unknown");
  });

  test.each<[string, Partial<OverviewSources>]>([
    ["does not evaluate its rules", { fault: () => "rule group g is not evaluated" }],
    ["has a target that does not answer", { targets: () => [{ health: "down", lastScrapeMs: NOW_MS }] }],
  ])("all is not well where Haltwatch %s, though no alert fires", (_, more) => {
    using world = new World(more);
    world.set(UP, 1);
    world.overview.arrived(NOW_MS);

    expect(world.view.bots[0]).toMatchObject({ is_answering: true });
    expect(world.view.worst).toBe("unknown");
    expect(world.overview.beat().worst).toBe("unknown");
  });

  test("a rule that cannot be evaluated cannot fire: then all is not well", () => {
    using world = new World();
    world.set(UP, 1);
    world.set({ __name__: "spread", bot: "t-1" }, 0);
    world.overview.arrived(NOW_MS);
    world.evaluate();
    expect(world.view.worst).toBe("ok");

    vi.spyOn(world.store, "select").mockImplementation(() => {
      throw new RangeError("damaged");
    });
    world.evaluate();

    expect(world.overview.beat().worst).toBe("unknown");
  });

  test("a bot from which nothing came for two minutes does not answer, whatever its last word was", () => {
    using world = new World();
    world.set(UP, 1);
    world.clock.turn(120_000);

    expect(world.view.bots[0]).toMatchObject({ is_answering: false });
  });

  test("alerts are counted for the bot they name, and for the target that it is", () => {
    using world = new World();
    world.set(UP, 0);
    world.set({ ...UP, instance: "h:2", bot: "t-2" }, 1);
    world.set({ __name__: "spread", bot: "t-2" }, 2);
    world.set({ __name__: "spread", job: "trading-bot", instance: "h:2" }, 2);
    world.set({ __name__: "slow" }, 2);
    world.overview.arrived(NOW_MS);
    world.evaluate();

    expect(world.view.bots.map(({ bot, alerts }) => [bot, alerts])).toEqual([
      ["t-1", { critical: 0, warning: 1, info: 0 }],
      ["t-2", { critical: 2, warning: 0, info: 0 }],
    ]);
    expect(world.view.alerts).toEqual({ firing: 3, pending: 1, silenced: 0, critical: 2, warning: 1, info: 0 });
    expect(world.view.worst).toBe("critical");
  });

  test("a paused bot says why, by whom and since when; all of them where everything is paused", () => {
    using world = new World();
    world.set(UP, 1);
    world.set({ ...UP, bot: "t-2" }, 1);
    const pause = { reason: "r", by: "me", timeMs: NOW_MS - 5_000 } as const;
    world.guard.pause({ ...pause, scope: { bot: "t-1" }, state: "REDUCING" });
    world.guard.pause({ ...pause, scope: { bot: "gone" }, state: "HALTED" });
    world.guard.pause({ ...pause, scope: {}, state: "HALTED", timeMs: NOW_MS - 1_000 });

    const since = new Date(NOW_MS - 1_000).toISOString();
    expect(world.view.bots).toMatchObject([
      { bot: "gone", is_answering: false, state: "HALTED", since: new Date(NOW_MS - 5_000).toISOString() },
      { bot: "t-1", state: "HALTED", since, pauses: [{ scope: "bot:t-1" }, { scope: "all" }] },
      { bot: "t-2", state: "HALTED", since, pauses: [{ scope: "all" }] },
    ]);
    expect(world.view.worst).toBe("paused");
    expect(world.view.bots[1]?.strip_24h.at(-1)).toBe("paused");
  });

  test("a bot whose link stands and that sends nothing for two minutes does not answer", () => {
    const linked = [{ bot: "t-1", instance: "h:1", isLinked: true, sinceMs: NOW_MS }];
    using world = new World({ linked: () => linked });
    world.clock.turn(119_000);
    expect(world.view.bots).toMatchObject([{ bot: "t-1", is_answering: true, via: "link" }]);

    world.set(UP, 1);
    world.clock.turn(119_000);
    expect(world.view.bots).toMatchObject([{ is_answering: true }]);

    world.clock.turn(1_000);
    expect(world.view.bots).toMatchObject([{ is_answering: false }]);
  });

  test("a bot that an orchestrator runs is reached over it, one that is linked over its link", () => {
    const linked = [{ bot: "t-2", instance: "i", isLinked: false, sinceMs: NOW_MS }];
    using world = new World({ linked: () => linked, orchestrators: () => [{ scope: { bot: "t-1" } }] });
    world.set(UP, 1);

    expect(world.view.bots).toMatchObject([
      { bot: "t-1", via: "orchestrator", is_answering: true },
      { bot: "t-2", via: "link", is_answering: false },
    ]);
  });

  test("what was before this process began is read from the store and the journal", async () => {
    using world = new World();
    const minutes = Array.from({ length: 71 * 60 }, (_, at) => (71 * 60 - at) * 60_000);
    const isUp = (agoMs: number): boolean => agoMs < 23 * HOUR_MS || agoMs > 48 * HOUR_MS;
    world.fill(UP, ...minutes.map((agoMs) => [agoMs, isUp(agoMs) ? 1 : 0] as const));
    const alert = { __name__: "ALERTS", alertname: "Wide", alertstate: "firing", severity: "warning", bot: "t-1" };
    world.fill(alert, [3 * HOUR_MS, 1], [2.6 * HOUR_MS, 1]);
    const pause = world.guard.pause({
      ...{ scope: { bot: "t-1" }, state: "HALTED", reason: "r", by: "me", timeMs: NOW_MS - 50 * HOUR_MS },
    });
    world.guard.arm({
      ...{
        scope: pause.scope,
        reason: "r",
        by: "me",
        force: false,
        timeMs: NOW_MS - 49 * HOUR_MS,
        firing: () => false,
      },
    });
    world.set(UP, 1);
    void world.view;
    await world.overview.remembered();
    world.overview.changed();

    const { strip_24h, strip_30d } = world.view.bots[0] ?? { strip_24h: [], strip_30d: [] };
    const hours = strip_24h.map((state, at) => [(strip_24h.length - 1 - at) / 2, state] as const);
    expect(hours.filter(([, state]) => state !== "ok")).toEqual([
      [23.5, "unknown"],
      [3, "warning"],
    ]);
    expect(strip_30d.slice(-4)).toEqual(["unknown", "paused", "unknown", "warning"]);
    expect(world.errors).toEqual([]);
  });

  test("what begins and ends between two looks is noted", async () => {
    using world = new World();
    world.set(UP, 1);
    world.overview.start();
    world.set({ __name__: "spread", bot: "t-1" }, 2);
    world.evaluate();
    await new Promise((resolve) => setImmediate(resolve));
    world.clock.turn(1_000);
    world.set({ __name__: "spread", bot: "t-1" }, 0);
    world.evaluate();

    expect(world.view.bots[0]?.strip_24h.at(-1)).toBe("critical");
    expect(world.view.bots[0]?.alerts).toMatchObject({ critical: 0 });
  });

  test("profit and loss has a point each 20 minutes, more of the last ten, and one for now", async () => {
    using world = new World();
    const minutes = Array.from({ length: 25 * 60 }, (_, at) => 25 * 60 - at);
    world.fill({ ...UP, __name__: "trading_pnl_day_usd" }, ...minutes.map((ago) => [ago * 60_000, ago] as const));
    world.set(UP, 1);
    world.set({ ...UP, __name__: "trading_pnl_day_usd" }, -7);
    const pointsOf = () => world.view.bots[0]?.pnl?.points ?? [];
    await vi.waitFor(() => {
      world.overview.changed();
      expect(pointsOf().length).toBe(71 + 19 + 1);
    });

    expect(world.view.bots[0]?.pnl?.unit).toBe("usd");
    expect(pointsOf()[0]).toEqual([(NOW_MS - 71 * 1_200_000) / 1000, 71 * 20]);
    expect(pointsOf().slice(-3)).toEqual([
      [NOW_MS / 1000 - 60, 1],
      [NOW_MS / 1000 - 30, 1],
      [NOW_MS / 1000, -7],
    ]);
    expect(world.errors).toEqual([]);
  });

  test("a wallet is low when all that it holds is under the threshold", () => {
    using world = new World();
    const up = { __name__: "up", job: "betting", instance: "h:1", bot: "b-1" };
    const wallet = { __name__: "runtime_wallet_balance_usd", bot: "b-1", wallet: "sx" };
    world.set(up, 1);
    world.set({ ...wallet, token: "USDC" }, 9);
    world.set({ ...wallet, token: "SX" }, 5);
    world.set({ ...wallet, token: "SX", bot: "b-2" }, 500);
    world.set({ ...wallet, wallet: "azuro", token: "MATIC" }, 20);

    expect(world.view.bots[0]?.wallets).toEqual([
      { wallet: "azuro", asset: "MATIC", usd: 20, is_low: false },
      { wallet: "sx", asset: "SX", usd: 5, is_low: true },
      { wallet: "sx", asset: "USDC", usd: 9, is_low: true },
    ]);
  });

  test("is made once a second, and anew when something has changed", () => {
    using world = new World();
    const first = world.view;

    expect(world.view).toBe(first);
    world.overview.changed();
    const second = world.view;
    expect(second).not.toBe(first);
    world.clock.turn(1_000);
    expect(world.view).not.toBe(second);
  });
});
