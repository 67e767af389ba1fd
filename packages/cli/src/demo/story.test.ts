import { expect, test, vi } from "vitest";
import { Story } from "./story.ts";

function told(tell: (log: (event: string, fields?: object) => void, story: Story) => void): string[] {
  vi.useFakeTimers({ now: new Date(2026, 10, 21, 12, 0, 3) });
  try {
    let printed = "";
    const story = new Story((text) => {
      printed += text;
    });
    const log = story.log();
    tell((event, fields = {}) => void log.write(`${JSON.stringify({ event, level: "error", ...fields })}\n`), story);
    vi.runAllTimers();
    return printed.trimEnd().split("\n");
  } finally {
    vi.useRealTimers();
  }
}

test("a pause is told with its rule, and its alert says why", () => {
  const lines = told((log) => {
    const reason = "40% of the bets were filled";
    log("paused", { scope: "bot:betting-1", state: "HALTED", rule: "FillRatioLow", by: "rules", reason });
    log("alert_firing", { alert: "FillRatioLow", severity: "critical", labels: { bot: "betting-1" }, summary: reason });
  });

  expect(lines).toEqual([
    "12:00:03 betting-1 PAUSED by rule FillRatioLow",
    "12:00:03 betting-1: FillRatioLow fires (critical): 40% of the bets were filled",
  ]);
});

test("what has one cause is one line: the strictest pause of a scope, and how many more there were", () => {
  const lines = told((log) => {
    for (const [rule, state] of [
      ["QuotesStale", "REDUCING"],
      ["RpcDown", "HALTED"],
      ["BalanceLow", "REDUCING"],
    ])
      log("paused", { scope: "bot:betting-1", state, rule, by: "rules", reason: `no data: ${rule}` });
  });

  expect(lines).toEqual(["12:00:03 betting-1 PAUSED by rule RpcDown: no data: RpcDown (and 2 more)"]);
});

test("a scope that is more than a bot stands as an arm names it", () => {
  const [line] = told((log) => {
    log("armed", { scopes: ["bot:arb-1,venue:cex", "bot:arb-1,venue:cex"], by: "ann", reason: "seen" });
  });

  expect(line).toBe("12:00:03 arb-1 (scope bot:arb-1,venue:cex) ARMED by ann: seen");
});

test("a bot's first word that it may trade is nothing new, and nothing is told after the end", () => {
  const lines = told((_, story) => {
    story.traded("arb-1", "ACTIVE");
    story.traded("arb-1", "HALTED");
    story.end();
    story.traded("arb-1", "ACTIVE");
  });

  expect(lines).toEqual(["12:00:03 arb-1: sends no more orders"]);
});

test("an error that has no line of its own is told as it is", () => {
  expect(told((log) => log("commit_failed", { error: "disk full" }))).toEqual(["12:00:03 commit_failed: disk full"]);
});
