/**
 * Records what a betting bot does: a few nanoseconds a call, no input or output, never an exception once the registry was told to
 * report mistakes instead of throwing them. Row C1.
 */
import { type Duration, durationMs } from "../duration.ts";
import { MetricError, shown } from "../errors.ts";
import type { Counter, CounterChild } from "../instruments/counter.ts";
import type { Gauge } from "../instruments/gauge.ts";
import type { Histogram, HistogramChild } from "../instruments/histogram.ts";
import { badRecord } from "../registry/bad-record.ts";
import type { Registry } from "../registry/registry.ts";
import type { BetReport, BetStatus, BettingExposure, BettingVenue, TransactionReport } from "./bet-report.ts";
import { BET_STATUSES, BETTING_METRICS, BETTING_VENUES } from "./metrics.ts";

export interface BettingMetricsOptions {
  /** Unix milliseconds. */
  readonly now?: () => number;
}

/** The series of one venue, looked up once. */
interface VenueSeries {
  readonly placed: CounterChild;
  readonly outcomes: Readonly<Record<BetStatus, CounterChild>>;
  readonly voided: CounterChild;
  readonly acceptTime: HistogramChild;
  readonly quoteToFill: HistogramChild;
}

export class BettingMetrics {
  readonly #registry: Registry;
  readonly #now: () => number;
  readonly #placed: Counter<"venue">;
  readonly #outcomes: Counter<"venue" | "status">;
  readonly #voided: Counter<"venue">;
  readonly #acceptTime: Histogram<"venue">;
  readonly #quoteToFill: Histogram<"venue">;
  readonly #stake: Gauge<"venue">;
  readonly #exposure: Gauge;
  readonly #unhedged: Gauge;
  readonly #quoteTime: Gauge<"venue">;
  readonly #rateLimit: Gauge<"venue">;
  readonly #transactions: Counter<"chain">;
  readonly #reverted: Counter<"chain">;
  readonly #gasSpent: Counter<"chain">;
  readonly #venues = new Map<BettingVenue, VenueSeries>();

  /** @throws {MetricError} where the registry has metrics of these names already */
  constructor(registry: Registry, { now = Date.now }: BettingMetricsOptions = {}) {
    this.#registry = registry;
    this.#now = now;
    this.#placed = registry.counter(BETTING_METRICS.placed);
    this.#outcomes = registry.counter(BETTING_METRICS.outcomes);
    this.#voided = registry.counter(BETTING_METRICS.voided);
    this.#acceptTime = registry.histogram(BETTING_METRICS.acceptTime);
    this.#quoteToFill = registry.histogram(BETTING_METRICS.quoteToFill);
    this.#stake = registry.gauge({ ...BETTING_METRICS.stake, aggregation: "max" });
    this.#exposure = registry.gauge(BETTING_METRICS.exposure);
    this.#unhedged = registry.gauge(BETTING_METRICS.unhedged);
    this.#quoteTime = registry.gauge({ ...BETTING_METRICS.quoteTime, aggregation: "min" });
    this.#rateLimit = registry.gauge({ ...BETTING_METRICS.rateLimit, aggregation: "min" });
    this.#transactions = registry.counter(BETTING_METRICS.transactions);
    this.#reverted = registry.counter(BETTING_METRICS.reverted);
    this.#gasSpent = registry.counter(BETTING_METRICS.gasSpent);
    // Absent until first told: an exposure of 0 that nobody set would read as nothing at stake.
    for (const gauge of [this.#exposure, this.#unhedged]) gauge.remove();
    for (const venue of BETTING_VENUES) this.#seriesOf(venue);
  }

  /**
   * A bet goes out: call it before it is sent, so that none goes out uncounted.
   *
   * @param stake percent of the bank, from `RuntimeRegistry.getBank()`
   */
  recordPlaced(venue: BettingVenue, stake: { readonly stakePct: number }): void {
    this.#guarded("recordPlaced", "Give a venue, and { stakePct }", () => {
      this.#of(venue).placed.inc();
      this.#stake.labels(venue).set(stake.stakePct);
    });
  }

