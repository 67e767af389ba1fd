/** What a block on disk says beside its bundles: its timestamps, and which series stands in which slot. */
import { ByteReader, CorruptError } from "../encoding/byte-reader.ts";
import { ByteWriter } from "../encoding/byte-writer.ts";
import { MAX_COLUMN } from "../encoding/column.ts";
import { opened, sealed } from "../encoding/envelope.ts";
import { readTimes, writeTimes } from "../encoding/times.ts";
import { SlotTable } from "./slot-table.ts";

export interface Directory {
  readonly table: SlotTable;
  /** Different columns of timestamps; those of one source are one. */
  readonly times: readonly Float64Array[];
  /** By slot: which of them is its own. */
  readonly timesOfSlot: Uint32Array;
}

const MAX_BYTES = 2 ** 28;
const MAX_SLOTS = 2 ** 24;

/** @param timesOf the slot's timestamps: those with the same array, or with equal ones, share them on disk */
export function encodeDirectory(refs: readonly number[], timesOf: (slot: number) => Float64Array): Uint8Array {
  const different: Float64Array[] = [];
  const known = new Map<string, number>();
  const byIdentity = new Map<Float64Array, number>();
  const slots = refs.map((_, slot) => {
    const times = timesOf(slot);
    const seen = byIdentity.get(times);
    if (seen !== undefined) return seen;
    const key = Buffer.from(times.buffer, times.byteOffset, times.byteLength).toString("latin1");
    const index = known.get(key) ?? different.push(times) - 1;
    known.set(key, index);
    byIdentity.set(times, index);
    return index;
  });
  const writer = new ByteWriter();
  writer.varint(different.length);
  for (const times of different) writeTimes(writer, times);
  writer.varint(refs.length);
  let before = 0;
  for (const ref of refs) {
    writer.signedVarint(ref - before);
    before = ref;
  }
  for (const index of slots) writer.varint(index);
  return sealed(writer.view());
}

/** @throws {CorruptError} */
export function decodeDirectory(bytes: Uint8Array): Directory {
  const reader = new ByteReader(opened(bytes, MAX_BYTES));
  const times = Array.from({ length: reader.count(MAX_SLOTS) }, () => readTimes(reader, MAX_COLUMN));
  const size = reader.count(Math.min(MAX_SLOTS, reader.left));
  const table = new SlotTable();
  let ref = 0;
  for (let slot = 0; slot < size; slot++) {
    ref += reader.signedVarint();
    if (ref < 0) throw new CorruptError(`no series has the number ${ref}`);
    table.add(ref);
  }
  const timesOfSlot = Uint32Array.from({ length: size }, () => reader.count(times.length - 1));
  return { table, times, timesOfSlot };
}
