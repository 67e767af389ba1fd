import fc from "fast-check";
import { expect, test } from "vitest";
import type { Family } from "../registry/family.ts";
import { Registry } from "../registry/registry.ts";
import { formatNumber, formatSeconds } from "./format.ts";
import { renderFamily } from "./render-family.ts";

/** Every kind of metric, with fixed values and times. */
function everything(): Registry {
  const registry = new Registry({ now: () => 1_723_161_254_024, defaultLabels: { bot: "arb-1" } });
  const orders = registry.counter({ name: "orders_total", help: 'Orders "sent".\nBy venue.', labelNames: ["venue"] });
  orders.inc({ venue: 'c"e\\x\n' }, 3);
  const latency = registry.histogram({ name: "latency_ms", unit: "ms", help: "Latency.", buckets: [0.5, 50] });
  latency.observe(0.5);
  latency.observeWithExemplar(70, { order_id: "42" });
  registry.gauge({ name: "spread_net_bps", unit: "bps", help: "Spread." }).set(-1.25);
  registry.info({ name: "bot_info", help: "Build.", labelNames: ["version"] }).set({ version: "1.2.3" });
  registry.stateSet({ name: "trading_state", help: "State.", states: ["active", "halted"] }).set("active");
  return registry;
}

test("A2 the text format 0.0.4, whole", async () => {
  expect(await everything().metrics()).toBe(`# HELP orders_total Orders "sent".\\nBy venue.
# TYPE orders_total counter
orders_total{bot="arb-1",venue="c\\"e\\\\x\\n"} 3
# HELP latency_ms Latency.
# TYPE latency_ms histogram
latency_ms_bucket{bot="arb-1",le="0.5"} 1
latency_ms_bucket{bot="arb-1",le="50"} 1
latency_ms_bucket{bot="arb-1",le="+Inf"} 2
latency_ms_sum{bot="arb-1"} 70.5
latency_ms_count{bot="arb-1"} 2
# HELP spread_net_bps Spread.
# TYPE spread_net_bps gauge
spread_net_bps{bot="arb-1"} -1.25
# HELP bot_info Build.
# TYPE bot_info gauge
bot_info{bot="arb-1",version="1.2.3"} 1
# HELP trading_state State.
# TYPE trading_state gauge
trading_state{bot="arb-1",trading_state="active"} 1
trading_state{bot="arb-1",trading_state="halted"} 0
`);
});

test("A2 OpenMetrics 1.0, whole, with created timestamps and exemplars", async () => {
  expect(await everything().metrics("openmetrics")).toBe(`# HELP orders Orders \\"sent\\".\\nBy venue.
# TYPE orders counter
orders_total{bot="arb-1",venue="c\\"e\\\\x\\n"} 3
orders_created{bot="arb-1",venue="c\\"e\\\\x\\n"} 1723161254.024
# HELP latency_ms Latency.
# TYPE latency_ms histogram
# UNIT latency_ms ms
latency_ms_bucket{bot="arb-1",le="0.5"} 1
latency_ms_bucket{bot="arb-1",le="50"} 1
latency_ms_bucket{bot="arb-1",le="+Inf"} 2 # {order_id="42"} 70 1723161254.024
latency_ms_sum{bot="arb-1"} 70.5
latency_ms_count{bot="arb-1"} 2
latency_ms_created{bot="arb-1"} 1723161254.024
# HELP spread_net_bps Spread.
# TYPE spread_net_bps gauge
# UNIT spread_net_bps bps
spread_net_bps{bot="arb-1"} -1.25
# HELP bot Build.
# TYPE bot info
bot_info{bot="arb-1",version="1.2.3"} 1
# HELP trading_state State.
# TYPE trading_state stateset
trading_state{bot="arb-1",trading_state="active"} 1
trading_state{bot="arb-1",trading_state="halted"} 0
# EOF
`);
});

test("a render in one format leaves no trace in the next", async () => {
  const registry = everything();
  const text = await registry.metrics("text");
  const openMetrics = await registry.metrics("openmetrics");

  expect(await registry.metrics("text")).toBe(text);
  expect(await registry.metrics("openmetrics")).toBe(openMetrics);
});

test("created timestamps can be left out", async () => {
  const registry = new Registry({ createdTimestamps: false });
  registry.counter({ name: "a_total", help: "h" });

  expect(await registry.metrics("openmetrics")).toBe("# HELP a h\n# TYPE a counter\na_total 0\n# EOF\n");
});

test("what is sent to another process renders to the same text", async () => {
  const registry = everything();
  for (const format of ["text", "openmetrics"] as const) {
    const families: Family[] = structuredClone(await registry.snapshot());

    const text = families.map((family) => renderFamily(family, format, true)).join("");

    expect(text + (format === "openmetrics" ? "# EOF\n" : "")).toBe(await registry.metrics(format));
  }
});

test("B4 every double reads back to itself from the text", () => {
  fc.assert(
    fc.property(fc.double(), (value) => {
      const text = formatNumber(value);
      const read =
        text === "+Inf" ? Number.POSITIVE_INFINITY : text === "-Inf" ? Number.NEGATIVE_INFINITY : Number(text);
      expect(read === value || (Number.isNaN(read) && Number.isNaN(value))).toBe(true);
    }),
  );
});

test("times are seconds with their milliseconds, without the noise of a division", () => {
  expect([0, 5, 1_723_161_254_024, 1_723_161_254_000].map(formatSeconds)).toEqual([
    "0",
    "0.005",
    "1723161254.024",
    "1723161254",
  ]);
});

test("a large scrape gives way to the bot, and a series made meanwhile does not spoil it", async () => {
  const registry = new Registry();
  const counter = registry.counter({ name: "a_total", help: "h", labelNames: ["id"], maxSeries: 50_000 });
  for (let id = 0; id < 30_000; id++) counter.labels(String(id)).inc();
  let turns = 0;
  let done = false;
  const count = (): void => {
    turns++;
    counter.remove(String(turns));
    counter.inc({ id: `new-${turns}` });
    if (!done) setImmediate(count);
  };
  setImmediate(count);

  const text = await registry.metrics();
  done = true;

  expect(turns).toBeGreaterThan(1);
  expect(text.trimEnd().split("\n")).toHaveLength(30_002);
});
