import { Guard } from "@haltwatch/guard";
import { Store } from "@haltwatch/store";
import { expect, test } from "vitest";
import { guardLink } from "./guard-link.ts";

function thrown(error: unknown): never {
  throw error;
}

test("F3 a bot that was told what this file does not know is halted until a person arms it", () => {
  using store = new Store({ path: ":memory:", commitIntervalMs: 0 });
  const guard = new Guard(store.tables, { onListenerError: thrown });
  const nothing = () => undefined;
  const link = guardLink({
    ...{ guard, now: () => 1_700_000_000_000, onError: thrown },
    ...{ onReport: nothing, onReceived: nothing, refusal: nothing },
  });
  const known = guard.pause({
    scope: { bot: "b" },
    state: "REDUCING",
    reason: "r",
    by: "me",
    timeMs: 1_600_000_000_000,
  });

  link.linked?.("a", 0);
  link.linked?.("a", known.epoch);
  expect(guard.stateOf({ bot: "a" })).toBe("ACTIVE");

  link.linked?.("a", known.epoch + 7);
  expect(guard.stateOf({ bot: "a" })).toBe("HALTED");
  expect(guard.epoch).toBeGreaterThan(known.epoch + 7);
  expect(guard.pausesOf("a")[0]?.rule).toBe("guard:lost-history");
});
