import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ArbitrageMetrics, Registry } from "@haltwatch/bot";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ArbitrageBot } from "./bot.ts";
import { simulatedClock } from "./clock.ts";
import type { Quote } from "./feeds/quote.ts";
import { replayFeed } from "./feeds/replay-feed.ts";
import { simulatedFeed } from "./feeds/simulated-feed.ts";
import { seededRandom } from "./random.ts";
import { DEFAULT_STRATEGY } from "./strategy.ts";

/** Recorded market data, beside the checkout where there is any. Never a part of it. */
const RECORDINGS = fileURLToPath(new URL("../../../../shared/inputs/market/", import.meta.url));

const START_MS = Date.UTC(2026, 10, 21);

async function* first<T>(count: number, items: AsyncIterable<T>): AsyncGenerator<T> {
  let left = count;
  for await (const item of items) {
    if (left-- === 0) return;
    yield item;
  }
}

/** Trades on these quotes as fast as the machine goes. */
async function trade(quotes: AsyncIterable<Quote>, seed: number, startMs = START_MS) {
  const registry = new Registry({ now: () => startMs });
  const warnings: string[] = [];
  const bot = new ArbitrageBot({
    strategy: DEFAULT_STRATEGY,
    recorder: new ArbitrageMetrics(registry),
    log: { warn: (event) => warnings.push(event) },
    clock: simulatedClock(startMs),
    random: seededRandom(seed),
  });
  await bot.run(quotes, new AbortController().signal);
  const lines = (await registry.metrics()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const values = new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]),
  );
  return { bot, values, warnings };
}

function simulate(seed: number, quotes: number) {
  return trade(first(quotes, simulatedFeed(seededRandom(seed), START_MS)), seed);
}

/** A test on recorded data: skipped where there is none, a failure where there has to be. */
function testOnRecordings(
  title: string,
  files: readonly string[],
  body: (paths: readonly string[]) => Promise<void>,
): void {
  const paths = files.map((file) => `${RECORDINGS}${file}`);
  const missing = paths.some((path) => !existsSync(path));
  if (!missing) test(title, { timeout: 120_000 }, () => body(paths));
  else if (process.env["CI"] === "true") test(title, () => expect.fail("the recordings are missing"));
  else test.skip(`${title} (skipped: no recordings here)`);
}

test("A4 every execution on each venue is recorded, and the scanner's latency: the metrics are the bot's own tallies", async () => {
  const { bot, values } = await simulate(1, 20_000);
  const { tally } = bot;

  expect(tally.orders.cex).toBeGreaterThan(50);
  expect(tally.orders.dex).toBeGreaterThan(50);
  for (const venue of ["cex", "dex"] as const) {
    expect(values.get(`orders_total{venue="${venue}"}`)).toBe(tally.orders[venue]);
    expect(values.get(`orders_failed_total{venue="${venue}"}`)).toBe(tally.failed[venue]);
    expect(values.get(`volume_total{venue="${venue}"}`)).toBe(tally.volumeQuote[venue]);
    expect(values.get(`latency_ms_count{metric="${venue}_order"}`)).toBe(tally.orders[venue]);
  }
  expect(values.get("opportunities_total")).toBe(tally.opportunities);
  expect(values.get('latency_ms_count{metric="scanner"}')).toBe(19_999); // the first quote has nothing to be compared with
});

test("the same seed makes the same orders, another one others", async () => {
  const withoutScanner = ({ values }: Awaited<ReturnType<typeof simulate>>) =>
    [...values].filter(([series]) => !series.includes('metric="scanner"'));

  expect(withoutScanner(await simulate(7, 3000))).toEqual(withoutScanner(await simulate(7, 3000)));
  expect(withoutScanner(await simulate(7, 3000))).not.toEqual(withoutScanner(await simulate(8, 3000)));
});

test("whatever the seed: no position grows beyond its limit, what is open is at most one order, and cash follows fills", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: 2 ** 32 - 1 }), async (seed) => {
      const { bot, values } = await simulate(seed, 2000);
      const { cex, dex } = bot.tally.positions;
      const price = bot.price ?? Number.NaN;
      const { maxPositionQuote, orderQuote } = DEFAULT_STRATEGY;

      expect(Math.abs(cex) * price).toBeLessThan(maxPositionQuote * 1.1);
      expect(Math.abs(dex) * price).toBeLessThan(maxPositionQuote * 1.1);
      expect(Math.abs(cex + dex) * price).toBeLessThan(orderQuote * 1.1);
      expect(values.get("exposure_unhedged_quote")).toBeLessThan(orderQuote * 1.1);
      // Nothing is made out of nothing: costs and edges of basis points keep the profit far below the volume.
      const volume = bot.tally.volumeQuote.cex + bot.tally.volumeQuote.dex;
      expect(Math.abs(bot.tally.profitQuote(price))).toBeLessThan(volume * 0.01 + orderQuote * 0.1);
    }),
    { numRuns: 25 },
  );
});

