/** Brings full blocks from memory into the file, compressed, a few bundles at each commit. */
import type { GrowingBlock } from "../head/growing-block.ts";
import type { Head } from "../head/head.ts";
import type { DiskBlocks } from "./disk-blocks.ts";

/** At each commit this share of the bundles that wait is written: the event loop is kept for a millisecond or so, not for all. */
const WRITTEN_EACH_COMMIT = 1 / 30;
const MIN_BUNDLES_EACH_COMMIT = 4;

/** How many bundles to write at this commit. */
export function bundlesThisTime({ full }: Head): number {
  let waiting = 0;
  for (const { slabs } of full) waiting += slabs.length;
  return Math.max(MIN_BUNDLES_EACH_COMMIT, Math.ceil(waiting * WRITTEN_EACH_COMMIT));
}

/** To be called in a transaction. @returns what to do once it is through */
export function writeFull(head: Head, disk: DiskBlocks, bundles: number): () => void {
  const after: (() => void)[] = [];
  const whole: GrowingBlock[] = [];
  let left = bundles;
  for (const block of head.full) {
    if (left <= 0) break;
    const { written, isWhole, done } = disk.write(block, left);
    left -= Math.max(1, written);
    after.push(done);
    if (isWhole) whole.push(block);
  }
  return () => {
    for (const act of after) act();
    for (const block of whole) head.forget(block);
  };
}
