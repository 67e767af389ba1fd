import { spawnSync } from "node:child_process";
import prometheusIo from "@prometheus-io/client";
import fc from "fast-check";
import promClient from "prom-client";
import { describe, expect, test } from "vitest";
import type { HaltwatchError } from "../errors.ts";
import { collectProcessMetrics } from "../processes/process-metrics.ts";
import { readExposition, seriesKey } from "../processes/testing/exposition-samples.ts";
import { Registry } from "../registry/registry.ts";
import { adoptPromClient } from "./prom-client.ts";

const PROMTOOL = "promtool";
const OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/** Both clients have this part alike; the tests are written once. */
type Client = typeof promClient;
const clients: readonly (readonly [string, Client])[] = [
  ["prom-client", promClient],
  // The same code, continued: the parts used here have the same signatures, which the tests themselves prove.
  ["@prometheus-io/client", prometheusIo as unknown as Client],
];

function ours() {
  const mistakes: HaltwatchError[] = [];
  const registry = new Registry({ mistakes: (error) => mistakes.push(error) });
  registry.counter({ name: "fills_total", help: "Fills." }).inc(2);
  return { registry, mistakes };
}

/** The text of both must say the same: same series, same values to the last digit, same types and help. */
async function expectSame(client: Client, theirs: InstanceType<Client["Registry"]>): Promise<void> {
  const mistakes: HaltwatchError[] = [];
  const registry = new Registry({ mistakes: (error) => mistakes.push(error) });
  adoptPromClient(registry, theirs);
  const shown = readExposition(await registry.metrics());
  const expected = readExposition(await theirs.metrics());

  expect(mistakes).toEqual([]);
  expect(shown.samples).toEqual(expected.samples);
  for (const [name, metadata] of shown.metadata) expect(metadata).toEqual(expected.metadata.get(name));
  expect(theirs.contentType).toBe(client.Registry.PROMETHEUS_CONTENT_TYPE);
}

/** One of each kind of metric. */
function everything(client: Client) {
  const theirs = new client.Registry();
  const registers = [theirs];
  const orders = new client.Counter({
    name: "orders_total",
    help: 'Orders "sent"\\\nby venue.',
    labelNames: ["venue"],
    registers,
  });
  orders.inc({ venue: 'c"e\\x\n' }, 0.1);
  orders.inc({ venue: 'c"e\\x\n' }, 0.2);
  const errors = new client.Counter({ name: "errors", help: "A counter without _total.", registers });
  errors.inc(5);
  const spread = new client.Gauge({
    name: "spread_bps",
    help: "Spread.",
    labelNames: ["venue", "pair"],
    registers,
    aggregator: "max",
  });
  spread.set({ venue: "cex", pair: "BTC/USD" }, -1.25e-7);
  spread.set({ venue: "dex" }, Number.NaN);
  spread.set({ venue: "lost" }, Number.NEGATIVE_INFINITY);
  const latency = new client.Histogram({
    name: "latency_ms",
    help: "Latency.",
    labelNames: ["venue"],
    buckets: [0.5, 5, 50],
    registers,
  });
  for (const value of [0.1, 0.5, 7, 49.9, 1000]) latency.observe({ venue: "cex" }, value);
  const fill = new client.Summary({
    name: "fill_ms",
    help: "Fill.",
    labelNames: ["venue"],
    percentiles: [0.5, 0.99],
    registers,
  });
  for (const value of [1, 2, 3.3]) fill.observe({ venue: "cex" }, value);
  new client.Gauge({
    name: "balance_usd",
    help: "Balance.",
    registers,
    async collect() {
      await Promise.resolve();
      this.set(12_345.678_9);
    },
  });
  return { theirs, orders, errors, spread, latency, fill };
}

