import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Store } from "@haltwatch/store";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Guard, type GuardChange } from "./guard.ts";
import type { PauseRequest } from "./latch.ts";
import { parseScope } from "./scope.ts";

const NOW_MS = 1_760_000_000_000;

let folder: string;
let store: Store;
let guard: Guard;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "haltwatch-guard-"));
  reopen();
});

afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("pausing", () => {
  test("F4 a pause is there after a restart, and nothing else is", () => {
    const pause = guard.pause(asked("bot:arb-1", { rule: "OrdersFail" }));
    reopen();

    expect(guard.pauses()).toEqual([pause]);
    expect(guard.epoch).toBe(pause.epoch);
    expect(guard.stateOf({ bot: "arb-1" })).toBe("HALTED");
    expect(guard.stateOf({ bot: "arb-2" })).toBe("ACTIVE");
  });

  test("F7 the strictest of what touches an order wins", () => {
    guard.pause(asked("all", { state: "REDUCING" }));
    guard.pause(asked("bot:arb-1,venue:cex", { state: "HALTED" }));

    expect(guard.stateOf({ bot: "arb-1", venue: "cex", strategy: "mm" })).toBe("HALTED");
    expect(guard.stateOf({ bot: "arb-1", venue: "dex" })).toBe("REDUCING");
    expect(guard.stateOf({ bot: "arb-1" })).toBe("HALTED");
    expect(guard.pausesOf("arb-2")).toHaveLength(1);
  });

  test("a rule that goes on firing neither writes again nor becomes laxer", () => {
    const first = guard.pause(asked("all", { rule: "R", state: "HALTED" }));
    const again = guard.pause(asked("all", { rule: "R", state: "REDUCING", reason: "still", timeMs: NOW_MS + 1 }));

    expect(again).toBe(first);
    expect([...guard.journal.entries()]).toHaveLength(1);
  });

  test("a stricter pause of the same rule takes the laxer one's place", () => {
    guard.pause(asked("all", { rule: "R", state: "REDUCING" }));
    const strict = guard.pause(asked("all", { rule: "R", state: "HALTED" }));
    reopen();

    expect(guard.pauses()).toEqual([strict]);
  });

  test("epochs rise with each change, with the clock and without it, over restarts", () => {
    const epochs = [guard.pause(asked("bot:a")).epoch, guard.pause(asked("bot:b")).epoch];
    reopen();
    epochs.push(guard.pause(asked("bot:c", { timeMs: NOW_MS - 60_000 })).epoch);
    const armed = arm("bot:a", { timeMs: NOW_MS + 5000 });
    epochs.push(armed.kind === "armed" ? armed.epoch : 0);

    expect(epochs).toEqual([NOW_MS, NOW_MS + 1, NOW_MS + 2, NOW_MS + 5000]);
    expect(epochs.map((epoch) => guard.knows(epoch))).toEqual([true, true, true, true]);
    expect([0, 1, NOW_MS + 3].map((epoch) => guard.knows(epoch))).toEqual([true, false, false]);
  });

  test("neither a clock that is out of its mind nor odd texts keep a pause from being made and read back", () => {
    const times = [Number.NaN, Number.POSITIVE_INFINITY, -5, 1.5, 9e15];
    for (const timeMs of times) guard.pause(asked("all", { timeMs, reason: `time ${timeMs}` }));
    guard.pause(asked("all", { reason: `\uD800 ${"x".repeat(10_000)}`, by: "" }));
    guard.pause({ ...asked("all"), scope: { bot: "", venue: "a,b%\n:é", strategy: "x".repeat(1000) } });
    const before = guard.pauses();
    reopen();

    expect(guard.pauses()).toEqual(before);
    expect(guard.pauses().at(-1)?.scope).toEqual({ venue: "a,b%\n:é" });
    expect(guard.journal.verify().fault).toBeUndefined();
  });

  test("too many pauses pause everything", () => {
    for (let i = 0; i < 1000; i++) guard.pause(asked(`strategy:s${i}`, { state: "REDUCING" }));
    expect(guard.stateOf({ strategy: "other" })).toBe("ACTIVE");

    for (let i = 0; i < 10; i++) guard.pause(asked(`strategy:t${i}`, { state: "REDUCING" }));
    expect(guard.stateOf({ strategy: "other" })).toBe("HALTED");
    expect(guard.pauses()).toHaveLength(1001);
  }, 60_000);
});

