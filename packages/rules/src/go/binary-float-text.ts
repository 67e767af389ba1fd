/** Floats as powers of two: `0x1.8p+01` for %x, `4503599627370496p-52` for %b. Source: Go, strconv/ftoa.go. */

/** @param precision hexadecimal digits after the point; `undefined` for as many as it has */
export function formatBinaryFloat(value: number, verb: "x" | "X" | "b", precision: number | undefined): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value < 0 ? "-Inf" : "+Inf";
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Math.abs(value));
  const bits = view.getBigUint64(0);
  const biased = Number(bits >> 52n);
  let mantissa = biased === 0 ? bits : (bits & 0xfffffffffffffn) | 0x10000000000000n;
  let exponent = (biased === 0 ? 1 : biased) - 1023;
  if (verb === "b") return `${sign}${mantissa}p${exponent - 52 < 0 ? "" : "+"}${exponent - 52}`;
  if (mantissa === 0n) exponent = 0;
  // Subnormal floats are shown with a leading one, too.
  while (mantissa !== 0n && mantissa < 0x10000000000000n) {
    mantissa <<= 1n;
    exponent -= 1;
  }
  if (precision !== undefined && precision < 13) {
    const dropped = BigInt(4 * (13 - precision));
    const half = 1n << (dropped - 1n);
    const rest = mantissa & ((1n << dropped) - 1n);
    let kept = mantissa >> dropped;
    if (rest > half || (rest === half && kept % 2n === 1n)) kept += 1n;
    mantissa = kept << dropped;
    if (mantissa >= 0x20000000000000n) {
      mantissa >>= 1n;
      exponent += 1;
    }
  }
  const digits = (mantissa & 0xfffffffffffffn).toString(16).padStart(13, "0");
  const shown = precision === undefined ? digits.replace(/0+$/, "") : digits.padEnd(precision, "0").slice(0, precision);
  const power = `${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  const text = `0x${mantissa >> 52n}${shown === "" ? "" : `.${shown}`}p${power}`;
  return sign + (verb === "X" ? text.toUpperCase() : text);
}
