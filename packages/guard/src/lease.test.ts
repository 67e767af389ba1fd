import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Store } from "@haltwatch/store";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { granted, leaseState, mayTrade, renewed, startedLease, told } from "./bot-lease.ts";
import { Guard } from "./guard.ts";
import { type Grant, Leases, type Renewal } from "./lease.ts";

const NOW_MS = 1_760_000_000_000;

let folder: string;
let store: Store;
let guard: Guard;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "haltwatch-lease-"));
  store = new Store({ path: join(folder, "test.db"), commitIntervalMs: 0, now: () => NOW_MS });
  guard = new Guard(store.tables, { onListenerError: () => {} });
});

afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("the server", () => {
  test("grants a lease with all that is paused for the bot", () => {
    const everywhere = guard.pause({ scope: {}, state: "REDUCING", reason: "x", by: "ada", timeMs: NOW_MS });
    guard.pause({ scope: { bot: "other" }, state: "HALTED", reason: "x", by: "ada", timeMs: NOW_MS });
    const leases = new Leases(guard);

    expect(leases.grant(renewal(), at(500))).toEqual({
      ...{ kind: "grant", session: "s", seq: 1, leaseMs: 3000, epoch: guard.epoch },
      pauses: [everywhere],
    });
    expect(leases.endsAtLatest("b")).toBe(3500);
    expect(leases.holders(3499)).toEqual(["b"]);
    expect(leases.holders(3500)).toEqual([]);
    leases.forgetEnded(4000, 1000);
    expect(leases.endsAtLatest("b")).toBe(3500);
    leases.forgetEnded(5000, 1000);
    expect(leases.endsAtLatest("b")).toBeUndefined();
  });

  test("refuses what was there before, within a session", () => {
    const leases = new Leases(guard);
    leases.grant(renewal({ seq: 2 }), at(0));

    expect(leases.grant(renewal({ seq: 2 }), at(1))).toMatchObject({ code: "REPLAYED" });
    expect(leases.grant(renewal({ seq: 1 }), at(1))).toMatchObject({ code: "REPLAYED" });
    expect(leases.grant(renewal({ seq: 1, session: "t" }), at(1))).toMatchObject({ kind: "grant" });
  });

  test.each([{ seq: -1 }, { seq: 0.5 }, { seq: Number.NaN }, { epoch: -1 }, { epoch: 2 ** 53 - 1 }])(
    "refuses %o",
    (changes) => {
      expect(new Leases(guard).grant(renewal(changes), at(0))).toMatchObject({ code: "MALFORMED" });
      expect(guard.pauses()).toEqual([]);
    },
  );

  test("gives nobody a lease while a pause is not on the disk, or it cannot watch", () => {
    let fault: string | undefined = "the disk is full";
    const leases = new Leases(guard, { withheld: () => fault });
    expect(leases.grant(renewal(), at(0))).toEqual({ kind: "refused", code: "WITHHELD", message: "the disk is full" });
    fault = undefined;

    store.tables.run("PRAGMA query_only = ON");
    expect(() => guard.pause({ scope: {}, state: "HALTED", reason: "x", by: "ada", timeMs: NOW_MS })).toThrow();
    expect(leases.grant(renewal(), at(0))).toMatchObject({ code: "NOT_DURABLE" });
    store.tables.run("PRAGMA query_only = OFF");
    guard.flush();
    expect(leases.grant(renewal(), at(0))).toMatchObject({ kind: "grant", pauses: [{ state: "HALTED" }] });
  });

  test("a bot that has seen what the file does not have is paused until a person has looked at it", () => {
    const leases = new Leases(guard);

    const grant = leases.grant(renewal({ epoch: NOW_MS + 7 }), at(0));

    expect(grant).toMatchObject({
      ...{ kind: "grant", epoch: NOW_MS + 8 },
      pauses: [{ scope: { bot: "b" }, state: "HALTED", rule: "guard:lost-history" }],
    });
    expect(leases.grant(renewal({ seq: 2, epoch: NOW_MS + 8 }), at(1))).toMatchObject({ pauses: [{}] });
    expect(guard.pauses()).toHaveLength(1);
  });
});

describe("the bot", () => {
  const request = { bot: "b" };

  test("F3 trades nothing without a lease, nor after it: the lease counts from when the renewal was sent", () => {
    const started = startedLease("s");
    expect(mayTrade(started, "close", request, 0)).toBe(false);

    const lease = granted(renewed(started, 100), grant());

    expect(mayTrade(lease, "open", request, 3099)).toBe(true);
    expect(mayTrade(lease, "close", request, 3100)).toBe(false);
    expect(leaseState(lease, request, 3100, "REDUCING")).toBe("REDUCING");
    expect(leaseState(lease, request, 3100, "ACTIVE")).toBe("ACTIVE");
  });

  test("passes over grants that answer nothing, and those of an older epoch", () => {
    const asked = renewed(startedLease("s"), 0);
    expect(granted(asked, grant({ seq: 9 }))).toBe(asked);
    expect(granted(asked, grant({ session: "before" }))).toBe(asked);

    const paused = told(asked, { epoch: 5, pauses: [pauseOf(5)] });
    expect(granted(paused, grant({ epoch: 4 }))).toBe(paused);
    expect(told(paused, { epoch: 4, pauses: [] })).toBe(paused);
    expect(mayTrade(granted(paused, grant({ epoch: 6 })), "open", request, 0)).toBe(true);
  });

  test("F7 a pause stops an order although the lease lasts", () => {
    const lease = granted(renewed(startedLease("s"), 0), grant());
    const paused = told(lease, { epoch: 1, pauses: [pauseOf(1)] });

    expect([mayTrade(paused, "open", request, 1), mayTrade(paused, "close", request, 1)]).toEqual([false, true]);
  });
});

function renewal(changes: Partial<Renewal> = {}): Renewal {
  return { bot: "b", session: "s", seq: 1, epoch: 0, ...changes };
}

function at(monotonicMs: number) {
  return { monotonicMs, timeMs: NOW_MS };
}

function grant(changes: Partial<Grant> = {}): Grant {
  return { kind: "grant", session: "s", seq: 1, leaseMs: 3000, epoch: 0, pauses: [], ...changes };
}

function pauseOf(epoch: number) {
  return { epoch, scope: {}, state: "REDUCING", reason: "x", by: "ada", timeMs: NOW_MS } as const;
}
