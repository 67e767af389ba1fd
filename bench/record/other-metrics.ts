/**
 * A bot has more than one metric. Before a case is measured, its process records to a few others, in every way there is, so
 * that no client is measured on code which the compiler has only ever seen used for one metric.
 */
import type { Counter, Gauge, Histogram } from "prom-client";
import type { PromClientApi } from "../prom-client-api.ts";
import { VALUES } from "./rotating.ts";

/** Enough for the compiler to have made up its mind. */
const ROUNDS = 20_000;

export function useOtherMetrics({ Counter, Gauge, Histogram, Registry }: PromClientApi): void {
  const registers = [new Registry()];
  const one = ["chain"] as const;
  const two = ["strategy", "symbol"] as const;
  const counter = new Counter({ name: "blocks_total", help: "h", labelNames: one, registers });
  const counter2 = new Counter({ name: "decisions_total", help: "h", labelNames: two, registers });
  const gauge = new Gauge({ name: "balance_usd", help: "h", labelNames: one, registers });
  const gauge2 = new Gauge({ name: "position", help: "h", labelNames: two, registers });
  const histogram = new Histogram({ name: "block_seconds", help: "h", labelNames: one, registers });
  const histogram2 = new Histogram({ name: "fill_seconds", help: "h", labelNames: two, registers });
  const sole = [
    new Counter({ name: "scans_total", help: "h", registers }),
    new Gauge({ name: "equity_usd", help: "h", registers }),
    new Histogram({ name: "scan_seconds", help: "h", registers }),
  ] as const;
  for (let i = 0; i < ROUNDS; i++) {
    const value = VALUES[i & 1023] ?? 0;
    const chain = CHAINS[i & 3] ?? "";
    const symbol = SYMBOLS[i & 3] ?? "";
    useCounter(counter, counter2, chain, symbol, value);
    useGauge(gauge, gauge2, chain, symbol, value);
    useHistogram(histogram, histogram2, chain, symbol, value);
    sole[0].inc();
    sole[1].set(value);
    sole[2].observe(value);
  }
}

const CHAINS = ["sx", "arbitrum", "base", "mainnet"] as const;
const SYMBOLS = ["ETHUSDT", "BTCUSDT", "SOLUSDT", "SXUSDT"] as const;

type One = "chain";
type Two = "strategy" | "symbol";

function useCounter(one: Counter<One>, two: Counter<Two>, chain: string, symbol: string, value: number): void {
  one.inc({ chain });
  one.labels(chain).inc(value);
  two.inc({ strategy: "trend", symbol }, value);
  two.labels("trend", symbol).inc();
}

function useGauge(one: Gauge<One>, two: Gauge<Two>, chain: string, symbol: string, value: number): void {
  one.set({ chain }, value);
  one.labels(chain).set(value);
  two.set({ strategy: "trend", symbol }, value);
  two.labels("trend", symbol).inc();
}

function useHistogram(one: Histogram<One>, two: Histogram<Two>, chain: string, symbol: string, value: number): void {
  one.observe({ chain }, value);
  one.labels(chain).observe(value);
  two.observe({ strategy: "trend", symbol }, value);
  two.labels("trend", symbol).observe(value);
}
