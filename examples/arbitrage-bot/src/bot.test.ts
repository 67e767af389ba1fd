import { ArbitrageMetrics, type Intent, Registry, type TradingScope } from "@haltwatch/bot";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ArbitrageBot, summaryOf } from "./bot.ts";
import type { ArbitrageVenue } from "./feeds/quote.ts";
import { simulatedFeed } from "./feeds/simulated-feed.ts";
import { seededRandom } from "./random.ts";
import { DEFAULT_STRATEGY } from "./strategy.ts";
import { first, quoteAt, START_MS, stream } from "./testing/quotes.ts";
import { type LogLine, simulate, trade, withoutMeasured } from "./testing/trade.ts";

const endedOrders = (log: readonly LogLine[]) => log.filter(({ event }) => event === "order_ended");

/** Filled in all on a venue, in the base currency, out of what was told of each order. */
function filledBase(log: readonly LogLine[], venue: ArbitrageVenue): number {
  return endedOrders(log)
    .filter(({ fields }) => fields["venue"] === venue)
    .reduce((sum, { fields }) => sum + Number(fields["base"]), 0);
}

test("A4 every execution on each venue is recorded, and the scanner's latency: the metrics are the bot's own tallies", async () => {
  const { bot, metrics, log } = await simulate(1, 20_000);
  const { tally } = bot;

  expect(tally.orders.cex).toBeGreaterThan(50);
  expect(tally.orders.dex).toBeGreaterThan(50);
  for (const venue of ["cex", "dex"] as const) {
    expect(metrics.get(`orders_total{venue="${venue}"}`)).toBe(tally.orders[venue]);
    expect(metrics.get(`orders_failed_total{venue="${venue}"}`)).toBe(tally.failed[venue]);
    expect(metrics.get(`volume_total{venue="${venue}"}`)).toBe(tally.volumeQuote[venue]);
    expect(metrics.get(`latency_ms_count{metric="${venue}_order"}`)).toBe(tally.orders[venue]);
    expect(tally.failed[venue]).toBeGreaterThan(0);
  }
  expect(endedOrders(log)).toHaveLength(tally.orders.cex + tally.orders.dex);
  expect(metrics.get("opportunities_total")).toBe(tally.opportunities);
  expect(metrics.get('latency_ms_count{metric="scanner"}')).toBe(19_999); // the first quote has nothing to be compared with
});

test("the same seed makes exactly the same orders, another one others", async () => {
  expect(withoutMeasured(await simulate(7, 3000))).toEqual(withoutMeasured(await simulate(7, 3000)));
  expect(withoutMeasured(await simulate(7, 3000)).log).not.toEqual(withoutMeasured(await simulate(8, 3000)).log);
});

test("whatever the seed: positions are the sum of fills, none grows beyond its limit, and nothing is left open", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: 2 ** 32 - 1 }), async (seed) => {
      const { bot, metrics, log } = await simulate(seed, 2000);
      const { positions, settledBase, volumeQuote } = bot.tally;
      const price = bot.price ?? Number.NaN;
      const { maxPositionQuote, orderQuote } = DEFAULT_STRATEGY;

      expect(positions.cex + settledBase).toBeCloseTo(filledBase(log, "cex"), 8);
      expect(positions.dex - settledBase).toBeCloseTo(filledBase(log, "dex"), 8);
      expect(Math.abs(positions.cex) * price).toBeLessThan(maxPositionQuote * 1.1);
      expect(Math.abs(positions.dex) * price).toBeLessThan(maxPositionQuote * 1.1);
      expect(bot.unhedgedBase).toBe(0);
      expect(metrics.get("exposure_unhedged_quote")).toBe(0);
      // Nothing is made out of nothing: costs and edges of basis points keep the profit far below the volume.
      const volume = volumeQuote.cex + volumeQuote.dex;
      expect(Math.abs(bot.tally.profitQuote(price))).toBeLessThan(volume * 0.01 + orderQuote * 0.1);
    }),
    { numRuns: 25 },
  );
});

