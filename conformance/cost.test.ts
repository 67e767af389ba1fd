/**
 * What watching a bot costs: under 1 ms for each recorded operation, 100 MB for 30 days and 50 MB of memory, by so much that a slow
 * machine does not matter. Exact figures are `bench/`'s business.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { AiTradingMetrics, Registry } from "@haltwatch/bot";
import { PACKS, type Pack, type SimulatedBot } from "@haltwatch/packs";
import { ScrapeReader } from "@haltwatch/server";
import { Labels, type Series, Store } from "@haltwatch/store";
import { expect, test } from "vitest";

const DAY_SECONDS = 86_400;
const KEPT_DAYS = 30;

/** Prometheus's usual interval, and Haltwatch's example's. */
const INTERVALS_SECONDS = [15, 5] as const;

/** So long the bot lives for a month to be told from it: several blocks. */
const LIVED_SECONDS = 12 * 3600;

const START_MS = 1_700_000_003_000;

const MEGABYTE = 1e6;

/** Of one kind, so that what each takes can be told from what comes and goes. */
const BOTS = 20;

const pack = found("ai-trading");

test.each(INTERVALS_SECONDS)(
  "E7 30 days of a bot, scraped each %i s, take far less than 100 MB on disk",
  async (interval) => {
    const folder = mkdtempSync(join(tmpdir(), "haltwatch-cost-"));
    try {
      const { bytes, samples, series } = await lived(await simulated(), interval, join(folder, "haltwatch.db"));

      const perSample = bytes / samples;
      const ofBudget = (pack.seriesBudget * KEPT_DAYS * DAY_SECONDS) / interval;
      const month = perSample * ofBudget;
      process.stdout.write(
        `each ${interval} s: ${series} series, ${samples} samples, ${perSample.toFixed(2)} bytes each; ` +
          `${KEPT_DAYS} days of all ${pack.seriesBudget} series: ${(month / MEGABYTE).toFixed(1)} MB\n`,
      );
      expect(month).toBeLessThan(100 * MEGABYTE);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  60_000,
);

test("E7 a recorded operation takes less than a hundredth of a millisecond", () => {
  const metrics = new AiTradingMetrics(new Registry());
  const operations = 100_000;

  const begunMs = performance.now();
  for (let i = 0; i < operations; i++) {
    metrics.recordDecision({ regime: i % 2 === 0 ? "trending" : "ranging", approved: i % 3 === 0, confidence: 0.7 });
    metrics.recordPolicyValidation({ result: "approved", riskScore: 0.2, violations: 0 });
    metrics.recordTrade({ side: "buy", symbol: "BTCUSDT", strategy: "breakout" });
  }
  const eachNs = ((performance.now() - begunMs) * 1e6) / (3 * operations);

  process.stdout.write(`a recorded operation: ${eachNs.toFixed(0)} ns\n`);
  expect(eachNs).toBeLessThan(10_000);
});

test("E7 the metrics of a bot take less than half a megabyte of its memory, whatever its kind", async () => {
  const heaps: string[] = [];
  const all = PACKS.filter(({ simulation }) => simulation !== undefined);
  for (const one of all) for (let i = 0; i < BOTS; i++) await livedBot(one); // what their modules take is taken once
  for (const one of all) {
    const before = heapBytes();

    const bots = await Promise.all(Array.from({ length: BOTS }, () => livedBot(one)));
    const each = (heapBytes() - before) / bots.length;

    heaps.push(`${one.name} ${(each / 1000).toFixed(0)} kB`);
    expect(each, one.name).toBeLessThan(0.5 * MEGABYTE);
    expect((await bots[0]?.registry.metrics())?.length).toBeGreaterThan(0); // held until here
  }
  process.stdout.write(`heap of one bot's metrics: ${heaps.join(", ")}\n`);
});

/** All that the bot exposes, in a real store: what of its file is in use, for how many samples. */
async function lived(bot: SimulatedBot, intervalSeconds: number, path: string) {
  let nowMs = START_MS;
  const store = new Store({ path, now: () => nowMs, commitIntervalMs: 0 });
  try {
    const labels = Object.entries({ job: pack.job, instance: "127.0.0.1:9464" });
    const reader = new ScrapeReader<Series>((own) => store.series(Labels.from([...own, ...labels])));
    const emptyBytes = store.stats().usedBytes;
    let samples = 0;
    while (nowMs < START_MS + LIVED_SECONDS * 1000) {
      nowMs += intervalSeconds * 1000;
      bot.step(nowMs, new Set());
      const body = Buffer.from(await bot.registry.metrics());
      samples += reader.read(body, (series, value) => void store.append(series, nowMs, value)).samples;
      if (nowMs % 60_000 < intervalSeconds * 1000) store.commit();
    }
    store.commit();
    const { usedBytes, series } = store.stats();
    return { bytes: usedBytes - emptyBytes, samples, series };
  } finally {
    store.close();
  }
}

async function simulated(one: Pack = pack): Promise<SimulatedBot> {
  const start = await one.simulation?.();
  if (start === undefined) throw new Error(`${one.name} has no simulated bot`);
  return start({ seed: 1, startMs: START_MS });
}

/** With all the series that an hour makes. */
async function livedBot(one: Pack): Promise<SimulatedBot> {
  const bot = await simulated(one);
  bot.step(START_MS + 3_600_000, new Set());
  await bot.registry.metrics();
  return bot;
}

/** What is in use, without what is only waiting to be collected. */
function heapBytes(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void; // the flag's own
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

function found(name: string): Pack {
  const one = PACKS.find((each) => each.name === name);
  if (one === undefined) throw new Error(`there is no pack ${name}`);
  return one;
}
