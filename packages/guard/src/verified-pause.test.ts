import { describe, expect, test } from "vitest";
import type { Pause } from "./latch.ts";
import type { Scope } from "./scope.ts";
import { type OrdersSeen, VerifiedPauses } from "./verified-pause.ts";

describe("F8 orders after an acknowledged pause", () => {
  test("raise an alert that names the bot and counts the orders", () => {
    const pauses = new VerifiedPauses();
    const pause = pauseOf(1, {});
    pauses.acknowledged("b", pause, 1000);

    expect(pauses.seen(orders({ count: 2 }))).toEqual([
      ...[{ name: "TradingAfterPause", bot: "b", pause, orders: 2, newOrders: 2, acknowledgedMs: 1000, seenMs: 3000 }],
    ]);
    expect(pauses.seen(orders({ count: 3, fromMs: 3000, toMs: 4000 }))).toMatchObject([{ orders: 5, newOrders: 3 }]);
  });

  test.each<[string, Partial<OrdersSeen>]>([
    ["before", { fromMs: 0, toMs: 1000 }],
    ["that may have been before", { fromMs: 999, toMs: 2000 }],
    ["of another bot", { bot: "c" }],
    ["at another venue", { venue: "dex" }],
    ["at a venue that is not named", { venue: undefined }],
    ["that are none", { count: 0 }],
    ["that are no number", { count: Number.NaN }],
  ])("not orders %s", (_name, changes) => {
    const pauses = new VerifiedPauses();
    pauses.acknowledged("b", pauseOf(1, { venue: "cex" }), 1000);

    expect(pauses.seen(orders({ venue: "cex", ...changes }))).toEqual([]);
    expect(pauses.seen(orders({ venue: "cex" }))).toHaveLength(1);
  });

  test("closing orders are allowed while REDUCING, and nothing is while HALTED", () => {
    const reducing = new VerifiedPauses();
    reducing.acknowledged("b", pauseOf(1, {}, "REDUCING"), 1000);
    const halted = new VerifiedPauses();
    halted.acknowledged("b", pauseOf(1, {}), 1000);

    expect((["open", "close", undefined] as const).map((intent) => reducing.seen(orders({ intent })).length)).toEqual([
      1, 0, 0,
    ]);
    expect((["open", "close", undefined] as const).map((intent) => halted.seen(orders({ intent })).length)).toEqual([
      1, 1, 1,
    ]);
  });

  test("orders that were under way are given time, if so configured; the first acknowledgement counts", () => {
    const pauses = new VerifiedPauses({ graceMs: 1500 });
    pauses.acknowledged("b", pauseOf(1, {}), 1000);
    pauses.acknowledged("b", pauseOf(1, {}), 9000);

    expect(pauses.seen(orders({ fromMs: 2000 }))).toEqual([]);
    expect(pauses.seen(orders({ fromMs: 2500 }))).toHaveLength(1);
  });

  test("no more once a person has armed", () => {
    const pauses = new VerifiedPauses();
    pauses.acknowledged("b", pauseOf(1, {}), 1000);
    pauses.acknowledged("b", pauseOf(2, {}), 1000);
    pauses.armed([1]);
    expect(pauses.seen(orders()).map(({ pause }) => pause.epoch)).toEqual([2]);

    pauses.armed([2]);
    expect(pauses.seen(orders())).toEqual([]);
  });
});

function pauseOf(epoch: number, scope: Scope, state: Pause["state"] = "HALTED"): Pause {
  return { epoch, scope, state, reason: "x", by: "ada", timeMs: 0 };
}

function orders(changes: Partial<OrdersSeen> = {}): OrdersSeen {
  return { bot: "b", count: 1, fromMs: 2000, toMs: 3000, ...changes };
}
