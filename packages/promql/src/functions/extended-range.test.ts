import { Labels } from "@haltwatch/store/labels";
import { expect, test } from "vitest";
import { queryInstant } from "../evaluate/engine.ts";
import { faults } from "../script/faults.ts";
import { MemoryStorage } from "../storage/memory-storage.ts";

const COUNTERS = `
load 1m
  n_total{of="steady"} 10+10x9
  n_total{of="reset"} 10 20 5 15
  n_total{of="late"} _ _ _ 100 110
`;

test("an anchored range begins with the sample before it, and nothing is extrapolated", () => {
  expect(
    faults(`${COUNTERS}
eval instant at 4m30s increase(n_total{of="steady"}[2m] anchored)
  {of="steady"} 20

eval instant at 3m30s increase(n_total{of="reset"}[2m] anchored)
  {of="reset"} 15

eval instant at 4m rate(n_total{of="late"}[4m] anchored)
  {of="late"} 0.041666666666666664

eval instant at 3m30s resets(n_total[2m] anchored)
  {of="steady"} 0
  {of="reset"} 1
  {of="late"} 0

eval instant at 14m changes(n_total[2m] anchored)

eval instant at 3m delta(n_total{of="reset"}[1m] anchored)
  {of="reset"} 10
`),
  ).toEqual([]);
});

test("a smoothed range is interpolated at its edges", () => {
  expect(
    faults(`${COUNTERS}
eval instant at 4m30s increase(n_total{of="steady"}[2m] smoothed)
  {of="steady"} 20

eval instant at 2m30s increase(n_total{of="reset"}[1m] smoothed)
  {of="reset"} 7.5

eval instant at 90s delta(n_total{of="reset"}[1m] smoothed)
  {of="reset"} -2.5

eval range from 30s to 90s step 30s n_total{of=~"steady|reset"} smoothed
  n_total{of="steady"} 15 20 25
  n_total{of="reset"} 15 20 12.5
`),
  ).toEqual([]);
});

test("other functions do not take such ranges", () => {
  expect(
    faults(`
eval instant at 0 changes(n_total[1m] smoothed)
  expect fail msg: smoothed modifier can only be used with: delta, increase, rate - not with changes

eval instant at 0 absent_over_time((n_total[1m] anchored))
  expect fail msg: anchored modifier can only be used with: changes, delta, increase, rate, resets - not with absent_over_time
`),
  ).toEqual([]);
});

test("such a range is shown with its edges", () => {
  const storage = new MemoryStorage();
  const labels = Labels.from({ __name__: "m" });
  for (let i = 0; i < 5; i++) storage.append(labels, i * 60_000, i);

  const { value } = queryInstant(storage, "m[2m] smoothed", 210_000);

  expect(value).toEqual({
    type: "matrix",
    series: [
      { labels, times: Float64Array.of(90_000, 120_000, 180_000, 210_000), values: Float64Array.of(1.5, 2, 3, 3.5) },
    ],
  });
});
