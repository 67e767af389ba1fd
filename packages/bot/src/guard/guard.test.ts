import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { HandClock } from "../link/testing/hand-clock.ts";
import { Guard, type GuardOptions, type GuardWord } from "./guard.ts";
import type { Pause } from "./pause.ts";
import { TradingPaused } from "./trading-paused.ts";

const LEASE_MS = 3_000;

function pause(epoch: number, rest: Partial<Pause> = {}): Pause {
  return { epoch, scope: {}, state: "HALTED", reason: "a test", by: "a test", rule: undefined, timeMs: 0, ...rest };
}

function setUp(options: Partial<GuardOptions> = {}) {
  const clock = new HandClock();
  const guard = new Guard({ clock, ...options });
  const now = () => ({ monotonic: clock.monotonic(), wall: clock.wall() });
  const grant = (word: GuardWord = { epoch: 0, pauses: [] }, sent = now()) => guard.granted(sent, LEASE_MS, word);
  return { clock, guard, grant, now };
}

test("F3 before the first lease nothing is allowed", () => {
  const { guard } = setUp();

  expect([guard.allowed("open"), guard.allowed("close"), guard.state]).toEqual([false, false, "HALTED"]);
});

test("F3 the lease counts from when its renewal was sent, to the millisecond", () => {
  const { guard, grant, clock, now } = setUp();
  const sent = now();
  clock.pass(400); // on the way

  grant(undefined, sent);

  clock.block(LEASE_MS - 401);
  expect(guard.allowed("open")).toBe(true);
  clock.block(1);
  expect(guard.allowed("open")).toBe(false);
});

test("F3 an event loop that was blocked beyond the lease does not trade, though no timer ran", () => {
  const { guard, grant, clock } = setUp();
  grant();

  clock.block(LEASE_MS + 1);

  expect(guard.allowed("open")).toBe(false);
  expect(() => guard.check("open")).toThrow(TradingPaused);
});

test("F3 a machine that was suspended does not trade on the lease of before", () => {
  const { guard, grant, clock } = setUp();
  grant();

  clock.step(3_600_000); // the monotonic clock stood still

  expect(guard.allowed("open")).toBe(false);
});

test("a wall clock that is set back, or forward by a second, ends no lease", () => {
  const { guard, grant, clock } = setUp();
  grant();

  clock.step(-3_600_000);
  expect(guard.allowed("open")).toBe(true);
  clock.step(3_601_000);
  expect(guard.allowed("open")).toBe(true);
});

test.each([
  ["halt", false, false, "HALTED"],
  ["reduce", false, true, "REDUCING"],
  ["open", true, true, "ACTIVE"],
] as const)("a lost lease means %s as configured", (lostLease, open, close, state) => {
  const { guard, grant, clock } = setUp({ lostLease });
  grant();
  clock.pass(LEASE_MS);

  expect([guard.allowed("open"), guard.allowed("close"), guard.state]).toEqual([open, close, state]);
});

test("F4 a pause outlives its lease, and no lost lease lifts it, not even where trading goes on without one", () => {
  const { guard, grant, clock } = setUp({ lostLease: "open" });
  grant({ epoch: 1, pauses: [pause(1)] });
  clock.pass(LEASE_MS);

  expect(guard.allowed("close")).toBe(false);
});

test("F7 REDUCING lets through what closes, HALTED nothing, and the strictest wins", () => {
  const { guard, grant } = setUp();

  grant({ epoch: 1, pauses: [pause(1, { state: "REDUCING" })] });
  expect([guard.allowed("open"), guard.allowed("close")]).toEqual([false, true]);

  grant({ epoch: 2, pauses: [pause(1, { state: "REDUCING" }), pause(2, { scope: { venue: "cex" } })] });
  expect(guard.allowed("close", { venue: "cex" })).toBe(false);
  expect(guard.allowed("close", { venue: "dex" })).toBe(true);
});

test("an order that names no venue is touched by a pause of any, and so for strategies", () => {
  const { guard, grant } = setUp();
  grant({ epoch: 1, pauses: [pause(1, { scope: { venue: "cex", strategy: "mm" } })] });

  expect(guard.allowed("open")).toBe(false);
  expect(guard.allowed("open", {})).toBe(false);
  expect(guard.allowed("open", { venue: "cex" })).toBe(false);
  expect(guard.allowed("open", { venue: "dex" })).toBe(true);
  expect(guard.allowed("open", { venue: "cex", strategy: "arb" })).toBe(true);
});

test("an intent that is none counts as opening", () => {
  const { guard, grant } = setUp();
  grant({ epoch: 1, pauses: [pause(1, { state: "REDUCING" })] });

  expect(guard.allowed("sell" as "open")).toBe(false);
});

test("what Haltwatch said before a pause lifts nothing, and lengthens no lease", () => {
  const { guard, grant, clock } = setUp();
  grant({ epoch: 4, pauses: [] });
  guard.told({ epoch: 5, pauses: [pause(5)] });
  clock.pass(1_000);

  grant({ epoch: 4, pauses: [] });
  expect(guard.told({ epoch: 4, pauses: [] })).toBe(false);

  expect(guard.allowed("open")).toBe(false);
  expect(guard.leaseLeftMs).toBe(LEASE_MS - 1_000);
});

