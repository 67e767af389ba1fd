import { expect, test } from "vitest";
import { Registry } from "../registry/registry.ts";

test("is set, raised and lowered", () => {
  const gauge = new Registry().gauge({ name: "positions", help: "h", labelNames: ["venue"] });

  gauge.set({ venue: "cex" }, 5);
  gauge.inc({ venue: "cex" }, 2);
  gauge.dec({ venue: "cex" });
  gauge.labels("cex").inc();

  expect(gauge.get("cex")).toBe(7);
});

test("a value that is not a number is told, and shown as NaN: a stale one must not pass for fresh", async () => {
  const told: string[] = [];
  const registry = new Registry({ mistakes: (error) => told.push(error.code) });
  const spread = registry.gauge({ name: "spread_bps", help: "h" });
  spread.set(4);

  spread.set(Number.NaN);

  expect(told).toEqual(["BAD_VALUE"]);
  expect(await registry.metrics()).toContain("\nspread_bps NaN\n");
  spread.set(5);
  expect(await registry.metrics()).toContain("\nspread_bps 5\n");
});

test("infinities are values", async () => {
  const registry = new Registry();
  const gauge = registry.gauge({ name: "profit_factor", help: "h" });

  gauge.set(Number.POSITIVE_INFINITY);
  expect(await registry.metrics()).toContain("\nprofit_factor +Inf\n");
  gauge.set(Number.NEGATIVE_INFINITY);
  expect(await registry.metrics()).toContain("\nprofit_factor -Inf\n");
});

test("the current time is in seconds, on the registry's clock", () => {
  const gauge = new Registry({ now: () => 1_723_161_254_024 }).gauge({ name: "seen_seconds", help: "h" });

  gauge.setToCurrentTime();

  expect(gauge.get()).toBe(1_723_161_254.024);
});

test("a gauge without labels can be taken out, and comes back with the next value", async () => {
  const registry = new Registry();
  const balance = registry.gauge({ name: "balance_usd", help: "h" });

  balance.remove();
  expect(await registry.metrics()).toBe("");
  balance.set(12.5);
  expect(await registry.metrics()).toContain("\nbalance_usd 12.5\n");
});

test("a collect callback brings it up to date; one that throws or hangs does not spoil the scrape", async () => {
  const told: string[] = [];
  const registry = new Registry({ mistakes: (error) => told.push(error.oneLine()) });
  registry.gauge({
    name: "queue_length",
    help: "h",
    async collect() {
      this.set(3);
    },
  });
  registry.gauge({
    name: "broken",
    help: "h",
    collect: () => {
      throw new Error("no connection");
    },
  });

  const text = await registry.metrics();

  expect(text).toContain("\nqueue_length 3\n");
  expect(told).toEqual([expect.stringContaining('"broken" could not be collected: no connection')]);
});
