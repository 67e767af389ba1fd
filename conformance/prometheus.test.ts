/** A real Prometheus reads what the bots expose, and its values are the bots' own. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import {
  AI_TRADING_METRICS,
  AiTradingMetrics,
  ARBITRAGE_METRICS,
  type ExpositionFormat,
  exportSnapshots,
  initMetrics,
  Registry,
  TRADING_METRICS,
} from "@haltwatch/bot";
import { expect } from "vitest";
import { testWithPeer } from "./peers.ts";
import { labelsKey, startPrometheus } from "./real-prometheus.ts";

const EXAMPLE_BOT = fileURLToPath(new URL("../examples/arbitrage-bot/src/main.ts", import.meta.url));

/** promtool's exit code where all it has are remarks on style. */
const ONLY_REMARKS = 3;

testWithPeer(
  "prometheus",
  "A2 B1 E1 Prometheus scrapes every metric, with its type and help, and the bot's own values",
  async (binary) => {
    const monitoring = await initMetrics({ prometheus_bind_addr: "127.0.0.1:0", log_level: "error" }, { env: {} });
    try {
      const registry = monitoring.registry;
      recordEverything(monitoring, registry);
      const snapshots = exportSnapshots(registry, {
        intervalMs: 3_600_000,
        bot: () => ({
          balanceUsd: 0.1 + 0.2,
          realizedPnlUsd: 250.5,
          unrealizedPnlUsd: -12,
          winRate: 0.56,
          closedTrades: 25,
          openPositions: 2,
          exposureUsd: 1200,
        }),
        risk: () => ({
          drawdown: 1 / 3,
          maxDrawdown: 0.5,
          dailyPnlUsd: -7,
          consecutiveLosses: 1,
          circuitBreakers: { max_loss: true },
        }),
      });
      await snapshots.take();
      await using prometheus = await startPrometheus(binary, new URL(monitoring.url ?? "").host);
      await prometheus.until("the bot is scraped", async () =>
        (await prometheus.query("up")).get("[]") === 1 ? true : undefined,
      );

      for (const definition of [ARBITRAGE_METRICS, TRADING_METRICS, AI_TRADING_METRICS].flatMap((all) =>
        Object.values(all),
      )) {
        const name = definition.type === "counter" ? definition.name.slice(0, -"_total".length) : definition.name;
        const told = await prometheus.metadata(name);
        expect(told, definition.name).toMatchObject({ type: definition.type, help: definition.help });
        expect(told?.unit, definition.name).toBe("unit" in definition ? definition.unit : "");
      }
      for (const family of await registry.snapshot()) {
        if (
          !/^(orders|volume|latency|spread|opportunities|trading|ai_|policy|trades|portfolio|pnl|circuit)/.test(
            family.name,
          )
        )
          continue;
        if (family.type === "histogram" || family.type === "summary") continue;
        const seen = await prometheus.query(family.name);
        const own = new Map(family.series.map((series) => [labelsKey(series.labels), series.value]));
        expect(seen, family.name).toEqual(own);
      }
      const buckets = await prometheus.query('latency_ms_bucket{metric="cex_order"}');
      expect([...buckets.values()].sort()).toEqual([1, 1, 1, 2, 2, 3]);
      snapshots.stop();
    } finally {
      await monitoring.stop();
    }
  },
);

testWithPeer("prometheus", "A4 the example bot trades, and Prometheus has its counts", async (binary) => {
  const bot = spawn(process.execPath, [EXAMPLE_BOT, "--port", "0", "--seed", "3", "--speed", "20"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let output = "";
      const take = (chunk: Buffer): void => {
        output += chunk.toString();
        const found = /http:\/\/localhost:\d+\/metrics/.exec(output);
        if (found !== null) resolve(found[0]);
      };
      bot.stdout.on("data", take);
      bot.stderr.on("data", take);
      bot.once("exit", (code) => reject(new Error(`the bot ended with ${code}: ${output}`)));
    });
    await using prometheus = await startPrometheus(binary, new URL(url).host);
    const orders = await prometheus.until("orders on both venues", async () => {
      const seen = await prometheus.query("orders_total > 0");
      return seen.size === 2 ? seen : undefined;
    });

    const own = await ownValues(url, "orders_total");

    // The bot trades on meanwhile: what Prometheus saw a moment ago is at most what the bot counts now.
    expect([...own.keys()].sort()).toEqual([...orders.keys()].sort());
    for (const [labels, count] of orders) expect(count).toBeLessThanOrEqual(own.get(labels) ?? 0);
    await prometheus.until("the same counts as the bot's own", async () => {
      const [mine, theirs] = [await ownValues(url, "orders_total"), await prometheus.query("orders_total")];
      return [...mine].every(([labels, count]) => theirs.get(labels) === count) ? true : undefined;
    });
  } finally {
    bot.kill("SIGTERM");
  }
  expect((await once(bot, "exit"))[0]).toBe(0);
});

