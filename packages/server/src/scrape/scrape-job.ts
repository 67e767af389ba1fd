/** A scrape configuration with everything that it leaves out filled in, as whoever scrapes wants it. */
import { type GlobalConfig, SCRAPE_PROTOCOLS, type ScrapeConfig, type ScrapeProtocol } from "./scrape-config.ts";

/** Source: Prometheus 3, config/config.go (`DefaultGlobalConfig`, `DefaultScrapeConfig`); file.go (`DefaultSDConfig`). */
const DEFAULTS = {
  scrape_interval: 60_000,
  scrape_timeout: 10_000,
  evaluation_interval: 60_000,
};

/** How often files of targets are read again, milliseconds, though they are watched, too. */
export const DEFAULT_REFRESH_INTERVAL_MS = 5 * 60_000;

/** `global` with its defaults. */
export type CompleteGlobal = GlobalConfig & {
  readonly scrape_interval: number;
  readonly scrape_timeout: number;
  readonly evaluation_interval: number;
};

/** One of `scrape_configs`, complete: its targets, and how they are scraped. Durations are milliseconds, limits of 0 none. */
export type ScrapeJob = ScrapeConfig & {
  readonly scrape_interval: number;
  readonly scrape_timeout: number;
  readonly scrape_protocols: readonly ScrapeProtocol[];
  readonly metrics_path: string;
  readonly scheme: "http" | "https";
  readonly honor_labels: boolean;
  readonly honor_timestamps: boolean;
  readonly track_timestamps_staleness: boolean;
  readonly enable_compression: boolean;
  readonly follow_redirects: boolean;
  readonly extra_scrape_metrics: boolean;
  readonly body_size_limit: number;
  readonly sample_limit: number;
  readonly target_limit: number;
  readonly label_limit: number;
  readonly label_name_length_limit: number;
  readonly label_value_length_limit: number;
  readonly keep_dropped_targets: number;
};

export function completeGlobal(global: GlobalConfig): CompleteGlobal {
  const interval = global.scrape_interval || DEFAULTS.scrape_interval;
  return {
    ...global,
    scrape_interval: interval,
    scrape_timeout: global.scrape_timeout || Math.min(DEFAULTS.scrape_timeout, interval),
    evaluation_interval: global.evaluation_interval || DEFAULTS.evaluation_interval,
  };
}

/** As in Prometheus, 0 is the same as leaving it out. */
export function completeJob(config: ScrapeConfig, global: CompleteGlobal = completeGlobal({})): ScrapeJob {
  const interval = config.scrape_interval || global.scrape_interval;
  const limit = (key: LimitKey): number => config[key] || global[key] || 0;
  return {
    ...config,
    scrape_interval: interval,
    scrape_timeout: config.scrape_timeout || Math.min(global.scrape_timeout, interval),
    scrape_protocols: config.scrape_protocols ?? global.scrape_protocols ?? [...SCRAPE_PROTOCOLS],
    metrics_path: config.metrics_path ?? "/metrics",
    scheme: config.scheme ?? "http",
    honor_labels: config.honor_labels ?? false,
    honor_timestamps: config.honor_timestamps ?? true,
    track_timestamps_staleness: config.track_timestamps_staleness ?? false,
    enable_compression: config.enable_compression ?? true,
    follow_redirects: config.follow_redirects ?? true,
    extra_scrape_metrics: config.extra_scrape_metrics ?? global.extra_scrape_metrics ?? false,
    body_size_limit: limit("body_size_limit"),
    sample_limit: limit("sample_limit"),
    target_limit: limit("target_limit"),
    label_limit: limit("label_limit"),
    label_name_length_limit: limit("label_name_length_limit"),
    label_value_length_limit: limit("label_value_length_limit"),
    keep_dropped_targets: limit("keep_dropped_targets"),
  };
}

type LimitKey =
  | "body_size_limit"
  | "sample_limit"
  | "target_limit"
  | "label_limit"
  | "label_name_length_limit"
  | "label_value_length_limit"
  | "keep_dropped_targets";