test("a leg that does not fill is hedged at once, on the CEX, and the exposure is recorded until it is", async () => {
  // The DEX's price is gone before the answer comes: its leg reverts, the CEX's fills.
  const { bot, exposures, log } = await trade(
    stream(
      quoteAt("cex", 0, 100),
      quoteAt("dex", 1, 101),
      quoteAt("dex", 2, 90),
      ...Array.from({ length: 100 }, (_, i) => quoteAt("cex", 100 * i + 100, 100)),
    ),
    { seed: 3, strategy: { cooldownMs: 1e9 } },
  );

  const orders = endedOrders(log).map(({ fields: { venue, purpose, side, status } }) => [venue, purpose, side, status]);
  expect(orders).toEqual([
    ["cex", "arbitrage", "buy", "filled"],
    ["dex", "arbitrage", "sell", "failed"],
    ["cex", "hedge", "sell", "filled"],
  ]);
  expect(bot.tally.hedges).toBe(1);
  expect(bot.unhedgedBase).toBe(0);
  expect(exposures).toEqual([expect.closeTo(1000, 3), 0]);
});

test("what cannot be hedged at a price that is known stays open, is told, and keeps the bot from trading on", async () => {
  const { bot, metrics, log } = await trade(
    stream(
      quoteAt("cex", 0, 100, { staleAfterMs: 50 }),
      quoteAt("dex", 1, 101, { staleAfterMs: 50 }),
      quoteAt("dex", 2, 90, { staleAfterMs: 50 }),
    ),
    { seed: 3 },
  );

  expect(endedOrders(log).map(({ fields }) => fields["status"])).toEqual(["filled", "failed"]);
  expect(bot.unhedgedBase).toBeCloseTo(10, 5);
  expect(metrics.get("exposure_unhedged_quote")).toBeCloseTo(1000, 3);
  expect(summaryOf(bot).unhedged_base).toBe(bot.unhedgedBase);
});

test("failed orders in a row pause the bot, and it is told", async () => {
  // The CEX's price runs away under every order: all are refused, all but hedges of the other leg.
  const quotes = Array.from({ length: 400 }, (_, i) => [
    quoteAt("dex", 1000 * i, 110),
    quoteAt("cex", 1000 * i + 1, 100),
    quoteAt("cex", 1000 * i + 2, 105),
  ]).flat();

  const { bot, log } = await trade(stream(...quotes), { strategy: { hedgeToleranceBps: 10_000 } });

  const pauses = log.filter(({ event }) => event === "trading_paused");
  expect(pauses.length).toBeGreaterThan(0);
  expect(pauses).toHaveLength(bot.tally.pauses);
  expect(pauses[0]?.fields).toMatchObject({ reason: "3 failed orders in a row", for_ms: 15_000 });
  expect(bot.tally.refusals.paused).toBeGreaterThan(0);
});

/** Allows what it is told to. */
function guardOf(allows: (intent: Intent, venue: string | undefined) => boolean) {
  return { allowed: (intent: Intent, scope?: TradingScope) => allows(intent, scope?.venue) };
}

test("F7 what the guard does not allow is not sent: no arbitrage where opening is refused, on either venue", async () => {
  const guards = {
    open: guardOf((intent) => intent === "close"),
    cex: guardOf((_, venue) => venue !== "cex"),
    dex: guardOf((_, venue) => venue !== "dex"),
  };
  for (const guard of Object.values(guards)) {
    const { bot } = await trade(first(3000, simulatedFeed(seededRandom(1), START_MS)), { guard });

    expect(bot.tally.orders).toEqual({ cex: 0, dex: 0 });
    expect(bot.tally.refusals.not_allowed).toBeGreaterThan(0);
  }
});

test("F7 without a guard, and with one that allows all, the bot trades the same", async () => {
  const feed = () => first(3000, simulatedFeed(seededRandom(1), START_MS));

  const watched = await trade(feed(), { guard: guardOf(() => true) });

  expect(withoutMeasured(watched)).toEqual(withoutMeasured(await trade(feed())));
});

