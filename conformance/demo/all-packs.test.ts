/** The demo with all packs: its bots are there, a fault of each is told as its pack's table says, what is paused stands still. */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { PACKS } from "@haltwatch/packs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { apiData } from "../real-haltwatch.ts";
import { isRunning, RealDemo, STOP_WITHIN_MS } from "./real-demo.ts";

/** One for each bot, told within seconds at ten times the usual speed. */
const FAULTS = [
  ["arbitrage", "stale-quotes"],
  ["betting", "sequencer-down"],
  ["trading", "over-exposed"],
  ["ai-trading", "breaker-active"],
  ["scraper", "vault-sealed"],
] as const;

/** From the start until all bots answer, milliseconds. */
const THERE_WITHIN_MS = 10_000;

/** Lived by a paused bot that must not trade, seconds of the clock. */
const WATCHED_SECONDS = 2;

/** The pack anomaly looks at the bots of the others. */
const BOTS = PACKS.filter(({ simulation, name }) => simulation !== undefined && name !== "anomaly").map(
  ({ name }) => `${name}-1`,
);

const ORDERS = '{__name__=~"orders_total|bets_placed_total|trading_orders_total"}';

interface Message {
  readonly channel: string;
  readonly level: string;
  readonly text: string;
  readonly picture: string | null;
}

