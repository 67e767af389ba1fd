/** Doubles as decimals: `whole / 10^exponent`, and, for sums of decimals, by how many units in the last place they are off. */

export interface Decimals {
  /** From 0 to {@link MAX_EXPONENT}. */
  readonly exponent: number;
  /** Each below 2^51 in size. */
  readonly wholes: Float64Array;
  /** How many doubles the value lies above the one nearest to the decimal; `undefined` if none does. */
  readonly units: Float64Array | undefined;
}

const MAX_EXPONENT = 12;

/** Differences of two such are below 2^52, so they can be doubled for their sign. */
const MAX_WHOLE = 2 ** 51;

/** Off by more, a value is no sum of decimals. */
const MAX_UNITS = 2 ** 20;

/** As many digits as a sum of money has; with more, almost any number is near some decimal. */
const MAX_EXPONENT_WITH_UNITS = 8;

const POWERS = Float64Array.from({ length: MAX_EXPONENT + 1 }, (_, exponent) => 10 ** exponent);

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

/** The numbers as decimals that lead back to them to the bit, or `undefined`. */
export function decimalsOf(numbers: Float64Array): Decimals | undefined {
  const exponent = exactExponent(numbers);
  if (exponent !== undefined) return { exponent, wholes: wholesOf(numbers, exponent), units: undefined };
  for (let rough = 0; rough <= MAX_EXPONENT_WITH_UNITS; rough += 2) {
    const wholes = wholesOf(numbers, rough);
    const units = unitsOf(numbers, wholes, rough);
    if (units !== undefined) return { exponent: rough, wholes, units };
  }
  return undefined;
}

/** The numbers again. */
export function fromDecimal({ exponent, wholes, units }: Decimals): Float64Array {
  const power = POWERS[Math.min(exponent, MAX_EXPONENT)] as number; // in range
  for (let i = 0; i < wholes.length; i++) wholes[i] = (wholes[i] as number) / power;
  if (units !== undefined) {
    for (let i = 0; i < wholes.length; i++)
      wholes[i] = above(wholes[i] as number, (units[i] as number | undefined) ?? 0);
  }
  return wholes;
}

/** The smallest exponent with which all numbers are exact decimals. */
function exactExponent(numbers: Float64Array): number | undefined {
  let exponent = 0;
  for (const number of numbers) {
    while (!isExact(number, exponent)) {
      exponent += 1;
      if (exponent > MAX_EXPONENT) return undefined;
    }
  }
  // With the larger exponent, what was exact with a smaller one may be so no more.
  for (const number of numbers) if (!isExact(number, exponent)) return undefined;
  return exponent;
}

function isExact(number: number, exponent: number): boolean {
  const power = POWERS[exponent] as number; // in range
  const whole = Math.round(number * power) + 0; // never −0
  return Math.abs(whole) < MAX_WHOLE && Object.is(whole / power, number);
}

function wholesOf(numbers: Float64Array, exponent: number): Float64Array {
  const power = POWERS[exponent] as number; // in range
  return numbers.map((number) => Math.round(number * power) + 0);
}

function unitsOf(numbers: Float64Array, wholes: Float64Array, exponent: number): Float64Array | undefined {
  const power = POWERS[exponent] as number; // in range
  const units = new Float64Array(numbers.length);
  for (let i = 0; i < numbers.length; i++) {
    const [number, whole] = [numbers[i] as number, wholes[i] as number];
    if (!(Math.abs(whole) < MAX_WHOLE)) return undefined;
    const off = placesAfter(whole / power, number);
    if (!(Math.abs(off) < MAX_UNITS) || !Object.is(above(whole / power, off), number)) return undefined;
    units[i] = off;
  }
  return units;
}

/** How many places after `origin` a double of the same sign stands among all doubles. Exact for what is near. */
function placesAfter(origin: number, number: number): number {
  double[0] = origin;
  const [low, high] = [words[0] as number, words[1] as number];
  double[0] = number;
  return ((words[1] as number) - high) * 2 ** 32 + ((words[0] as number) - low);
}

/** The double that stands this many places after this one. */
function above(number: number, places: number): number {
  double[0] = number;
  const low = (words[0] as number) + places;
  const carry = Math.floor(low / 2 ** 32);
  words[0] = low - carry * 2 ** 32;
  words[1] = (words[1] as number) + carry;
  return double[0];
}
