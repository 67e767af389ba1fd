import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Aggregation } from "../instruments/instrument.ts";
import type { Family, HistogramSeries, ScalarSeries } from "../registry/family.ts";
import { labelKey } from "./label-key.ts";
import { mergeFamilies } from "./merge-families.ts";

const BOUNDS = [1, 10];

const labels = fc.record(
  { a: fc.constantFrom("x", "x|", "y", ""), b: fc.constantFrom("|y", "y", "1:y") },
  { requiredKeys: [] },
) as fc.Arbitrary<Record<string, string>>; // keys may be missing, values are strings
const value = fc.double({ min: 0, max: 1e6, noNaN: true });
const time = fc.option(fc.integer({ min: 0, max: 1e12 }), { nil: undefined });
const distinct = { selector: (series: { labels: Record<string, string> }) => labelKey(series.labels), maxLength: 6 };
const scalars = fc.uniqueArray(fc.record({ labels, value, createdMs: time }), distinct);
const histograms = fc.uniqueArray(
  fc.record({
    labels,
    bounds: fc.constant(BOUNDS),
    counts: fc.tuple(fc.nat(), fc.nat(), fc.nat()),
    sum: value,
    createdMs: time,
  }),
  distinct,
);
const summaries = fc.uniqueArray(
  fc.record({ labels, quantiles: fc.constant([]), sum: value, count: fc.nat() }),
  distinct,
);

/** What one process may have: each of these metrics, or not. */
const families: fc.Arbitrary<Family[]> = fc
  .tuple(
    fc.option(scalars.map((series) => scalar("orders_total", "counter", "sum", series))),
    fc.option(scalars.map((series) => scalar("open_orders", "gauge", "sum", series))),
    fc.option(scalars.map((series) => scalar("spread_max", "gauge", "max", series))),
    fc.option(scalars.map((series) => scalar("spread_min", "gauge", "min", series))),
    fc.option(histograms.map((series): Family => ({ ...head("latency_ms", "sum"), type: "histogram", series }))),
    fc.option(summaries.map((series): Family => ({ ...head("fill_ms", "sum"), type: "summary", series }))),
  )
  .map((all) => all.filter((family) => family !== null));

