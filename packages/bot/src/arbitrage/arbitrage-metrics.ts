/**
 * Records what an arbitrage bot does: a few nanoseconds a call, no memory, no input or output, never an exception once
 * the registry was told to report mistakes instead of throwing them.
 */
import { type Duration, durationMs } from "../duration.ts";
import { MetricError } from "../errors.ts";
import type { Counter, CounterChild } from "../instruments/counter.ts";
import type { Gauge, GaugeChild } from "../instruments/gauge.ts";
import type { Histogram, HistogramChild } from "../instruments/histogram.ts";
import type { Registry } from "../registry/registry.ts";
import { ARBITRAGE_METRICS, DEFAULT_LATENCY_BUCKETS_MS, KNOWN_VENUES } from "./metrics.ts";
import { isFailure, type Opportunity, type OrderReport, type OrderStatus, type Spread, type Venue } from "./records.ts";

/** Where records go beside the metrics: CSV files, a log. Must neither throw nor block. */
export interface RecordSink {
  order?(report: OrderReport, venue: Venue): void;
  latency?(metric: string, ms: number): void;
  opportunity?(opportunity: Opportunity): void;
  spread?(spread: Spread): void;
}

export interface ArbitrageMetricsOptions {
  /** Upper bounds of `latency_ms`, milliseconds, ascending (default 50, 100, 200, 500, 1000). */
  readonly latencyBucketsMs?: readonly number[] | undefined;
  readonly sinks?: readonly RecordSink[] | undefined;
}

/** The series of one venue, looked up once. */
interface VenueSeries {
  readonly orders: CounterChild;
  readonly failed: CounterChild;
  readonly failedInARow: GaugeChild;
  readonly volume: CounterChild;
  readonly latency: HistogramChild;
}

const STATUSES: readonly OrderStatus[] = ["filled", "partially_filled", "canceled", "rejected", "failed"];

export class ArbitrageMetrics {
  readonly #registry: Registry;
  readonly #orders: Counter<"venue">;
  readonly #ordersFailed: Counter<"venue">;
  readonly #cexOrdersFailed: Counter;
  readonly #ordersFailedInARow: Gauge<"venue">;
  readonly #latency: Histogram<"metric">;
  readonly #spreadGross: Gauge;
  readonly #spreadNet: Gauge;
  readonly #volume: Counter<"venue">;
  readonly #opportunities: Counter;
  readonly #unhedged: Gauge;
  readonly #quoteAge: Gauge<"venue">;
  readonly #venues = new Map<Venue, VenueSeries>();
  readonly #sinks: readonly RecordSink[];

  /** @throws {MetricError} where the registry has a metric of these names already, or the buckets are not ascending */
  constructor(registry: Registry, options: ArbitrageMetricsOptions = {}) {
    const buckets = options.latencyBucketsMs ?? DEFAULT_LATENCY_BUCKETS_MS;
    this.#registry = registry;
    this.#sinks = options.sinks ?? [];
    this.#orders = registry.counter(ARBITRAGE_METRICS.orders);
    this.#ordersFailed = registry.counter(ARBITRAGE_METRICS.ordersFailed);
    this.#cexOrdersFailed = registry.counter(ARBITRAGE_METRICS.cexOrdersFailed);
    this.#ordersFailedInARow = registry.gauge({ ...ARBITRAGE_METRICS.ordersFailedInARow, aggregation: "max" });
    this.#latency = registry.histogram({ ...ARBITRAGE_METRICS.latency, buckets });
    this.#spreadGross = registry.gauge({ ...ARBITRAGE_METRICS.spreadGross, aggregation: "max" });
    this.#spreadNet = registry.gauge({ ...ARBITRAGE_METRICS.spreadNet, aggregation: "max" });
    this.#volume = registry.counter(ARBITRAGE_METRICS.volume);
    this.#opportunities = registry.counter(ARBITRAGE_METRICS.opportunities);
    this.#unhedged = registry.gauge(ARBITRAGE_METRICS.unhedged);
    this.#quoteAge = registry.gauge({ ...ARBITRAGE_METRICS.quoteAge, aggregation: "max" });
    this.#latency.labels("scanner");
    for (const venue of KNOWN_VENUES) this.#seriesOf(venue);
  }

