/**
 * The store: takes samples in, keeps them in memory and in one SQLite file, and gives them to queries. What was appended is in
 * the file after at most a second, and survives the process's sudden death from then on.
 */
import type { Block } from "./blocks/block.ts";
import { DiskBlocks } from "./blocks/disk-blocks.ts";
import { CorruptError } from "./encoding/byte-reader.ts";
import { enclosed } from "./encoding/envelope.ts";
import { damaged, type Metadata, StoreFile } from "./file/store-file.ts";
import { Tables } from "./file/tables.ts";
import { Appender, type AppendOutcome, checkTime, forgotten, outcomeOf } from "./head/appender.ts";
import { type BackfillColumn, blocksOf } from "./head/backfill.ts";
import { Head, LOOSE_SOURCE } from "./head/head.ts";
import { restoredBlock } from "./head/restore.ts";
import { SeriesIndex } from "./index/series-index.ts";
import { Labels } from "./labels/labels.ts";
import type { LabelMatcher } from "./labels/matcher.ts";
import { readSeries } from "./select.ts";
import { Series } from "./series.ts";
import type { SeriesReader, StoredSeries } from "./series-reader.ts";
import { StoreError } from "./store-error.ts";

export interface StoreOptions {
  /** The SQLite file, made if it is not there; `:memory:` keeps nothing. */
  readonly path: string;
  /** Unix milliseconds. */
  readonly now?: () => number;
  /** How often what was appended is written, milliseconds; 0: only when {@link Store.commit} is called. */
  readonly commitIntervalMs?: number;
  /** How long samples are kept, milliseconds. */
  readonly retentionMs?: number;
  /** Size of the file from which on the oldest samples go, bytes. */
  readonly retentionBytes?: number;
  /** Most memory for samples that are in the file already, bytes. */
  readonly cacheBytes?: number;
  /** Most series at a time. */
  readonly maxSeries?: number;
  /** Rows of a source after which they are compressed together. */
  readonly rowsPerBlock?: number;
  /** Told when a commit by the timer fails (the disk is full); it is tried again at the next. */
  readonly onError?: (error: unknown) => void;
}

const DEFAULTS = {
  now: Date.now,
  commitIntervalMs: 1_000,
  retentionMs: 30 * 86_400_000,
  retentionBytes: Number.POSITIVE_INFINITY,
  cacheBytes: 32 * 2 ** 20,
  maxSeries: 1_000_000,
  rowsPerBlock: 480,
};

/** At each commit this share of the bundles that wait is written: the event loop is kept for a millisecond or so, not for all. */
const WRITTEN_EACH_COMMIT = 1 / 30;
const MIN_BUNDLES_EACH_COMMIT = 4;

/** With more free pages than used ones, some are given back at each commit. */
const PAGES_GIVEN_BACK = 64;

export class Store implements SeriesReader, Disposable {
  readonly #options: Required<Omit<StoreOptions, "onError">>;
  readonly #file: StoreFile;
  readonly #tables: Tables;
  readonly #index = new SeriesIndex();
  readonly #disk: DiskBlocks;
  readonly #head: Head;
  readonly #metadata = new Map<string, Metadata>();
  /** What the file has not been told. */
  #newSeries: Series[] = [];
  #newMetadata = new Set<string>();
  #nextRef = 1;
  #nextBlock: number;
  #timer: NodeJS.Timeout | undefined;

