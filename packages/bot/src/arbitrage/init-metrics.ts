/**
 * Monitoring for an arbitrage bot in one call, and the recording functions that its modules import.
 *
 * The functions go to the monitoring that was initialised last, so that `exec/cex` need not be handed anything. That is
 * the one place in this package with state of its own; before {@link initMetrics} and after `stop` they do nothing.
 */
import type { MonitoringOptions } from "../config/monitoring-config.ts";
import type { Duration } from "../duration.ts";
import { type Monitoring, type MonitoringContext, startMonitoring } from "../monitoring.ts";
import { ArbitrageMetrics, type RecordSink } from "./arbitrage-metrics.ts";
import { isFailure, type Opportunity, type OrderReport, type Spread, type Venue } from "./records.ts";

/** The recording functions of {@link ArbitrageMetrics}, callable on their own. */
export interface ArbitrageRecorder {
  recordOrder(report: OrderReport, venue: Venue): void;
  recordLatency(metric: string, duration: Duration): void;
  recordOpportunity(opportunity: Opportunity): void;
  recordSpread(spread: Spread): void;
  recordExposure(exposure: { readonly unhedgedQuote: number }): void;
  recordQuoteAge(venue: Venue, ageMs: number): void;
}

/** Running monitoring of an arbitrage bot. Its methods may be taken off it: `const { recordOrder } = await initMetrics()`. */
export interface ArbitrageMonitoring extends Monitoring, ArbitrageRecorder {}

let current: ArbitrageRecorder | undefined;

/**
 * Starts the `/metrics` server, the JSON log and, where configured, the CSV files, and makes every metric of an arbitrage
 * bot.
 *
 * @param config a TOML file's path, or the options themselves; left out: `config/monitoring.toml` if it is there
 * @throws {ConfigError} where the configuration is wrong, {@link ListenError} where the address cannot be had
 * @example
 * ```ts
 * const monitoring = await initMetrics("config/monitoring.toml");
 * recordOrder({ status: "filled", volumeQuote: 1250.5, latency: 42 }, "cex");
 * exitOnSignal(() => monitoring.stop());
 * ```
 */
export async function initMetrics(
  config?: string | MonitoringOptions,
  context?: MonitoringContext,
): Promise<ArbitrageMonitoring> {
  const monitoring = await startMonitoring(config, context);
  const sinks: RecordSink[] = [failureLog(monitoring)];
  if (monitoring.csv !== undefined) sinks.push(monitoring.csv);
  const metrics = await madeOrStopped(monitoring, () => {
    const { latencyBucketsMs } = monitoring.config;
    return new ArbitrageMetrics(monitoring.registry, { latencyBucketsMs, sinks });
  });
  const recorder: ArbitrageRecorder = {
    recordOrder: (report, venue) => metrics.recordOrder(report, venue),
    recordLatency: (metric, duration) => metrics.recordLatency(metric, duration),
    recordOpportunity: (opportunity) => metrics.recordOpportunity(opportunity),
    recordSpread: (spread) => metrics.recordSpread(spread),
    recordExposure: (exposure) => metrics.recordExposure(exposure),
    recordQuoteAge: (venue, ageMs) => metrics.recordQuoteAge(venue, ageMs),
  };
  current = recorder;
  const stop = (): Promise<void> => {
    if (current === recorder) current = undefined;
    return monitoring.stop();
  };
  return { ...monitoring, ...recorder, stop, [Symbol.asyncDispose]: stop };
}

/** {@link ArbitrageMetrics.recordOrder} of the monitoring initialised last. */
export function recordOrder(report: OrderReport, venue: Venue): void {
  current?.recordOrder(report, venue);
}

/** {@link ArbitrageMetrics.recordLatency} of the monitoring initialised last. */
export function recordLatency(metric: string, duration: Duration): void {
  current?.recordLatency(metric, duration);
}

/** {@link ArbitrageMetrics.recordOpportunity} of the monitoring initialised last. */
export function recordOpportunity(opportunity: Opportunity): void {
  current?.recordOpportunity(opportunity);
}

/** {@link ArbitrageMetrics.recordSpread} of the monitoring initialised last. */
export function recordSpread(spread: Spread): void {
  current?.recordSpread(spread);
}

/** {@link ArbitrageMetrics.recordExposure} of the monitoring initialised last. */
export function recordExposure(exposure: { readonly unhedgedQuote: number }): void {
  current?.recordExposure(exposure);
}

/** {@link ArbitrageMetrics.recordQuoteAge} of the monitoring initialised last. */
export function recordQuoteAge(venue: Venue, ageMs: number): void {
  current?.recordQuoteAge(venue, ageMs);
}

/** What cannot be made leaves nothing running. */
async function madeOrStopped<T>(monitoring: Monitoring, make: () => T): Promise<T> {
  try {
    return make();
  } catch (error) {
    await monitoring.stop();
    throw error;
  }
}

/** Failed orders are told in the log, so that a person who only has the log sees them. */
function failureLog(monitoring: Monitoring): RecordSink {
  return {
    order(report, venue) {
      if (!isFailure(report.status)) return;
      const { status, orderId, symbol, reason } = report;
      monitoring.log.warn("order_failed", { venue, status, order_id: orderId, symbol, reason });
    },
  };
}
