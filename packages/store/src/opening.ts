/** Takes back into memory what the file has: series, what was not in compressed blocks yet, and when each series was last seen. */
import type { DiskBlocks } from "./blocks/disk-blocks.ts";
import { CorruptError } from "./encoding/byte-reader.ts";
import { damaged } from "./file/file-error.ts";
import { labelsFrom } from "./file/labels-text.ts";
import type { StoreFile } from "./file/store-file.ts";
import type { Head } from "./head/head.ts";
import { restoredBlock } from "./head/restore.ts";
import type { SeriesIndex } from "./index/series-index.ts";
import { Series } from "./series.ts";

/** @returns the number that the next new series has */
export function loadSeries(file: StoreFile, index: SeriesIndex): number {
  let next = 1;
  for (const { ref, labels } of file.series()) {
    index.add(new Series(ref, labelsFrom(labels, file.path)));
    next = ref + 1; // in ascending order
  }
  return next;
}

/** @throws {StoreError} `DAMAGED` */
export function restoreHead(file: StoreFile, index: SeriesIndex, head: Head): void {
  file.transaction(() => file.removeUnfinishedBundles());
  const unfinished = [...file.unfinishedBlocks()];
  const newest = new Map(unfinished.map(({ id, source }) => [source, id]));
  for (const stored of unfinished) {
    const { block, orphans } = readUnfinished(file, index, stored);
    if (orphans > 0) throw damaged(file.path, `block ${stored.id} has ${orphans} samples of series that are not there`);
    if (block.rows > 0) head.restore(block, newest.get(stored.source) !== stored.id);
    else file.transaction(() => file.removeBlock(stored.id));
  }
}

function readUnfinished(file: StoreFile, index: SeriesIndex, stored: { readonly id: number; readonly source: string }) {
  try {
    return restoredBlock(stored, [...file.unflushed(stored.id)], (ref) => index.byRef(ref));
  } catch (error) {
    if (!(error instanceof CorruptError)) throw error;
    throw damaged(file.path, `what was not compressed yet of block ${stored.id}: ${error.message}`, error);
  }
}

/**
 * The newest blocks say when series were last seen: all of them those of series that are not in memory, and those that reach
 * into the time of what is in memory.
 *
 * @returns series that have no samples at all
 */
export function findLastSamples(disk: DiskBlocks, index: SeriesIndex, head: Head): Series[] {
  const unseen = new Set<Series>();
  for (const series of index.all()) if (series.lastBlock === 0) unseen.add(series);
  let headMs = Number.POSITIVE_INFINITY;
  for (const { minMs } of head.blocks()) headMs = Math.min(headMs, minMs);
  for (const { id, maxMs } of [...disk.list()].sort((a, b) => b.maxMs - a.maxMs)) {
    if (unseen.size === 0 && maxMs < headMs) break;
    disk.forEachSeries(id, (ref, lastMs) => {
      const series = index.byRef(ref);
      if (series === undefined) return;
      if (lastMs > series.lastMs) series.see(lastMs, Number.NaN, false, id);
      unseen.delete(series);
    });
  }
  return [...unseen];
}
