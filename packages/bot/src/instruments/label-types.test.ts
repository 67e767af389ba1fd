import { expect, test } from "vitest";
import { Registry } from "../registry/registry.ts";

test("label names are checked by the compiler: each line marked below is an error in an editor, too", () => {
  const registry = new Registry({ mistakes: () => undefined });
  const orders = registry.counter({ name: "orders_total", help: "h", labelNames: ["venue", "side"] });
  const latency = registry.histogram({ name: "latency_ms", help: "h", labelNames: ["metric"] });
  const state = registry.stateSet({ name: "state", help: "h", states: ["active", "halted"] });
  const sole = registry.gauge({ name: "spread_bps", help: "h" });

  orders.inc({ venue: "cex", side: "buy" });
  // @ts-expect-error a label is missing
  orders.inc({ venue: "cex" });
  // @ts-expect-error a label is unknown
  orders.inc({ venue: "cex", sied: "buy" });
  // @ts-expect-error a value is not one
  latency.observe({ metric: "scanner" }, "5");
  // @ts-expect-error there is no such state
  state.set("paused");
  // @ts-expect-error it has no labels
  sole.set({ venue: "cex" }, 1);

  expect(orders.get("cex", "buy")).toBe(1);
});
