/** Makes a block again from what the file was told while it grew. */
import { SlotTable } from "../blocks/slot-table.ts";
import { ByteReader, CorruptError } from "../encoding/byte-reader.ts";
import { opened } from "../encoding/envelope.ts";
import type { UnfinishedBlock } from "../file/store-file.ts";
import type { Series } from "../series.ts";
import { type GrowingBlock, LooseBlock, TickBlock } from "./growing-block.ts";
import { LOOSE_SOURCE } from "./head.ts";
import { LogReader } from "./tick-log.ts";

/** Logs are told whole or not at all; none is compressed, so none is longer than it says. */
const MAX_LOG_BYTES = 2 ** 30;

/**
 * A table may name series that were forgotten since it was made: they have a slot, and no samples.
 *
 * @returns the block, and how many of its samples are of series that are not there, which none should be
 * @throws {CorruptError}
 */
export function restoredBlock(
  { id, source }: UnfinishedBlock,
  logs: readonly Uint8Array[],
  seriesOf: (ref: number) => Series | undefined,
): { readonly block: GrowingBlock; readonly orphans: number } {
  const table = new SlotTable();
  const bySlot: (Series | undefined)[] = [];
  let orphans = 0;
  const ticks = new TickBlock(id, source, table);
  const loose = new LooseBlock(id, source, table);
  const seen = (slot: number, timeMs: number, value: number, isStale: boolean): void => {
    if (slot >= table.size) throw new CorruptError(`a sample of slot ${slot}, of which there are ${table.size}`);
    const series = bySlot[slot];
    if (series === undefined) orphans += 1;
    else if (timeMs >= series.lastMs) series.see(timeMs, value, isStale, id);
  };
  const reader = new LogReader({
    addSlot(ref) {
      bySlot[table.add(ref)] = seriesOf(ref);
    },
    tick: (timeMs) => ticks.tick(timeMs),
    set(slot, value, isStale) {
      seen(slot, ticks.maxMs, value, isStale);
      ticks.set(slot, value, isStale);
    },
    addLoose(slot, timeMs, value, isStale) {
      seen(slot, timeMs, value, isStale);
      loose.add(slot, timeMs, value, isStale);
    },
  });
  for (const log of logs) reader.read(new ByteReader(opened(log, MAX_LOG_BYTES)));
  return { block: source === LOOSE_SOURCE ? loose : ticks, orphans };
}
