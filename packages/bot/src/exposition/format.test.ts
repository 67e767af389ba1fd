import fc from "fast-check";
import { expect, test } from "vitest";
import { formatNumber, formatNumbers, putNumber } from "./format.ts";

const anyNumber = fc.oneof(fc.double(), fc.integer(), fc.integer({ min: 0, max: 2_000_000 }));

test("many numbers at once are written as each alone, infinities and NaN too", () => {
  fc.assert(
    fc.property(fc.array(anyNumber), (values) => {
      expect(formatNumbers(values)).toEqual(values.map(formatNumber));
    }),
  );
});

test("a number put among the parts of a text is written as alone, whatever was in its place", () => {
  fc.assert(
    fc.property(anyNumber, (value) => {
      const parts = ["a", "b", "c", "d"];

      const end = putNumber(parts, 1, value);

      expect(parts.slice(1, end).join("")).toBe(formatNumber(value));
    }),
  );
});

test("counts at the edges of the table", () => {
  for (const value of [0, -0, 1, 999, 1000, 1001, 10_010, 999_999, 1_000_000, -1, 0.5, 2 ** 31, 2 ** 32]) {
    const parts: string[] = [];
    putNumber(parts, 0, value);
    expect(parts.join("")).toBe(formatNumber(value));
  }
});
