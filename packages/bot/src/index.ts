/**
 * What a trading bot imports: record orders, latencies and state in nanoseconds, and let Prometheus or Haltwatch read them.
 */
export { adoptPromClient } from "./adapters/prom-client.ts";
export {
  AiTradingMetrics,
  type Decision,
  type PolicyValidation,
  type Portfolio,
  type Trade,
} from "./ai-trading/ai-trading-metrics.ts";
export { AI_TRADING_METRICS } from "./ai-trading/metrics.ts";
export { ArbitrageMetrics, type ArbitrageMetricsOptions, type RecordSink } from "./arbitrage/arbitrage-metrics.ts";
export {
  type ArbitrageMonitoring,
  type ArbitrageRecorder,
  initMetrics,
  recordExposure,
  recordLatency,
  recordOpportunity,
  recordOrder,
  recordQuoteAge,
  recordSpread,
} from "./arbitrage/init-metrics.ts";
export { ARBITRAGE_METRICS } from "./arbitrage/metrics.ts";
export {
  isFailure,
  type Opportunity,
  type OrderReport,
  type OrderStatus,
  type Spread,
  type Venue,
} from "./arbitrage/records.ts";
export { type BankSource, bankOf, parseBankSource, type WalletBalance } from "./betting/bank-source.ts";
export type {
  BetReport,
  BetStatus,
  BettingExposure,
  BettingVenue,
  TransactionReport,
} from "./betting/bet-report.ts";
export { BettingMetrics, type BettingMetricsOptions } from "./betting/betting-metrics.ts";
export { BETTING_METRICS } from "./betting/metrics.ts";
export { RUNTIME_METRICS } from "./betting/runtime-metrics.ts";
export {
  MAX_BALANCE_AGE_MS,
  type RpcReading,
  RuntimeRegistry,
  type RuntimeRegistryOptions,
} from "./betting/runtime-registry.ts";
export {
  SEQUENCER_LIMITS,
  type SequencerHealth,
  type SequencerLimits,
  type SequencerReading,
  type SequencerState,
  sequencerHealthOf,
} from "./betting/sequencer-health.ts";
export { type MonitoringConfig, type MonitoringOptions, monitoringConfig } from "./config/monitoring-config.ts";
export type { SecretReference } from "./config/secret-reference.ts";
export type { CsvRecord } from "./csv/csv-records.ts";
export { readCsvRecords, type TornLine } from "./csv/read-csv-records.ts";
export type { MetricDefinition, MetricDefinitions } from "./definitions.ts";
export type { Duration, TemporalDurationLike } from "./duration.ts";
export { ConfigError, type ErrorPlace, errorLine, HaltwatchError, ListenError, MetricError } from "./errors.ts";
export { exitOnSignal } from "./exit-on-signal.ts";
export type { ExpositionFormat } from "./exposition/format.ts";
export { Guard, type LostLease } from "./guard/guard.ts";
export type { Intent, Pause, TradingScope, TradingState } from "./guard/pause.ts";
export type { PauseEvent, PauseHandler, PauseHandlerOptions, PauseReport } from "./guard/pause-handlers.ts";
export { type PauseCause, TradingPaused } from "./guard/trading-paused.ts";
export { fastifyHandler } from "./http/fastify-handler.ts";
export { fetchHandler, honoHandler } from "./http/fetch-handler.ts";
export { nodeHandler } from "./http/node-handler.ts";
export { Counter, type CounterChild, type CounterOptions } from "./instruments/counter.ts";
export type { ExemplarLabels } from "./instruments/exemplar.ts";
export { Gauge, type GaugeChild, type GaugeOptions } from "./instruments/gauge.ts";
export {
  DEFAULT_BUCKETS,
  exponentialBuckets,
  Histogram,
  type HistogramChild,
  type HistogramOptions,
  linearBuckets,
} from "./instruments/histogram.ts";
export { Info, type InfoOptions } from "./instruments/info.ts";
export type { Aggregation, Instrument, InstrumentOptions, MetricType } from "./instruments/instrument.ts";
export { type Labels, type LabelValue, OVERFLOW_VALUE } from "./instruments/label-tree.ts";
export { StateSet, type StateSetOptions } from "./instruments/state-set.ts";
export type { StopTimer } from "./instruments/timer.ts";
export { type Link, type LinkLog, type LinkOptions, startLink, type WatcherLost } from "./link/start-link.ts";
export { JsonLog, type JsonLogOptions, type LogLevel } from "./log/json-log.ts";
export { type Monitoring, type MonitoringContext, startMonitoring } from "./monitoring.ts";
export { collectProcessMetrics } from "./processes/process-metrics.ts";
export { RegistryPool, type RegistryPoolOptions } from "./processes/registry-pool.ts";
export { type SharedRegistry, type ShareOptions, shareRegistry } from "./processes/share-registry.ts";
export type { Family } from "./registry/family.ts";
export { type Collector, type MetricSource, Registry, type RegistryOptions } from "./registry/registry.ts";
export { HEALTH_METRICS } from "./scraper/health-metrics.ts";
export { SCRAPER_METRICS } from "./scraper/metrics.ts";
export {
  type ApiQuota,
  type ScrapedOpportunity,
  ScraperMetrics,
  type ScraperMetricsOptions,
  type ScraperRequest,
  type ScraperSources,
} from "./scraper/scraper-metrics.ts";
export { TRADING_METRICS, TRADING_ORDER_METRICS } from "./trading/metrics.ts";
export {
  type BotMetrics,
  exportSnapshots,
  type RiskMetrics,
  type SnapshotExport,
  type SnapshotExportOptions,
} from "./trading/snapshot-export.ts";
export { type Execution, type OrderAnswer, type OrderSent, TradingOrders } from "./trading/trading-orders.ts";
