import fc from "fast-check";
import { expect, test } from "vitest";
import { formatBinaryFloat } from "./binary-float-text.ts";
import { formatFloat } from "./float-text.ts";
import { quote, unquote } from "./quote.ts";

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

test("the shortest text of a float reads back as the float", () => {
  fc.assert(
    fc.property(finite, fc.constantFrom("e", "f", "g"), (value, verb) => {
      expect(Number(formatFloat(value, verb, undefined))).toBe(value);
    }),
  );
});

test("with a precision it is what JavaScript has, but for halves", () => {
  fc.assert(
    fc.property(fc.double({ min: -1e20, max: 1e20, noNaN: true }), fc.integer({ min: 0, max: 20 }), (value, places) => {
      const ours = formatFloat(value, "f", places);
      const theirs =
        (Object.is(value, -0) || (value < 0 && !value.toFixed(places).startsWith("-")) ? "-" : "") +
        value.toFixed(places);
      expect(Math.abs(Number(ours) - Number(theirs))).toBeLessThanOrEqual(isHalf(value, places) ? 10 ** -places : 0);
    }),
  );
});

function isHalf(value: number, places: number): boolean {
  return Number.isInteger(value * 10 ** places * 2);
}

test("halves go to the even digit", () => {
  expect([0.5, 1.5, 2.5, -2.5].map((value) => formatFloat(value, "f", 0))).toEqual(["0", "2", "2", "-2"]);
  expect(formatFloat(0.125, "f", 2)).toBe("0.12");
});

test("Go's limits of the exponent's form", () => {
  expect([1e5, 1e6, 123456, 1234567, 1e-4, 1e-5].map((value) => formatFloat(value, "g", undefined))).toEqual([
    "100000",
    "1e+06",
    "123456",
    "1.234567e+06",
    "0.0001",
    "1e-05",
  ]);
  expect(formatFloat(5e-324, "g", undefined)).toBe("5e-324");
  expect(formatFloat(Number.MAX_VALUE, "f", 0)).toHaveLength(309);
});

test("floats as powers of two", () => {
  expect([1, -0.5, 0, 5e-324].map((value) => formatBinaryFloat(value, "x", undefined))).toEqual([
    "0x1p+00",
    "-0x1p-01",
    "0x0p+00",
    "0x1p-1074",
  ]);
  expect(formatBinaryFloat(1, "b", undefined)).toBe("4503599627370496p-52");
  expect(formatBinaryFloat(1.999999, "x", 1)).toBe("0x1.0p+01");
});

test("quoted text reads back as the text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.boolean(), (text, ascii) => {
      expect(unquote(quote(text, { ascii }))).toBe(text);
    }),
  );
});