describe("arming", () => {
  test("F4 needs a reason and a person, and what is not paused is not armed", () => {
    guard.pause(asked("bot:a"));

    expect(arm("bot:a", { reason: " " })).toMatchObject({ kind: "refused", code: "NO_REASON" });
    expect(arm("bot:a", { by: "" })).toMatchObject({ kind: "refused", code: "NO_PERSON" });
    expect(arm("bot:b")).toMatchObject({ kind: "refused", code: "NOT_PAUSED", hint: "Paused are: bot:a" });
    expect(arm("bot:a", { only: [1] })).toMatchObject({ kind: "refused", code: "NOT_PAUSED" });
    expect(guard.stateOf({ bot: "a" })).toBe("HALTED");
    expect([...guard.journal.entries({ kind: "refused" })]).toHaveLength(4);
  });

  test("F4 is refused while a rule fires, unless forced; the journal says so", () => {
    guard.pause(asked("all", { rule: "R" }));
    guard.pause(asked("all", { reason: "by hand" }));

    expect(arm("all", { firing: ["R"] })).toMatchObject({ code: "STILL_FIRING", firing: [{ rule: "R" }] });
    expect(guard.pauses()).toHaveLength(2);
    expect(arm("all", { firing: ["R"], force: true })).toMatchObject({ kind: "armed", isForced: true });
    expect(guard.stateOf({})).toBe("ACTIVE");
    expect([...guard.journal.entries({ kind: "forced-arm" })]).toMatchObject([
      { who: "ada", why: "checked", what: "arm all", data: { firing: ["R"] } },
    ]);
  });

  test("a scope paused for two causes trades again when both are armed, one by one or as a whole", () => {
    const byRule = guard.pause(asked("all", { rule: "R" }));
    const byHand = guard.pause(asked("all", { reason: "by hand" }));

    expect(arm("all", { only: [byRule.epoch] })).toMatchObject({ armed: [byRule], remaining: [byHand] });
    expect(guard.stateOf({})).toBe("HALTED");
    expect(arm("all")).toMatchObject({ armed: [byHand], remaining: [] });
    reopen();
    expect(guard.stateOf({})).toBe("ACTIVE");
  });

  test("arming everything leaves the pause of a bot, and names it", () => {
    guard.pause(asked("all"));
    const narrow = guard.pause(asked("bot:a"));

    expect(arm("all")).toMatchObject({ kind: "armed", remaining: [narrow] });
    expect(guard.stateOf({ bot: "a" })).toBe("HALTED");
    expect(guard.stateOf({ bot: "b" })).toBe("ACTIVE");
  });

  test("a pause that comes while rules are asked stays", () => {
    guard.pause(asked("all", { rule: "R" }));
    const outcome = guard.arm({
      ...{ scope: {}, reason: "checked", by: "ada", timeMs: NOW_MS },
      firing: () => {
        guard.pause(asked("all", { rule: "Late" }));
        return false;
      },
    });

    expect(outcome).toMatchObject({ code: "STILL_FIRING", firing: [{ rule: "Late" }] });
    expect(guard.stateOf({})).toBe("HALTED");
  });
});

