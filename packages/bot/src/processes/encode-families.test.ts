import fc from "fast-check";
import { expect, test } from "vitest";
import { Registry } from "../registry/registry.ts";
import { decodeFamilies, encodeFamilies, MAX_FAMILIES_PER_MEMBER, MAX_SERIES_PER_MEMBER } from "./encode-families.ts";
import { sameFamilies } from "./same-families.ts";

test("what was sent as JSON arrives as it was, not-a-numbers and infinities included", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.double(),
      fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })),
      fc.string(),
      async (value, observed, label) => {
        const registry = new Registry({ mistakes: () => undefined, defaultLabels: { bot: "arb-1" } });
        registry
          .gauge({ name: "spread_bps", help: "Spread.", labelNames: ["venue"], aggregation: "max" })
          .set({ venue: label }, value);
        const latency = registry.histogram({ name: "latency_ms", help: "Latency.", unit: "ms" });
        for (const one of observed) latency.observeWithExemplar(one, { order: "1" });
        registry.counter({ name: "orders_total", help: "Orders." }).incWithExemplar(1, { order: "1" });
        registry.addCollector(() => [
          {
            name: "fill_ms",
            help: "Fill.",
            type: "summary",
            aggregation: "sum",
            series: [{ labels: {}, quantiles: [{ quantile: 0.5, value }], sum: value, count: 1 }],
          },
        ]);
        const families = (await registry.snapshot()).map((family) => ({ ...family }));

        const decoded = decodeFamilies(JSON.parse(JSON.stringify(encodeFamilies(families))));

        expect(decoded.kind).toBe("families");
        if (decoded.kind !== "families") return;
        expect(decoded.families).toEqual(withoutMinusZero(families));
        expect(sameFamilies(decoded.families, withoutMinusZero(families))).toBe(true);
      },
    ),
    { numRuns: 50 },
  );
});

test("whatever arrives, reading it never throws", () => {
  const series = fc.record(
    {
      labels: fc.anything(),
      value: fc.anything(),
      bounds: fc.anything(),
      counts: fc.anything(),
      quantiles: fc.anything(),
    },
    { requiredKeys: [] },
  );
  const family = fc.record(
    {
      name: fc.constantFrom("orders_total", "1", 5),
      help: fc.constantFrom("Help.", 5),
      type: fc.constantFrom("counter", "histogram", "summary", "gauge", "banana"),
      aggregation: fc.constantFrom("sum", "median"),
      series: fc.oneof(fc.array(series), fc.anything()),
    },
    { requiredKeys: ["series"] },
  );
  fc.assert(
    fc.property(fc.oneof(fc.anything(), fc.array(family)), (received) => {
      expect(["families", "refused"]).toContain(decodeFamilies(received).kind);
    }),
  );
});

const counter = { name: "orders_total", help: "Orders.", type: "counter", aggregation: "sum" };
const histogram = { name: "latency_ms", help: "Latency.", type: "histogram", aggregation: "sum" };

test.each([
  ["a label that would break its line", { ...counter, series: [{ labels: { 'a"} 1\n': "x" }, value: 1 }] }],
  ["a reserved label", { ...counter, series: [{ labels: { __name__: "x" }, value: 1 }] }],
  ["a label that is no text", { ...counter, series: [{ labels: { a: 1 }, value: 1 }] }],
  ["a bucket's own label", { ...histogram, series: [{ labels: { le: "1" }, bounds: [1], counts: [1, 1], sum: 1 }] }],
  ["counts that do not fit", { ...histogram, series: [{ labels: {}, bounds: [1], counts: [1], sum: 1 }] }],
  ["negative counts", { ...histogram, series: [{ labels: {}, bounds: [1], counts: [1, -1], sum: 1 }] }],
  ["bounds out of order", { ...histogram, series: [{ labels: {}, bounds: [2, 1], counts: [1, 1, 1], sum: 1 }] }],
  ["a value that is missing", { ...counter, series: [{ labels: {}, value: null }] }],
  ["a name that is none", { ...counter, name: "a b", series: [] }],
  ["an unknown type", { ...counter, type: "banana", series: [] }],
  ["an unknown rule", { ...counter, aggregation: "median", series: [] }],
])("refuses %s", (_, family) => {
  expect(decodeFamilies([family])).toEqual({ kind: "refused", why: expect.any(String) });
});

test("refuses more metrics or series than the limits", () => {
  const many = Array.from({ length: MAX_FAMILIES_PER_MEMBER + 1 }, () => ({ ...counter, series: [] }));
  const wide = {
    ...counter,
    series: Array.from({ length: MAX_SERIES_PER_MEMBER + 1 }, () => ({ labels: {}, value: 1 })),
  };

  expect(decodeFamilies(many)).toMatchObject({ kind: "refused", why: expect.stringContaining("2000") });
  expect(decodeFamilies([wide])).toMatchObject({ kind: "refused", why: expect.stringContaining("50000") });
});

test("an unsound exemplar costs itself only", () => {
  const exemplar = { labels: { order: "x".repeat(200) }, value: 1, timestampMs: 1 };

  const decoded = decodeFamilies([{ ...counter, series: [{ labels: {}, value: 1, exemplar }] }]);

  expect(decoded).toMatchObject({ kind: "families", families: [{ series: [{ value: 1, exemplar: undefined }] }] });
});

/** JSON knows no negative zero; nor does an exposition's reader care. Holes become `undefined`, lone surrogates `\uFFFD`. */
function withoutMinusZero<T>(value: T): T {
  if (typeof value === "number") return (value === 0 ? 0 : value) as T; // the same number
  if (Array.isArray(value)) return Array.from(value, withoutMinusZero) as T; // the same items
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutMinusZero(one)])) as T; // the same fields
}
