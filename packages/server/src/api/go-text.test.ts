import { describe, expect, test } from "vitest";
import { exponentialValue, plainValue, quoted, rfc3339, sampleValue } from "./go-text.ts";

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

describe("numbers are written as Go writes them", () => {
  test.each([
    [0, "0", "0", "0e+00"],
    [-0, "-0", "-0", "-0e+00"],
    [1, "1", "1", "1e+00"],
    [-2.5, "-2.5", "-2.5", "-2.5e+00"],
    [0.000001, "0.000001", "0.000001", "1e-06"],
    [1.5e-7, "1.5e-07", "0.00000015", "1.5e-07"],
    [-1e-300, "-1e-300", `-0.${"0".repeat(299)}1`, "-1e-300"],
    [1e20, "100000000000000000000", "100000000000000000000", "1e+20"],
    [1e21, "1e+21", "1000000000000000000000", "1e+21"],
    [-1.25e23, "-1.25e+23", "-125000000000000000000000", "-1.25e+23"],
    [nan, "NaN", "NaN", "NaN"],
    [inf, "+Inf", "+Inf", "+Inf"],
    [-inf, "-Inf", "-Inf", "-Inf"],
  ])("%d as a sample, a scalar and an alert's value", (value, sample, plain, exponential) => {
    expect([sampleValue(value), plainValue(value), exponentialValue(value)]).toEqual([sample, plain, exponential]);
  });
});

test("times have no more decimals than they need", () => {
  expect([rfc3339(0), rfc3339(1_500), rfc3339(1_700_000_010_120), rfc3339(undefined)]).toEqual([
    "1970-01-01T00:00:00Z",
    "1970-01-01T00:00:01.5Z",
    "2023-11-14T22:13:30.12Z",
    "0001-01-01T00:00:00Z",
  ]);
});

test("text in messages is quoted with Go's escapes", () => {
  expect(quoted('a"b\\\n\u0007\u0001\u2028é')).toBe('"a\\"b\\\\\\n\\a\\x01\\u2028é"');
});
