import { expect, test } from "vitest";
import type { Theme } from "../format/color.ts";
import { formatValue } from "../format/value-format.ts";
import { unitIncrements, valueAxis } from "./axes.ts";

/** What an axis writes at these ticks, if the panel configured so many decimals. */
function ticks(splits: readonly number[], unit: string, configured: number, isLog = false): unknown {
  const axis = valueAxis({} as Theme, {
    ...{ scale: "y", isRight: false, isShown: true, label: "", hasGrid: true, increments: undefined, isLog },
    text: (value, _decimals, more) => formatValue(value, unit, { decimals: configured + more }),
  });
  const { values } = axis;
  if (typeof values !== "function") throw new Error("values are worked out");
  // It looks at neither the plot nor the rest.
  return values(undefined as never, [...splits], 0, 0, 1);
}

test("no two ticks read the same: decimals beyond those configured are shown where they are needed", () => {
  expect(ticks([0, 1, 2], "none", 0)).toEqual(["0", "1", "2"]);
  expect(ticks([0, 0.5, 1], "none", 0)).toEqual(["0.0", "0.5", "1.0"]);
});

test("ticks are rounded evenly, each unit for itself", () => {
  expect(ticks([0, 0.25, 0.5, 0.75, 1], "none", 1)).toEqual(["0.00", "0.25", "0.50", "0.75", "1.00"]);
  expect(ticks([0, 500, 1000, 1500], "currencyUSD", 2)).toEqual(["$0.00", "$500.00", "$1.00K", "$1.50K"]);
  expect(ticks([1, 10, 100], "none", 0, true)).toEqual(["1", "10", "100"]);
});

test("times are counted as clocks do", () => {
  expect(unitIncrements("s")).toContain(1800);
  expect(unitIncrements("ms")).toContain(60_000);
  expect(unitIncrements("bytes")).toContain(1024);
  expect(unitIncrements("none")).toBeUndefined();
  for (const unit of ["s", "ms", "bytes"]) {
    const increments = unitIncrements(unit) ?? [];
    expect(increments.every((one, index) => index === 0 || one > (increments[index - 1] ?? 0))).toBe(true);
  }
});
