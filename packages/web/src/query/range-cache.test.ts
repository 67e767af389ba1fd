import { expect, test } from "vitest";
import type { RangeSeries } from "./prometheus-answer.ts";
import { type Grid, RangeCache } from "./range-cache.ts";

const STEP = 10_000;
const BEGIN = 1_700_000_000_000;

/** A server: `counter` has its own time as value, `late` only from a time on. */
function answer({ start, end, step }: Grid, lateFrom = Number.POSITIVE_INFINITY): readonly RangeSeries[] {
  const points = (from: number): [number, string][] => {
    const list: [number, string][] = [];
    for (let time = start; time <= end; time += step) if (time >= from) list.push([time / 1000, String(time / 1000)]);
    return list;
  };
  const series = [{ labels: { __name__: "counter" }, points: points(0) }];
  return lateFrom <= end ? [{ labels: { __name__: "late" }, points: points(lateFrom) }, ...series] : series;
}

test("a range that moves on asks for its end alone, and holds the same as one asked in full", () => {
  const cache = new RangeCache();
  let asked = 0;
  for (let round = 0; round < 50; round++) {
    const grid = { start: BEGIN + round * STEP, end: BEGIN + (round + 100) * STEP, step: STEP };
    const missing = cache.missing("q", grid, BEGIN + round * 1000);
    asked += (missing.end - missing.start) / STEP + 1;
    cache.take("q", grid, missing, answer(missing, BEGIN + 120 * STEP), BEGIN + round * 1000);
  }
  const whole = new RangeCache();
  const grid = { start: BEGIN + 49 * STEP, end: BEGIN + 149 * STEP, step: STEP };
  whole.take("q", grid, grid, answer(grid, BEGIN + 120 * STEP), 0);

  const values = (one: RangeCache) =>
    Object.fromEntries(one.series.map(({ labels, values: own }) => [labels["__name__"], [...own]]));
  expect(values(cache)).toEqual(values(whole));
  expect([...cache.times]).toEqual([...whole.times]);
  expect(cache.series.map(({ labels }) => labels["__name__"])).toEqual(["counter", "late"]);
  expect(asked).toBeLessThan(101 + 50 * 9);
});

test("another question, another step, or five minutes ask for everything", () => {
  const cache = new RangeCache();
  const grid = { start: BEGIN, end: BEGIN + 100 * STEP, step: STEP };
  cache.take("q", grid, grid, answer(grid), 0);

  expect(cache.missing("other", grid, 1000)).toEqual(grid);
  expect(cache.missing("q", { ...grid, step: 20_000 }, 1000)).toEqual({ ...grid, step: 20_000 });
  expect(cache.missing("q", grid, 300_001)).toEqual(grid);
  expect(cache.missing("q", grid, 1000).start).toBe(grid.end - 60_000);
});

test("a series that ends leaves the range point by point", () => {
  const cache = new RangeCache();
  const first = { start: BEGIN, end: BEGIN + 20 * STEP, step: STEP };
  cache.take("q", first, first, answer(first), 0);
  const next = { start: BEGIN + 5 * STEP, end: BEGIN + 25 * STEP, step: STEP };
  const missing = cache.missing("q", next, 1000);

  cache.take("q", next, missing, [], 1000);

  const [series] = cache.series;
  expect(series?.values).toHaveLength(21);
  expect(series?.values.filter((value) => !Number.isNaN(value)).length).toBe(9);
});
