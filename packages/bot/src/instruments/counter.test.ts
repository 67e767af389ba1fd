import { expect, test } from "vitest";
import { MetricError } from "../errors.ts";
import { Registry } from "../registry/registry.ts";
import { Counter } from "./counter.ts";

function ordersTotal(registry = new Registry()) {
  return registry.counter({ name: "orders_total", help: "Orders.", labelNames: ["venue"] });
}

test("counts by one, by an amount, by labels and through a bound series alike", () => {
  const orders = ordersTotal();
  const bound = orders.labels("cex");

  bound.inc();
  bound.inc(2.5);
  orders.inc({ venue: "cex" });
  orders.inc({ venue: "cex" }, 10);
  orders.labels({ venue: "cex" }).inc();

  expect(orders.get("cex")).toBe(15.5);
});

test("a counter without labels exists from the start, at zero", async () => {
  const registry = new Registry();
  const opportunities = registry.counter({ name: "opportunities_total", help: "Found." });

  const before = await registry.metrics();
  opportunities.inc();

  expect(before).toContain("\nopportunities_total 0\n");
  expect(await registry.metrics()).toContain("\nopportunities_total 1\n");
});

test("series of known label values are born at zero, in every combination", async () => {
  const registry = new Registry();
  registry.counter({
    name: "fills_total",
    help: "Fills.",
    labelNames: ["venue", "side"],
    knownValues: { venue: ["cex", "dex"], side: ["buy", "sell"] },
  });

  const lines = (await registry.metrics()).split("\n").filter((line) => line.startsWith("fills_total"));

  expect(lines).toEqual([
    'fills_total{venue="cex",side="buy"} 0',
    'fills_total{venue="cex",side="sell"} 0',
    'fills_total{venue="dex",side="buy"} 0',
    'fills_total{venue="dex",side="sell"} 0',
  ]);
});

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, "5", 1n, null])(
  "an increment of %s is refused and adds nothing",
  (by) => {
    const orders = ordersTotal();
    const bound = orders.labels("cex");
    bound.inc(3);

    expect(() => bound.inc(by as number)).toThrow(MetricError);

    expect(bound.value).toBe(3);
  },
);

test("the error names the metric and the cure, on one line", () => {
  const orders = ordersTotal();

  expect(() => orders.inc({ venue: "cex" }, -1)).toThrow(
    expect.objectContaining({
      code: "BAD_VALUE",
      metric: "orders_total",
      hint: expect.stringContaining("use a gauge"),
    }),
  );
  expect(() => orders.inc({ venu: "cex" } as never)).toThrow(
    expect.objectContaining({ metric: "orders_total", label: "venu", hint: "Its labels are: venue" }),
  );
  expect(() => orders.inc()).toThrow(expect.objectContaining({ code: "BAD_LABELS", label: "venue" }));
  expect(() => orders.labels("cex", "extra")).toThrow(/2 label values, and has 1 label/);
  expect(() => orders.labels({ venue: undefined } as never)).toThrow(/label "venue" is missing/);
  expect(() => orders.labels({ venue: {} } as never)).toThrow(expect.objectContaining({ code: "BAD_LABEL_VALUE" }));
});

test("a registry that reports mistakes never throws: it tells each kind once, counts all, and records go on", async () => {
  const told: string[] = [];
  const registry = new Registry({ mistakes: (error) => told.push(error.oneLine()) });
  const orders = ordersTotal(registry);

  for (let i = 0; i < 100; i++) orders.inc({ venue: "cex" }, -1);
  orders.labels("cex", "extra").inc();
  orders.inc({ venue: "cex" });

  expect(told).toHaveLength(2);
  expect(told[0]).toMatch(/^counter "orders_total" cannot grow by -1\. .*\.$/);
  const text = await registry.metrics();
  expect(text).toContain('orders_total{venue="cex"} 1\n');
  expect(text).toContain('haltwatch_bot_mistakes_total{metric="orders_total",code="BAD_VALUE"} 100\n');
});

test.each([
  [{ name: "orders", help: "h" }, /does not end in "_total".*/, 'Name it "orders_total"'],
  [{ name: "9orders_total", help: "h" }, /not valid/, '"_9orders_total"'],
  [{ name: "orders_total", help: "" }, /no help text/, "help:"],
  [{ name: "orders_total", help: "h", labelNames: ["a-b"] }, /"a-b" is not a valid label name/, '"a_b"'],
  [{ name: "orders_total", help: "h", labelNames: ["__a"] }, /reserved/, "underscores"],
  [{ name: "orders_total", help: "h", labelNames: ["a", "a"] }, /given twice/, "once"],
  [{ name: "orders_total", help: "h", unit: "ms" }, /does not end in it/, '"orders_ms_total"'],
  [{ name: "orders_total", help: "h", maxSeries: 0 }, /maxSeries is 0/, "whole number"],
])("a wrong definition %j throws at once, says what, and what to do", (options, what, hint) => {
  const registry = new Registry({ mistakes: () => undefined });

  expect(() => registry.counter(options)).toThrow(what);
  expect(() => registry.counter(options)).toThrow(expect.objectContaining({ hint: expect.stringContaining(hint) }));
  expect(registry.get(String(options.name))).toBeUndefined();
});

test("a name is taken once, also by what another metric's samples are called", () => {
  const registry = new Registry();
  ordersTotal(registry);
  registry.histogram({ name: "latency_ms", help: "h", buckets: [1] });

  expect(() => ordersTotal(registry)).toThrow(/exists already/);
  expect(() => registry.gauge({ name: "latency_ms_count", help: "h" })).toThrow(/part of "latency_ms"/);
  expect(() => registry.gauge({ name: "orders_created", help: "h" })).toThrow(/part of "orders_total"/);
});

test("prom-client's constructor works where it names a registry, and says so where it does not", () => {
  const registry = new Registry();

  const counter = new Counter({ name: "a_total", help: "h", registers: [registry] });

  expect(registry.getSingleMetric("a_total")).toBe(counter);
  expect(() => new Counter({ name: "b_total", help: "h" })).toThrow(/names no registry/);
});

test("what the caller passed in is copied: changing it later changes nothing", async () => {
  const registry = new Registry();
  const labelNames: ["venue"] = ["venue"];
  const labels = { venue: "cex" };
  const orders = registry.counter({ name: "orders_total", help: "h", labelNames });
  orders.inc(labels);

  labels.venue = "dex";
  (labelNames as string[])[0] = "other";

  expect(await registry.metrics()).toContain('orders_total{venue="cex"} 1\n');
});
