import { Labels } from "@haltwatch/store/labels";
import { expect, test } from "vitest";
import { faults } from "../script/faults.ts";
import { MemoryStorage } from "../storage/memory-storage.ts";
import type { QueryLimits } from "./context.ts";
import { queryInstant, queryRange } from "./engine.ts";

const ORDERS = `
load 15s
  orders_total{venue="cex"} 0+10x20
  orders_total{venue="dex"} 0 5 10 3 8 13 18
  orders_failed_total{venue="cex"} 0x20
  venue_info{venue="cex", chain="none"} 1x20
  gone 1 2 stale
`;

test("rates are carried on to the window's ends, survive resets, and windows are open to the left", () => {
  expect(
    faults(`${ORDERS}
eval instant at 5m rate(orders_total{venue="cex"}[1m])
  {venue="cex"} 0.6666666666666666

eval instant at 90s increase(orders_total{venue="dex"}[90s])
  {venue="dex"} 27.599999999999998

eval instant at 1m count_over_time(orders_total{venue="cex"}[1m])
  {venue="cex"} 4

eval instant at 90s resets(orders_total{venue="dex"}[2m])
  {venue="dex"} 1
`),
  ).toEqual([]);
});

test("an instant selector gives the newest sample within five minutes, unless the series has gone stale", () => {
  expect(
    faults(`${ORDERS}
eval instant at 15s gone
  gone 2

eval instant at 30s gone

eval instant at 9m59s orders_total{venue="cex"}
  orders_total{venue="cex"} 200

eval instant at 10m orders_total{venue="cex"}
`),
  ).toEqual([]);
});

test("sides of an operator find each other by their labels, and what is ambiguous is refused", () => {
  expect(
    faults(`${ORDERS}
eval instant at 0 orders_total * on(venue) group_left(chain) venue_info
  {venue="cex", chain="none"} 0

eval instant at 1m orders_total > 5 unless orders_failed_total
  orders_total{venue="dex"} 8

eval instant at 1m orders_total and on() venue_info
  orders_total{venue="cex"} 40
  orders_total{venue="dex"} 8

eval_fail instant at 1m orders_total + on() orders_total
`),
  ).toEqual([]);
});

test("series that are too many for a match are named with all their labels", () => {
  const memory = new MemoryStorage();
  for (const id of ["1", "2"]) memory.append(Labels.from({ __name__: "m", id }), 0, 1);

  expect(() => queryInstant(memory, "m + on() m", 0)).toThrow(
    'found duplicate series for the match group {} on the right hand-side of the operation: [{__name__="m", id="2"}, {__name__="m", id="1"}];many-to-many matching not allowed: matching labels must be unique on one side',
  );
});

test("aggregations, subqueries and absence, over a range of steps", () => {
  expect(
    faults(`${ORDERS}
eval range from 0 to 1m step 30s sum(orders_total)
  {} 0 30 48

eval range from 0 to 1m step 30s topk(1, orders_total)
  orders_total{venue="cex"} 0 20 40

eval instant at 5m max_over_time(sum(orders_total)[1m:15s])
  {} 218

eval range from 0 to 1m step 30s absent(gone)
  {} _ 1 1
`),
  ).toEqual([]);
});

function storage(samples: number): MemoryStorage {
  const memory = new MemoryStorage();
  const labels = Labels.from({ __name__: "m", id: "1" });
  for (let i = 0; i < samples; i++) memory.append(labels, i * 1000, i);
  return memory;
}

test("a query that asks for too much is stopped by its limits, and can be canceled", () => {
  const memory = storage(1000);
  const range = { startMs: 0, endMs: 1_000_000, stepMs: 1000 };
  const stopped = new AbortController();
  stopped.abort();

  expect(() => queryRange(memory, "m", range, { limits: { maxSamples: 500 } })).toThrow(
    expect.objectContaining({ code: "LIMIT", message: expect.stringContaining("too many samples") }),
  );
  expect(() => queryRange(memory, "m", { ...range, stepMs: 1 })).toThrow(/exceeded maximum resolution of 11000/);
  expect(() => queryInstant(memory, "m", 0, { signal: stopped.signal })).toThrow(/canceled/);
  expect(() => queryInstant(memory, "m", 0, { limits: { timeoutMs: -1 } })).toThrow(
    expect.objectContaining({ code: "TIMEOUT", message: "query timed out in query execution" }),
  );
});

test("names go at once, or in the end where that is asked for", () => {
  const memory = storage(10);
  memory.append(Labels.from({ __name__: "n", id: "1" }), 0, 1);

  expect(() => queryInstant(memory, 'abs({id="1"})', 0)).toThrow(
    "vector cannot contain metrics with the same labelset",
  );
  const { value } = queryInstant(memory, 'sum(abs({id="1"}))', 0, { delayedNameRemoval: true });
  expect(value).toMatchObject({ type: "vector", series: [{ values: Float64Array.of(1) }] });
});

test("what is shown is in columns, with its times", () => {
  const { value } = queryRange(storage(10), "m * 2", { startMs: 0, endMs: 4000, stepMs: 2000 });

  expect(value).toEqual({
    type: "matrix",
    series: [
      { labels: Labels.from({ id: "1" }), times: Float64Array.of(0, 2000, 4000), values: Float64Array.of(0, 4, 8) },
    ],
  });
});

test("what takes long or much is stopped in the midst of it, whatever it is", () => {
  const storage = new MemoryStorage();
  const labels = Labels.from({ __name__: "x" });
  for (let second = 0; second < 3000; second++) storage.append(labels, second * 1000, Math.sin(second));
  const range = { startMs: 0, endMs: 3_000_000, stepMs: 1000 };
  const ask = (query: string, limits: Partial<QueryLimits>) => () => queryRange(storage, query, range, { limits });

  expect(ask('count_values("v", x)', { maxSamples: 100_000 })).toThrow("too many samples");
  expect(ask("max_over_time(x[1h:1ms])", { maxSamples: 100_000 })).toThrow("too many samples");
  expect(ask("mad_over_time(x[1h])", { timeoutMs: 50 })).toThrow("timed out");
});
