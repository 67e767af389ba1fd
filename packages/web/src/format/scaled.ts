/** Units whose prefix grows with the value: k, M, G; Ki, Mi, Gi; K, Mil, Bil. */
import { type Decimals, fixed } from "./fixed.ts";
import type { FormattedValue } from "./value-format.ts";

const SI = ["f", "p", "n", "µ", "m", "", "k", "M", "G", "T", "P", "E", "Z", "Y"];
const SI_NONE = 5;
const BINARY = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"];
const SHORT = ["", " K", " Mil", " Bil", " Tri", " Quadr", " Quint", " Sext", " Sept"];
const COUNT = ["", "K", "M", "B", "T"];
const PRESSURE = ["psi", "ksi", "Mpsi"];

/**
 * @param suffixes of growing powers of `factor`
 * @param start the suffix of the unit that `value` is in
 */
function scaled(
  value: number,
  decimals: Decimals,
  { factor, suffixes, start = 0 }: { factor: number; suffixes: readonly string[]; start?: number },
): FormattedValue {
  const power = value === 0 || !Number.isFinite(value) ? 0 : Math.floor(Math.log(Math.abs(value)) / Math.log(factor));
  const index = Math.max(0, Math.min(suffixes.length - 1, start + power));
  return { text: fixed(value / factor ** (index - start), decimals), suffix: suffixes[index] ?? "" };
}

/** @param offset in thousands: 1 if `value` counts kilo-units, -1 if it counts milli-units */
export function siPrefixed(value: number, decimals: Decimals, unit: string, offset = 0): FormattedValue {
  const { text, suffix } = scaled(value, decimals, { factor: 1000, suffixes: SI, start: SI_NONE + offset });
  return { text, suffix: ` ${suffix}${unit}` };
}

/** @param offset in 1024s */
export function binaryPrefixed(value: number, decimals: Decimals, unit: string, offset = 0): FormattedValue {
  const { text, suffix } = scaled(value, decimals, { factor: 1024, suffixes: BINARY, start: offset });
  return { text, suffix: ` ${suffix}${unit}` };
}

export function short(value: number, decimals: Decimals): FormattedValue {
  return scaled(value, decimals, { factor: 1000, suffixes: SHORT });
}

export function poundsPerSquareInch(value: number, decimals: Decimals): FormattedValue {
  return scaled(value, decimals, { factor: 1000, suffixes: PRESSURE });
}

/** `1.2K ops/s` */
export function counted(value: number, decimals: Decimals, unit: string): FormattedValue {
  const { text, suffix } = scaled(value, decimals, { factor: 1000, suffixes: COUNT });
  return { text, suffix: `${suffix} ${unit}` };
}

/** `$1.2K`, or `1.2Kkr` for currencies that stand behind. */
export function currency(
  value: number,
  decimals: Decimals,
  { symbol, isBehind }: { symbol: string; isBehind: boolean },
): FormattedValue {
  const sign = value < 0 ? "-" : "";
  const { text, suffix = "" } = scaled(Math.abs(value), decimals, { factor: 1000, suffixes: COUNT });
  if (isBehind) return { ...(sign === "" ? {} : { prefix: sign }), text, suffix: `${suffix}${symbol}` };
  return { prefix: `${sign}${symbol}`, text, suffix };
}
