/**
 * The store: takes samples in, keeps them in memory and in one SQLite file, and gives them to queries. What was appended is in
 * the file after at most a second, and survives the process's sudden death from then on.
 */
import type { Block } from "./blocks/block.ts";
import { DiskBlocks } from "./blocks/disk-blocks.ts";
import { bundlesThisTime, writeFull } from "./blocks/write-full.ts";
import { enclosed } from "./encoding/envelope.ts";
import { labelsText } from "./file/labels-text.ts";
import { type Metadata, StoreFile } from "./file/store-file.ts";
import { Tables } from "./file/tables.ts";
import { Appender } from "./head/appender.ts";
import { type BackfillColumn, blocksOf } from "./head/backfill.ts";
import { Head, LOOSE_SOURCE } from "./head/head.ts";
import { type AppendOutcome, checkTime, forgotten } from "./head/outcome.ts";
import { SeriesIndex } from "./index/series-index.ts";
import type { Labels } from "./labels/labels.ts";
import type { LabelMatcher } from "./labels/matcher.ts";
import { findLastSamples, loadSeries, restoreHead } from "./opening.ts";
import { Retention } from "./retention.ts";
import { RetentionClock } from "./retention-clock.ts";
import { readSeries } from "./select.ts";
import { Series } from "./series.ts";
import type { SeriesReader, StoredSeries } from "./series-reader.ts";
import { StoreError } from "./store-error.ts";
import { type Settings, type StoreOptions, settingsFrom } from "./store-options.ts";
import { type StoreStats, statsOf } from "./store-stats.ts";

/** With more free pages than used ones, some are given back at each commit. */
const PAGES_GIVEN_BACK = 64;

export class Store implements SeriesReader, Disposable {
  readonly #settings: Settings;
  readonly #file: StoreFile;
  readonly #tables: Tables;
  readonly #index = new SeriesIndex();
  readonly #disk: DiskBlocks;
  readonly #head: Head;
  readonly #retention: Retention;
  readonly #metadata = new Map<string, Metadata>();
  /** What the file has not been told. */
  #newSeries: Series[] = [];
  #newMetadata = new Set<string>();
  #nextRef: number;
  #nextBlock: number;
  #timer: NodeJS.Timeout | undefined;

  /**
   * Opens the file, takes back what was not in compressed blocks yet, and begins to commit once a second.
   *
   * @throws {StoreError} `INVALID`, `IN_USE`, `NEWER_SCHEMA`, `NOT_A_STORE`, `DAMAGED` or `UNUSABLE`
   */
  constructor(options: StoreOptions) {
    const settings = settingsFrom(options);
    this.#settings = settings;
    this.#file = new StoreFile(options.path);
    this.#tables = new Tables(this.#file.database);
    try {
      this.#nextBlock = this.#file.lastBlockId() + 1;
      this.#head = new Head({
        now: settings.now,
        nextBlockId: () => this.#nextBlock++,
        revive: (series) => this.#revive(series),
        rowsPerBlock: settings.rowsPerBlock,
      });
      this.#nextRef = loadSeries(this.#file, this.#index);
      for (const { metric, ...metadata } of this.#file.metadata()) this.#metadata.set(metric, metadata);
      this.#disk = new DiskBlocks(this.#file, settings.cacheBytes);
      restoreHead(this.#file, this.#index, this.#head);
      this.#retention = this.#openRetention();
    } catch (error) {
      this.#file.close();
      throw error;
    }
    if (settings.commitIntervalMs > 0) this.#commitByTimer(settings.commitIntervalMs, options.onError);
  }

  /** Tables of other packages in the same file. */
  get tables(): Tables {
    return this.#tables;
  }

