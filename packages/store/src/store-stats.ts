/** How much there is in a store. */
import type { DiskBlocks } from "./blocks/disk-blocks.ts";
import type { StoreFile } from "./file/store-file.ts";
import type { Head } from "./head/head.ts";
import type { SeriesIndex } from "./index/series-index.ts";

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

export function statsOf(index: SeriesIndex, disk: DiskBlocks, head: Head, file: StoreFile): StoreStats {
  const { usedBytes, freeBytes } = file.size();
  let samplesInBlocks = 0;
  let minMs = Number.POSITIVE_INFINITY;
  let { maxMs } = head.bounds;
  for (const block of disk.list()) {
    samplesInBlocks += block.samples;
    minMs = Math.min(minMs, block.minMs);
    maxMs = Math.max(maxMs, block.maxMs);
  }
  for (const block of head.blocks()) minMs = Math.min(minMs, block.minMs);
  return {
    series: index.size,
    blocks: disk.size,
    samplesInBlocks,
    minMs,
    maxMs,
    usedBytes,
    freeBytes,
    cachedBytes: disk.cachedBytes,
  };
}