  /**
   * One executed order: call it after every execution, whatever came of it.
   *
   * @param venue `cex`, `dex`, or a name of your own
   */
  recordOrder(report: OrderReport, venue: Venue): void {
    if (typeof report !== "object" || report === null || !STATUSES.includes(report.status)) {
      this.#badReport(report);
      return;
    }
    const series = this.#venues.get(venue) ?? this.#seriesOf(venue);
    series.orders.inc();
    if (isFailure(report.status)) {
      series.failed.inc();
      series.failedInARow.inc();
      if (venue === "cex") this.#cexOrdersFailed.inc();
    } else {
      series.failedInARow.set(0);
    }
    if (report.volumeQuote !== undefined) series.volume.inc(report.volumeQuote);
    if (report.latency !== undefined) series.latency.observe(durationMs(report.latency));
    for (const sink of this.#sinks) sink.order?.(report, venue);
  }

  /**
   * How long a step took.
   *
   * @param metric the step: `scanner`, `cex_order`, …
   * @param duration a number of **milliseconds**, a bigint of **nanoseconds**, or a `Temporal.Duration`; not negative
   */
  recordLatency(metric: string, duration: Duration): void {
    const ms = durationMs(duration);
    if (!(ms >= 0)) {
      this.#registry.mistake(
        new MetricError("BAD_VALUE", `latency of "${metric}" is ${ms} ms`, {
          metric: "latency_ms",
          label: "metric",
          hint: "Measure with a monotonic clock: performance.now() or process.hrtime.bigint()",
        }),
      );
      return;
    }
    this.#latency.labels(metric).observe(ms);
    for (const sink of this.#sinks) sink.latency?.(metric, ms);
  }

  /** The scanner found an opportunity: counts it, and sets the spreads. */
  recordOpportunity(opportunity: Opportunity): void {
    this.#opportunities.inc();
    this.#spreadGross.set(opportunity.spreadGrossBps);
    this.#spreadNet.set(opportunity.spreadNetBps);
    for (const sink of this.#sinks) sink.opportunity?.(opportunity);
  }

  /** The spread now, worth a trade or not. */
  recordSpread(spread: Spread): void {
    this.#spreadGross.set(spread.grossBps);
    this.#spreadNet.set(spread.netBps);
    for (const sink of this.#sinks) sink.spread?.(spread);
  }

  /** @param exposure what one leg left open, in the quote currency; 0 when both legs are even */
  recordExposure(exposure: { readonly unhedgedQuote: number }): void {
    this.#unhedged.set(exposure.unhedgedQuote);
  }

  /** @param ageMs how old the venue's newest quote is, milliseconds */
  recordQuoteAge(venue: Venue, ageMs: number): void {
    this.#quoteAge.labels(venue).set(ageMs / 1000);
  }

  #seriesOf(venue: Venue): VenueSeries {
    const series: VenueSeries = {
      orders: this.#orders.labels(venue),
      failed: this.#ordersFailed.labels(venue),
      failedInARow: this.#ordersFailedInARow.labels(venue),
      volume: this.#volume.labels(venue),
      latency: this.#latency.labels(`${venue}_order`),
    };
    // Not kept beyond the metrics' own ceiling: what exceeds it shares their overflow series.
    if (this.#venues.size < this.#orders.children.length) this.#venues.set(venue, series);
    return series;
  }

  #badReport(report: unknown): void {
    const status = typeof report === "object" && report !== null ? (report as { status?: unknown }).status : report;
    this.#registry.mistake(
      new MetricError("BAD_REPORT", `recordOrder got a report with status ${JSON.stringify(status) ?? "undefined"}`, {
        metric: "orders_total",
        hint: `Give { status } as one of: ${STATUSES.join(", ")}`,
      }),
    );
  }
}
