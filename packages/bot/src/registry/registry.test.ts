import { expect, test } from "vitest";
import type { Family } from "./family.ts";
import { Registry } from "./registry.ts";

/** Longer than a chunk: the scrape hands it on, and others have their turn, before the first series' line. */
const LONG_HELP = "x".repeat(33_000);

test.each(["counter", "gauge", "histogram"] as const)(
  "a %s's series taken out during a scrape is neither shown as 0 nor the scrape's end",
  async (type) => {
    const registry = new Registry();
    const labelNames = ["pair"] as const;
    const metric =
      type === "counter"
        ? registry.counter({ name: "m_total", help: LONG_HELP, labelNames })
        : type === "gauge"
          ? registry.gauge({ name: "m_total", help: LONG_HELP, labelNames })
          : registry.histogram({ name: "m_total", help: LONG_HELP, labelNames, buckets: [1] });
    for (const pair of ["a", "b"]) {
      const child = metric.labels(pair);
      if ("observe" in child) child.observe(5);
      else child.inc(5);
    }

    const scrape = registry.renderChunks("text");
    let text = String((await scrape.next()).value);
    metric.remove("a");
    metric.labels("c");
    for await (const chunk of scrape) text += chunk;

    expect(text).not.toContain('pair="a"');
    expect(text).toMatch(/pair="b".*\} [15]\n/);
  },
);

test("of two collectors with one metric the first is shown, and a part of another's histogram is not a metric of its own", async () => {
  const told: string[] = [];
  const registry = new Registry({ mistakes: (error) => told.push(error.oneLine()) });
  registry.gauge({ name: "lat_count", help: "h" });
  const counter: Family = {
    name: "a_total",
    type: "counter",
    help: "h",
    aggregation: "sum",
    series: [{ labels: {}, value: 1 }],
  };
  const histogram: Family = {
    name: "lat",
    type: "histogram",
    help: "h",
    aggregation: "sum",
    series: [{ labels: {}, bounds: [1], counts: [0, 0], sum: 0 }],
  };
  registry.addCollector(() => [counter, histogram]);
  registry.addCollector(() => [counter]);

  const text = await registry.metrics();

  expect(text.match(/# TYPE (lat|a)\w*/g)).toEqual(["# TYPE lat_count", "# TYPE a_total"]);
  expect(await registry.metrics("openmetrics")).toMatch(/# EOF\n$/);
  expect(told.length).toBeGreaterThan(0);
});

test("a metric whose collect fails is left out of that scrape: its last value is not its value now", async () => {
  const registry = new Registry({ mistakes: () => undefined });
  let broken = false;
  registry.gauge({
    name: "balance",
    help: "h",
    collect() {
      if (broken) throw new Error("no connection");
      this.set(100);
    },
  });
  expect(await registry.metrics()).toContain("\nbalance 100\n");

  broken = true;

  expect(await registry.metrics()).not.toContain("balance 100");
});

test("reset leaves known values at zero, and what was absent absent", async () => {
  const registry = new Registry();
  const orders = registry.counter({
    name: "orders_total",
    help: "h",
    labelNames: ["venue"],
    knownValues: { venue: ["cex"] },
  });
  const state = registry.stateSet({ name: "state", help: "h", states: ["on", "off"] });
  const absent = registry.gauge({ name: "balance", help: "h" });
  orders.inc({ venue: "cex" });
  orders.inc({ venue: "other" });
  state.set("on");
  absent.remove();
  absent.set(5);

  registry.resetMetrics();

  const lines = (await registry.metrics()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  expect(lines).toEqual(['orders_total{venue="cex"} 0', 'state{state="on"} 0', 'state{state="off"} 0']);
});

test("what comes back after removal does not go over the ceiling", async () => {
  const registry = new Registry({ mistakes: () => undefined });
  const counter = registry.counter({ name: "a_total", help: "h", labelNames: ["id"], maxSeries: 3 });
  const old = [1, 2, 3].map((id) => counter.labels(`old-${id}`));
  counter.reset();
  for (const id of [1, 2, 3]) counter.labels(`new-${id}`).inc();

  for (const child of old) child.inc();
  await registry.metrics();

  expect(counter.children).toHaveLength(3);
});

test("what is recorded between a removal and the next scrape is shown, even if its holder has let go", async () => {
  const registry = new Registry();
  const counter = registry.counter({ name: "a_total", help: "h", labelNames: ["id"] });
  counter.labels("x").inc();
  (() => {
    const held = counter.labels("x");
    counter.remove("x");
    held.inc(7);
  })();
  globalThis.gc?.();

  expect(await registry.metrics()).toContain('a_total{id="x"} 7\n');
});

test("a default label that the registry's own metric needs is refused when the registry is made", () => {
  expect(() => new Registry({ defaultLabels: { code: "x" } })).toThrow(/label "code" is a default label/);
  expect(() => new Registry().counter({ name: "a_total", help: "h", labelNames: ["constructor"] })).not.toThrow();
});