test("stale quotes are not traded on", async () => {
  async function* quotes(): AsyncGenerator<Quote> {
    const quote = { instrument: "ETHUSDC", staleAfterMs: 2000 };
    yield { ...quote, venue: "cex", timeMs: START_MS, bid: 100, ask: 100 };
    for (let i = 1; i < 50; i++) yield { ...quote, venue: "dex", timeMs: START_MS + 5000 * i, bid: 110, ask: 110 };
  }

  const { bot } = await trade(quotes(), 1);

  expect(bot.tally.opportunities).toBe(1);
  expect(bot.tally.orders).toEqual({ cex: 0, dex: 0 });
});

test("A10 told to stop, the bot ends at once, and orders under way are recorded as canceled", async () => {
  const stop = new AbortController();
  const registry = new Registry();
  const bot = new ArbitrageBot({
    strategy: DEFAULT_STRATEGY,
    recorder: new ArbitrageMetrics(registry),
    log: { warn: () => undefined },
    clock: {
      now: () => START_MS,
      async until(timeMs, signal) {
        if (timeMs > START_MS + 2) stop.abort();
        signal.throwIfAborted();
      },
    },
    random: seededRandom(1),
  });
  async function* quotes(): AsyncGenerator<Quote> {
    const quote = { instrument: "ETHUSDC", staleAfterMs: 2000 };
    yield { ...quote, venue: "cex", timeMs: START_MS, bid: 100, ask: 100 };
    yield { ...quote, venue: "dex", timeMs: START_MS + 1, bid: 110, ask: 110 };
    yield { ...quote, venue: "cex", timeMs: START_MS + 100_000, bid: 100, ask: 100 };
  }

  await bot.run(quotes(), stop.signal);

  expect(bot.tally.orders).toEqual({ cex: 1, dex: 1 });
  expect(bot.tally.positions).toEqual({ cex: 0, dex: 0 });
  expect(await registry.metrics()).toContain('orders_total{venue="dex"} 1\n');
});

testOnRecordings(
  "A4 Binance spot against futures: the spread is what was measured, and orders are made on both venues",
  ["hftbacktest/spot_ethusdt_20240808.gz", "hftbacktest/usdm_ethusdt_20240808.bookTicker-trade.gz"],
  async (files) => {
    const spreads: number[] = [];
    const { quotes, startMs, plays, tally } = await replayFeed(files, seededRandom(1));
    const newest: Partial<Record<Quote["venue"], Quote>> = {};
    async function* watched(): AsyncGenerator<Quote> {
      for await (const quote of quotes) {
        newest[quote.venue] = quote;
        const { cex, dex } = newest;
        if (cex !== undefined && dex !== undefined) spreads.push(((cex.bid - dex.ask) / dex.ask) * 1e4);
        yield quote;
      }
    }

    const { bot, values, warnings } = await trade(watched(), 1, startMs);

    expect(plays).toEqual({ cex: "ETHUSDT", dex: "ETHUSDT" });
    spreads.sort((a, b) => a - b);
    expect(spreads[0]).toBeCloseTo(-7.1, 1);
    expect(spreads[Math.floor(spreads.length / 2)]).toBeCloseTo(4.4, 1);
    expect(spreads.at(-1)).toBeCloseTo(7.3, 1);
    expect(tally.quotes).toBe(24_077 + 53_992);
    expect(bot.tally.orders.cex).toBeGreaterThan(20);
    expect(bot.tally.orders.dex).toBeGreaterThan(20);
    expect(values.get('orders_total{venue="cex"}')).toBe(bot.tally.orders.cex);
    expect(warnings).toContain("clock_skew");
    expect(values.get('quote_age_seconds{venue="dex"}')).toBeGreaterThanOrEqual(0);
  },
);

testOnRecordings(
  "A4 Uniswap against GMX, by the minute, with a minute missing",
  [
    "demeter/uniswapv3-polygon-weth-usdc-2025-07-01.minute.csv.gz",
    "demeter/gmxv2-arbitrum-eth-usdc-2025-07-01.minute.csv.gz",
  ],
  async (files) => {
    const { quotes, startMs, tally } = await replayFeed(files, seededRandom(1));

    const { bot, values } = await trade(quotes, 1, startMs);

    expect(tally.quotes).toBe(1439 + 1440);
    expect(bot.tally.orders.dex).toBeGreaterThan(100);
    expect(values.get('orders_total{venue="dex"}')).toBe(bot.tally.orders.dex);
  },
);

testOnRecordings(
  "Bybit's linear and spot markets out of one compressed file",
  ["cryptofeed/BYBIT.jsonl.zst"],
  async (files) => {
    const { quotes, plays, tally } = await replayFeed(files, seededRandom(1));
    const middles: number[] = [];
    for await (const { bid, ask } of quotes) middles.push((bid + ask) / 2);

    expect(Object.values(plays).sort()).toEqual(["linear/ETHUSDT", "spot/ETHUSDT"]);
    expect(tally.quotes).toBeGreaterThan(100);
    expect(Math.max(...middles) / Math.min(...middles)).toBeLessThan(1.01);
  },
);
