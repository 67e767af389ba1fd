/** Collects text and points as bytes, to be taken in chunks. */
import { MAX_NUMBER_BYTES, writeValue } from "./digits.ts";
import { TimeTexts } from "./time-texts.ts";

/** From this size on a chunk is to be taken: less than a millisecond of work. */
const CHUNK_BYTES = 64 * 1024;

/** Room beyond that, so that it rarely has to grow. */
const SLACK_BYTES = 4 * 1024;

/** More than a point takes: its time, its value and what stands around them. */
const MAX_POINT_BYTES = 2 * MAX_NUMBER_BYTES + 8;

const [COMMA, QUOTE, CLOSE] = [0x2c, 0x22, 0x5d];

export class ByteWriter {
  #buffer = Buffer.allocUnsafe(CHUNK_BYTES + SLACK_BYTES);
  #length = 0;
  #texts = new TimeTexts(new Float64Array());

  get isFull(): boolean {
    return this.#length >= CHUNK_BYTES;
  }

  /** What was written since the last time. */
  take(): Uint8Array {
    const chunk = this.#buffer.subarray(0, this.#length);
    this.#buffer = Buffer.allocUnsafe(CHUNK_BYTES + SLACK_BYTES);
    this.#length = 0;
    return chunk;
  }

  text(text: string): void {
    this.#reserve(text.length * 3); // most that UTF-8 takes for a UTF-16 unit
    this.#length += this.#buffer.write(text, this.#length);
  }

  comma(): void {
    this.#reserve(1);
    this.#buffer[this.#length++] = COMMA;
  }

  /**
   * `[1435781451.781,"1.5"],…`: from this point on, until there are no more or the chunk is full.
   *
   * @param times Unix milliseconds, whole; the same array again costs less
   * @returns the next point that is to be written
   */
  points(times: Float64Array, values: Float64Array, from: number): number {
    if (this.#texts.times !== times) this.#texts = new TimeTexts(times);
    this.#reserve(MAX_POINT_BYTES);
    const [buffer, { bytes, bounds }] = [this.#buffer, this.#texts];
    const last = buffer.length - MAX_POINT_BYTES;
    let [at, index] = [this.#length, from];
    for (; index < times.length && at <= last; index++) {
      const end = bounds[index + 1] as number; // there is one more than times
      for (let i = (bounds[index] as number) + (index === 0 ? 1 : 0); i < end; i++) buffer[at++] = bytes[i] as number;
      at = writeValue(buffer, at, values[index] as number); // as many as times
      buffer[at] = QUOTE;
      buffer[at + 1] = CLOSE;
      at += 2;
    }
    this.#length = at;
    return index;
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#buffer = grown;
  }
}