describe.each(clients)("a registry of %s", (_, client) => {
  test("is shown as it shows itself", async () => {
    const { theirs } = everything(client);

    await expectSame(client, theirs);
  });

  test("is shown with its default labels", async () => {
    const { theirs } = everything(client);
    theirs.setDefaultLabels({ bot: "arb-1", shard: 3 });

    await expectSame(client, theirs);
  });

  test("is shown with its default metrics", async () => {
    const theirs = new client.Registry();
    client.collectDefaultMetrics({ register: theirs });
    const registry = new Registry();
    adoptPromClient(registry, theirs);

    const shown = readExposition(await registry.metrics());
    const expected = readExposition(await theirs.metrics());

    // Their values differ from one scrape to the next; their series do not, but for what is under way.
    const steady = (keys: Iterable<string>): string[] =>
      [...keys].filter((key) => !/active|gc_duration/.test(key)).sort();
    expect(steady(shown.samples.keys())).toEqual(steady(expected.samples.keys()));
    theirs.clear();
  });

  test("is shown to the last digit, whatever was recorded", async () => {
    const value = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 });
    const label = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.double());
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(label, value), { maxLength: 20 }), async (records) => {
        const { theirs, orders, spread, latency, fill } = everything(client);
        for (const [venue, number] of records) {
          // Theirs take any value for a label. These line breaks are none in an exposition, but are to this test's reader.
          const labels = {
            venue: typeof venue === "string" ? venue.replaceAll(/[\r\u2028\u2029]/g, "") : (venue as unknown as string),
          };
          orders.inc(labels, Math.abs(number));
          spread.set(labels, number);
          latency.observe(labels, number);
          fill.observe(labels, number);
        }

        await expectSame(client, theirs);
      }),
      { numRuns: 50 },
    );
  });

  test("with buckets out of order, or given twice, still has buckets that can be read", async () => {
    const { theirs } = everything(client);
    const buckets = [50, 5, 5, Number.POSITIVE_INFINITY];
    new client.Histogram({ name: "odd_ms", help: "Odd.", buckets, registers: [theirs] }).observe(3);
    const { registry, mistakes } = ours();
    adoptPromClient(registry, theirs);

    const { samples } = readExposition(await registry.metrics());

    expect(samples.get(seriesKey("fills_total"))).toBe(2);
    expect(samples.get(seriesKey("orders_total", { venue: 'c"e\\x\n' }))).toBe(0.1 + 0.2);
    expect(mistakes.every(({ code }) => code === "FOREIGN_METRIC")).toBe(true);
  });

  test("keeps its counters' names after it has written OpenMetrics, which takes _total off them", async () => {
    const { theirs } = everything(client);
    const { registry } = ours();
    adoptPromClient(registry, theirs);
    const before = readExposition(await registry.metrics()).samples;

    theirs.setContentType(OPENMETRICS as never); // typed for the text format only
    await theirs.metrics();
    theirs.setContentType(client.Registry.PROMETHEUS_CONTENT_TYPE);
    const after = readExposition(await registry.metrics()).samples;

    expect(after).toEqual(before);
    expect(after.has(seriesKey("errors"))).toBe(true);
  });

  test("set to OpenMetrics is shown with the names, values and exemplars that it writes", async () => {
    const theirs = new client.Registry();
    theirs.setContentType(OPENMETRICS as never); // typed for the text format only
    const registers = [theirs];
    const orders = new client.Counter({
      name: "orders",
      help: "Orders.",
      labelNames: ["venue"],
      enableExemplars: true,
      registers,
    });
    orders.inc({ labels: { venue: "cex" }, value: 2, exemplarLabels: { venue: 42 } });
    const latency = new client.Histogram({
      name: "latency_ms",
      help: "Latency.",
      buckets: [5, 50],
      enableExemplars: true,
      registers,
    });
    latency.observe({ labels: {}, value: 7, exemplarLabels: { order: "43" } });
    latency.observe({ labels: {}, value: 70, exemplarLabels: { order: "44" } });
    const registry = new Registry();
    adoptPromClient(registry, theirs);

    const shown = await registry.metrics("openmetrics");
    const expected = await theirs.metrics();

    // Theirs write a time without its last zeros.
    const lines = (text: string): string[] =>
      text
        .split("\n")
        .filter((line) => line !== "" && !line.startsWith("# HELP"))
        .map((line) => line.replace(/(# .*) (\S+)$/, (_, before: string, time: string) => `${before} ${Number(time)}`))
        .sort();
    expect(lines(shown)).toEqual(lines(expected));
  });

  test("with an exemplar that was refused while it was recorded shows none", async () => {
    const theirs = new client.Registry();
    theirs.setContentType(OPENMETRICS as never); // typed for the text format only
    const registers = [theirs];
    const orders = new client.Counter({ name: "orders", help: "Orders.", enableExemplars: true, registers });
    expect(() => orders.inc({ value: 2, exemplarLabels: { order: "x".repeat(200) } })).toThrow();
    const registry = new Registry();
    adoptPromClient(registry, theirs);

    expect(await registry.metrics("openmetrics")).toContain("\norders_total 2\n");
  });

  test("whose collect throws is told once, and the rest of the exposition stays", async () => {
    const { theirs } = everything(client);
    let isBroken = true;
    new client.Gauge({
      name: "broken",
      help: "Broken.",
      registers: [theirs],
      collect() {
        if (isBroken) throw new Error("exchange is down");
      },
    });
    const { registry, mistakes } = ours();
    adoptPromClient(registry, theirs);

    const broken = [await registry.metrics(), await registry.metrics()];
    isBroken = false;
    const { samples } = readExposition(await registry.metrics());

    for (const text of broken) expect(text).toContain("fills_total 2\n");
    expect(mistakes.map(({ code, message }) => [code, message])).toEqual([
      ["COLLECT_FAILED", expect.stringContaining("prom-client: exchange is down")],
    ]);
    expect(samples.get(seriesKey("errors"))).toBe(5);
  });

  test("with labels that are not given shows them as absent, and as different series", async () => {
    const { theirs, orders } = everything(client);
    orders.reset();
    orders.inc({ venue: undefined as unknown as string }, 1); // as untyped code does
    orders.inc({ venue: "undefined" }, 2);
    const { registry } = ours();
    adoptPromClient(registry, theirs);

    const { samples } = readExposition(await registry.metrics());

    expect(samples.get(seriesKey("orders_total"))).toBe(1);
    expect(samples.get(seriesKey("orders_total", { venue: "undefined" }))).toBe(2);
  });

  test("with a label object that was changed after use shows no series twice", async () => {
    const { theirs, orders } = everything(client);
    orders.reset();
    const labels = { venue: "cex" };
    orders.inc(labels, 1);
    labels.venue = "dex";
    orders.inc(labels, 2);
    orders.inc({ venue: "cex" }, 4);
    const { registry, mistakes } = ours();
    adoptPromClient(registry, theirs);

    const { samples } = readExposition(await registry.metrics()); // throws if a series comes twice

    expect(samples.get(seriesKey("fills_total"))).toBe(2);
    expect(mistakes.map(({ code }) => code)).toEqual(["FOREIGN_METRIC"]);
  });

  test("with a default label that is no name shows all else", async () => {
    const { theirs } = everything(client);
    theirs.setDefaultLabels({ "bot-name": "x", bot: "arb-1" });
    const { registry, mistakes } = ours();
    adoptPromClient(registry, theirs);

    const { samples } = readExposition(await registry.metrics());

    expect(samples.get(seriesKey("errors", { bot: "arb-1" }))).toBe(5);
    expect(new Set(mistakes.map(({ code }) => code))).toEqual(new Set(["FOREIGN_METRIC"]));
  });

  test("with a metric that ours has too: ours is shown, theirs told", async () => {
    const { theirs } = everything(client);
    new client.Counter({ name: "fills_total", help: "Fills.", registers: [theirs] }).inc(100);
    const { registry, mistakes } = ours();
    adoptPromClient(registry, theirs);

    const { samples } = readExposition(await registry.metrics());

    expect(samples.get(seriesKey("fills_total"))).toBe(2);
    expect(mistakes.map(({ code }) => code)).toEqual(["DUPLICATE_METRIC"]);
  });

  test("is taken out again", async () => {
    const { theirs } = everything(client);
    const { registry } = ours();
    const before = await registry.metrics();

    const remove = adoptPromClient(registry, theirs);
    const during = await registry.metrics();
    remove();

    expect(during).not.toBe(before);
    expect(await registry.metrics()).toBe(before);
  });

  test("passes promtool, together with ours", async ({ skip }) => {
    const promtool = spawnSync(PROMTOOL, ["--version"]);
    if (promtool.error !== undefined) {
      if (process.env["CI"] === "true") throw new Error("promtool is missing", { cause: promtool.error });
      skip("promtool is not installed");
    }
    const { theirs } = everything(client);
    theirs.removeSingleMetric("errors"); // a counter without _total, which promtool's lint is right about
    theirs.removeSingleMetric("latency_ms"); // and units that are none of Prometheus's base units
    theirs.removeSingleMetric("fill_ms");
    new client.Histogram({ name: "latency_seconds", help: "Latency.", registers: [theirs] }).observe(0.2);
    new client.Summary({ name: "fill_seconds", help: "Fill.", registers: [theirs] }).observe(0.3);
    const { registry } = ours();
    const stop = collectProcessMetrics(registry);
    adoptPromClient(registry, theirs);

    const checked = spawnSync(PROMTOOL, ["check", "metrics"], { input: await registry.metrics(), encoding: "utf8" });
    stop();

    expect([checked.status, checked.stdout + checked.stderr]).toEqual([0, ""]);
  });
});

test("a registry that gives nonsense spoils nothing", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.anything()), async (metrics) => {
      const { registry } = ours();
      adoptPromClient(registry, { getMetricsAsJSON: async () => metrics, getSingleMetric: () => undefined });

      expect(await registry.metrics()).toContain("fills_total 2\n");
    }),
  );
});
