import { parseQuery, printQuery } from "@haltwatch/promql";
import { Labels, Store } from "@haltwatch/store";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { alertChart, alertReading, type ChartedRule } from "./alert-chart.ts";
import { queryUnit } from "./query-unit.ts";
import { restrictedQuery } from "./restricted-query.ts";

const NOW_MS = 1_700_000_000_000;
const THRESHOLD = 'haltwatch_threshold{name="exec.latency_max"}';

let store: Store;

beforeEach(() => {
  store = new Store({ path: ":memory:", commitIntervalMs: 0, now: () => NOW_MS });
});

afterEach(() => store[Symbol.dispose]());

/** One sample a minute over the last hour. */
function minutes(labels: Readonly<Record<string, string>>, valueAt: (minute: number) => number): void {
  const ref = store.series(Labels.from(labels));
  for (let minute = 0; minute <= 60; minute++) store.append(ref, NOW_MS - (60 - minute) * 60_000, valueAt(minute));
}

function rule(expr: string): ChartedRule {
  return { name: "Slow", query: parseQuery(expr), labels: new Map([["severity", "critical"]]) };
}

function alert(labels: Readonly<Record<string, string>>): Labels {
  return Labels.from({ alertname: "Slow", severity: "critical", ...labels });
}

function latencies(): void {
  for (const venue of ["cex", "dex"]) {
    minutes({ __name__: "latency_ms", bot: "arb-1", venue }, (minute) => (venue === "cex" ? 700 : 100) + minute);
  }
  minutes({ __name__: "haltwatch_threshold", name: "exec.latency_max" }, (minute) => (minute < 30 ? 400 : 500));
}

async function chartOf(expr: string, ...alerts: Labels[]) {
  const chart = await alertChart({ reader: store, rule: rule(expr), alerts, toMs: NOW_MS });
  if (chart === undefined) throw new Error("no chart");
  return chart;
}

describe("D7 an alert's chart", () => {
  test.each([
    ["latency_ms > 500", "above"],
    ["500 < latency_ms", "above"],
    ["latency_ms >= 500 and on() vector(1)", "above"],
    ["latency_ms > 500 unless latency_ms > 100000", "above"],
    ["(latency_ms < 500)", "below"],
    ["latency_ms == 500", undefined],
  ] as const)("of %s has the alert's series and its limit", async (expr, beyond) => {
    latencies();

    const chart = await chartOf(expr, alert({ bot: "arb-1", venue: "cex" }));

    expect(chart).toMatchObject({ title: "Slow", where: "arb-1 · cex", unit: "milliseconds", stepMs: 15_000 });
    expect(chart.toMs - chart.fromMs).toBe(3_600_000);
    expect(chart.series.map(({ name, values }) => [name, values.length, values.at(-1)])).toEqual([
      ["latency_ms", 241, 760],
    ]);
    expect(chart.thresholds).toEqual([{ label: "", value: 500, beyond }]);
  });

  test.each([
    `latency_ms > on() group_left() ${THRESHOLD}`,
    `${THRESHOLD} < on() group_right() latency_ms`,
    `latency_ms > scalar(${THRESHOLD})`,
  ])("of %s shows how the limit was changed, and its name", async (expr) => {
    latencies();

    const { thresholds, series } = await chartOf(expr, alert({ bot: "arb-1", venue: "cex" }));

    const [limit] = thresholds;
    if (limit === undefined || typeof limit.value === "number") throw new Error("not a line");
    expect([limit.label, limit.beyond]).toEqual(["exec.latency_max", "above"]);
    expect([limit.value.values.at(0), limit.value.values.at(-1)]).toEqual([400, 500]);
    expect(series.map(({ values }) => values.at(-1))).toEqual([760]);
  });

  test("of several alerts names the lines by what differs", async () => {
    latencies();

    const venues = ["cex", "dex"].map((venue) => alert({ bot: "arb-1", venue }));
    const { where, series } = await chartOf("latency_ms > 50", ...venues);

    expect(where).toBe("arb-1");
    expect(series.map(({ name }) => name)).toEqual(['venue="cex"', 'venue="dex"']);
  });

  test("of an expression without comparison is the expression", async () => {
    latencies();

    const { series, thresholds } = await chartOf("max(latency_ms)", alert({}));

    expect(series.map(({ name }) => name)).toEqual(["max(latency_ms)"]);
    expect(thresholds).toEqual([]);
  });

  test("of a rule of several comparisons is the one that has data", async () => {
    latencies();

    const { series } = await chartOf("gone > 5 or latency_ms > 500", alert({ bot: "arb-1", venue: "cex" }));

    expect(series.map(({ name }) => name)).toEqual(["latency_ms"]);
  });

  test("has no lines where there are no data", async () => {
    const { series, thresholds } = await chartOf("latency_ms > 500", alert({ venue: "cex" }));

    expect(series).toEqual([]);
    expect(thresholds).toHaveLength(1);
  });
});

