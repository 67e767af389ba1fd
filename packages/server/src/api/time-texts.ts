/**
 * What stands before each value of a series: `,[1435781451.781,"`. The series of a query share their times, so that it is
 * written once and copied from then on.
 */
import { MAX_NUMBER_BYTES, writeTime } from "./digits.ts";

/** The four characters around the time. */
const FRAME_BYTES = 4;

const [COMMA, OPEN, QUOTE] = [0x2c, 0x5b, 0x22];

export class TimeTexts {
  readonly times: Float64Array;
  readonly bytes: Uint8Array;
  /** Where in the bytes the text of each time begins, and at last where all end. */
  readonly bounds: Uint32Array;

  /** @param times Unix milliseconds, whole */
  constructor(times: Float64Array) {
    this.times = times;
    this.bytes = Buffer.allocUnsafe(times.length * (MAX_NUMBER_BYTES + FRAME_BYTES));
    this.bounds = new Uint32Array(times.length + 1);
    let at = 0;
    for (const [index, timeMs] of times.entries()) {
      this.bytes[at] = COMMA;
      this.bytes[at + 1] = OPEN;
      at = writeTime(this.bytes, at + 2, timeMs);
      this.bytes[at] = COMMA;
      this.bytes[at + 1] = QUOTE;
      at += 2;
      this.bounds[index + 1] = at;
    }
  }
}
