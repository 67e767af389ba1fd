import fc from "fast-check";
import { expect, test } from "vitest";
import { Registry } from "../registry/registry.ts";
import { OVERFLOW_VALUE } from "./label-tree.ts";

test("label sets never collide, and the same set always means the same series", () => {
  const labelSets = fc.array(fc.tuple(fc.string({ unit: "binary" }), fc.string({ unit: "binary" })), {
    minLength: 1,
    maxLength: 30,
  });
  fc.assert(
    fc.property(labelSets, (sets) => {
      const counter = new Registry().counter({ name: "a_total", help: "h", labelNames: ["a", "b"] });
      const expected = new Map<string, number>();
      for (const [a, b] of sets) {
        counter.labels(a, b).inc();
        counter.inc({ a, b });
        const key = JSON.stringify([a.toWellFormed(), b.toWellFormed()]);
        expected.set(key, (expected.get(key) ?? 0) + 2);
      }

      const counted = new Map(counter.children.map((child) => [JSON.stringify(child.labelValues), child.value]));

      expect(counted).toEqual(expected);
    }),
  );
});

test("the label sets that other clients merge are kept apart", () => {
  const counter = new Registry().counter({ name: "a_total", help: "h", labelNames: ["a", "b"] });

  counter.inc({ a: "x|", b: "y" });
  counter.inc({ a: "x", b: "|y" });
  counter.inc({ a: "x,b:y", b: "" });

  expect(counter.children).toHaveLength(3);
});

test("label values come out so that they read back: escaped once, each line whole", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary" }), async (value) => {
      const registry = new Registry();
      registry.counter({ name: "a_total", help: "h", labelNames: ["v"] }).inc({ v: value });

      const line = (await registry.metrics()).split("\n")[2] ?? "";
      const quoted = /^a_total\{v="(.*)"\} 1$/s.exec(line)?.[1] ?? "(no match)";
      const read = quoted.replaceAll(/\\([\\"n])/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped));

      expect(read).toBe(value.toWellFormed());
    }),
  );
});

test("numbers and booleans are labels as JavaScript prints them", () => {
  const counter = new Registry().counter({ name: "a_total", help: "h", labelNames: ["chain", "ok"] });

  counter.labels(4162, true).inc();
  counter.inc({ chain: "4162", ok: "true" });

  expect(counter.get(4162, true)).toBe(2);
});

test("three labels and more", () => {
  const counter = new Registry().counter({
    name: "trades_total",
    help: "h",
    labelNames: ["side", "symbol", "strategy"],
  });

  counter.labels("buy", "ETH", "trend").inc();
  counter.inc({ strategy: "trend", symbol: "ETH", side: "buy" });

  expect(counter.get("buy", "ETH", "trend")).toBe(2);
});

test("beyond its ceiling a metric counts in one overflow series, says so once, and keeps what it has", async () => {
  const told: string[] = [];
  const registry = new Registry({ mistakes: (error) => told.push(error.oneLine()) });
  const counter = registry.counter({ name: "a_total", help: "h", labelNames: ["id"], maxSeries: 3 });

  for (let id = 0; id < 1000; id++) counter.inc({ id: String(id) });
  counter.inc({ id: "0" });

  expect(counter.children.map((child) => [child.labelValues[0], child.value])).toEqual([
    ["0", 2],
    ["1", 1],
    ["2", 1],
    [OVERFLOW_VALUE, 997],
  ]);
  expect(told).toEqual([expect.stringMatching(/"a_total" has reached its 3 label combinations.*raise maxSeries/)]);
});

test("beyond its ceiling, with mistakes thrown, the first use of a new label set throws", () => {
  const counter = new Registry().counter({ name: "a_total", help: "h", labelNames: ["id"], maxSeries: 1 });
  counter.inc({ id: "0" });

  expect(() => counter.inc({ id: "1" })).toThrow(expect.objectContaining({ code: "TOO_MANY_SERIES" }));
});

test("a removed series is gone, starts again at zero, and a bound one comes back when it is used", async () => {
  const registry = new Registry();
  const counter = registry.counter({ name: "a_total", help: "h", labelNames: ["id"] });
  const bound = counter.labels("x");
  bound.inc(5);

  const removed = counter.remove("x");
  expect(removed).toBe(true);
  expect(counter.remove({ id: "x" })).toBe(false);
  expect(await registry.metrics()).toBe("");

  bound.inc();
  expect(await registry.metrics()).toContain('a_total{id="x"} 1\n');
});

test("a series removed, used and removed again before a scrape stays away", async () => {
  const registry = new Registry();
  const gauge = registry.gauge({ name: "balance", help: "h", labelNames: ["id"] });
  const bound = gauge.labels("x");
  gauge.remove("x");
  bound.set(5);

  gauge.remove("x");

  expect(await registry.metrics()).toBe("");
});

test("a removed series that is looked up again is the same one that others hold bound", async () => {
  const registry = new Registry();
  const counter = registry.counter({ name: "a_total", help: "h", labelNames: ["id"] });
  const bound = counter.labels("x");
  counter.remove("x");

  counter.labels("x").inc();
  bound.inc();

  expect(counter.get("x")).toBe(2);
  expect(counter.children).toHaveLength(1);
});

test("an idle series expires, one in use stays, and a gauge set to the same value is in use", async () => {
  let now = 0;
  const registry = new Registry({ now: () => now });
  const counter = registry.counter({ name: "a_total", help: "h", labelNames: ["id"], expireAfterMs: 1000 });
  const gauge = registry.gauge({ name: "b", help: "h", labelNames: ["id"], expireAfterMs: 1000 });
  const histogram = registry.histogram({ name: "c", help: "h", labelNames: ["id"], expireAfterMs: 1000 });
  counter.inc({ id: "idle" });
  gauge.set({ id: "idle" }, 1);
  histogram.observe({ id: "idle" }, 1);

  for (const second of [0, 500, 1000, 1500]) {
    now = second;
    counter.inc({ id: "busy" });
    gauge.set({ id: "busy" }, 1);
    histogram.observe({ id: "busy" }, 1);
    await registry.metrics();
  }

  for (const instrument of [counter, gauge, histogram]) {
    expect(instrument.children.map((child) => child.labelValues)).toEqual([["busy"]]);
  }
});

test("reset takes all series out, and puts a metric without labels back to zero", () => {
  const registry = new Registry();
  const labelled = registry.counter({ name: "a_total", help: "h", labelNames: ["id"] });
  const sole = registry.counter({ name: "b_total", help: "h" });
  labelled.inc({ id: "x" });
  sole.inc();

  registry.resetMetrics();

  expect(labelled.children).toHaveLength(0);
  expect(sole.get()).toBe(0);
});
