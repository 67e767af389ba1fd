import fc from "fast-check";
import { expect, test } from "vitest";
import { Registry } from "../registry/registry.ts";
import { BucketIndex } from "./bucket-index.ts";
import { exponentialBuckets, linearBuckets } from "./histogram.ts";

function linearScan(bounds: readonly number[], value: number): number {
  const index = bounds.findIndex((bound) => value <= bound);
  return index === -1 ? bounds.length : index;
}

const ascending = fc
  .uniqueArray(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 70 })
  .map((bounds) => [...new Set(bounds.map((bound) => bound + 0))].sort((a, b) => a - b));

test("a value's bucket is the one a plain scan of the bounds finds", () => {
  fc.assert(
    fc.property(ascending, fc.array(fc.double({ noNaN: true }), { maxLength: 50 }), (bounds, values) => {
      const index = new BucketIndex(bounds);
      for (const value of [...values, ...bounds]) expect(index.of(value)).toBe(linearScan(bounds, value));
    }),
  );
});

test("bounds are inclusive, and their neighbours fall on either side", () => {
  const bounds = [50, 100, 200, 500, 1000];
  const index = new BucketIndex(bounds);

  expect(bounds.map((bound) => index.of(bound))).toEqual([0, 1, 2, 3, 4]);
  expect(bounds.map((bound) => index.of(bound * (1 + Number.EPSILON)))).toEqual([1, 2, 3, 4, 5]);
  expect([0, -0, -5, 5e-324, 1e308].map((value) => index.of(value))).toEqual([0, 0, 0, 0, 5]);
});

test("observations are counted in their bucket, cumulated in the output, and summed", async () => {
  const registry = new Registry();
  const latency = registry.histogram({
    name: "latency_ms",
    help: "h",
    unit: "ms",
    labelNames: ["metric"],
    buckets: [50, 100],
  });

  for (const value of [1, 50, 51, 1000]) latency.observe({ metric: "scanner" }, value);

  expect((await registry.metrics()).split("\n").slice(2)).toEqual([
    'latency_ms_bucket{metric="scanner",le="50"} 2',
    'latency_ms_bucket{metric="scanner",le="100"} 3',
    'latency_ms_bucket{metric="scanner",le="+Inf"} 4',
    'latency_ms_sum{metric="scanner"} 1102',
    'latency_ms_count{metric="scanner"} 4',
    "",
  ]);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, "5", undefined])(
  "observing %s is refused: it would spoil the sum",
  (value) => {
    const latency = new Registry().histogram({ name: "latency_ms", help: "h" });

    expect(() => latency.labels().observe(value as number)).toThrow(expect.objectContaining({ code: "BAD_VALUE" }));

    expect(latency.labels().count).toBe(0);
  },
);

test.each([
  [[]],
  [[1, 1]],
  [[2, 1]],
  [[1, Number.POSITIVE_INFINITY]],
  [[Number.NaN]],
  ["x"],
  [new Array(300).fill(0).map((_, i) => i)],
])("the buckets %j are refused with what to write instead", (buckets) => {
  const define = () => new Registry().histogram({ name: "latency_ms", help: "h", buckets: buckets as number[] });

  expect(define).toThrow(expect.objectContaining({ code: "BAD_BUCKETS", hint: expect.stringContaining("ascending") }));
});

test("le is not a label of one's own", () => {
  expect(() => new Registry().histogram({ name: "latency_ms", help: "h", labelNames: ["le"] })).toThrow(/reserved/);
});

test("a timer records in the unit that the name states", () => {
  const registry = new Registry();
  const ms = registry.histogram({ name: "latency_ms", help: "h", labelNames: ["metric"] });
  const seconds = registry.histogram({ name: "latency_seconds", help: "h" });

  const stopMs = ms.startTimer({ metric: "scanner" });
  const stopSeconds = seconds.startTimer();
  const elapsedSeconds = stopSeconds();
  const elapsedMs = stopMs();

  expect(ms.labels("scanner").sum).toBe(elapsedMs);
  expect(seconds.labels().sum).toBe(elapsedSeconds);
  expect(elapsedSeconds * 1000).toBeLessThanOrEqual(elapsedMs);
  expect(() => registry.histogram({ name: "queue_length", help: "h" }).startTimer()).toThrow(/in what unit/);
});

test("bucket series are made as in prom-client", () => {
  expect(linearBuckets(0, 50, 4)).toEqual([0, 50, 100, 150]);
  expect(exponentialBuckets(1, 2, 5)).toEqual([1, 2, 4, 8, 16]);
});

test("exemplars are shown in OpenMetrics with the bucket they fell into, and not in the text format", async () => {
  const registry = new Registry({ now: () => 1_723_161_254_024 });
  const latency = registry.histogram({ name: "latency_ms", help: "h", buckets: [50, 100] });

  latency.observeWithExemplar(70, { order_id: 'a"1' });

  expect(await registry.metrics("openmetrics")).toContain(
    'latency_ms_bucket{le="100"} 1 # {order_id="a\\"1"} 70 1723161254.024\n',
  );
  expect(await registry.metrics("text")).not.toContain("order_id");
  expect(() => latency.observeWithExemplar(1, { id: "x".repeat(200) })).toThrow(/202 characters, more than 128/);
});