describe("an alert's value and limit", () => {
  test.each([
    ["latency_ms > 500", 760, 500],
    [`${THRESHOLD} < on() group_right() latency_ms`, 760, 500],
    [`latency_ms / 2 > scalar(${THRESHOLD})`, 380, 500],
    ["latency_ms", 760, undefined],
    ["gone > 1", undefined, 1],
  ])("of %s", (expr, value, threshold) => {
    latencies();

    const labels = alert({ bot: "arb-1", venue: "cex" });

    expect(alertReading(store, rule(expr), { labels, timeMs: NOW_MS })).toMatchObject({ value, threshold });
  });
});

describe("a query for one alert only", () => {
  const wanted = new Map([["venue", "cex"]]);

  test.each([
    ["rate(orders_total[1m])", 'rate(orders_total{venue="cex"}[1m])'],
    ["sum by (venue) (x)", 'sum by (venue) (x{venue="cex"})'],
    ["sum by (bot) (x)", "sum by (bot) (x)"],
    ["sum without (bot) (x)", 'sum without (bot) (x{venue="cex"})'],
    ["sum without (venue) (x)", "sum without (venue) (x)"],
    ["topk(1, x)", "topk(1, x)"],
    ['label_replace(x, "venue", "$1", "v", "(.*)")', 'label_replace(x, "venue", "$1", "v", "(.*)")'],
    ["x / y", 'x{venue="cex"} / y{venue="cex"}'],
    ["x / on(bot) y", "x / on (bot) y"],
    ["x / on(bot) group_left() y", 'x{venue="cex"} / on (bot) group_left () y'],
    ["x / on(bot) group_left(venue) y", "x / on (bot) group_left (venue) y"],
    ["x / on(bot) group_right() y", 'x / on (bot) group_right () y{venue="cex"}'],
    ["x and on(bot) y", 'x{venue="cex"} and on (bot) y'],
    ["x or y", 'x{venue="cex"} or y{venue="cex"}'],
    ["x > scalar(y)", 'x{venue="cex"} > scalar(y)'],
    ["absent(x)", "absent(x)"],
  ])("reads of %s no more than %s", (query, restricted) => {
    expect(printQuery(restrictedQuery(parseQuery(query), wanted))).toBe(restricted);
  });
});

describe("what a query measures", () => {
  test.each([
    ["increase(orders_failed_total[1m])", "count"],
    ["rate(orders_failed_total[1m])", "per-second"],
    ["histogram_quantile(0.99, sum by (le) (rate(latency_ms_bucket[5m])))", "milliseconds"],
    ["rate(wait_seconds_sum[5m]) / rate(wait_seconds_count[5m])", "seconds"],
    ["sum(rate(failed_total[5m])) / sum(rate(orders_total[5m]))", "ratio"],
    ["time() - trading_snapshot_timestamp_seconds", "seconds"],
    ["trading_pnl_realized_usd + trading_pnl_unrealized_usd", "usd"],
    ["fill_ratio * 100", "percent"],
    ["max_over_time(edge_bps[5m])", "basis-points"],
    ["up", "number"],
  ])("%s: %s", (query, unit) => {
    expect(queryUnit(parseQuery(query))).toBe(unit);
  });
});

test("no chart keeps everything else waiting: one that takes too long is none", async () => {
  for (let at = 0; at < 300; at++) minutes({ __name__: "load", host: `h${at}` }, (minute) => minute);
  let longest = 0;
  let last = performance.now();
  const watch = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 1);
  const heavy = rule("sum(count_over_time(load[1h:100ms])) > 0");

  const chart = await alertChart({ reader: store, rule: heavy, alerts: [alert({})], toMs: NOW_MS });

  clearInterval(watch);
  expect(chart).toBeUndefined();
  expect(longest).toBeLessThan(5_000); // as a bound that a busy machine keeps; it is some 20 ms
});