describe("telling", () => {
  test("a pause is told before it is written, an arm after; the wrong listener harms nobody", () => {
    const errors: unknown[] = [];
    const seen: [GuardChange["kind"], boolean][] = [];
    guard = new Guard(store.tables, { onListenerError: (error) => errors.push(error) });
    guard.onChange(() => {
      throw new Error("no");
    });
    const end = guard.onChange(({ kind, epoch }) => seen.push([kind, guard.knows(epoch)]));

    guard.pause(asked("all"));
    arm("all");
    end();
    guard.pause(asked("all"));

    expect(seen).toEqual([
      ["pause", false],
      ["arm", true],
    ]);
    expect(errors).toHaveLength(3);
  });

  test("a listener may pause more", () => {
    guard.onChange(({ kind, epoch }) => {
      if (kind === "pause" && epoch === NOW_MS) guard.pause(asked("bot:b"));
    });
    guard.pause(asked("bot:a"));
    const before = guard.pauses();
    reopen();

    expect(before).toHaveLength(2);
    expect(guard.pauses()).toEqual(before);
  });
});

describe("a file that cannot be written", () => {
  test("a pause holds and says that it is not on the disk; it is written when that is possible again", () => {
    const heal = breakDisk();
    expect(() => guard.pause(asked("all"))).toThrow(
      expect.objectContaining({ code: "NOT_DURABLE", message: "the pause of all holds, but is not on the disk" }),
    );
    expect(guard.stateOf({})).toBe("HALTED");
    expect(guard.isDurable).toBe(false);
    expect(() => guard.pause(asked("all"))).toThrow(expect.objectContaining({ code: "NOT_DURABLE" }));

    heal();
    guard.flush();
    expect(guard.isDurable).toBe(true);
    const before = guard.pauses();
    reopen();
    expect(guard.pauses()).toEqual(before);
    expect([...guard.journal.entries()]).toHaveLength(1);
  });

  test("an arm does not happen", () => {
    guard.pause(asked("all"));
    const heal = breakDisk();

    expect(() => arm("all")).toThrow(expect.objectContaining({ code: "NOT_DURABLE" }));
    expect(guard.stateOf({})).toBe("HALTED");
    heal();
    reopen();
    expect(guard.stateOf({})).toBe("HALTED");
  });

  test("of a pause and its journal entry there are both or none", () => {
    store.tables.run("CREATE TRIGGER full BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'disk full'); END");

    expect(() => guard.pause(asked("all"))).toThrow(expect.objectContaining({ code: "NOT_DURABLE" }));
    reopen();
    expect(guard.pauses()).toEqual([]);
    expect(guard.epoch).toBe(0);
  });

  test("a file whose pauses cannot be understood is not opened: nothing may trade on it", () => {
    guard.pause(asked("all"));
    for (const change of ["state = 'ACTIVE'", "state = 'HALTED', scope = 'everybody'"]) {
      store.tables.run(`UPDATE guard_pauses SET ${change}`);
      expect(reopen).toThrow(expect.objectContaining({ code: "DAMAGED" }));
    }
  });
});

/** @returns lets it be written again */
function breakDisk(): () => void {
  store.tables.run("PRAGMA query_only = ON");
  return () => store.tables.run("PRAGMA query_only = OFF");
}

function asked(scope: string, changes: Partial<PauseRequest> = {}): PauseRequest {
  return { scope: parseScope(scope), state: "HALTED", reason: "why", by: "ada", timeMs: NOW_MS, ...changes };
}

function arm(
  scope: string,
  changes: { reason?: string; by?: string; only?: number[]; force?: boolean; timeMs?: number; firing?: string[] } = {},
) {
  const { firing = [], ...rest } = changes;
  return guard.arm({
    ...{ scope: parseScope(scope), reason: "checked", by: "ada", timeMs: NOW_MS },
    ...rest,
    firing: ({ rule = "" }) => firing.includes(rule),
  });
}

function reopen(): void {
  store?.close();
  store = new Store({ path: join(folder, "test.db"), commitIntervalMs: 0, now: () => NOW_MS });
  guard = new Guard(store.tables, {
    onListenerError: (error) => {
      throw error;
    },
  });
}