test("F4 an arm of a newer epoch lifts the pause", () => {
  const { guard, grant } = setUp();
  grant({ epoch: 5, pauses: [pause(5)] });

  guard.told({ epoch: 6, pauses: [] });

  expect(guard.allowed("open")).toBe(true);
});

test("check throws the rule, the reason and since when", () => {
  const { guard, grant } = setUp();
  const timeMs = Date.UTC(2026, 0, 2, 3, 4, 5);
  grant({ epoch: 1, pauses: [pause(1, { rule: "Failing", reason: "orders fail", by: "haltwatch", timeMs })] });

  let thrown: unknown;
  try {
    guard.check("open", { venue: "cex" });
  } catch (error) {
    thrown = error;
  }

  expect(thrown).toBeInstanceOf(TradingPaused);
  expect(thrown).toMatchObject({
    code: "TRADING_PAUSED",
    rule: "Failing",
    reason: "orders fail",
    state: "HALTED",
    timeMs,
  });
  expect(String(thrown)).toBe(
    "TradingPaused: opening (cex) is not allowed: HALTED since 2026-01-02T03:04:05.000Z by haltwatch, rule Failing: orders fail",
  );
});

test("onPause: each pause once, with a report; a lost lease too, unless it is not wanted", async () => {
  const onHandled = vi.fn();
  const { guard, grant, clock } = setUp({ onHandled });
  const causes: (number | undefined)[] = [];
  const stop = guard.onPause(({ pause: cause }) => {
    causes.push(cause?.epoch);
    return { cancelled: 2, leftOpen: 1 };
  });
  guard.onPause(() => ({ cancelled: 1, flattened: 1, note: "flat" }), { onLostLease: false });

  grant({ epoch: 1, pauses: [pause(1)] });
  grant({ epoch: 1, pauses: [pause(1)] });
  await vi.waitFor(() => expect(onHandled).toHaveBeenCalledOnce());
  clock.pass(LEASE_MS);
  stop();
  guard.told({ epoch: 2, pauses: [pause(1), pause(2)] });

  expect(causes).toEqual([1, undefined]);
  expect(onHandled.mock.calls[0]?.[1]).toEqual({
    ...{ outcome: "done", cancelled: 3, failed: 0, leftOpen: 1, flattened: 1, note: "flat" },
  });
});

test("onPause: a handler that fails or takes too long is reported so, and the others' work counts", async () => {
  const onHandled = vi.fn();
  const { guard, grant, clock } = setUp({ onHandled });
  let wasAborted = false;
  guard.onPause(
    ({ signal }) =>
      new Promise(() => {
        signal.addEventListener("abort", () => {
          wasAborted = true;
        });
      }),
    { budgetMs: 100 },
  );
  guard.onPause(() => ({ cancelled: 2 }));

  grant({ epoch: 1, pauses: [pause(1)] });
  clock.pass(100);
  await vi.waitFor(() => expect(onHandled).toHaveBeenCalledOnce());
  guard.onPause(() => Promise.reject(new Error("no network")));
  guard.told({ epoch: 2, pauses: [pause(2)] });
  clock.pass(100);
  await vi.waitFor(() => expect(onHandled).toHaveBeenCalledTimes(2));

  expect(wasAborted).toBe(true);
  expect(onHandled.mock.calls[0]?.[1]).toMatchObject({ outcome: "timeout", cancelled: 2 });
  expect(onHandled.mock.calls[1]?.[1]).toMatchObject({
    outcome: "failed",
    note: "a handler took longer than its 100 ms; a handler failed: no network",
  });
});

test("property: whatever words come in whatever order, no order passes that the newest word forbids", () => {
  const scopes = fc.constantFrom({}, { venue: "cex" }, { venue: "dex" }, { strategy: "mm" });
  const words = fc.array(
    fc.record({
      epoch: fc.integer({ min: 0, max: 6 }),
      kind: fc.constantFrom("grant", "told", "time"),
      delayMs: fc.integer({ min: 0, max: 4_000 }),
    }),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(fc.array(fc.option(scopes), { minLength: 7, maxLength: 7 }), words, scopes, (history, steps, order) => {
      const { guard, grant, clock, now } = setUp();
      // What Haltwatch had in force at each epoch.
      const inForce = history.map((scope, epoch) => (scope === null ? [] : [pause(epoch, { scope })]));
      let newest = -1;
      let until = Number.NEGATIVE_INFINITY;
      for (const { epoch, kind, delayMs } of steps) {
        const sent = now();
        clock.block(delayMs);
        const pauses = inForce[epoch] ?? [];
        if (kind === "grant" && epoch >= newest) until = Math.max(until, sent.monotonic + LEASE_MS);
        if (kind === "grant") grant({ epoch, pauses }, sent);
        if (kind === "told") guard.told({ epoch, pauses });
        if (kind !== "time") newest = Math.max(newest, epoch);

        const [forbidding] = inForce[newest] ?? [];
        const touchesOrder =
          forbidding !== undefined &&
          (["venue", "strategy"] as const).every(
            (key) =>
              forbidding.scope[key] === undefined ||
              order[key as keyof typeof order] === undefined ||
              forbidding.scope[key] === order[key as keyof typeof order],
          );
        expect(guard.allowed("open", order)).toBe(clock.monotonic() < until && !touchesOrder);
      }
    }),
  );
});
