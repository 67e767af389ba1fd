import type { Pause, TradingAfterPause } from "@haltwatch/guard";
import { Labels, Store } from "@haltwatch/store";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ORDER_COUNTERS, PauseVerification } from "./trading-after-pause.ts";

const START_MS = 1_700_000_000_000;
const PAUSE: Pause = { epoch: 7, scope: { bot: "a" }, state: "HALTED", reason: "r", by: "me", timeMs: START_MS };

let store: Store;
let nowMs: number;
let found: TradingAfterPause[];
let verification: PauseVerification;

beforeEach(() => {
  nowMs = START_MS;
  found = [];
  store = new Store({ path: ":memory:", commitIntervalMs: 0, now: () => nowMs });
  verification = new PauseVerification({
    ...{ store, counters: ORDER_COUNTERS, graceMs: 0 },
    onTrading: (one) => found.push(one),
  });
});
afterEach(() => store.close());

/** A sample of the bot's counter comes, a second later. */
function orders(value: number, labels: Readonly<Record<string, string>> = { bot: "a", venue: "cex" }): void {
  nowMs += 1000;
  store.append(store.series(Labels.from({ ...labels, __name__: "orders_total" })), nowMs, value);
  verification.look(new Set(["orders_total"]));
}

test("F8 orders that are recorded after the acknowledgement are told of, with bot and number", () => {
  orders(10);
  verification.acknowledged("a", PAUSE, nowMs + 1);
  orders(12); // of before the first sample after it: they were under way
  expect(found).toEqual([]);

  orders(12);
  orders(15);
  orders(16);

  expect(found.map((one) => [one.bot, one.newOrders, one.orders])).toEqual([
    ["a", 3, 3],
    ["a", 1, 4],
  ]);
  expect(verification.orders).toEqual([{ bot: "a", scope: "bot:a", orders: 4 }]);
});

test("F8 others' orders, what an arm allows, and a bot that starts again from zero are not", () => {
  orders(10);
  orders(1, { bot: "b" });
  verification.acknowledged("a", PAUSE, nowMs + 1);
  orders(10);
  orders(5, { bot: "b" });
  orders(0); // it was restarted
  expect(found).toEqual([]);
  expect([...verification.watched]).toEqual(ORDER_COUNTERS);

  orders(2);
  expect(found).toHaveLength(1);
  verification.armed([PAUSE]);
  orders(9);

  expect(found).toHaveLength(1);
  expect(verification.orders).toEqual([]);
  expect([...verification.watched]).toEqual([]);
});

test("F8 a count that begins after the acknowledgement, at zero as all do, is seen from its first order on", () => {
  verification.acknowledged("a", PAUSE, nowMs);
  orders(0);
  orders(1);

  expect(found).toMatchObject([{ orders: 1, pause: PAUSE }]);
});