describe("haltwatch demo --pack all", { timeout: 60_000 }, () => {
  let demo: RealDemo;
  let startedMs = 0;

  beforeAll(async () => {
    startedMs = performance.now();
    demo = await RealDemo.start("--pack", "all", "--speed", "10");
  }, 40_000);
  afterAll(() => demo?.[Symbol.asyncDispose]());

  test("every pack's bot answers within seconds, by its link or by scrapes, and trades", async () => {
    const there = await demo.until("all bots are there", async () => {
      const up = (await demo.query('up{bot!=""} == 1')).map(({ metric }) => metric["bot"]);
      return up.length === BOTS.length ? up : undefined;
    });

    expect(there.sort()).toEqual([...BOTS].sort());
    expect(performance.now() - startedMs).toBeLessThan(THERE_WITHIN_MS);
    const linked = await demo.until("it is seen which are linked", async () => {
      const bots = (await demo.query("haltwatch_bot_linked == 1")).map(({ metric }) => metric["bot"]);
      return bots.length > 0 ? bots : undefined;
    });
    expect(linked.sort()).toEqual(["ai-trading-1", "arbitrage-1", "trading-1"]);
    await demo.until("they trade", async () =>
      (await demo.query(`sum by (bot) (${ORDERS}) > 0`)).length === 3 ? true : undefined,
    );
    expect((await demo.alerts()).filter(({ state }) => state === "firing")).toEqual([]);
  });

  test("a fault that the command line switches on raises the alerts of its pack's table, and no other", async () => {
    const events = await listen(demo.url);

    const said = await Promise.all(FAULTS.map(([pack, fault]) => demo.run("fault", "on", fault, "--bot", `${pack}-1`)));

    expect(said.map(({ stderr }) => stderr).join("")).toBe("");
    const promised = FAULTS.map(([pack, fault]) => [`${pack}-1`, alertsOf(pack, fault)] as const);
    await demo.until("all of them fire", async () => {
      const firing = await firingByBot(demo);
      return promised.every(([bot, alerts]) => alerts.every((alert) => firing.get(bot)?.has(alert))) ? true : undefined;
    });
    const firing = await firingByBot(demo);
    expect(promised.map(([bot]) => [bot, [...(firing.get(bot) ?? [])].sort()])).toEqual(
      promised.map(([bot, alerts]) => [bot, [...alerts].sort()]),
    );
    expect((await demo.run("fault", "list", "--bot", "betting-1")).stdout).toMatch(/^ {2}ON {2}sequencer-down /m);
    await demo.until("pages are told", async () =>
      FAULTS.every(([pack, fault]) => events.text().includes(`{"bot":"${pack}-1","fault":"${fault}","on":true}`)) &&
      /^event: message$/m.test(events.text())
        ? true
        : undefined,
    );
    events.stop();
  });

  test("F7 what is paused stands still, whether it is linked or has an orchestrator", async () => {
    await demo.until("the bots say so", async () =>
      ["arbitrage-1: opens nothing", "betting-1: sends no more", "trading-1: opens nothing"].every((line) =>
        demo.output.includes(line),
      )
        ? true
        : undefined,
    );
    const orders = async () =>
      (await demo.query(`sum by (bot) (${ORDERS})`)).map(({ metric, value }) => [metric, value]);
    // What was recorded before the pause may still be on its way, a scrape at most.
    const sinceSeconds = Date.now() / 1000 + 1.5;
    const later = (seconds: number) => async () => {
      const [newest] = await demo.query('min(timestamp(up{bot!=""}))');
      return (newest?.value ?? 0) >= seconds ? await orders() : undefined;
    };
    const before = await demo.until("all has arrived", later(sinceSeconds));

    const after = await demo.until("time has gone by", later(sinceSeconds + WATCHED_SECONDS));

    expect(before).toHaveLength(3);
    expect(after).toEqual(before);
    expect(demo.output).toMatch(/^\d\d:\d\d:\d\d betting-1 PAUSED by rule SequencerDown$/m);
  });

  test("D7 Slack and Telegram were really sent messages, with pictures that open", async () => {
    const messages = await demo.until("both have one with a picture", async () => {
      const all = await apiData<readonly Message[]>(demo.url, "/api/haltwatch/demo/messages");
      const shown = ["slack", "telegram"].map((name) =>
        all.find(
          ({ channel, text, picture }) => channel === name && picture !== null && text.includes("SequencerDown"),
        ),
      );
      return shown.every((message) => message !== undefined) ? shown : undefined;
    });

    for (const { level, text, picture } of messages) {
      expect(level).toBe("critical");
      expect(text).toMatch(/^🔴 CRITICAL SequencerDown · bot betting-1\n/);
      expect(text).not.toMatch(/[<>]|&\w+;/);
      const png = await fetch(`${demo.url}${picture}`);
      expect(png.headers.get("content-type")).toBe("image/png");
    }
  });

  test("a name that is none, or several, is said in one line", async () => {
    const ambiguous = await demo.run("fault", "on", "rejected-orders");
    const unknown = await demo.run("fault", "on", "sequencer-dwn");

    expect(ambiguous).toMatchObject({ code: 2, stdout: "" });
    expect(ambiguous.stderr).toMatch(
      /^haltwatch: rejected-orders is a fault of arbitrage-1, betting-1, trading-1\..*\n$/,
    );
    expect(unknown.stderr).toMatch(/^haltwatch: there is no fault "sequencer-dwn"\. Perhaps sequencer-down .*\n$/);
  });

  test("A10 Ctrl-C ends all of it within two seconds, with exit code 0 and nothing left", async () => {
    const { url, limitsFile } = demo;
    const children = await demo.children();

    const { code, tookMs } = await demo.interrupt();

    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(STOP_WITHIN_MS);
    expect(existsSync(dirname(dirname(limitsFile)))).toBe(false);
    await expect(fetch(url)).rejects.toThrow();
    expect(children.length).toBeGreaterThanOrEqual(1);
    expect(children.filter(isRunning)).toEqual([]);
  });
});

function alertsOf(packName: string, faultName: string): readonly string[] {
  const pack = PACKS.find(({ name }) => name === packName);
  return pack?.faults.find(({ name }) => name === faultName)?.alerts ?? [];
}

/** Names of what fires, by bot. */
async function firingByBot(demo: RealDemo): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const firing = (await demo.alerts()).filter(({ state }) => state === "firing");
  return new Map(
    BOTS.map((bot) => [
      bot,
      new Set(firing.filter(({ labels }) => labels["bot"] === bot).map(({ labels }) => labels["alertname"] ?? "")),
    ]),
  );
}

/** The stream of events that a page has. */
async function listen(url: string): Promise<{ text(): string; stop(): void }> {
  const end = new AbortController();
  const response = await fetch(`${url}/api/haltwatch/events`, { signal: end.signal });
  let text = "";
  const read = async (): Promise<void> => {
    for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString();
  };
  read().catch(() => undefined); // it is ended below
  return { text: () => text, stop: () => end.abort() };
}