  /**
   * The series with these labels, made if there is none.
   *
   * @throws {StoreError} `INVALID` if there would be too many
   */
  series(labels: Labels): Series {
    const existing = this.#index.get(labels);
    if (existing !== undefined) return existing;
    if (this.#index.size >= this.#settings.maxSeries) {
      throw new StoreError(
        "INVALID",
        `there are ${this.#index.size} series already, and ${labels} would be one more`,
        "Find the label that has too many values (haltwatch query 'topk(10, count by (__name__) ({__name__=~\".+\"}))'), or raise maxSeries",
      );
    }
    const series = new Series(this.#nextRef++, labels);
    this.#index.add(series);
    this.#newSeries.push(series);
    return series;
  }

  /** Appends samples of a source whose samples share their timestamps. One appender for each source. */
  appender(source: string): Appender {
    if (source === LOOSE_SOURCE)
      throw new StoreError("INVALID", "a source without a name", "Give it one that stays the same");
    return new Appender(this.#head, source);
  }

  /**
   * Appends one sample with a timestamp of its own. It is visible at once, and in the file with the next commit.
   *
   * @param timeMs Unix milliseconds
   * @throws {StoreError} `INVALID` for what is no time
   */
  append(series: Series, timeMs: number, value: number): AppendOutcome {
    return this.#appendLoose(series, timeMs, value, false);
  }

  /** Says that the series has gone. */
  appendStale(series: Series, timeMs: number): AppendOutcome {
    return this.#appendLoose(series, timeMs, Number.NaN, true);
  }

  /** @throws {StoreError} `DAMAGED` if what is asked for cannot be read */
  select(matchers: readonly LabelMatcher[], minMs: number, maxMs: number): readonly StoredSeries[] {
    return readSeries(this.#index.select(matchers), this.#blocksBetween(minMs, maxMs), minMs, maxMs);
  }

  /**
   * Samples of these series, in their order; those that have none in this time are left out. For whoever goes through all of
   * a store part by part.
   *
   * @throws {StoreError} `DAMAGED` if what is asked for cannot be read
   */
  read(labels: readonly Labels[], minMs: number, maxMs: number): readonly StoredSeries[] {
    const series = labels.map((one) => this.#index.get(one)).filter((one) => one !== undefined);
    return readSeries(series, this.#blocksBetween(minMs, maxMs), minMs, maxMs);
  }

  /** Labels of series that have samples in this time; of all series if no time is said. */
  seriesLabels(matchers: readonly LabelMatcher[], minMs?: number, maxMs?: number): Labels[] {
    const found = this.#index.select(matchers);
    if (minMs === undefined && maxMs === undefined) return found.map(({ labels }) => labels);
    const [from, to] = [minMs ?? Number.NEGATIVE_INFINITY, maxMs ?? Number.POSITIVE_INFINITY];
    const blocks = this.#blocksBetween(from, to);
    return found.filter(({ ref }) => blocks.some((block) => block.slotOf(ref) !== -1)).map(({ labels }) => labels);
  }

  labelNames(): string[] {
    return this.#index.labelNames();
  }

  labelValues(name: string): string[] {
    return this.#index.labelValues(name);
  }

  /** How many series have each value of the label. */
  countByValue(name: string): Map<string, number> {
    return this.#index.countByValue(name);
  }

  /** What exposition says of a metric. */
  setMetadata(metric: string, metadata: Metadata): void {
    const known = this.#metadata.get(metric);
    if (known?.type === metadata.type && known.help === metadata.help && known.unit === metadata.unit) return;
    this.#metadata.set(metric, metadata);
    this.#newMetadata.add(metric);
  }

  get metadata(): ReadonlyMap<string, Metadata> {
    return this.#metadata;
  }

  /**
   * Writes what was appended to the file, all or nothing, and some of what is full in compressed form; lets go what is too old.
   *
   * @throws {StoreError} if the file cannot be written; nothing is lost, and the next commit tries again
   */
  commit(): void {
    this.#head.closeIdle(this.#settings.now());
    this.#commit(bundlesThisTime(this.#head));
  }

  /** Commits, and compresses all that there is, whether or not blocks are full. Takes as long as it takes. */
  compact(): void {
    this.#head.closeAll();
    do this.#commit(Number.POSITIVE_INFINITY);
    while (this.#head.full.size > 0);
    this.#file.shrink(Number.MAX_SAFE_INTEGER);
  }

  /**
   * Takes in samples from elsewhere, of any time and in any order, and keeps them compressed. Of two samples of a series at the
   * same time the one that was there first stays.
   *
   * @throws {StoreError} `INVALID` for columns that cannot be kept, none of which are; or if the file cannot be written: what was
   *   written before stays
   */
  backfill(columns: readonly BackfillColumn[]): void {
    for (const { block, lastSamples } of blocksOf(columns, () => this.#nextBlock++, this.#settings.rowsPerBlock)) {
      let done: () => void = () => undefined;
      this.#file.transaction(() => {
        this.#writeNewSeries();
        this.#file.addBlock(block.id, block.source);
        done = this.#disk.write(block, Number.POSITIVE_INFINITY).done;
      });
      this.#newSeries = [];
      done();
      for (const { series, timeMs, value, isStale } of lastSamples) {
        if (timeMs > series.lastMs) series.see(timeMs, value, isStale, block.id);
      }
    }
  }

  stats(): StoreStats {
    return statsOf(this.#index, this.#disk, this.#head, this.#file);
  }

  /** Commits for the last time and closes the file. */
  close(): void {
    if (!this.#file.isOpen) return;
    clearInterval(this.#timer);
    try {
      this.commit();
    } finally {
      this.#file.close();
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #appendLoose(series: Series, timeMs: number, value: number, isStale: boolean): AppendOutcome {
    checkTime(timeMs);
    if (series.isForgotten) throw forgotten(series);
    const { bounds } = this.#head;
    const outcome = bounds.ofSample(series, timeMs, value, isStale);
    const isNew = timeMs > series.lastMs || bounds.isFromFuture(series.lastMs);
    if (outcome === "appended" && isNew) this.#head.addLoose(series, timeMs, value, isStale);
    return outcome;
  }

  #revive(series: Series): boolean {
    if (this.#index.get(series.labels) !== undefined) return false;
    series.revive();
    this.#index.add(series);
    this.#newSeries.push(series);
    return true;
  }

  #blocksBetween(minMs: number, maxMs: number): Block[] {
    const inMemory = this.#head.blocks().filter((block) => block.minMs <= maxMs && block.maxMs > minMs);
    return [...this.#disk.between(minMs, maxMs), ...inMemory];
  }

  #commit(bundles: number): void {
    const after: (() => void)[] = [];
    this.#file.transaction(() => {
      this.#writeNewSeries();
      for (const metric of this.#newMetadata) this.#file.setMetadata(metric, this.#metadata.get(metric) as Metadata); // set with it
      const told = this.#head.tell((block, log) => {
        this.#file.addBlock(block.id, block.source);
        this.#file.addUnflushed(block.id, enclosed(log));
      });
      after.push(told, writeFull(this.#head, this.#disk, bundles), this.#retention.removeOld());
    });
    this.#newSeries = [];
    this.#newMetadata = new Set();
    for (const act of after) act();
    const { usedBytes, freeBytes } = this.#file.size();
    const isTooLarge = usedBytes + freeBytes > this.#settings.retentionBytes;
    if (freeBytes > (isTooLarge ? 0 : usedBytes)) this.#file.shrink(PAGES_GIVEN_BACK);
  }

  #writeNewSeries(): void {
    for (const { ref, labels } of this.#newSeries) this.#file.addSeries(ref, labelsText(labels));
  }

  #openRetention(): Retention {
    const { now, monotonic } = this.#settings;
    const unused = findLastSamples(this.#disk, this.#index, this.#head);
    for (const series of unused) this.#index.remove(series);
    const clock = new RetentionClock(now, monotonic, this.stats().maxMs);
    const [file, disk, head, index, settings] = [this.#file, this.#disk, this.#head, this.#index, this.#settings];
    return new Retention({ file, disk, head, index, clock, settings }, unused);
  }

  #commitByTimer(intervalMs: number, onError: ((error: unknown) => void) | undefined): void {
    this.#timer = setInterval(() => {
      try {
        this.commit();
      } catch (error) {
        if (onError === undefined) throw error;
        onError(error);
      }
    }, intervalMs);
    this.#timer.unref();
  }
}
