/** A number with a given count of decimals, or with as many as show three significant digits: Grafana's rule. */

/** More would only show the noise of binary fractions. */
const MAX_DECIMALS = 20;

/** `undefined`: by {@link autoDecimals}. */
export type Decimals = number | undefined;

/**
 * The decimals that show three significant digits; none for whole numbers.
 *
 * @example autoDecimals(0.0245) // 4
 */
function autoDecimals(value: number): number {
  if (value === 0 || Number.isInteger(value) || !Number.isFinite(value)) return 0;
  const magnitude = Math.floor(Math.log(Math.abs(value)) / Math.LN10);
  return Math.max(0, 2 - magnitude);
}

/**
 * @param decimals from 0 to 20; what is outside is brought in
 * @returns `"1.20"`; exponents as JavaScript writes them; `"∞"` and `"NaN"` as they are
 */
export function fixed(value: number, decimals: Decimals): string {
  if (value === Number.POSITIVE_INFINITY) return "∞";
  if (value === Number.NEGATIVE_INFINITY) return "-∞";
  if (Number.isNaN(value)) return "NaN";
  const wanted = Math.max(0, Math.min(MAX_DECIMALS, Math.trunc(decimals ?? autoDecimals(value))));
  if (value === 0) return (0).toFixed(wanted);
  const factor = 10 ** wanted;
  const rounded = Math.round(value * factor) / factor;
  const text = String(Number.isFinite(rounded) ? rounded : value);
  if (text.includes("e") || rounded === 0) return rounded === 0 ? (0).toFixed(wanted) : text;
  const dot = text.indexOf(".");
  const has = dot === -1 ? 0 : text.length - dot - 1;
  if (has >= wanted) return text;
  return `${text}${dot === -1 ? "." : ""}${"0".repeat(wanted - has)}`;
}
