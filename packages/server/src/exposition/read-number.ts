/**
 * Floats straight from bytes, exact to the last bit, and without garbage for nearly all of them.
 *
 * Accepted is what Prometheus accepts as a value: what Go's `strconv.ParseFloat` does, but for underscores and the
 * hexadecimal floats (model/textparse/promparse.go, parseFloat).
 */

const NEWLINE = 0x0a;
const SPACE = 0x20;
const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const UPPER_E = 0x45;
const LOWER_E = 0x65;

/** Powers of ten that are exact as doubles. */
const POWERS = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
const MAX_POWER = 22;

/** Doubles hold every integer up to here. */
const MAX_EXACT = 2 ** 53;

/** Digits of one half of the digits: as many as an int32 holds. */
const HALF_DIGITS = 9;

/** Veltkamp's constant: splits a double in two halves whose products are exact. */
const SPLITTER = 2 ** 27 + 1;

/** How much further than its value the rest of a rounding is taken, to see whether it is near a tie. */
const DOUBT = 1 + 2 ** -30;

/**
 * Reads the number at `start` into `out[at]`.
 *
 * @param bytes must hold a newline at or after `start`
 * @returns the place after the number, where a space or a newline stands; or -1 if there is no number up to them
 */
export function readNumber(bytes: Uint8Array, start: number, out: Float64Array, at: number): number {
  let i = start;
  let c = bytes[i] as number; // within, as is every byte up to the newline
  const isNegative = c === MINUS;
  if (isNegative || c === PLUS) c = bytes[++i] as number;

  // The first nine significant digits, then nine more: int32 arithmetic is several times as fast as that of doubles.
  let high = 0;
  let low = 0;
  let lowDigits = 0;
  let decimals = 0;
  const firstDigit = i;
  while (c === ZERO) c = bytes[++i] as number;
  let significant = i;
  for (let digit = c - ZERO; digit >= 0 && digit <= 9; digit = (bytes[++i] as number) - ZERO) {
    if (i - significant < HALF_DIGITS) high = (10 * high + digit) | 0;
    else if (lowDigits < HALF_DIGITS) {
      low = (10 * low + digit) | 0;
      lowDigits++;
    } else return readSlowly(bytes, start, out, at);
  }
  let digits = i - firstDigit;
  c = bytes[i] as number;
  if (c === POINT) {
    const point = i;
    c = bytes[++i] as number;
    let highDigits = point - significant;
    if (highDigits === 0) while (c === ZERO) c = bytes[++i] as number;
    significant = i - highDigits;
    for (let digit = c - ZERO; digit >= 0 && digit <= 9; digit = (bytes[++i] as number) - ZERO) {
      if (highDigits < HALF_DIGITS) {
        high = (10 * high + digit) | 0;
        highDigits++;
      } else if (lowDigits < HALF_DIGITS) {
        low = (10 * low + digit) | 0;
        lowDigits++;
      } else return readSlowly(bytes, start, out, at);
    }
    decimals = i - point - 1;
    digits += decimals;
    c = bytes[i] as number;
  }
  if (digits === 0) return readSlowly(bytes, start, out, at);

  let power = -decimals;
  if (c === LOWER_E || c === UPPER_E) {
    c = bytes[++i] as number;
    const isNegativePower = c === MINUS;
    if (isNegativePower || c === PLUS) c = bytes[++i] as number;
    const firstPowerDigit = i;
    let given = 0;
    for (let digit = c - ZERO; digit >= 0 && digit <= 9; digit = (bytes[++i] as number) - ZERO) {
      given = 10 * given + digit;
      if (given > 9999) return readSlowly(bytes, start, out, at);
    }
    if (i === firstPowerDigit) return readSlowly(bytes, start, out, at);
    power += isNegativePower ? -given : given;
    c = bytes[i] as number;
  }
  if (c !== NEWLINE && c !== SPACE) return readSlowly(bytes, start, out, at);

  // Exact: the high half times 5^9 fits in 53 bits, and a power of two is free.
  const highPart = high * (POWERS[lowDigits] as number);
  const whole = highPart + low;
  if (power === 0 && whole <= MAX_EXACT) {
    out[at] = isNegative ? -whole : whole;
    return i;
  }
  if (whole === 0) {
    out[at] = isNegative ? -0 : 0;
    return i;
  }
  if (power < -MAX_POWER || power > MAX_POWER) return readSlowly(bytes, start, out, at);
  const scale = POWERS[power < 0 ? -power : power] as number; // in range
  if (whole <= MAX_EXACT) {
    // One rounding of two exact numbers: Clinger's fast path.
    const value = power < 0 ? whole / scale : whole * scale;
    out[at] = isNegative ? -value : value;
    return i;
  }
  // 16 to 18 digits: the same in doubled precision, and given up where the rest is near half of the last place.
  const wholeRest = low - (whole - highPart);
  const near = power < 0 ? whole / scale : whole * scale;
  const product = power < 0 ? near * scale : near;
  const factor = power < 0 ? near : whole;
  // Dekker's product: product + productRest is factor * scale exactly.
  const factorShift = SPLITTER * factor;
  const factorHigh = factorShift - (factorShift - factor);
  const factorLow = factor - factorHigh;
  const scaleShift = SPLITTER * scale;
  const scaleHigh = scaleShift - (scaleShift - scale);
  const scaleLow = scale - scaleHigh;
  const productRest =
    factorLow * scaleLow - (product - factorHigh * scaleHigh - factorLow * scaleHigh - factorHigh * scaleLow);
  const rest = power < 0 ? (whole - product - productRest + wholeRest) / scale : productRest + wholeRest * scale;
  const value = near + rest;
  const valueRest = near - value + rest;
  if (value + valueRest * DOUBT !== value) return readSlowly(bytes, start, out, at);
  out[at] = isNegative ? -value : value;
  return i;
}

/**
 * Reads the digits at `start` into `out[at]`: a time in milliseconds, of up to 15 of them.
 *
 * @returns the place after them, or -1 if there are none or more
 */
export function readDigits(bytes: Uint8Array, start: number, out: Float64Array, at: number): number {
  let i = start;
  let value = 0;
  for (let digit = (bytes[i] as number) - ZERO; digit >= 0 && digit <= 9; digit = (bytes[++i] as number) - ZERO) {
    value = 10 * value + digit;
  }
  if (i === start || i - start > 15) return -1;
  out[at] = value;
  return i;
}

/** As {@link readNumber}, by way of a string. */
function readSlowly(bytes: Uint8Array, start: number, out: Float64Array, at: number): number {
  let end = start;
  for (let c = bytes[end]; c !== undefined && c !== SPACE && c !== NEWLINE; c = bytes[++end]);
  const value = numberIn(bytes, start, end);
  if (value === undefined) return -1;
  out[at] = value;
  return end;
}

/** The number that all these bytes are together; `undefined` if Prometheus takes them for none. */
export function numberIn(bytes: Uint8Array, start: number, end: number): number | undefined {
  let text = "";
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i] ?? 0);
  if (DECIMAL.test(text)) {
    const value = Number(text);
    // Go's ParseFloat gives an error for what is too large, and zero for what is too small.
    return Number.isFinite(value) ? value : undefined;
  }
  const word = WORD.exec(text);
  if (word !== null) return word[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return NOT_A_NUMBER.test(text) ? Number.NaN : undefined;
}

/** Without a sign for NaN, as Go has it. */
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const WORD = /^([+-]?)inf(?:inity)?$/i;
const NOT_A_NUMBER = /^nan$/i;
