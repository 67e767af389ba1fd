/**
 * What bots expose, moving on step by step: of a hundred series 50 are buckets of latency histograms, 20 counters (half of them
 * of rare events), 4 sums of money, 20 gauges that wander (spreads, balances, prices; half of them not at each step), and 6
 * that do not change.
 */
import { randomFrom } from "../random.ts";

export interface WorkloadSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

const BOUNDS = ["50", "100", "200", "500", "1000", "2000", "5000", "10000", "30000", "+Inf"];

export class Workload {
  readonly series: WorkloadSeries[] = [];
  readonly values: Float64Array;
  readonly #moves: (() => void)[] = [];
  readonly #random: () => number;

  constructor(count: number, seed = 1) {
    this.#random = randomFrom(seed);
    this.values = new Float64Array(Math.ceil(count / 100) * 100);
    for (let bot = 0; this.series.length < count; bot++) this.#addBot(`bot-${bot}`);
  }

  /** To the next step. */
  advance(): void {
    for (const move of this.#moves) move();
  }

  /** A hundred series. */
  #addBot(bot: string): void {
    for (let i = 0; i < 5; i++) this.#histogram(bot, `stage-${i}`);
    for (let i = 0; i < 20; i++)
      this.#counter({ name: "orders_total", labels: { bot, venue: `venue-${i}` } }, i < 10 ? 2 : 0.01, 1);
    for (let i = 0; i < 4; i++)
      this.#counter({ name: "volume_total", labels: { bot, venue: `venue-${i}` } }, 5_000, 100);
    for (let i = 0; i < 10; i++)
      this.#gauge({ name: "spread_net_bps", labels: { bot, pair: `pair-${i}` } }, 12, 100, 1);
    for (let i = 0; i < 10; i++)
      this.#gauge({ name: "balance_usd", labels: { bot, asset: `asset-${i}` } }, 25_000, 100, 0.1);
    for (let i = 0; i < 6; i++)
      this.#gauge({ name: "limit_usd", labels: { bot, limit: `limit-${i}` } }, 1_000 * (i + 1), 1, 0);
  }

  #add(series: WorkloadSeries, value: number): number {
    const index = this.series.push(series) - 1;
    this.values[index] = value;
    return index;
  }

  #counter(series: WorkloadSeries, perStep: number, perUnit: number): void {
    const index = this.#add(series, 0);
    this.#moves.push(() => {
      const grown =
        perStep < 1 ? Number(this.#random() < perStep) : Math.floor(this.#random() * 2 * perStep * perUnit) / perUnit;
      // A sum of decimals, with the rounding errors that such a sum has.
      this.values[index] = (this.values[index] ?? 0) + grown;
    });
  }

  #gauge(series: WorkloadSeries, middle: number, perUnit: number, chance: number): void {
    const index = this.#add(series, middle);
    if (chance === 0) return;
    this.#moves.push(() => {
      if (this.#random() >= chance) return;
      const moved = (this.values[index] ?? 0) + (this.#random() - 0.5) * middle * 0.01;
      this.values[index] = Math.round(moved * perUnit) / perUnit;
    });
  }

  #histogram(bot: string, stage: string): void {
    const indexes = BOUNDS.map((le) => this.#add({ name: "latency_ms_bucket", labels: { bot, stage, le } }, 0));
    this.#moves.push(() => {
      const observations = Math.floor(this.#random() * 3);
      for (let i = 0; i < observations; i++) {
        const bucket = Math.floor(this.#random() * this.#random() * BOUNDS.length);
        for (const index of indexes.slice(bucket)) this.values[index] = (this.values[index] ?? 0) + 1;
      }
    });
  }
}
