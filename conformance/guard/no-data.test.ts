/**
 * Every series of a pause rule disappears, in real processes: the bot hangs, its link is cut, the target that is scraped dies. The
 * rule's policy acts, and nobody is told that the alert is resolved.
 */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { describe, expect, type TestContext, test } from "vitest";
import { BotProcess } from "../link/processes.ts";
import { apiData, type HaltwatchProcess, RealHaltwatch } from "../real-haltwatch.ts";

const TIMEOUT = { timeout: 90_000 };

/** As Haltwatch grants it, milliseconds. */
const LEASE_MS = 3_000;

/** What may be added to it on a busy machine. */
const TOLERANCE_MS = 300;

/** After a start bots are given so long to come back: nothing is missing before. */
const RETURN_MS = 10_500;

const RULES = `
groups:
  - name: limits
    interval: 1s
    rules:
      - alert: OrdersFailing
        expr: increase(orders_failed_total[5s]) > 0
        labels: { action: pause, scope: "all" }
      - alert: Failing
        expr: failing > 0
        labels: { action: reduce, no_data: halt }
`;

interface ShownPause {
  readonly rule: string;
  readonly scope: string;
  readonly state: string;
  readonly reason: string;
  readonly time: string;
}

async function started({ onTestFinished }: TestContext, toml: string): Promise<HaltwatchProcess> {
  const folder = new RealHaltwatch(
    {
      "haltwatch.toml": `${toml}\n[rules]\nfiles = ["rules.yml"]\n[link]\ntoken = "env:LINK_TOKEN"\n`,
      "rules.yml": RULES,
    },
    { LINK_TOKEN: "secret" },
  );
  onTestFinished(() => folder[Symbol.asyncDispose]());
  return folder.start();
}

function pauses({ url }: HaltwatchProcess): Promise<readonly ShownPause[]> {
  return apiData<readonly ShownPause[]>(url, "/api/haltwatch/pauses");
}

function pausedBy(haltwatch: HaltwatchProcess, rule: string): Promise<ShownPause> {
  return haltwatch.until(`${rule} pauses`, async () => (await pauses(haltwatch)).find((pause) => pause.rule === rule));
}

// Each waits for real time to pass: together they wait once.
describe.concurrent("in real processes", () => {
  for (const [name, signal] of [
    ["hangs", "SIGSTOP"],
    ["dies", "SIGKILL"],
  ] as const) {
    test(`F9 F10 the bot ${name}: the policy acts within the lease, and the loss is told`, TIMEOUT, async (context) => {
      const haltwatch = await started(context, "");
      const startMs = performance.now();
      await using bot = await BotProcess.start(haltwatch.url);
      await haltwatch.until("bots had time to come back", async () =>
        performance.now() - startMs > RETURN_MS ? true : undefined,
      );
      expect(await pauses(haltwatch)).toEqual([]);

      bot.signal(signal);
      const signalMs = Date.now();
      const pause = await pausedBy(haltwatch, "OrdersFailing");

      expect(pause).toMatchObject({ state: "REDUCING", scope: "all" });
      expect(pause.reason).toMatch(/^no data: orders_failed_total of arb-1 last seen \d\d:\d\d:\d\d UTC$/);
      expect(Date.parse(pause.time) - signalMs).toBeLessThanOrEqual(LEASE_MS + TOLERANCE_MS);
      await haltwatch.until("it is missed", async () => haltwatch.logged("bot_gone_without_goodbye")[0]);
      expect(haltwatch.stderr).not.toContain("alert_resolved");
    });
  }

  test(
    "F9 an alert that fires when its bot is killed is not resolved by that; a goodbye is no loss",
    TIMEOUT,
    async (context) => {
      const haltwatch = await started(context, "");
      const leaving = await BotProcess.start(haltwatch.url, "leaving");
      const bot = await BotProcess.start(haltwatch.url, "failing");
      await leaving.tell({ kind: "stop" });
      await leaving[Symbol.asyncDispose]();
      await bot.tell({ kind: "fail", count: 1 });
      await haltwatch.until("it fires", async () => haltwatch.logged("alert_firing")[0]);

      await bot[Symbol.asyncDispose]();
      await haltwatch.until("its series have gone", async () => haltwatch.logged("alert_without_data")[0]);

      expect(haltwatch.logged("alert_resolved")).toEqual([]);
      expect(haltwatch.logged("bot_gone_without_goodbye").map(({ bot: gone }) => gone)).toEqual(["failing"]);
      const journal = await apiData<readonly { kind: string; what: string }[]>(haltwatch.url, "/api/haltwatch/journal");
      expect(journal.map(({ what }) => what)).toEqual(
        expect.arrayContaining(["OrdersFailing: firing", "OrdersFailing: no-data"]),
      );
    },
  );

  test("F9 a target that is scraped dies: the policy acts after two and a half intervals", TIMEOUT, async (context) => {
    const target = await serve(context, "failing 1\n");
    const address = target.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const job = `[[scrape_configs]]\njob_name = "arb"\nscrape_interval = "1s"\nstatic_configs = [{ targets = ["127.0.0.1:${port}"] }]`;
    const haltwatch = await started(context, job);
    const startMs = performance.now();
    expect(await pausedBy(haltwatch, "Failing")).toMatchObject({ state: "REDUCING", scope: "all" });
    await haltwatch.until("it is watched", async () => (performance.now() - startMs > RETURN_MS ? true : undefined));

    target.close();
    target.closeAllConnections();
    const pause = await haltwatch.until("the policy acts", async () =>
      (await pauses(haltwatch)).find(({ state }) => state === "HALTED"),
    );

    expect(pause.reason).toContain(`no data: failing of arb/127.0.0.1:${port}`);
    await haltwatch.until("its alert has no data", async () => haltwatch.logged("alert_without_data")[0]);
    expect(haltwatch.logged("alert_resolved")).toEqual([]);
  });

  test("F8 a bot that trades on after it has acknowledged a pause is told of at once", TIMEOUT, async (context) => {
    const haltwatch = await started(context, '[web]\ncontrol_token = "env:LINK_TOKEN"\n');
    await using bot = await BotProcess.start(haltwatch.url);
    await bot.tell({ kind: "order", count: 2 });
    const response = await fetch(`${haltwatch.url}/api/haltwatch/pause`, {
      method: "POST",
      headers: { authorization: "Bearer secret" },
      body: JSON.stringify({ scope: "bot:arb-1", reason: "a test", by: "ada" }),
    });
    expect(response.status).toBe(200);
    await haltwatch.until("the bot has it", async () => haltwatch.logged("pause_report")[0]);
    expect(haltwatch.logged("trading_after_pause")).toEqual([]);

    // Each is more than what a bot may have had under way: it goes on.
    const told = await haltwatch.until("it is told", async () => {
      await bot.tell({ kind: "order", count: 1 });
      return haltwatch.logged("trading_after_pause")[0];
    });

    expect(told).toMatchObject({ bot: "arb-1", scope: "bot:arb-1", severity: "critical" });
    await haltwatch.until("it is an alert", async () =>
      (await haltwatch.alerts()).find(({ labels }) => labels["alertname"] === "TradingAfterPause"),
    );
  });
});

async function serve({ onTestFinished }: TestContext, text: string): Promise<Server> {
  const server = createServer((_, response) => response.setHeader("Content-Type", "text/plain").end(text));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return server;
}
