/** Lets go what is too old, or too much: whole blocks, and the series that have no samples left then. */
import type { DiskBlocks } from "./blocks/disk-blocks.ts";
import { isDamaged } from "./file/file-error.ts";
import type { StoredBlock, StoreFile } from "./file/store-file.ts";
import type { Head } from "./head/head.ts";
import type { SeriesIndex } from "./index/series-index.ts";
import type { RetentionClock } from "./retention-clock.ts";
import type { Series } from "./series.ts";
import type { Settings } from "./store-options.ts";

/** At each commit this share of what is too old goes: all at once would keep the event loop. */
const REMOVED_EACH_COMMIT = 1 / 30;

export interface RetentionOptions {
  readonly file: StoreFile;
  readonly disk: DiskBlocks;
  readonly head: Head;
  readonly index: SeriesIndex;
  readonly clock: RetentionClock;
  readonly settings: Settings;
}

export class Retention {
  readonly #options: RetentionOptions;
  /** Series that were found without any samples: their rows go with the next commit. */
  #unused: readonly Series[];

  constructor(options: RetentionOptions, unused: readonly Series[]) {
    this.#options = options;
    this.#unused = unused;
  }

  /** To be called in a transaction. @returns what to do once it is through */
  removeOld(): () => void {
    const { file, disk, index } = this.#options;
    const blocks = this.#toRemove();
    const ended = blocks.length === 0 ? [] : this.#endedWith(blocks);
    for (const { id } of blocks) file.removeBlock(id);
    for (const { ref } of [...this.#unused, ...ended]) file.removeSeries(ref);
    return () => {
      this.#unused = [];
      for (const { id } of blocks) disk.remove(id);
      for (const series of ended) {
        series.forget();
        index.remove(series);
      }
    };
  }

  #toRemove(): StoredBlock[] {
    const { file, disk, clock, settings } = this.#options;
    const old = disk.endedBefore(clock.now() - settings.retentionMs);
    if (old.length > 0) return old.slice(0, Math.ceil(old.length * REMOVED_EACH_COMMIT));
    const oldest = disk.oldest();
    return oldest !== undefined && file.size().usedBytes > settings.retentionBytes ? [oldest] : [];
  }

  /**
   * Series that have no samples but in these blocks. Where a series' newest sample is, it knows; only if that goes, others are
   * looked for: they have older samples of it, and so began before these blocks ended; or they are of a time when the clock was
   * ahead.
   */
  #endedWith(blocks: readonly StoredBlock[]): Series[] {
    const { disk, head, settings } = this.#options;
    const going = new Set(blocks.map(({ id }) => id));
    const inMemory = head.blocks();
    const staying = new Set(inMemory.map(({ id }) => id));
    const ended = new Set<Series>();
    let endMs = Number.NEGATIVE_INFINITY;
    for (const { id, maxMs } of blocks) {
      endMs = Math.max(endMs, maxMs);
      this.#forEachSeries(id, (series) => {
        const isHeld = !going.has(series.lastBlock) && (disk.has(series.lastBlock) || staying.has(series.lastBlock));
        if (!isHeld) ended.add(series);
      });
    }
    if (ended.size === 0) return [];
    const nowMs = settings.now();
    const others = [...disk.list()].filter(({ id, minMs }) => !going.has(id) && (minMs <= endMs || minMs > nowMs));
    const hold = (id: number, has: (ref: number) => boolean): void => {
      for (const series of ended) {
        if (!has(series.ref)) continue;
        series.lastBlock = id;
        ended.delete(series);
      }
    };
    for (const block of inMemory) hold(block.id, (ref) => block.slotOf(ref) !== -1);
    for (const { id } of others) {
      if (ended.size === 0) break;
      unlessDamaged(() => hold(id, (ref) => disk.holds(id, ref)));
    }
    return [...ended];
  }

  #forEachSeries(id: number, act: (series: Series) => void): void {
    const { disk, index } = this.#options;
    unlessDamaged(() =>
      disk.forEachSeries(id, (ref) => {
        const series = index.byRef(ref);
        if (series !== undefined) act(series);
      }),
    );
  }
}

/** A block that cannot be read is let go of like others: it must not keep commits from succeeding. */
function unlessDamaged(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!isDamaged(error)) throw error;
  }
}
