import { ArbitrageMetrics, Registry } from "@haltwatch/bot";
import { expect, test } from "vitest";
import { Scanner } from "./scanner.ts";
import { DEFAULT_STRATEGY } from "./strategy.ts";
import { quoteAt, START_MS } from "./testing/quotes.ts";

const STRATEGY = { ...DEFAULT_STRATEGY, feeBps: { cex: 1, dex: 2 }, slippageBps: 3, gasQuote: 0.4, orderQuote: 1000 };

function newScanner() {
  const registry = new Registry();
  return { scanner: new Scanner(STRATEGY, new ArbitrageMetrics(registry)), registry };
}

test("gross is bid over ask of the better direction, net is after fees, slippage and gas", () => {
  const { scanner } = newScanner();
  scanner.scan([quoteAt("cex", 0, 0, { bid: 99, ask: 100 })], START_MS);

  const finding = scanner.scan([quoteAt("dex", 1, 0, { bid: 101, ask: 102 })], START_MS + 1);

  expect(finding).toMatchObject({ buy: { venue: "cex" }, sell: { venue: "dex" }, fresh: true });
  expect(finding?.grossBps).toBeCloseTo(100);
  expect(finding?.netBps).toBeCloseTo(100 - 1 - 2 - 3 - 4);
});

test("with prices that are alike the better direction still loses the costs", () => {
  const { scanner } = newScanner();

  const finding = scanner.scan([quoteAt("cex", 0, 100), quoteAt("dex", 0, 100)], START_MS);

  expect(finding?.grossBps).toBe(0);
  expect(finding?.netBps).toBeCloseTo(-10);
});

test("a fee that the quote tells counts instead of the usual, and gas by its price, more on a smaller order", () => {
  const { scanner } = newScanner();
  scanner.onGas({ kind: "gas", timeMs: START_MS, gwei: 5000 }); // 200,000 units × 5000e-9 × 0.6 = 0.6

  const finding = scanner.scan([quoteAt("cex", 0, 100), quoteAt("dex", 0, 100, { feeBps: 30 })], START_MS);

  expect(finding?.netBps).toBeCloseTo(-1 - 30 - 3 - 6);
  if (finding !== undefined) expect(scanner.netBpsAt(finding, 100)).toBeCloseTo(-1 - 30 - 3 - 60);
});

test("A4 each look at both venues records its latency; spreads only where both quotes are fresh", async () => {
  const { scanner, registry } = newScanner();
  scanner.scan([quoteAt("cex", 0, 100), quoteAt("dex", 0, 101)], START_MS);

  const finding = scanner.scan([quoteAt("dex", 9000, 200)], START_MS + 9000);

  expect(finding?.fresh).toBe(false);
  const text = await registry.metrics();
  expect(text).toContain('latency_ms_count{metric="scanner"} 2\n');
  expect(text).toMatch(/^spread_gross_bps (99\.99|100)/m);
  expect(text).toContain('quote_age_seconds{venue="cex"} 9\n');
});
