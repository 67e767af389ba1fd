import { expect, test } from "vitest";
import { comparisonOf } from "./comparison.ts";

test.each([
  ["up == 0", "up", "==", "0"],
  ['a{b="x > y"} >= 3', 'a{b="x > y"}', ">=", "3"],
  [
    'r:5m < scalar(haltwatch_threshold{name="exec.fill_ratio_min"})\n  and n:5m >= scalar(x)',
    "r:5m",
    "<",
    'scalar(haltwatch_threshold{name="exec.fill_ratio_min"})',
  ],
  ["(a / (b > 0)) > bool on (bot) group_left (x) limit", "(a / (b > 0))", ">", "limit"],
  ["((a > 1))", "a", ">", "1"],
  ["(a > 1) unless on () b", "a", ">", "1"],
  ["# why\na > 1", "a", ">", "1"],
  ["band_or_and > 2", "band_or_and", ">", "2"],
])("%s is measured against its limit", (expression, measured, operator, limit) => {
  expect(comparisonOf(expression)).toEqual({ measured, operator, limit });
});

test.each(["absent(up)", "a and b", "", "(((", "a >", "count(a > 1) by (x)"])("%s is drawn as it is", (expression) => {
  expect(comparisonOf(expression)).toBeUndefined();
});
