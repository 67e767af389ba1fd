/** `recordOrder`, the call an arbitrage bot makes after each execution: no CSV, no log, no clock. */
import { ArbitrageMetrics, type OrderReport, Registry } from "@haltwatch/bot";
import { CALLS } from "./operations.ts";
import { VALUES } from "./rotating.ts";

const STATUSES = [
  "filled",
  "partially_filled",
  "filled",
  "canceled",
  "filled",
  "rejected",
  "filled",
  "failed",
] as const;

/** Orders whose outcome, venue, volume and latency change from call to call. */
const REPORTS: readonly OrderReport[] = Array.from({ length: 64 }, (_, i) => ({
  status: STATUSES[i & 7] ?? "filled",
  orderId: `order-${i}`,
  symbol: "ETHUSDT",
  side: i % 3 === 0 ? "sell" : "buy",
  volumeQuote: 1000 * (VALUES[i] ?? 0),
  latency: 100 * (VALUES[i + 64] ?? 0),
}));

export function recordOrderLoop(): () => void {
  const metrics = new ArbitrageMetrics(new Registry());
  return () => {
    for (let i = 0; i < CALLS; i++) {
      // 11 is odd: venue and status do not go hand in hand
      metrics.recordOrder(REPORTS[i & 63] as OrderReport, ((i * 11) >> 3) & 1 ? "dex" : "cex"); // there are 64
    }
  };
}
