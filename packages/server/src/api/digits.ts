/**
 * Numbers written as bytes. A query's answer is hundreds of thousands of short ones, and to make a string of each and join
 * them costs several times what writing their digits does.
 */
import { sampleValue } from "./go-text.ts";

/** More than a time or a value takes. */
export const MAX_NUMBER_BYTES = 32;

/** Values with at most four decimals (prices, seconds) are written digit by digit if they are below 2^31 ten-thousandths. */
const DECIMALS = 10_000;
const MAX_INTEGER = 2 ** 31;

const [ZERO, MINUS, DOT] = [0x30, 0x2d, 0x2e];

/**
 * Seconds; three decimals where there are any. Source: Prometheus, util/jsonutil (`MarshalTimestamp`).
 *
 * @param at where it begins
 * @param timeMs Unix milliseconds, whole
 * @returns where it ends
 */
export function writeTime(bytes: Uint8Array, at: number, timeMs: number): number {
  const size = Math.abs(timeMs);
  const seconds = Math.floor(size / 1000);
  if (timeMs < 0) bytes[at++] = MINUS;
  at = seconds < MAX_INTEGER ? writeInteger(bytes, at, seconds) : writeText(bytes, at, String(seconds));
  const fraction = size - seconds * 1000;
  if (fraction === 0) return at;
  bytes[at] = DOT;
  return writeDecimals(bytes, at + 1, fraction, 100, 0);
}

/**
 * As {@link sampleValue} says.
 *
 * @param at where it begins
 * @returns where it ends
 */
export function writeValue(bytes: Uint8Array, at: number, value: number): number {
  const size = Math.abs(value);
  if (size < MAX_INTEGER && !Object.is(value, -0)) {
    const whole = size | 0;
    if (whole === size) {
      if (value < 0) bytes[at++] = MINUS;
      return writeInteger(bytes, at, whole);
    }
    const scaled = Math.round(size * DECIMALS);
    // Of numbers with so few digits no two are the same double: if it comes back, these are its shortest digits.
    if (scaled < MAX_INTEGER && scaled / DECIMALS === size) {
      if (value < 0) bytes[at++] = MINUS;
      const end = writeInteger(bytes, at, whole);
      bytes[end] = DOT;
      return writeDecimals(bytes, end + 1, scaled - whole * DECIMALS, DECIMALS / 10, 1);
    }
  }
  return writeText(bytes, at, sampleValue(value));
}

/** @param value whole, from 0 to 2^31 */
function writeInteger(bytes: Uint8Array, at: number, value: number): number {
  let digits = 1;
  for (let bound = 10; digits < 10 && value >= bound; bound *= 10) digits += 1;
  const end = at + digits;
  for (let place = end - 1; place >= at; place--) {
    const tenth = (value / 10) | 0;
    bytes[place] = ZERO + (value - tenth * 10);
    value = tenth;
  }
  return end;
}

/**
 * @param unit of the first digit: 1000 for four of them
 * @param cutsZeros 1 to leave out zeros at the end
 */
function writeDecimals(bytes: Uint8Array, at: number, value: number, unit: number, cutsZeros: 0 | 1): number {
  let left = value;
  for (; unit >= 1 && (left > 0 || cutsZeros === 0); unit = (unit / 10) | 0) {
    const digit = (left / unit) | 0;
    bytes[at++] = ZERO + digit;
    left -= digit * unit;
  }
  return at;
}

function writeText(bytes: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
  return at + text.length;
}
