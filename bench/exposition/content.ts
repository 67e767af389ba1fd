/**
 * The same metrics in each client: counters and gauges of two labels, and histograms of one. All of them change between
 * scrapes; gauges take fractions of full length, as prices and spreads have.
 */
import type { Counter, Gauge, Histogram } from "prom-client";
import type { PromClientApi } from "../prom-client-api.ts";

/** How much of each there is. Each counter and gauge is one line; each histogram has eleven buckets, and so 14 lines. */
export interface Content {
  readonly counters: number;
  readonly gauges: number;
  readonly histograms: number;
}

type Label = "venue" | "symbol";

/** These share the series of their kind evenly. */
const METRICS_OF_A_KIND = 10;

export const CONTENTS: ReadonlyMap<string, Content> = new Map([
  ["10,000 lines", { counters: 4000, gauges: 4000, histograms: 143 }],
  ["100,000 lines", { counters: 40_000, gauges: 40_000, histograms: 1429 }],
  ["100,000 series", { counters: 50_000, gauges: 50_000, histograms: 0 }],
]);

/** What is scraped. */
export interface Filled {
  readonly registry: { metrics(): Promise<string> };
  /** Records to every series once. */
  change(): void;
}

export function fill({ Counter, Gauge, Histogram, Registry }: PromClientApi, content: Content): Filled {
  const registry = new Registry();
  // Ours holds 10,000 series of a metric unless told otherwise; the others do not know the option.
  const shared = { help: "Made for a benchmark.", registers: [registry], maxSeries: 200_000 };
  const labelNames: readonly Label[] = ["venue", "symbol"];
  const counters: Counter.Internal[] = [];
  const gauges: Gauge.Internal<Label>[] = [];
  const histograms: Histogram.Internal<"metric">[] = [];
  for (let m = 0; m < METRICS_OF_A_KIND; m++) {
    const counter = new Counter({ ...shared, name: `orders_${m}_total`, labelNames });
    const gauge = new Gauge({ ...shared, name: `balance_${m}_usd`, labelNames });
    const histogram = new Histogram({ ...shared, name: `latency_${m}_seconds`, labelNames: ["metric"] });
    for (let i = m; i < content.counters; i += METRICS_OF_A_KIND) counters.push(counter.labels(venue(i), symbol(i)));
    for (let i = m; i < content.gauges; i += METRICS_OF_A_KIND) gauges.push(gauge.labels(venue(i), symbol(i)));
    for (let i = m; i < content.histograms; i += METRICS_OF_A_KIND) histograms.push(histogram.labels(`step_${i}`));
  }
  const random = seeded();
  return {
    registry,
    change() {
      for (const counter of counters) counter.inc(1 + Math.floor(100 * random()));
      for (const gauge of gauges) gauge.set(10_000 * random());
      for (const histogram of histograms) for (let i = 0; i < 20; i++) histogram.observe(0.002 * 10_000 ** random());
    },
  };
}

function venue(i: number): string {
  return VENUES[i % VENUES.length] ?? "";
}

function symbol(i: number): string {
  return `SYM${i}USDT`;
}

const VENUES = ["cex", "dex", "binance", "kraken", "okx", "bybit", "uniswap"] as const;

function seeded(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0; // Numerical Recipes' generator
    return state / 2 ** 32;
  };
}