  /** It is known what became of a bet: call it once for each. */
  recordBet(report: BetReport, venue: BettingVenue): void {
    const hint = `Give { status } as one of: ${BET_STATUSES.join(", ")}; and a venue`;
    this.#guarded("recordBet", hint, () => {
      if (!BET_STATUSES.includes(report.status)) throw new TypeError(`its status is ${shown(report.status)}`);
      const series = this.#of(venue);
      series.outcomes[report.status].inc();
      if (report.acceptTime !== undefined) this.#observe(series.acceptTime, "accept_time_ms", report.acceptTime);
      if (report.quoteToFill !== undefined) this.#observe(series.quoteToFill, "quote_to_fill_ms", report.quoteToFill);
    });
  }

  /** The venue has cancelled a bet that was filled. */
  recordVoid(venue: BettingVenue): void {
    this.#guarded("recordVoid", "Give a venue", () => this.#of(venue).voided.inc());
  }

  /** @param ageMs how old the quote was when it came in, milliseconds */
  recordQuote(venue: BettingVenue, ageMs: number): void {
    this.#guarded("recordQuote", "Give a venue, and milliseconds", () => {
      this.#quoteTime.labels(venue).set((this.#now() - ageMs) / 1000);
    });
  }

  recordExposure({ openPct, unhedgedUsd }: BettingExposure): void {
    this.#guarded("recordExposure", "Give { openPct, unhedgedUsd }", () => {
      if (openPct !== undefined) this.#exposure.set(openPct);
      if (unhedgedUsd !== undefined) this.#unhedged.set(unhedgedUsd);
    });
  }

  /** @param remaining share of the requests that the venue still allows in its current window, from 0 to 1 */
  recordRateLimit(venue: BettingVenue, remaining: number): void {
    this.#guarded("recordRateLimit", "Give a venue, and a share from 0 to 1", () => {
      this.#rateLimit.labels(venue).set(remaining);
    });
  }

  /** A chain has taken in a transaction of the bot's. */
  recordTransaction(chain: string, { reverted, gasUsd = 0 }: TransactionReport): void {
    this.#guarded("recordTransaction", "Give a chain, and { reverted, gasUsd }", () => {
      this.#transactions.labels(chain).inc();
      this.#reverted.labels(chain).inc(reverted ? 1 : 0); // there at 0, so that the first one is an increase
      this.#gasSpent.labels(chain).inc(gasUsd);
    });
  }

  #observe(series: HistogramChild, metric: string, duration: Duration): void {
    const ms = durationMs(duration);
    if (ms >= 0) {
      series.observe(ms);
      return;
    }
    this.#registry.mistake(
      new MetricError("BAD_VALUE", `a delay is ${shown(ms)} ms`, {
        metric,
        hint: "Measure with a monotonic clock: performance.now() or process.hrtime.bigint()",
      }),
    );
  }

  /** Whatever a recording call is given, it must not throw into a bet: what it was given wrongly is a mistake. */
  #guarded(call: string, hint: string, record: () => void): void {
    try {
      record();
    } catch (error) {
      this.#registry.mistake(badRecord(call, error, hint));
    }
  }

  #of(venue: BettingVenue): VenueSeries {
    return this.#venues.get(venue) ?? this.#seriesOf(venue);
  }

  #seriesOf(venue: BettingVenue): VenueSeries {
    if (typeof venue !== "string" || venue === "") throw new TypeError(`its venue is ${shown(venue)}`);
    const outcome = (status: BetStatus): CounterChild => this.#outcomes.labels(venue, status);
    const series: VenueSeries = {
      placed: this.#placed.labels(venue),
      outcomes: {
        filled: outcome("filled"),
        partially_filled: outcome("partially_filled"),
        unfilled: outcome("unfilled"),
        rejected: outcome("rejected"),
        error: outcome("error"),
      },
      voided: this.#voided.labels(venue),
      acceptTime: this.#acceptTime.labels(venue),
      quoteToFill: this.#quoteToFill.labels(venue),
    };
    // Not kept beyond the metrics' own ceiling: what exceeds it shares their overflow series.
    if (this.#venues.size < this.#placed.children.length) this.#venues.set(venue, series);
    return series;
  }
}
