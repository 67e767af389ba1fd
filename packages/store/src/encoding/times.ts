/** Timestamps as bytes: the change of the distance from one to the next, which at a steady interval is nothing or a little. */
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";

/** @param times Unix milliseconds, whole, ascending */
export function writeTimes(writer: ByteWriter, times: Float64Array): void {
  writer.varint(times.length);
  let before = 0;
  let distance = 0;
  for (const time of times) {
    writer.signedVarint(time - before - distance);
    distance = before === 0 ? 0 : time - before;
    before = time;
  }
}

/** @param limit most timestamps that there can be */
export function readTimes(reader: ByteReader, limit: number): Float64Array {
  const times = new Float64Array(reader.count(Math.min(limit, reader.left)));
  let before = 0;
  let distance = 0;
  for (let i = 0; i < times.length; i++) {
    const time = before + distance + reader.signedVarint();
    times[i] = time;
    distance = before === 0 ? 0 : time - before;
    before = time;
  }
  return times;
}
