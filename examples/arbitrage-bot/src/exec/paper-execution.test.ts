import { ArbitrageMetrics, type OrderReport, Registry } from "@haltwatch/bot";
import { expect, test } from "vitest";
import { seededRandom } from "../random.ts";
import { quoteAt } from "../testing/quotes.ts";
import { endOnCex, sendToCex } from "./cex.ts";
import { endOnDex, sendToDex } from "./dex.ts";
import type { PaperOrder } from "./paper-execution.ts";

const BUY: PaperOrder = { id: "paper-1", symbol: "ETHUSD", side: "buy", base: 2, limitPrice: 101 };
const SELL: PaperOrder = { ...BUY, side: "sell", limitPrice: 99 };

/** So many orders on one venue, answered at one price. */
function executed(venue: "cex" | "dex", order: PaperOrder, price: number, count = 2000) {
  const random = seededRandom(1);
  const reports: OrderReport[] = [];
  const registry = new Registry();
  const metrics = new ArbitrageMetrics(registry, { sinks: [{ order: (report) => void reports.push(report) }] });
  const executions = Array.from({ length: count }, () =>
    venue === "cex"
      ? endOnCex(sendToCex(order, random), quoteAt("cex", 0, price), metrics)
      : endOnDex(sendToDex(order, random), quoteAt("dex", 0, price), metrics),
  );
  const latencies = executions.map(({ report }) => Number(report.latency)).sort((a, b) => a - b);
  const share = (status: string): number => executions.filter(({ report }) => report.status === status).length / count;
  return { executions, reports, registry, quantile: (q: number) => latencies[Math.floor(q * count)] ?? 0, share };
}

test.each(["cex", "dex"] as const)("A4 each execution on the %s is recorded once, as it was", async (venue) => {
  const { executions, reports, registry } = executed(venue, BUY, 100, 200);

  expect(reports).toEqual(executions.map(({ report }) => report));
  expect(await registry.metrics()).toContain(`orders_total{venue="${venue}"} 200\n`);
});

test("the CEX answers within 20 to 80 ms, the DEX within 100 to 350, and rarely over 500: a healthy bot raises no alert on latency", () => {
  const cex = executed("cex", BUY, 100);
  const dex = executed("dex", BUY, 100);

  expect(cex.quantile(0.06)).toBeGreaterThan(18);
  expect(cex.quantile(0.93)).toBeLessThan(85);
  expect(dex.quantile(0.06)).toBeGreaterThan(90);
  expect(dex.quantile(0.93)).toBeLessThan(350);
  expect(dex.quantile(0.99)).toBeLessThan(500);
});

test("most orders fill, some in part, some are refused, reverted or never answered; a timeout takes as long as is waited", () => {
  const cex = executed("cex", BUY, 100);
  const dex = executed("dex", BUY, 100);

  expect(cex.share("filled")).toBeGreaterThan(0.85);
  expect(cex.share("partially_filled")).toBeGreaterThan(0.05);
  expect(cex.share("rejected")).toBeGreaterThan(0.005);
  expect(dex.share("filled")).toBeGreaterThan(0.9);
  expect(dex.share("partially_filled")).toBe(0);
  expect(dex.share("failed")).toBeGreaterThan(0.01);
  const timeouts = dex.reports.filter(({ reason }) => reason === "not in a block within 3000 ms");
  expect(timeouts.length).toBeGreaterThan(0);
  expect(new Set(timeouts.map(({ latency }) => latency))).toEqual(new Set([3000]));
});

test.each([
  ["buy", BUY],
  ["sell", SELL],
] as const)(
  "a %s fills at the newest price or worse, never beyond its limit, and cash follows fills",
  (side, order) => {
    const { executions } = executed("dex", order, 100);

    for (const { report, filledBase, cashQuote } of executions) {
      expect(report.volumeQuote).toBe(Math.abs(cashQuote));
      if (filledBase === 0) continue;
      const price = -cashQuote / filledBase;
      expect(side === "buy" ? price : -price).toBeGreaterThanOrEqual(side === "buy" ? 100 : -100);
      expect(side === "buy" ? price : -price).toBeLessThanOrEqual(side === "buy" ? 101 : -99);
    }
  },
);

test("where the price has gone beyond the limit an exchange refuses, and a chain reverts, which costs its gas", () => {
  const cex = executed("cex", BUY, 102);
  const dex = executed("dex", BUY, 102);

  expect(cex.share("filled") + dex.share("filled")).toBe(0);
  expect(cex.share("rejected")).toBeGreaterThan(0.98);
  expect(dex.share("failed")).toBeGreaterThan(0.98);
  const reverted = dex.executions.find(({ report }) => report.reason?.includes("beyond the slippage limit"));
  expect(reverted).toMatchObject({ filledBase: 0, cashQuote: 0, reachedVenue: true, report: { volumeQuote: 0 } });
});
