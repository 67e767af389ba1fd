import { expect, test } from "vitest";
import type { BotAnswer, OverviewAnswer, PauseAnswer } from "../api/answers.ts";
import { type StandingSources, standingOf } from "./standing.ts";

const NOW = Date.UTC(2026, 0, 2, 12);

function ago(ms: number): string {
  return new Date(NOW - ms).toISOString();
}

function bot(name: string, more: Partial<BotAnswer> = {}): BotAnswer {
  return {
    ...{ bot: name, pack: "betting", via: "link", is_answering: true, state: "ACTIVE", since: null, pauses: [] },
    ...{ last_sample: ago(500), alerts: { critical: 0, warning: 0, info: 0 }, strip_24h: [], strip_30d: [] },
    ...{ pnl: null, wallets: [] },
    ...more,
  };
}

function pause(scope: string, more: Partial<PauseAnswer> = {}): PauseAnswer {
  return {
    epoch: 1,
    scope,
    state: "HALTED",
    reason: "why",
    by: "rules",
    rule: "FillRatioLow",
    time: ago(180_000),
    ...more,
  };
}

function sources(overview: Partial<OverviewAnswer> = {}, more: Partial<StandingSources> = {}): StandingSources {
  return {
    state: { kind: "live" },
    isStale: false,
    silentMs: 0,
    overview: {
      ...{ now: ago(0), version: "1", started: ago(3_600_000), config_hash: "", worst: "ok" },
      ...{ last_sample: ago(500), last_evaluation: ago(500), bots: [bot("arb-1"), bot("betting-1")] },
      alerts: { firing: 0, pending: 0, silenced: 0, critical: 0, warning: 0, info: 0 },
      ...{ targets: { up: 1, down: 0, unknown: 0 }, probes: { up: 0, down: 0 }, is_demo: false },
      ...overview,
    },
    pauses: [],
    beat: { lastSampleMs: NOW - 500, lastEvaluationMs: NOW - 500, worst: "ok", firing: 0, paused: 0 },
    fault: undefined,
    nowMs: NOW,
    ...more,
  };
}

test("all is well is said calmly", () => {
  expect(standingOf(sources())).toMatchObject({ tone: "ok", headline: "All 2 bots trade", details: [] });
});

test("C8 a paused bot is the headline: who, by what, since when", () => {
  const held = bot("betting-1", { state: "HALTED", since: ago(180_000), pauses: [pause("bot:betting-1")] });

  const standing = standingOf(sources({ bots: [bot("arb-1"), held] }));

  expect(standing).toMatchObject({ tone: "paused", headline: "betting-1 is PAUSED by FillRatioLow since 3 min" });
  expect(standing.short).toBe("PAUSED betting-1");
});

test("F7 closing only, and a pause of a part, are told apart from a halt", () => {
  const reducing = bot("a", { state: "REDUCING", since: ago(5000), pauses: [pause("bot:a", { state: "REDUCING" })] });
  const inPart = bot("b", { pauses: [pause("bot:b,venue:cex", { epoch: 2 })] });

  const { headline, details } = standingOf(sources({ bots: [reducing, inPart] }));

  expect(headline).toBe("a may ONLY CLOSE positions, set by FillRatioLow since 5 s");
  expect(details).toContain("b is PAUSED in part (bot:b,venue:cex) by FillRatioLow since 3 min.");
});

test("a pause that names no bot that is known is not hidden", () => {
  const { rule: _rule, ...byAna } = pause("venue:cex", { by: "ana" });

  expect(standingOf(sources({}, { pauses: [byAna] })).headline).toBe("venue:cex is PAUSED by ana since 3 min");
});

test("F10 green bots do not hide a watcher that does not evaluate, or gets no samples", () => {
  const beat = { lastSampleMs: NOW, lastEvaluationMs: NOW - 90_000, worst: "ok", firing: 0, paused: 0 } as const;
  expect(standingOf(sources({}, { beat }))).toMatchObject({
    tone: "critical",
    headline: "No rule was evaluated for 90 s: no alert can fire",
  });

  const silent = { ...beat, lastEvaluationMs: NOW, lastSampleMs: NOW - 90_000 };
  expect(standingOf(sources({}, { beat: silent })).headline).toBe(
    "No sample came for 90 s: nothing is known of the bots",
  );
});

test("F10 a Haltwatch that is gone, or hangs, is said before anything else", () => {
  const gone = standingOf(sources({}, { state: { kind: "gone", sinceMs: 0 }, isStale: true, silentMs: 4000 }));
  expect(gone).toMatchObject({ tone: "critical", headline: "Haltwatch does not answer since 4 s" });
  expect(gone.details.join(" ")).toMatch(/as of \d\d:\d\d:\d\d/);

  const hangs = standingOf(sources({}, { state: { kind: "silent", sinceMs: 0 }, isStale: true, silentMs: 4000 }));
  expect(hangs.headline).toBe("Haltwatch hangs: nothing heard for 4 s");

  expect(standingOf(sources({}, { state: { kind: "unauthorized", sinceMs: 0 } })).next).toBe("token");
});

test("a bot that does not answer is worse than an alert, and an alert worse than a target", () => {
  const lost = bot("arb-1", { is_answering: false, last_sample: ago(120_000) });
  expect(standingOf(sources({ bots: [lost] })).headline).toBe("arb-1 does not answer since 2 min");

  const alerts = { firing: 2, pending: 0, silenced: 0, critical: 1, warning: 1, info: 0 };
  expect(standingOf(sources({ alerts })).headline).toBe("All 2 bots trade, but 1 critical alert fires");

  const targets = { up: 1, down: 2, unknown: 0 };
  expect(standingOf(sources({ targets }))).toMatchObject({
    tone: "warning",
    headline: "All 2 bots trade, but 2 targets do not answer",
  });
});

test("no bot at all is not well", () => {
  expect(standingOf(sources({ bots: [] }))).toMatchObject({ tone: "unknown", headline: "No bot is watched yet" });
});
