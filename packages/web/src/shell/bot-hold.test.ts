import { expect, test } from "vitest";
import type { BotAnswer, PauseAnswer } from "../api/answers.ts";
import { armScopeOf, holdBadge, holdOf, weightiestFirst } from "./bot-hold.ts";

function pause(scope: string, state: PauseAnswer["state"] = "HALTED"): PauseAnswer {
  return { epoch: 1, scope, state, reason: "why", by: "ana", time: "2026-01-02T00:00:00Z" };
}

function bot(pauses: readonly PauseAnswer[], more: Partial<BotAnswer> = {}): BotAnswer {
  return {
    ...{
      bot: "a",
      pack: null,
      via: "link",
      is_answering: true,
      state: "HALTED",
      since: null,
      pauses,
      last_sample: null,
    },
    ...{ alerts: { critical: 0, warning: 0, info: 0 }, strip_24h: [], strip_30d: [], pnl: null, wallets: [] },
    ...more,
  };
}

test("F7 arming a bot does not propose to let all others trade, too", () => {
  expect(armScopeOf(bot([pause("venue:cex"), pause("bot:a,venue:dex"), pause("bot:a")]))).toBe("bot:a");
  expect(armScopeOf(bot([pause("venue:cex"), pause("bot:a,venue:dex")]))).toBe("bot:a,venue:dex");
  expect(armScopeOf(bot([pause("all")]))).toBe("all");
});

test("F7 what holds the whole bot counts more than what holds a part of it", () => {
  const pauses = [pause("venue:cex"), pause("bot:a", "REDUCING")];

  expect(holdOf(bot(pauses))).toMatchObject({ state: "REDUCING", isInPart: false });
  expect(holdOf(bot([pause("venue:cex")]))).toMatchObject({ state: "HALTED", isInPart: true });
  expect(weightiestFirst(pauses).map(({ scope }) => scope)).toEqual(["bot:a", "venue:cex"]);
  expect(holdOf(bot([], { state: "ACTIVE" }))).toBeUndefined();
});

test("F4 a pause that Haltwatch cannot carry out is not shown as a pause", () => {
  const hold = holdOf(bot([pause("bot:a")], { via: "scrape" }));

  expect(hold === undefined ? undefined : holdBadge(hold)).toMatchObject({
    tone: "critical",
    text: "CANNOT BE PAUSED",
  });
});
