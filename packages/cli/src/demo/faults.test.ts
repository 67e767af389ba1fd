import { expect, test } from "vitest";
import { demoCast } from "./demo-bots.ts";
import { faultTime } from "./fault-times.ts";
import { Faults } from "./faults.ts";

test("without names the bots show each way that there is", () => {
  const { packs, bots } = demoCast();

  expect(packs.map(({ name }) => name)).toEqual(["arbitrage", "betting", "trading"]);
  expect(bots.map(({ name, way }) => [name, way])).toEqual([
    ["arbitrage-1", "link"],
    ["betting-1", "orchestrator"],
    ["trading-1", "link"],
  ]);
});

test("the pack anomaly looks at the AI trading bot where there is one, and has one of its own where not", () => {
  expect(demoCast(["ai-trading", "anomaly"]).bots.map(({ name }) => name)).toEqual(["ai-trading-1"]);
  expect(demoCast(["ai-trading", "anomaly"]).packs.map(({ name }) => name)).toEqual(["ai-trading", "anomaly"]);
  expect(demoCast(["anomaly"]).bots.map(({ name }) => name)).toEqual(["anomaly-1"]);
});

test.each([
  ["system", "the pack system has no simulated bot"],
  ["bettin", 'there is no pack "bettin"'],
])("the pack %s is refused", (name, message) => {
  expect(() => demoCast([name])).toThrow(message);
});

test("a fault is found by its name, and by its bot's or pack's where several know it", () => {
  const faults = new Faults(demoCast().bots);

  expect(faults.find({ fault: "sequencer-down" }).bot.name).toBe("betting-1");
  expect(faults.find({ fault: "rejected-orders", bot: "betting" }).bot.name).toBe("betting-1");
  expect(faults.find({ fault: "rejected-orders", bot: "trading-1" }).bot.name).toBe("trading-1");
  expect(() => faults.find({ fault: "rejected-orders" })).toThrow("a fault of arbitrage-1, betting-1, trading-1");
  expect(() => faults.find({ fault: "rejected-orders", bot: "bettin" })).toThrow('there is no bot "bettin"');
  expect(() => faults.find({ fault: "vault-sealed" })).toThrow('there is no fault "vault-sealed"');
});

test("what is on is shown, and switching it twice changes nothing", () => {
  const faults = new Faults(demoCast(["betting"]).bots);
  const place = faults.find({ fault: "rpc-down" });
  const isOn = () => faults.shown(1)[0]?.faults.find(({ name }) => name === "rpc-down")?.is_on;

  expect(faults.set(place, true)).toEqual(["rpc-down"]);
  expect(faults.set(place, true)).toBeUndefined();
  expect(isOn()).toBe(true);
  expect(faults.set(place, false)).toEqual([]);
  expect(isOn()).toBe(false);
});

test("--fault names a fault, a bot where it is wanted, and a time", () => {
  expect(faultTime("sequencer-down@20")).toEqual({ fault: "sequencer-down", bot: undefined, seconds: 20 });
  expect(faultTime("betting:sequencer-down@0.5")).toEqual({ fault: "sequencer-down", bot: "betting", seconds: 0.5 });
  for (const text of ["sequencer-down", "@20", "a:b:c@1", "sequencer-down@soon", "sequencer-down@1e9", "x@99999999"])
    expect(() => faultTime(text), text).toThrow("says no fault and no time");
});
