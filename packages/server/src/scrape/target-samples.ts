/**
 * What becomes of one target's bodies in the store: new series get their labels, those that are gone are marked stale, and a
 * body that is bad leaves nothing. Source: Prometheus 3, scrape/scrape.go (`append`, `endOfRunStaleness`).
 */
import type { Appender, Labels, Series, Store } from "@haltwatch/store";
import { DEFAULT_SCRAPE_LIMITS, type ExpositionFormat, ScrapeReader } from "../exposition/index.ts";
import { checkLabels, keptLabels } from "./exposed-labels.ts";
import { hasMoreSamples } from "./line-count.ts";
import type { Relabelling } from "./relabel.ts";
import { ReportSeries, type ScrapeReport } from "./report-series.ts";
import { ScrapeError } from "./scrape-error.ts";
import type { ScrapeJob } from "./scrape-job.ts";

/** A series of the target. It is in the store once a body that has it was good as a whole. */
class ExposedSeries {
  /** `undefined` once the series is in the store, and for what relabelling drops. */
  labels: Labels | undefined;
  series: Series | undefined;
  /** Its newest sample had a timestamp of its own. */
  hasOwnTime = false;

  constructor(labels: Labels | undefined) {
    this.labels = labels;
  }
}

/** Samples with timestamps of their own. */
interface TimedSample {
  readonly series: Series;
  readonly timeMs: number;
  readonly value: number;
}

/** What a body had; nothing if it could not be read to its end. */
interface ReadCounts {
  scraped: number;
  kept: number;
  added: number;
}

/**
 * Most samples of a target, those included that relabelling drops, unless the job's `sample_limit` is higher. Prometheus has no such
 * limit; but new series take 5 to 10 microseconds each, in which nothing else happens: 100,000 at once about half a second.
 */
export const MAX_SAMPLES = 100_000;

/** Metadata that changes while the series stay the same is looked for each so many scrapes. */
const SCRAPES_PER_METADATA = 60;

/** What may change while the target's series stay. */
interface SamplesConfig {
  readonly job: ScrapeJob;
  /** Of its series: `metric_relabel_configs`. */
  readonly relabelling: Relabelling;
  readonly timeoutSeconds: number;
}

export interface TargetSamplesOptions extends SamplesConfig {
  readonly store: Store;
  /** Of the store's appender: stays the same for the same target. */
  readonly source: string;
  readonly targetLabels: Labels;
}

export class TargetSamples {
  #options: TargetSamplesOptions;
  readonly #appender: Appender;
  readonly #reader: ScrapeReader<ExposedSeries>;
  /** What is dropped has no labels, and so one object for all of it. */
  readonly #dropped = new ExposedSeries(undefined);
  #report: ReportSeries | undefined;
  /** Series that a failed scrape made stale: when they come back, they are not new. */
  #before = new Set<string>();
  #lastMs = Number.NaN;
  #untilMetadata = 0;

  /** Of the body that is being read. */
  #timeMs = Number.NaN;
  #counts: ReadCounts = { scraped: 0, kept: 0, added: 0 };
  #resolved = 0;
  /** Why what it has cannot be kept, though it reads well. */
  #fault: unknown;
  /** Of such a body: what the one before had, and it has not. */
  #goneBefore: readonly ExposedSeries[] = [];
  #timed: TimedSample[] = [];
  /** Series whose samples have had no timestamp until now: their last such sample must not live on. */
  #lostShared: Series[] = [];

