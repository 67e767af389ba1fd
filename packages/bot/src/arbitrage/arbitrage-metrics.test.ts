import { expect, test } from "vitest";
import { Registry } from "../registry/registry.ts";
import { ArbitrageMetrics, type RecordSink } from "./arbitrage-metrics.ts";

function reporting() {
  const told: string[] = [];
  const registry = new Registry({ mistakes: (error) => told.push(error.oneLine()) });
  return { registry, told, metrics: new ArbitrageMetrics(registry) };
}

/** `name{labels}` → value, of the text format. */
async function samples(registry: Registry): Promise<Map<string, number>> {
  const lines = (await registry.metrics()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]),
  );
}

test("A2 every metric is there from the start, with its name, type, help and unit", async () => {
  const { registry } = reporting();

  const heads = (await registry.metrics("openmetrics")).split("\n").filter((line) => /^# (TYPE|UNIT)/.test(line));

  expect(heads).toEqual(
    expect.arrayContaining([
      "# TYPE orders counter",
      "# TYPE orders_failed counter",
      "# TYPE latency_ms histogram",
      "# UNIT latency_ms ms",
      "# TYPE spread_gross_bps gauge",
      "# UNIT spread_gross_bps bps",
      "# TYPE spread_net_bps gauge",
      "# UNIT spread_net_bps bps",
      "# TYPE volume counter",
      "# TYPE opportunities counter",
    ]),
  );
  const shown = await samples(registry);
  for (const series of [
    'orders_total{venue="cex"}',
    'orders_total{venue="dex"}',
    'orders_failed_total{venue="cex"}',
    'orders_failed_total{venue="dex"}',
    'volume_total{venue="cex"}',
    'latency_ms_bucket{metric="scanner",le="50"}',
    'latency_ms_bucket{metric="scanner",le="1000"}',
    "spread_gross_bps",
    "spread_net_bps",
    "opportunities_total",
  ]) {
    expect(shown.get(series), series).toBe(0);
  }
});

test("A1 an order counts for its venue, with its volume and latency", async () => {
  const { registry, metrics } = reporting();

  metrics.recordOrder({ status: "filled", volumeQuote: 1250.5, latency: 42 }, "cex");
  metrics.recordOrder({ status: "partially_filled", volumeQuote: 10 }, "cex");
  metrics.recordOrder({ status: "filled", volumeQuote: 7, latency: 700_000_000n }, "dex");

  const shown = await samples(registry);
  expect(shown.get('orders_total{venue="cex"}')).toBe(2);
  expect(shown.get('volume_total{venue="cex"}')).toBe(1260.5);
  expect(shown.get('latency_ms_bucket{metric="cex_order",le="50"}')).toBe(1);
  expect(shown.get('latency_ms_sum{metric="dex_order"}')).toBe(700);
  expect(shown.get('orders_failed_total{venue="cex"}')).toBe(0);
});

test("A1 A11 rejected and failed orders count as failures, in a row until one does not fail", async () => {
  const { registry, metrics } = reporting();

  for (const status of ["rejected", "failed", "canceled", "failed"] as const) metrics.recordOrder({ status }, "cex");
  metrics.recordOrder({ status: "failed" }, "dex");

  const shown = await samples(registry);
  expect(shown.get('orders_failed_total{venue="cex"}')).toBe(3);
  expect(shown.get("cex_orders_failed_total")).toBe(3);
  expect(shown.get('orders_failed_total{venue="dex"}')).toBe(1);
  expect(shown.get('orders_failed_consecutive{venue="cex"}')).toBe(1);
  expect(shown.get('orders_total{venue="cex"}')).toBe(4);
});

test("A11 what a kill switch decides on is there as series", async () => {
  const { registry, metrics } = reporting();

  metrics.recordSpread({ grossBps: 5, netBps: -3 });
  metrics.recordOpportunity({ spreadGrossBps: 12.5, spreadNetBps: 4.25 });
  metrics.recordExposure({ unhedgedQuote: 2500 });
  metrics.recordQuoteAge("cex", 120);

  const shown = await samples(registry);
  expect(shown.get("spread_gross_bps")).toBe(12.5);
  expect(shown.get("spread_net_bps")).toBe(4.25);
  expect(shown.get("opportunities_total")).toBe(1);
  expect(shown.get("exposure_unhedged_quote")).toBe(2500);
  expect(shown.get('quote_age_seconds{venue="cex"}')).toBe(0.12);
});

test("A1 a latency is milliseconds as a number, nanoseconds as a bigint, or a Temporal.Duration", async () => {
  const { registry, metrics } = reporting();

  metrics.recordLatency("scanner", 1.5);
  metrics.recordLatency("scanner", 2_500_000n);
  metrics.recordLatency("scanner", { seconds: 1, milliseconds: 2, microseconds: 500 });

  expect((await samples(registry)).get('latency_ms_sum{metric="scanner"}')).toBe(1.5 + 2.5 + 1002.5);
});

test.each([-1, Number.NaN, "5", undefined, null])("a latency of %s is told, and not recorded", async (latency) => {
  const { registry, told, metrics } = reporting();

  metrics.recordLatency("scanner", latency as number);

  expect(told).toHaveLength(1);
  expect((await samples(registry)).get('latency_ms_count{metric="scanner"}')).toBe(0);
});

test.each([undefined, null, {}, { status: "FILLED" }, "filled"])(
  "the report %j is told, and the bot goes on",
  async (report) => {
    const { registry, told, metrics } = reporting();

    metrics.recordOrder(report as never, "cex");
    metrics.recordOrder({ status: "filled", volumeQuote: Number.NaN }, "cex");

    expect(told[0]).toMatch(/recordOrder was given what it cannot record: .* as one of: filled, partially_filled/);
    expect(told[1]).toMatch(/counter "volume_total" cannot grow by NaN/);
    expect((await samples(registry)).get('orders_total{venue="cex"}')).toBe(1);
  },
);

test("a venue of one's own has its series; more venues than the metrics hold do not eat memory", async () => {
  const { registry, metrics, told } = reporting();

  for (let venue = 0; venue < 20_000; venue++) metrics.recordOrder({ status: "filled" }, `venue-${venue}`);

  expect(registry.get("orders_total")?.children.length).toBe(10_001);
  expect(told.every((line) => line.includes("has reached its 10000 label combinations"))).toBe(true);
});

test("records go to the sinks too", () => {
  const seen: unknown[] = [];
  const sink: RecordSink = {
    order: (report, venue) => seen.push([venue, report.status]),
    latency: (metric, ms) => seen.push([metric, ms]),
    opportunity: (opportunity) => seen.push(opportunity),
    spread: (spread) => seen.push(spread),
  };
  const metrics = new ArbitrageMetrics(new Registry(), { sinks: [sink] });

  metrics.recordOrder({ status: "filled" }, "cex");
  metrics.recordLatency("scanner", 5n);
  metrics.recordOpportunity({ spreadGrossBps: 1, spreadNetBps: 0 });
  metrics.recordSpread({ grossBps: 2, netBps: 1 });

  expect(seen).toEqual([
    ["cex", "filled"],
    ["scanner", 0.000005],
    { spreadGrossBps: 1, spreadNetBps: 0 },
    { grossBps: 2, netBps: 1 },
  ]);
});

test("A2 the bucket bounds can be configured", async () => {
  const registry = new Registry();
  new ArbitrageMetrics(registry, { latencyBucketsMs: [1, 2] }).recordLatency("scanner", 1.5);

  expect(await registry.metrics()).toContain('latency_ms_bucket{metric="scanner",le="2"} 1\n');
});
