/** The whole bot on whole recordings. */
import { expect } from "vitest";
import type { MarketEvent, Quote } from "./feeds/quote.ts";
import { replayFeed } from "./feeds/replay-feed.ts";
import { seededRandom } from "./random.ts";
import { testOnRecordings } from "./testing/recorded-inputs.ts";
import { type Traded, trade, withoutMeasured } from "./testing/trade.ts";

const BINANCE = ["hftbacktest/spot_ethusdt_20240808.gz", "hftbacktest/usdm_ethusdt_20240808.bookTicker-trade.gz"];
const UNISWAP_1 = "demeter/uniswapv3-polygon-weth-usdc-2025-07-01.minute.csv.gz";
const UNISWAP_2 = "demeter/uniswapv3-polygon-weth-usdc-2025-07-02.minute.csv.gz";
const GMX_1 = "demeter/gmxv2-arbitrum-eth-usdc-2025-07-01.minute.csv.gz";
const GMX_2 = "demeter/gmxv2-arbitrum-eth-usdc-2025-07-02.minute.csv.gz";
const UNISWAP_2023 = [13, 14, 15, 16, 17].map(
  (day) => `demeter/uniswapv3-polygon-weth-usdc-2023-08-${day}.minute.csv.gz`,
);

/** Far above what a replay takes, far below what would be noticed as hanging, milliseconds. */
const QUICK_MS = 30_000;

async function replayed(files: readonly string[], seed = 1) {
  const replay = await replayFeed(files, seededRandom(seed));
  return { ...replay, ...(await trade(replay.events, { seed, startMs: replay.startMs })), tally: replay.tally };
}

function expectMetricsToBeTallies({ bot, metrics }: Traded): void {
  for (const venue of ["cex", "dex"] as const) {
    expect(metrics.get(`orders_total{venue="${venue}"}`)).toBe(bot.tally.orders[venue]);
    expect(metrics.get(`orders_failed_total{venue="${venue}"}`)).toBe(bot.tally.failed[venue]);
    expect(metrics.get(`volume_total{venue="${venue}"}`)).toBe(bot.tally.volumeQuote[venue]);
    expect(metrics.get(`latency_ms_count{metric="${venue}_order"}`)).toBe(bot.tally.orders[venue]);
  }
  expect(metrics.get("opportunities_total")).toBe(bot.tally.opportunities);
}

testOnRecordings(
  "Binance spot bid over futures ask is −7.1, 4.4, 7.3 bps at least, in the middle, at most",
  BINANCE,
  async (files) => {
    const spreads: number[] = [];
    const newest: Partial<Record<Quote["venue"], Quote>> = {};
    const { events } = await replayFeed(files, seededRandom(1));

    for await (const event of events as AsyncGenerator<Exclude<MarketEvent, { kind: "gas" }>>) {
      newest[event.venue] = event;
      const { cex, dex } = newest;
      if (cex !== undefined && dex !== undefined) spreads.push(((cex.bid - dex.ask) / dex.ask) * 1e4);
    }

    spreads.sort((a, b) => a - b);
    expect(spreads[0]).toBeCloseTo(-7.1, 1);
    expect(spreads[Math.floor(spreads.length / 2)]).toBeCloseTo(4.4, 1);
    expect(spreads.at(-1)).toBeCloseTo(7.3, 1);
  },
);

testOnRecordings(
  "A4 Binance spot against futures: orders on both venues, all recorded, within seconds",
  BINANCE,
  async (files) => {
    const start = performance.now();

    const run = await replayed(files);

    expect(performance.now() - start).toBeLessThan(QUICK_MS);
    expect(run.plays).toEqual({ cex: "spot/ETHUSDT", dex: "futures/ETHUSDT" });
    expect(run.tally).toMatchObject({ quotes: 24_077 + 53_992, outOfOrder: 0, torn: 0 });
    expect(run.bot.tally.orders.cex).toBeGreaterThan(20);
    expect(run.bot.tally.orders.dex).toBeGreaterThan(20);
    expectMetricsToBeTallies(run);
    expect(run.log.filter(({ event }) => event === "clock_skew")).toHaveLength(1);
    expect(run.metrics.get('quote_age_seconds{venue="dex"}')).toBeGreaterThanOrEqual(0);
  },
);

testOnRecordings("the same seed and recordings make exactly the same orders", BINANCE, async (files) => {
  expect(withoutMeasured(await replayed(files, 7))).toEqual(withoutMeasured(await replayed(files, 7)));
});

testOnRecordings("A4 Uniswap against GMX, by the minute, with a minute missing", [UNISWAP_1, GMX_1], async (files) => {
  const run = await replayed(files);

  expect(run.plays).toEqual({ cex: "uniswap-v3/ETHUSDC", dex: "gmx-v2/ETHUSD" });
  expect(run.tally.quotes).toBe(1439 + 1440);
  expect(run.bot.tally.orders.cex).toBeGreaterThan(10);
  expect(run.bot.tally.orders.dex).toBeGreaterThan(10);
  expectMetricsToBeTallies(run);
});

testOnRecordings(
  "days of two venues in any order are put one behind the other",
  [GMX_2, UNISWAP_2, UNISWAP_1, GMX_1],
  async (files) => {
    const run = await replayed(files);

    expect(run.plays).toEqual({ cex: "gmx-v2/ETHUSD", dex: "uniswap-v3/ETHUSDC" });
    expect(run.tally).toMatchObject({ quotes: 1439 + 3 * 1440, outOfOrder: 0 });
    expectMetricsToBeTallies(run);
  },
);

testOnRecordings(
  "days of one venue alone play the DEX, a CEX is made up around them, and gas costs what it cost",
  [...UNISWAP_2023, "demeter/gas_price-2023-08-14_17.csv.gz"],
  async (files) => {
    const run = await replayed(files);

    expect(run.plays).toEqual({ cex: undefined, dex: "uniswap-v3/ETHUSDC" });
    expect(run.tally.quotes).toBe(2 * 7199); // each with its shadow; a minute is missing
    expect(run.bot.tally.orders.dex).toBeGreaterThan(100);
    expectMetricsToBeTallies(run);
  },
);

testOnRecordings(
  "Bybit's linear and spot markets out of one file, whose connections were written one after the other",
  ["cryptofeed/BYBIT.jsonl.zst"],
  async (files) => {
    const run = await replayed(files);

    expect(run.plays).toEqual({ cex: "linear/ETHUSDT", dex: "spot/ETHUSDT" });
    expect(run.tally).toMatchObject({ quotes: 421 + 250, outOfOrder: 0 });
    expectMetricsToBeTallies(run);
  },
);

testOnRecordings(
  "labelled transactions come in any order and are replayed by time",
  ["cexdex/cexdex_data_sample_20230808.csv.gz"],
  async (files) => {
    const run = await replayed(files);

    expect(run.plays).toEqual({ cex: undefined, dex: "swaps/ETHUSD" });
    expect(run.tally.outOfOrder).toBe(0);
    expect(run.bot.tally.orders.dex).toBeGreaterThan(100);
    expectMetricsToBeTallies(run);
  },
);

testOnRecordings(
  "two recordings of different hours never trade: one of the quotes is always stale",
  ["cryptofeed/BYBIT.jsonl.zst", "cryptofeed/GEMINI.jsonl.zst"],
  async (files) => {
    const run = await replayed(files);

    expect(run.bot.tally.orders).toEqual({ cex: 0, dex: 0 });
    expect(Object.keys(run.bot.tally.refusals)).toEqual(["stale_quote"]);
  },
);