  /**
   * Opens the file, takes back what was not in compressed blocks yet, and begins to commit once a second.
   *
   * @throws {StoreError} `IN_USE`, `NEWER_SCHEMA`, `NOT_A_STORE`, `DAMAGED` or `UNUSABLE`
   */
  constructor(options: StoreOptions) {
    const { onError, ...given } = options;
    this.#options = { ...DEFAULTS, ...given };
    this.#file = new StoreFile(options.path);
    this.#tables = new Tables(this.#file);
    try {
      this.#nextBlock = this.#file.lastBlockId() + 1;
      this.#head = new Head({
        now: this.#options.now,
        seriesOf: (ref) => this.#index.byRef(ref),
        nextBlockId: () => this.#nextBlock++,
        rowsPerBlock: this.#options.rowsPerBlock,
      });
      this.#loadSeries();
      this.#disk = new DiskBlocks(this.#file, this.#options.cacheBytes);
      this.#restoreHead();
      this.#findLastBlocks();
    } catch (error) {
      this.#file.close();
      throw error;
    }
    if (this.#options.commitIntervalMs > 0) this.#commitByTimer(this.#options.commitIntervalMs, onError);
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
    if (this.#index.size >= this.#options.maxSeries) {
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
    const nowMs = this.#options.now();
    this.#head.closeIdle(nowMs);
    const waiting = this.#head.full.reduce((count, { slabs }) => count + slabs.length, 0);
    this.#commit(Math.max(MIN_BUNDLES_EACH_COMMIT, Math.ceil(waiting * WRITTEN_EACH_COMMIT)), nowMs);
  }

  /** Commits, and compresses all that there is, whether or not blocks are full. Takes as long as it takes. */
  compact(): void {
    this.#head.closeAll();
    do this.#commit(Number.POSITIVE_INFINITY, this.#options.now());
    while (this.#head.full.length > 0);
    this.#file.shrink(Number.MAX_SAFE_INTEGER);
  }

  /**
   * Takes in samples from elsewhere, of any time and in any order, and keeps them compressed. Of two samples of a series at the
   * same time the one that was there first stays.
   *
   * @throws {StoreError} if the file cannot be written; what was written before stays
   */
  backfill(columns: readonly BackfillColumn[]): void {
    for (const block of blocksOf(columns, () => this.#nextBlock++, this.#options.rowsPerBlock)) {
      const after: (() => void)[] = [];
      this.#file.transaction(() => {
        this.#writeNewSeries();
        this.#file.addBlock(block.id, block.source);
        after.push(this.#disk.write(block, Number.POSITIVE_INFINITY).done);
      });
      this.#newSeries = [];
      for (const act of after) act();
      for (const ref of block.table.refs) {
        const series = this.#index.byRef(ref);
        if (series !== undefined) series.lastBlock = Math.max(series.lastBlock, block.id);
      }
    }
    for (const { series, times } of columns) {
      for (const timeMs of times) if (timeMs > series.lastMs) series.lastMs = timeMs;
    }
  }

  stats(): StoreStats {
    const { usedBytes, freeBytes } = this.#file.size();
    const blocks = this.#disk.list();
    const head = this.#head.blocks();
    return {
      series: this.#index.size,
      blocks: blocks.length,
      samplesInBlocks: blocks.reduce((sum, { samples }) => sum + samples, 0),
      minMs: Math.min(...blocks.map(({ minMs }) => minMs), ...head.map(({ minMs }) => minMs)),
      maxMs: Math.max(this.#head.maxMs, ...blocks.map(({ maxMs }) => maxMs)),
      usedBytes,
      freeBytes,
      cachedBytes: this.#disk.cachedBytes,
    };
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
    if (this.#index.byRef(series.ref) !== series) throw forgotten(series);
    const outcome = outcomeOf(this.#head, series, timeMs, value, isStale);
    if (outcome === "appended" && timeMs > series.lastMs) this.#head.addLoose(series, timeMs, value, isStale);
    return outcome;
  }

  #blocksBetween(minMs: number, maxMs: number): Block[] {
    const inMemory = this.#head.blocks().filter((block) => block.minMs <= maxMs && block.maxMs > minMs);
    return [...this.#disk.between(minMs, maxMs), ...inMemory];
  }

  #commit(bundles: number, nowMs: number): void {
    const after: (() => void)[] = [];
    this.#file.transaction(() => {
      this.#writeNewSeries();
      for (const metric of this.#newMetadata) this.#file.setMetadata(metric, this.#metadata.get(metric) as Metadata); // set with it
      const told = this.#head.tell((block, log) => {
        this.#file.addBlock(block.id, block.source);
        this.#file.addUnflushed(block.id, enclosed(log));
      });
      after.push(told, ...this.#writeFull(bundles), ...this.#removeOld(nowMs));
    });
    this.#newSeries = [];
    this.#newMetadata = new Set();
    for (const act of after) act();
    const { usedBytes, freeBytes } = this.#file.size();
    if (freeBytes > usedBytes) this.#file.shrink(PAGES_GIVEN_BACK);
  }

  #writeNewSeries(): void {
    for (const { ref, labels } of this.#newSeries) this.#file.addSeries(ref, JSON.stringify([...labels].flat()));
  }

  /** Compresses full blocks. @returns what to do once it is in the file */
  #writeFull(bundles: number): (() => void)[] {
    const after: (() => void)[] = [];
    let left = bundles;
    for (const block of this.#head.full) {
      if (left <= 0) break;
      const { written, isWhole, done } = this.#disk.write(block, left);
      left -= Math.max(1, written);
      after.push(done);
      if (isWhole) after.push(() => this.#head.forget(block));
    }
    return after;
  }

  /** Lets go the oldest block, if its time has come or the file is too large. @returns what to do once it is gone */
  #removeOld(nowMs: number): (() => void)[] {
    const [oldest] = this.#disk.list();
    if (oldest === undefined) return [];
    const isTooOld = oldest.maxMs < nowMs - this.#options.retentionMs;
    if (!isTooOld && this.#file.size().usedBytes <= this.#options.retentionBytes) return [];
    const refs = this.#disk.refsOf(oldest.id);
    this.#file.removeBlock(oldest.id);
    const gone = refs
      .map((ref) => this.#index.byRef(ref))
      .filter((series) => series !== undefined && series.lastBlock <= oldest.id);
    for (const series of gone) if (series !== undefined) this.#file.removeSeries(series.ref);
    return [
      () => {
        this.#disk.remove(oldest.id);
        for (const series of gone) if (series !== undefined) this.#index.remove(series);
      },
    ];
  }

  #loadSeries(): void {
    for (const { ref, labels } of this.#file.series()) {
      this.#index.add(new Series(ref, labelsFrom(labels, this.#file.path)));
      this.#nextRef = ref + 1;
    }
    for (const { metric, ...metadata } of this.#file.metadata()) this.#metadata.set(metric, metadata);
  }

  #restoreHead(): void {
    this.#file.transaction(() => this.#file.removeUnfinishedBundles());
    const unfinished = [...this.#file.unfinishedBlocks()];
    const newest = new Map(unfinished.map(({ id, source }) => [source, id]));
    for (const stored of unfinished) {
      try {
        const logs = [...this.#file.unflushed(stored.id)];
        const block = restoredBlock(stored, logs, this.#head.seriesOf);
        if (block.rows > 0) this.#head.restore(block, newest.get(stored.source) !== stored.id);
        else this.#file.transaction(() => this.#file.removeBlock(stored.id));
      } catch (error) {
        if (!(error instanceof CorruptError)) throw error;
        throw damaged(this.#file.path, `what was not compressed yet of block ${stored.id}: ${error.message}`, error);
      }
    }
  }

  /** Of series whose samples are all in complete blocks, the newest block says when they were last seen. */
  #findLastBlocks(): void {
    let missing = 0;
    for (const series of this.#index.all()) if (series.lastBlock === 0) missing += 1;
    for (const { id, maxMs } of this.#disk.list().toReversed()) {
      if (missing === 0) return;
      for (const ref of this.#disk.refsOf(id)) {
        const series = this.#index.byRef(ref);
        if (series === undefined || series.lastBlock !== 0) continue;
        series.lastBlock = id;
        series.lastMs = maxMs;
        missing -= 1;
      }
    }
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

export interface StoreStats {
  readonly series: number;
  /** Compressed blocks. */
  readonly blocks: number;
  readonly samplesInBlocks: number;
  /** Of the oldest sample and the newest, Unix milliseconds; infinite if there is none. */
  readonly minMs: number;
  readonly maxMs: number;
  /** Of the file: in use, and free to be used again. */
  readonly usedBytes: number;
  readonly freeBytes: number;
  /** Memory that samples take which are in the file, too. */
  readonly cachedBytes: number;
}

/** Labels from how the file has them. @throws {StoreError} `DAMAGED` */
export function labelsFrom(json: string, path: string): Labels {
  try {
    const pairs: unknown = JSON.parse(json);
    if (Array.isArray(pairs) && pairs.every((part) => typeof part === "string")) {
      return Labels.from(
        Array.from({ length: pairs.length / 2 }, (_, i) => [String(pairs[2 * i]), String(pairs[2 * i + 1])] as const),
      );
    }
    throw new CorruptError(`labels that are none: ${json.slice(0, 100)}`);
  } catch (error) {
    throw damaged(path, `a series' labels cannot be read: ${String(error)}`, error);
  }
}