describe("merging families of several processes", () => {
  test("is commutative for sums, least and greatest", () => {
    fc.assert(
      fc.property(families, families, (a, b) => {
        expectClose(merged(a, b), merged(b, a));
      }),
    );
  });

  test("is associative, so that it does not matter in what order processes end", () => {
    fc.assert(
      fc.property(families, families, families, (a, b, c) => {
        expectClose(merged(merged(a, b), c), merged(a, merged(b, c)));
        expectClose(merged(merged(a, b), c), merged(a, b, c));
      }),
    );
  });

  test("has an identity: one process alone, or with one that has nothing, is shown as it is", () => {
    fc.assert(
      fc.property(families, (a) => {
        expect(merged(a)).toEqual(a);
        expect(merged(a, [])).toEqual(a);
        expect(merged([], a)).toEqual(a);
      }),
    );
  });

  test("loses no count: each sum over all series is the sum of its parts", () => {
    fc.assert(
      fc.property(families, families, (a, b) => {
        expect(total(merged(a, b), "orders_total")).toBeCloseTo(total(a, "orders_total") + total(b, "orders_total"), 3);
        expect(total(merged(a, b), "latency_ms")).toBe(total(a, "latency_ms") + total(b, "latency_ms"));
      }),
    );
  });

  test("label sets never collide, whatever is in them", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 3 }), fc.nat(), fc.nat(), (text, first, second) => {
        // The same text, cut into a name and a value at two places: what a joined key would take for one.
        const cut = (at: number): number => 1 + (at % (text.length - 1));
        const labels = (at: number) => ({ [text.slice(0, cut(at))]: text.slice(cut(at)) });

        expect(labelKey(labels(first)) === labelKey(labels(second))).toBe(cut(first) === cut(second));
      }),
    );
    const result = merged([
      scalar("orders_total", "counter", "sum", [{ labels: { a: "x|", b: "y" }, value: 1 }]),
      scalar("orders_total", "counter", "sum", [{ labels: { a: "x", b: "|y" }, value: 2 }]),
    ]);

    expect(result[0]?.series).toHaveLength(2);
  });

  test("the order of labels does not matter, and an empty label is an absent one", () => {
    const result = merged(
      [scalar("orders_total", "counter", "sum", [{ labels: { a: "1", b: "2", c: "" }, value: 1 }])],
      [scalar("orders_total", "counter", "sum", [{ labels: { b: "2", a: "1" }, value: 2 }])],
    );

    expect(result[0]?.series).toEqual([{ labels: { a: "1", b: "2", c: "" }, value: 3 }]);
  });

  test.each<[Aggregation, number[], number]>([
    ["sum", [1, 2, 6], 9],
    ["min", [1, 2, 6], 1],
    ["max", [1, 2, 6], 6],
    ["average", [1, 2, 6], 3],
    ["first", [1, 2, 6], 1],
    ["omit", [1, 2, 6], 1],
    ["max", [Number.NaN, 2, 1], 2],
    ["min", [3, Number.NaN, 2], 2],
    ["sum", [3, Number.NaN, 2], Number.NaN],
  ])("a gauge's rule %s makes %j one %d", (rule, values, expected) => {
    const lists = values.map((value) => [scalar("spread_bps", "gauge", rule, [{ labels: {}, value }])]);

    expect(mergeFamilies(lists).families[0]?.series).toEqual([expect.objectContaining({ value: expected })]);
  });

  test("a gauge that is not told beyond its process is left out where the main process lacks it", () => {
    const result = merged([], [scalar("spread_bps", "gauge", "omit", [{ labels: {}, value: 1 }])]);

    expect(result[0]?.series).toEqual([]);
  });

  test("infos take the greatest, whatever rule they state", () => {
    const info = scalar("bot_info", "info", "sum", [{ labels: { version: "1" }, value: 1 }]);

    expect(merged([info], [info])[0]?.series).toEqual([expect.objectContaining({ value: 1 })]);
  });

  test("the earliest creation and the newest exemplar stay", () => {
    const series = (createdMs: number, order: string): HistogramSeries => ({
      labels: {},
      bounds: BOUNDS,
      counts: [1, 0, 0],
      sum: 1,
      createdMs,
      exemplars: [{ labels: { order }, value: 1, timestampMs: createdMs }],
    });
    const latency = (one: HistogramSeries): Family => ({
      ...head("latency_ms", "sum"),
      type: "histogram",
      series: [one],
    });

    const [result] = merged([latency(series(2000, "old"))], [latency(series(3000, "new"))]);

    expect(result?.series).toEqual([
      expect.objectContaining({
        createdMs: 2000,
        exemplars: [expect.objectContaining({ labels: { order: "new" } }), undefined, undefined],
      }),
    ]);
  });

  test("quantiles of several processes are left out, sums and counts added", () => {
    const fill: Family = {
      ...head("fill_ms", "sum"),
      type: "summary",
      series: [{ labels: {}, quantiles: [{ quantile: 0.5, value: 3 }], sum: 3, count: 1 }],
    };

    expect(merged([fill])[0]).toEqual(fill);
    expect(merged([fill], [fill])[0]?.series).toEqual([{ labels: {}, quantiles: [], sum: 6, count: 2 }]);
  });

  test("of two types under one name, the first is shown and the conflict told once", () => {
    const counter = scalar("orders_total", "counter", "sum", [{ labels: {}, value: 1 }]);
    const gauge = scalar("orders_total", "gauge", "sum", [{ labels: {}, value: 5 }]);

    const result = mergeFamilies([[counter], [gauge], [gauge]]);

    expect(result.families).toEqual([counter]);
    expect(result.conflicts).toEqual([
      { metric: "orders_total", kind: "type", why: "it is a counter in one process, a gauge in another" },
    ]);
  });

  test("of two sets of buckets, the first is shown and the conflict told once", () => {
    const latency = (bounds: number[], labels: Record<string, string>): Family => ({
      ...head("latency_ms", "sum"),
      type: "histogram",
      series: [{ labels, bounds, counts: [...bounds.map(() => 1), 0], sum: 1 }],
    });

    const result = mergeFamilies([
      [latency([1, 10], {})],
      [latency([1, 20], {})],
      [latency([1, 20], { venue: "cex" })],
    ]);

    expect(result.families).toEqual([latency([1, 10], {})]);
    expect(result.conflicts).toEqual([
      { metric: "latency_ms", kind: "bounds", why: "its buckets differ between processes" },
    ]);
  });

  test("metrics whose samples would share a name are a conflict, as they would spoil the whole scrape", () => {
    const latency: Family = { ...head("latency_ms", "sum"), type: "histogram", series: [] };
    const count = scalar("latency_ms_count", "gauge", "sum", [{ labels: {}, value: 1 }]);

    const result = mergeFamilies([[latency], [count]]);

    expect(result.families).toEqual([latency]);
    expect(result.conflicts).toEqual([expect.objectContaining({ metric: "latency_ms_count", kind: "name" })]);
  });
});

function head(name: string, aggregation: Aggregation) {
  return { name, help: `Help of ${name}.`, unit: undefined, aggregation };
}

function scalar(
  name: string,
  type: "counter" | "gauge" | "info",
  aggregation: Aggregation,
  series: readonly ScalarSeries[],
): Family {
  return { ...head(name, aggregation), type, series };
}

function merged(...lists: (readonly Family[])[]): readonly Family[] {
  const { families, conflicts } = mergeFamilies(lists);
  expect(conflicts).toEqual([]);
  return families;
}

/** All counts of a counter or histogram. */
function total(list: readonly Family[], name: string): number {
  const series = list.find((family) => family.name === name)?.series ?? [];
  return series.reduce((sum, one) => {
    if ("value" in one) return sum + one.value;
    return sum + ("counts" in one ? one.counts.reduce((a, b) => a + b) : 0);
  }, 0);
}

/** The same series with the same numbers, but for rounding, in any order. */
function expectClose(a: readonly Family[], b: readonly Family[]): void {
  const numbersOf = (list: readonly Family[]): Map<string, number[]> => {
    const numbers = new Map<string, number[]>();
    for (const family of list) {
      for (const series of family.series) {
        const key = `${family.name} ${labelKey(series.labels)}`;
        const created = "createdMs" in series ? (series.createdMs ?? -1) : -1;
        if ("value" in series) numbers.set(key, [series.value, created]);
        else if ("counts" in series) numbers.set(key, [...series.counts, series.sum, created]);
        else numbers.set(key, [series.sum, series.count]);
      }
    }
    return numbers;
  };
  const [left, right] = [numbersOf(a), numbersOf(b)];
  expect([...left.keys()].sort()).toEqual([...right.keys()].sort());
  for (const [key, numbers] of left) {
    for (const [place, number] of numbers.entries()) expect(right.get(key)?.[place]).toBeCloseTo(number, 3);
  }
}
