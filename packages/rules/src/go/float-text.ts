/**
 * Floats in Go's words: exact decimals rounded half to even, as strconv.FormatFloat has them. JavaScript's own toFixed
 * rounds halves up and toPrecision pads otherwise, so the digits are made here.
 */

export type FloatVerb = "e" | "E" | "f" | "g" | "G";

/** `0.d1d2d3… × 10^point` */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

/** @param precision digits after the point (e, f) or in all (g); `undefined` for the fewest that tell the float */
export function formatFloat(value: number, verb: FloatVerb, precision: number | undefined): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value < 0 ? "-Inf" : "+Inf";
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  return sign + formatMagnitude(Math.abs(value), verb, precision);
}

function formatMagnitude(value: number, verb: FloatVerb, precision: number | undefined): string {
  const isUpper = verb === "E" || verb === "G";
  switch (verb) {
    case "e":
    case "E": {
      const decimal = precision === undefined ? shortest(value) : rounded(value, precision + 1);
      return exponential(decimal, precision ?? Math.max(decimal.digits.length - 1, 0), isUpper);
    }
    case "f": {
      const decimal = precision === undefined ? shortest(value) : roundedAt(value, precision);
      return fixed(decimal, precision ?? Math.max(decimal.digits.length - decimal.point, 0));
    }
    default: {
      const decimal = precision === undefined ? shortest(value) : rounded(value, Math.max(precision, 1));
      const significant = decimal.digits.length;
      const places = precision === undefined ? 6 : Math.max(precision, 1);
      // The exponent's form begins where the digits end, but not before 21 places... of Go's %v: here six when shortest.
      const limit =
        precision !== undefined && places > significant && significant >= decimal.point ? significant : places;
      const exponent = decimal.point - 1;
      if (value !== 0 && (exponent < -4 || exponent >= limit))
        return exponential(decimal, Math.max(significant - 1, 0), isUpper);
      return fixed(decimal, Math.max(significant - decimal.point, 0));
    }
  }
}

function exponential({ digits, point }: Decimal, places: number, isUpper: boolean): string {
  const [first = "0"] = digits;
  const rest = digits.slice(1).padEnd(places, "0").slice(0, places);
  const exponent = digits === "" ? 0 : point - 1;
  const shown = String(Math.abs(exponent)).padStart(2, "0");
  return `${first}${places > 0 ? `.${rest}` : ""}${isUpper ? "E" : "e"}${exponent < 0 ? "-" : "+"}${shown}`;
}

function fixed({ digits, point }: Decimal, places: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, "0") : "0";
  if (places === 0) return whole;
  const fraction = `${"0".repeat(Math.max(0, -point))}${digits.slice(Math.max(point, 0))}`;
  return `${whole}.${fraction.padEnd(places, "0").slice(0, places)}`;
}

/** The fewest digits that tell this float from all others: JavaScript finds the same as Go. */
function shortest(value: number): Decimal {
  if (value === 0) return { digits: "", point: 0 };
  const [mantissa = "", exponent = "0"] = value.toExponential().split("e");
  return { digits: mantissa.replace(".", ""), point: Number(exponent) + 1 };
}

/** Rounded to so many significant digits, zeros at the end left out. */
function rounded(value: number, count: number): Decimal {
  const exact = exactDecimal(value);
  return roundDecimal(exact, count);
}

/** Rounded to so many places after the point. */
function roundedAt(value: number, places: number): Decimal {
  const exact = exactDecimal(value);
  return roundDecimal(exact, exact.point + places);
}

function roundDecimal({ digits, point }: Decimal, count: number): Decimal {
  if (count < 0) return { digits: "", point: 0 };
  if (count >= digits.length) return { digits, point };
  const kept = digits.slice(0, count);
  const rest = digits.slice(count);
  const half = rest[0] === "5" && /^50*$/.test(rest);
  const isOdd = Number(kept.at(-1) ?? "0") % 2 === 1;
  if (half ? !isOdd : (rest[0] ?? "0") < "5") return trimmed({ digits: kept, point });
  const raised = (BigInt(kept || "0") + 1n).toString().padStart(kept.length, "0");
  return trimmed({ digits: raised, point: point + raised.length - kept.length });
}

function trimmed({ digits, point }: Decimal): Decimal {
  const kept = digits.replace(/0+$/, "");
  return kept === "" ? { digits: "", point: 0 } : { digits: kept, point };
}

/** All digits of a float: it is a whole number times a power of two. */
function exactDecimal(value: number): Decimal {
  if (value === 0) return { digits: "", point: 0 };
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const mantissa = biased === 0 ? fraction : fraction | 0x10000000000000n;
  const exponent = (biased === 0 ? 1 : biased) - 1075;
  // 2^-n is 5^n / 10^n.
  const whole = exponent >= 0 ? mantissa << BigInt(exponent) : mantissa * 5n ** BigInt(-exponent);
  const digits = whole.toString();
  return trimmed({ digits, point: digits.length - Math.max(0, -exponent) });
}