testWithPeer("promtool", "A2 B1 E1 promtool accepts the whole exposition", async (binary) => {
  const registry = new Registry();
  const { ArbitrageMetrics } = await import("@haltwatch/bot");
  recordEverything(new ArbitrageMetrics(registry), registry);
  await exportSnapshots(registry, { bot: () => ({ balanceUsd: 1 }), risk: () => ({ drawdown: 0 }) }).take();

  const { status, stdout, stderr } = checkMetrics(binary, await registry.metrics("text" satisfies ExpositionFormat));

  expect([0, ONLY_REMARKS], stdout + stderr).toContain(status);
  const remarks = (stdout + stderr).split("\n").filter((line) => line !== "");
  expect(remarks.filter((line) => !/^latency_ms .*abbreviated units/.test(line))).toEqual([]);
});

testWithPeer(
  "promtool",
  "B5 the base rules for trading bots are sound, and each alert fires and resolves when it should",
  (binary) => {
    for (const args of [
      ["check", "rules", "packages/packs/trading/rules.yml"],
      ["test", "rules", "packages/packs/trading/rules.test.yml"],
    ]) {
      const { status, stdout, stderr } = spawnSync(binary, args, { encoding: "utf8" });
      expect(status, stdout + stderr).toBe(0);
    }
  },
);

function recordEverything(
  metrics: Pick<
    Awaited<ReturnType<typeof initMetrics>>,
    "recordOrder" | "recordLatency" | "recordOpportunity" | "recordExposure" | "recordQuoteAge"
  >,
  registry: Registry,
): void {
  for (const latency of [10, 300, 5000]) metrics.recordOrder({ status: "filled", volumeQuote: 1250.1, latency }, "cex");
  metrics.recordOrder({ status: "rejected", latency: 700 }, "dex");
  metrics.recordLatency("scanner", 12.5);
  metrics.recordOpportunity({ spreadGrossBps: 12.5, spreadNetBps: -4.25 });
  metrics.recordExposure({ unhedgedQuote: 2500.5 });
  metrics.recordQuoteAge("cex", 120);
  const ai = new AiTradingMetrics(registry);
  ai.recordDecision({ regime: 'odd "regime"\\\n', approved: true, confidence: 0.82 });
  ai.recordPolicyValidation({ result: "rejected", riskScore: 0.9, violations: 2 });
  ai.recordTrade({ side: "buy", symbol: "BTCUSDT", strategy: "breakout" });
  ai.recordPortfolio({ valueUsdt: 10_500.25, realizedPnlUsdt: -12.5 });
  ai.recordCircuitBreaker(true);
}

function checkMetrics(binary: string, exposition: string) {
  return spawnSync(binary, ["check", "metrics"], { input: exposition, encoding: "utf8" });
}

/** The bot's own values of a metric, read from its endpoint. */
async function ownValues(url: string, metric: string): Promise<Map<string, number>> {
  const lines = (await (await fetch(url)).text()).split("\n").filter((line) => line.startsWith(`${metric}{`));
  return new Map(
    lines.map((line) => {
      const labels = [...line.matchAll(/(\w+)="([^"]*)"/g)].map(
        ([, name, value]) => [name ?? "", value ?? ""] as const,
      );
      return [labelsKey(Object.fromEntries(labels)), Number(line.slice(line.lastIndexOf(" ") + 1))];
    }),
  );
}
