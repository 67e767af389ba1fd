/**
 * What each scrape tells of itself: `up`, how long it took, how much there was. Source: Prometheus 3, scrape/scrape.go
 * (`report`, `reportStale`).
 */
import { type Appender, type Labels, METRIC_NAME, type Metadata, type Series, type Store } from "@haltwatch/store";

/** What is told of one scrape. */
export interface ScrapeReport {
  readonly isUp: boolean;
  readonly durationSeconds: number;
  /** Samples in the body, and those that relabelling left. */
  readonly scraped: number;
  readonly kept: number;
  /** Series that were not there before. */
  readonly added: number;
  /** Bytes, uncompressed; -1 if they were too many, 0 if there were none. */
  readonly bodyBytes: number;
}

/** What `extra_scrape_metrics` adds, of the job. */
export interface ReportedLimits {
  readonly timeoutSeconds: number;
  /** 0 if there is none. */
  readonly sampleLimit: number;
}

const gauge = (help: string, unit: string): Metadata => ({ type: "gauge", help, unit });

const METADATA = {
  up: gauge("Whether the last scrape of the target went well (1) or not (0).", ""),
  scrape_duration_seconds: gauge("How long the last scrape took.", "seconds"),
  scrape_samples_scraped: gauge("Samples that the target exposed.", ""),
  scrape_samples_post_metric_relabeling: gauge("Samples that were left by metric_relabel_configs.", ""),
  scrape_series_added: gauge("Series that the last scrape had, and the one before had not.", ""),
  scrape_timeout_seconds: gauge("The target's scrape_timeout.", "seconds"),
  scrape_sample_limit: gauge("The target's sample_limit; 0 if there is none.", ""),
  scrape_body_size_bytes: gauge("Size of the last body, uncompressed; -1 if it was over body_size_limit.", "bytes"),
};

const BASIC = 5;
const NAMES = Object.keys(METADATA);

export class ReportSeries {
  readonly #series: readonly Series[];

  /** @param hasExtra also what `extra_scrape_metrics` asks for */
  constructor(store: Store, targetLabels: Labels, { hasExtra }: { readonly hasExtra: boolean }) {
    const names = hasExtra ? NAMES : NAMES.slice(0, BASIC);
    this.#series = names.map((name) => store.series(targetLabels.with(METRIC_NAME, name)));
    for (const [name, metadata] of Object.entries(METADATA).slice(0, names.length)) store.setMetadata(name, metadata);
  }

  append(appender: Appender, report: ScrapeReport, limits: ReportedLimits): void {
    const values = [
      report.isUp ? 1 : 0,
      report.durationSeconds,
      report.scraped,
      report.kept,
      report.added,
      limits.timeoutSeconds,
      limits.sampleLimit,
      report.bodyBytes,
    ];
    for (const [index, series] of this.#series.entries()) appender.append(series, values[index] ?? Number.NaN);
  }

  appendStale(appender: Appender): void {
    for (const series of this.#series) appender.appendStale(series);
  }
}
