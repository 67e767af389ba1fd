import fc from "fast-check";
import { expect, test } from "vitest";
import { numberIn, readDigits, readNumber } from "./read-number.ts";

/** What a text before a line break reads as; `undefined` if it is no number. */
function read(text: string): number | undefined {
  const bytes = Buffer.from(`x ${text}\n`);
  const out = new Float64Array(3);
  const end = readNumber(bytes, 2, out, 1);
  if (end === -1) return undefined;
  expect(end).toBe(bytes.length - 1);
  expect([out[0], out[2]]).toEqual([0, 0]);
  return out[1];
}

/** To the last bit, and with its sign. */
function expectExact(text: string): void {
  expect(read(text), text).toBe(Number(text));
}

const RUNS = 20_000;

test("every double reads back from its shortest text to the last bit", () => {
  const anyDouble = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(anyDouble, (value) => expectExact(String(value))),
    { numRuns: RUNS },
  );
});

test("doubles of the size of prices, amounts and rates, of full length, read back to the last bit", () => {
  const digits = fc.integer({ min: 1, max: 18 });
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: -12, max: 12 }), digits, (part, e, n) => {
      const value = part * 10 ** e;
      expectExact(String(value));
      expectExact(value.toPrecision(n));
      expectExact(value.toFixed(n));
      expectExact(`-${value.toExponential(n)}`);
    }),
    { numRuns: RUNS },
  );
});

test("any digits, with point and exponent wherever they are, read as JavaScript reads them", () => {
  const digits = fc.string({ unit: fc.constantFrom(..."0123456789"), maxLength: 22 });
  const exponent = fc.option(fc.integer({ min: -30, max: 30 }));
  fc.assert(
    fc.property(digits, fc.option(digits), exponent, fc.constantFrom("", "+", "-"), (whole, part, e, sign) => {
      fc.pre(whole + (part ?? "") !== "");
      expectExact(`${sign}${whole}${part === null ? "" : `.${part}`}${e === null ? "" : `e${e}`}`);
    }),
    { numRuns: RUNS },
  );
});

test("ties, and what is right beside them, round to even", () => {
  for (const text of [
    "9007199254740992",
    "9007199254740993",
    "9007199254740995",
    "90071992547409930",
    "900719925474099.25",
    "900719925474099.375",
    "4503599627370496.5",
    "4503599627370497.5",
    "4503599627370497.49",
    "4503599627370497.51",
    "0.500000000000000166",
    "1.00000000000000011",
    "5e-324",
    "2.2250738585072014e-308",
    "1.7976931348623157e308",
    "-0",
    "-0.0e5",
    "0e99999",
  ]) {
    expectExact(text);
  }
});

test("words are read in any case, without a sign for NaN", () => {
  for (const text of ["Inf", "+Inf", "inf", "INFINITY", "+infinity"]) expect(read(text), text).toBe(Infinity);
  for (const text of ["-Inf", "-infinity"]) expect(read(text), text).toBe(-Infinity);
  for (const text of ["NaN", "nan", "NAN"]) expect(read(text), text).toBeNaN();
});

test("what Go's ParseFloat refuses, and hexadecimal and underscores, is no number", () => {
  for (const text of [
    ...["", "+", "-", ".", "e5", "1e", "1e+", "1.2.3", "1_000", "0x10", "0x1p4", "0b1", "--1", "+-1", "1f", "1,5"],
    ...["+NaN", "-nan", "infin", "Infinity1", "in", "1e400", "-1e400", "١", "1\r", "true", "1e99999999999"],
  ]) {
    expect(read(text), JSON.stringify(text)).toBeUndefined();
  }
});

test("anything reads the same by bytes as by the string", () => {
  const piece = fc.constantFrom(..."0123456789", ".", "e", "E", "+", "-", "inf", "nan", "x", "_", "p");
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 12 }), (pieces) => {
      const bytes = Buffer.from(pieces.join(""));
      expect(read(pieces.join(""))).toBe(numberIn(bytes, 0, bytes.length));
    }),
    { numRuns: RUNS },
  );
});

test("digits alone", () => {
  const out = new Float64Array(1);
  const end = (text: string): number => readDigits(Buffer.from(`${text}\n`), 0, out, 0);

  expect([end("1723161254024"), out[0]]).toEqual([13, 1_723_161_254_024]);
  expect([end("5 "), out[0]]).toEqual([1, 5]);
  for (const text of ["", "-5", "+5", " 5", "1234567890123456"]) expect(end(text), text).toBe(-1);
});
