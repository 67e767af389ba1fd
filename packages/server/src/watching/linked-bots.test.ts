import { Store } from "@haltwatch/store";
import { expect, test } from "vitest";
import { LinkedBots } from "./linked-bots.ts";

function thrown(error: unknown): never {
  throw error;
}

test("F10 a bot that went without goodbye is missed, also over a restart, until it comes back or a person arms it", () => {
  using store = new Store({ path: ":memory:", commitIntervalMs: 0 });
  let nowMs = 1;
  const open = () => new LinkedBots(store.tables, { now: () => nowMs, onError: thrown });
  let bots = open();
  for (const bot of ["a", "b", "c"]) bots.linked(bot, "x");
  bots.gone("a", "x");
  bots.left("b", "x");

  nowMs = 2;
  bots = open();
  expect(bots.list()).toEqual([
    { bot: "a", instance: "x", isLinked: false, sinceMs: 2 },
    { bot: "c", instance: "x", isLinked: false, sinceMs: 2 },
  ]);
  bots.linked("c", "x");
  bots.forgetGone(undefined);

  expect(open().list()).toMatchObject([{ bot: "c" }]);
  expect(bots.has("c")).toBe(true);
});
