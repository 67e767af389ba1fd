/**
 * Records what an arbitrage bot does: a few nanoseconds a call, no memory, no input or output, never an exception once
 * the registry was told to report mistakes instead of throwing them.
 */
import { type Duration, durationMs } from "../duration.ts";
import { MetricError, shown } from "../errors.ts";
import type { Counter, CounterChild } from "../instruments/counter.ts";
import type { Gauge, GaugeChild } from "../instruments/gauge.ts";
import type { Histogram, HistogramChild } from "../instruments/histogram.ts";
import { badRecord } from "../registry/bad-record.ts";
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
  /** What its latency is called. */
  readonly step: string;
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
    try {
      if (!STATUSES.includes(report.status)) throw new TypeError(`its status is ${shown(report.status)}`);
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
      if (report.latency !== undefined) this.#observe(series.latency, series.step, report.latency);
      for (const sink of this.#sinks) sink.order?.(report, venue);
    } catch (error) {
      this.#notRecorded("recordOrder", error, `Give { status } as one of: ${STATUSES.join(", ")}; and a venue`);
    }
  }

  /**
   * How long a step took.
   *
   * @param metric the step: `scanner`, `cex_order`, …
   * @param duration a number of **milliseconds**, a bigint of **nanoseconds**, what `process.hrtime(start)` gives, or a
   *   `Temporal.Duration`; not negative
   */
  recordLatency(metric: string, duration: Duration): void {
    try {
      const ms = this.#observe(this.#latency.labels(metric), metric, duration);
      if (ms !== undefined) for (const sink of this.#sinks) sink.latency?.(metric, ms);
    } catch (error) {
      this.#notRecorded("recordLatency", error, "Give the step's name, and a duration");
    }
  }

  /** The scanner found an opportunity: counts it, and sets the spreads. */
  recordOpportunity(opportunity: Opportunity): void {
    try {
      this.#spreadGross.set(opportunity.spreadGrossBps);
      this.#spreadNet.set(opportunity.spreadNetBps);
      this.#opportunities.inc();
      for (const sink of this.#sinks) sink.opportunity?.(opportunity);
    } catch (error) {
      this.#notRecorded("recordOpportunity", error, "Give { spreadGrossBps, spreadNetBps }");
    }
  }

  /** The spread now, worth a trade or not. */
  recordSpread(spread: Spread): void {
    try {
      this.#spreadGross.set(spread.grossBps);
      this.#spreadNet.set(spread.netBps);
      for (const sink of this.#sinks) sink.spread?.(spread);
    } catch (error) {
      this.#notRecorded("recordSpread", error, "Give { grossBps, netBps }");
    }
  }

  /** @param exposure what one leg left open, in the quote currency; 0 when both legs are even */
  recordExposure(exposure: { readonly unhedgedQuote: number }): void {
    try {
      this.#unhedged.set(exposure.unhedgedQuote);
    } catch (error) {
      this.#notRecorded("recordExposure", error, "Give { unhedgedQuote }");
    }
  }

  /** @param ageMs how old the venue's newest quote is, milliseconds */
  recordQuoteAge(venue: Venue, ageMs: number): void {
    try {
      this.#quoteAge.labels(venue).set(ageMs / 1000);
    } catch (error) {
      this.#notRecorded("recordQuoteAge", error, "Give a venue, and milliseconds");
    }
  }

  /** @returns what was observed, milliseconds; `undefined` for what is no duration */
  #observe(series: HistogramChild, step: string, duration: Duration): number | undefined {
    const ms = durationMs(duration);
    if (ms >= 0) {
      series.observe(ms);
      return ms;
    }
    this.#registry.mistake(
      new MetricError("BAD_VALUE", `latency of ${shown(step)} is ${shown(ms)} ms`, {
        metric: "latency_ms",
        label: "metric",
        hint: "Measure with a monotonic clock: performance.now() or process.hrtime.bigint()",
      }),
    );
    return undefined;
  }

  /** Whatever a recording call is given, it must not throw into an order: what it was given wrongly is a mistake. */
  #notRecorded(call: string, error: unknown, hint: string): void {
    this.#registry.mistake(badRecord(call, error, hint));
  }

  #seriesOf(venue: Venue): VenueSeries {
    if (typeof venue !== "string" || venue === "") throw new TypeError(`its venue is ${shown(venue)}`);
    const step = `${venue}_order`;
    const series: VenueSeries = {
      orders: this.#orders.labels(venue),
      failed: this.#ordersFailed.labels(venue),
      failedInARow: this.#ordersFailedInARow.labels(venue),
      volume: this.#volume.labels(venue),
      latency: this.#latency.labels(step),
      step,
    };
    // Not kept beyond the metrics' own ceiling: what exceeds it shares their overflow series.
    if (this.#venues.size < this.#orders.children.length) this.#venues.set(venue, series);
    return series;
  }
}
