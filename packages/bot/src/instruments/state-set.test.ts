import { expect, test } from "vitest";
import { Registry } from "../registry/registry.ts";

test("one state holds and the others do not, or each as it is said", async () => {
  const registry = new Registry();
  const state = registry.stateSet({ name: "trading_state", help: "h", states: ["active", "reducing", "halted"] });
  const shown = async () => (await registry.metrics("openmetrics")).match(/\{.*/g);

  state.set("halted");
  expect(await shown()).toEqual([
    '{trading_state="active"} 0',
    '{trading_state="reducing"} 0',
    '{trading_state="halted"} 1',
  ]);
  state.set({ active: true, halted: false });
  expect(await shown()).toEqual([
    '{trading_state="active"} 1',
    '{trading_state="reducing"} 0',
    '{trading_state="halted"} 0',
  ]);
});

test("a state it does not have is a mistake that names those it has", () => {
  const registry = new Registry();
  const state = registry.stateSet({ name: "trading_state", help: "h", states: ["active", "halted"] });

  expect(() => state.set("paused" as never)).toThrow(
    expect.objectContaining({ hint: "Its states are: active, halted" }),
  );
  expect(() => registry.stateSet({ name: "none", help: "h", states: [] })).toThrow(/has no states/);
});