test("F7 a hedge goes to the other venue where the first one is halted", async () => {
  // The CEX's price runs away under its leg, the DEX's is filled.
  const quotes = [quoteAt("cex", 0, 110), quoteAt("dex", 1, 100), quoteAt("cex", 10, 100), quoteAt("dex", 11, 100)];
  let isHalted = false;
  const guard = guardOf((_, venue) => venue !== "cex" || !isHalted);
  async function* market() {
    yield* quotes;
    isHalted = true;
    yield* [quoteAt("dex", 1_000, 100), quoteAt("cex", 1_001, 100), quoteAt("dex", 2_000, 100)];
  }

  const { bot, log } = await trade(market(), { guard });

  const hedges = endedOrders(log).filter(({ fields }) => fields["purpose"] === "hedge");
  expect(hedges.map(({ fields }) => fields["venue"])).toEqual(["dex"]);
  expect(bot.unhedgedBase).toBe(0);
});

test("stale quotes are neither traded on nor counted as an opportunity", async () => {
  const dex = Array.from({ length: 50 }, (_, i) => quoteAt("dex", 5000 * (i + 1), 110));

  const { bot, metrics } = await trade(stream(quoteAt("cex", 0, 100), ...dex));

  expect(bot.tally.opportunities).toBe(0);
  expect(bot.tally.orders).toEqual({ cex: 0, dex: 0 });
  expect(bot.tally.refusals).toEqual({ stale_quote: 50 });
  expect(metrics.get('quote_age_seconds{venue="cex"}')).toBe(250);
});

test("a venue whose clock is ahead of ours is told of once, and its quotes are 0 old, not less", async () => {
  const ahead = { exchangeTimeMs: START_MS + 5000 };

  const { metrics, log } = await trade(stream(quoteAt("cex", 0, 100, ahead), quoteAt("dex", 1, 100, ahead)));

  expect(log).toMatchObject([{ event: "clock_skew", fields: { venue: "cex", ahead_ms: 5000 } }]);
  expect(metrics.get('quote_age_seconds{venue="dex"}')).toBe(0);
});

test("quotes of one time are looked at together: none is held against what another has overtaken", async () => {
  const { bot } = await trade(
    stream(quoteAt("cex", 0, 100), quoteAt("dex", 0, 100), quoteAt("cex", 60, 110), quoteAt("dex", 60, 110)),
  );

  expect(bot.tally.opportunities).toBe(0);
});

test("A10 told to stop, the bot ends at once, and orders under way are recorded as canceled", async () => {
  const stop = new AbortController();
  const registry = new Registry();
  const bot = new ArbitrageBot({
    symbol: "ETHUSD",
    strategy: DEFAULT_STRATEGY,
    recorder: new ArbitrageMetrics(registry),
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined },
    clock: {
      now: () => START_MS,
      async until(timeMs, signal) {
        if (timeMs > START_MS + 2) stop.abort();
        signal.throwIfAborted();
      },
    },
    random: seededRandom(1),
  });

  await bot.run(stream(quoteAt("cex", 0, 100), quoteAt("dex", 1, 110), quoteAt("cex", 100_000, 100)), stop.signal);

  expect(bot.tally.orders).toEqual({ cex: 1, dex: 1 });
  expect(bot.tally.positions).toEqual({ cex: 0, dex: 0 });
  expect(await registry.metrics()).toContain('orders_total{venue="dex"} 1\n');
});

test("a market that breaks off with an error leaves no order untold", async () => {
  async function* broken() {
    yield quoteAt("cex", 0, 100);
    yield quoteAt("dex", 1, 110);
    yield quoteAt("dex", 2, 110);
    throw new Error("line 3 cannot be read");
  }
  const registry = new Registry();
  const bot = new ArbitrageBot({
    symbol: "ETHUSD",
    strategy: DEFAULT_STRATEGY,
    recorder: new ArbitrageMetrics(registry),
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined },
    clock: { now: () => START_MS, until: async () => undefined },
    random: seededRandom(1),
  });

  await expect(bot.run(broken(), new AbortController().signal)).rejects.toThrow("line 3");

  expect(bot.tally.orders).toEqual({ cex: 1, dex: 1 });
});