  constructor(options: TargetSamplesOptions) {
    this.#options = options;
    this.#appender = options.store.appender(options.source);
    const { label_limit, label_name_length_limit, label_value_length_limit } = options.job;
    // The job's own limits hold after relabelling; before it, none that is higher may be in the way.
    this.#reader = new ScrapeReader((labels) => this.#resolve(labels), {
      maxSamples: Number.POSITIVE_INFINITY, // counted before it is read
      maxLabels: Math.max(DEFAULT_SCRAPE_LIMITS.maxLabels, label_limit),
      maxLabelNameLength: Math.max(DEFAULT_SCRAPE_LIMITS.maxLabelNameLength, label_name_length_limit),
      maxLabelValueLength: Math.max(DEFAULT_SCRAPE_LIMITS.maxLabelValueLength, label_value_length_limit),
    });
  }

  /** The job has changed in what does not make other series: what the target has stays known. */
  reconfigure(config: SamplesConfig): void {
    this.#options = { ...this.#options, ...config };
  }

  /** Of the last body. */
  get counts(): Readonly<ReadCounts> {
    return this.#counts;
  }

  /**
   * Begins a scrape's samples.
   *
   * @param timeMs of all its samples, Unix milliseconds
   * @throws {ScrapeError} `CLOCK_WENT_BACK`
   */
  begin(timeMs: number): void {
    this.#timeMs = timeMs;
    this.#counts = { scraped: 0, kept: 0, added: 0 };
    if (this.#appender.begin(timeMs) !== "appended") throw clockWentBack(timeMs);
  }

  /**
   * Takes in a body, after {@link begin} and before {@link end}.
   *
   * @throws {ScrapeError | ExpositionError | StoreError} if it is bad, or over a limit: then nothing of it is kept, and what the
   *   target had before is stale
   */
  read(body: Uint8Array, format: ExpositionFormat): void {
    this.#resolved = 0;
    this.#timed = [];
    this.#lostShared = [];
    this.#fault = undefined;
    const { sample_limit: limit } = this.#options.job;
    const most = Math.max(MAX_SAMPLES, limit);
    if (hasMoreSamples(body, most)) {
      const hint = "Expose fewer series, or set the job's sample_limit to as many as you want";
      throw new ScrapeError("TOO_MANY_SAMPLES", `the target exposes more than ${most} samples`, hint);
    }
    const { stale } = this.#reader.read(body, this.#sink(), format);
    if (limit > 0 && this.#counts.kept > limit) {
      const fault = `the target exposes ${this.#counts.kept} samples, of ${limit} allowed`;
      const hint = "Expose fewer series, drop some by metric_relabel_configs, or raise the job's sample_limit";
      this.#fault ??= new ScrapeError("TOO_MANY_SAMPLES", fault, hint);
    }
    if (this.#fault !== undefined) {
      this.#goneBefore = stale;
      throw this.#fault;
    }
    this.#appendStale(stale);
    for (const series of this.#lostShared) this.#appender.appendStale(series);
    this.#before.clear();
    if (this.#resolved > 0 || this.#untilMetadata === 0) this.#tellMetadata();
    else this.#untilMetadata -= 1;
  }

  /**
   * For a scrape that failed, in place of {@link begin} or after a {@link read} that threw: all that the target had is stale.
   *
   * @throws {ScrapeError} `CLOCK_WENT_BACK`
   */
  readNothing(timeMs: number): void {
    this.#timed = [];
    if (timeMs !== this.#timeMs) this.#counts = { scraped: 0, kept: 0, added: 0 };
    this.#timeMs = timeMs;
    if (this.#appender.begin(timeMs) !== "appended") throw clockWentBack(timeMs);
    const stale = [...this.#goneBefore, ...this.#reader.readNothing().stale];
    this.#goneBefore = [];
    for (const { series } of stale) if (series !== undefined) this.#before.add(series.labels.key);
    this.#appendStale(stale);
  }

  /** Adds what the scrape tells of itself, and makes all of it visible. */
  end(report: ScrapeReport): void {
    const { store, targetLabels, job, timeoutSeconds } = this.#options;
    this.#report ??= new ReportSeries(store, targetLabels, { hasExtra: job.extra_scrape_metrics });
    this.#report.append(this.#appender, report, { timeoutSeconds, sampleLimit: job.sample_limit });
    this.#appender.commit();
    this.#lastMs = this.#timeMs;
    for (const { series, timeMs, value } of this.#timed) store.append(series, timeMs, value);
    this.#timed = [];
  }

  /** The target is gone, and its series with it, but those that others have told of since. */
  endForGood(timeMs: number): void {
    const { stale } = this.#reader.readNothing();
    if (this.#appender.begin(timeMs) === "appended") {
      this.#appendStale(stale);
      this.#report?.appendStale(this.#appender);
      this.#appender.commit();
      return;
    }
    // The same target is scraped under another configuration, and has come further: only what it no longer has is told of.
    for (const { series } of stale) if (series !== undefined) this.#options.store.appendStale(series, timeMs);
  }

  /** Each series' text is resolved once; in the store it is when the whole body has proved good. */
  #resolve(exposed: Labels): ExposedSeries {
    const { job, targetLabels, relabelling } = this.#options;
    this.#resolved += 1;
    const labels = keptLabels(exposed, targetLabels, job.honor_labels, relabelling);
    if (labels === undefined) return this.#dropped;
    checkLabels(labels, job);
    return new ExposedSeries(labels);
  }

  #sink(): (entry: ExposedSeries, value: number, timestampMs: number) => void {
    const appender = this.#appender;
    const { job } = this.#options;
    const limit = job.sample_limit === 0 ? Number.POSITIVE_INFINITY : job.sample_limit;
    const honorsTimestamps = job.honor_timestamps;
    const counts = this.#counts;
    return (entry, value, timestampMs) => {
      counts.scraped += 1;
      if (entry === this.#dropped) return;
      counts.kept += 1;
      if (counts.kept > limit) return;
      const series = entry.series ?? this.#make(entry);
      if (series === undefined) return;
      if (Number.isNaN(timestampMs) || !honorsTimestamps) {
        entry.hasOwnTime = false;
        appender.append(series, value);
      } else this.#takeTimed(entry, series, timestampMs, value);
    };
  }

  #make(entry: ExposedSeries): Series | undefined {
    if (this.#fault !== undefined) return undefined;
    const labels = entry.labels as Labels; // only what is dropped has none
    try {
      entry.series = this.#options.store.series(labels);
    } catch (error) {
      this.#fault = error; // not thrown from here: the reader is to finish
      return undefined;
    }
    entry.labels = undefined;
    if (!this.#before.has(labels.key)) this.#counts.added += 1;
    return entry.series;
  }

  #takeTimed(entry: ExposedSeries, series: Series, timeMs: number, value: number): void {
    const isTracked = this.#options.job.track_timestamps_staleness;
    const wasShared = !entry.hasOwnTime && series.lastMs === this.#lastMs && !series.isStale;
    if (wasShared && !isTracked) this.#lostShared.push(series);
    entry.hasOwnTime = true;
    this.#timed.push({ series, timeMs, value });
  }

  /** Series with timestamps of their own go stale only if the job wants it. */
  #appendStale(gone: readonly ExposedSeries[]): void {
    const isTracked = this.#options.job.track_timestamps_staleness;
    for (const { series, hasOwnTime } of gone) {
      if (series !== undefined && (isTracked || !hasOwnTime)) this.#appender.appendStale(series);
    }
  }

  #tellMetadata(): void {
    this.#untilMetadata = SCRAPES_PER_METADATA;
    const families = new Map<string, { type: string; help: string; unit: string }>();
    for (const { kind, family, text } of this.#reader.metadata()) {
      const metadata = families.get(family) ?? { type: "unknown", help: "", unit: "" };
      metadata[kind] = text;
      families.set(family, metadata);
    }
    for (const [family, metadata] of families) this.#options.store.setMetadata(family, metadata);
  }
}

function clockWentBack(timeMs: number): ScrapeError {
  const fault = `${new Date(timeMs).toISOString()} is not after the last scrape that is stored`;
  return new ScrapeError("CLOCK_WENT_BACK", fault, "See to the system's clock");
}
