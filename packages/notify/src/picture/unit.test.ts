import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { axisNotation, formatValue, UNITS, unitOf } from "./unit.ts";

describe("the unit of a metric", () => {
  test.each([
    ["latency_ms", "milliseconds"],
    ["latency_ms_bucket", "milliseconds"],
    ["wait_seconds_total", "seconds"],
    ["edge_bps", "basis-points"],
    ["pnl_usd", "usd"],
    ["fill_ratio", "ratio"],
    ["orders_failed_total", "count"],
    ["heap_bytes", "bytes"],
    ["exec.fill_ratio_min", "ratio"],
    ["up", "number"],
    ["", "number"],
  ])("%s is in %s", (name, unit) => {
    expect(unitOf(name)).toBe(unit);
  });
});

describe("a value by itself", () => {
  test.each([
    [340.4, "milliseconds", "340 ms"],
    [1230, "milliseconds", "1.23 s"],
    [0.00042, "seconds", "420 µs"],
    [5400, "seconds", "90 min"],
    [0.974, "ratio", "97.4 %"],
    [-13_500, "usd", "−$13.5k"],
    [2_500_000_000, "usd", "$2.5B"],
    [1234, "count", "1,234"],
    [0, "milliseconds", "0 ms"],
    [12.5, "basis-points", "12.5 bps"],
    [1.5 * 1024 ** 2, "bytes", "1.5 MiB"],
    [1.7e308, "number", "1.7e+308"],
    [1e-9, "number", "1.0e-9"],
    [Number.NaN, "number", "–"],
    [Number.NEGATIVE_INFINITY, "number", "−∞"],
  ] as const)("%d in %s is %s", (value, unit, text) => {
    expect(formatValue(value, unit)).toBe(text);
  });

  test("is short, whatever it is", () => {
    fc.assert(
      fc.property(fc.double(), fc.constantFrom(...UNITS), (value, unit) => {
        expect(formatValue(value, unit).length).toBeLessThanOrEqual(14);
      }),
    );
  });
});

test("an axis writes all its values in one magnitude, in as many decimals as its steps need", () => {
  const { one, format } = axisNotation("milliseconds", 1600);

  expect(one).toBe(1000);
  expect([0, 500, 1500].map((value) => format(value, 500))).toEqual(["0 s", "0.5 s", "1.5 s"]);
  expect(axisNotation("usd", 15_000).format(0, 5000)).toBe("$0");
});
