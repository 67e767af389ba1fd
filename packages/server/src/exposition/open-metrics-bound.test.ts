import { expect, test } from "vitest";
import { openMetricsBound } from "./open-metrics-bound.ts";

test("bounds are written as Prometheus 3 does", () => {
  const cases: readonly (readonly [given: string, written: string])[] = [
    ["1", "1.0"],
    ["-1", "-1.0"],
    ["0", "0.0"],
    ["-0", "0.0"],
    ["0.5", "0.5"],
    [".5", "0.5"],
    ["2.50", "2.5"],
    ["100000", "100000.0"],
    ["1000000", "1e+06"],
    ["1e3", "1000.0"],
    ["123456789", "1.23456789e+08"],
    ["0.0001", "0.0001"],
    ["0.00001", "1e-05"],
    ["1e-7", "1e-07"],
    ["1e100", "1e+100"],
    ["+Inf", "+Inf"],
    ["inf", "+Inf"],
    ["-Inf", "-Inf"],
    ["nan", "NaN"],
    ["", ""],
    ["x", "x"],
    ["1e400", "1e400"],
    ["0x10", "0x10"],
  ];
  for (const [given, written] of cases) expect(openMetricsBound(given), given).toBe(written);
});
