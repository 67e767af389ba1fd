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
  const reducing = bot("a", {
    state: "REDUCING",
    since: ago(5000),
    pauses: [pause("bot:a", { state: "REDUCING", time: ago(5000) })],
  });
  const inPart = bot("b", { pauses: [pause("bot:b,venue:cex", { epoch: 2 })] });

  expect(standingOf(sources({ bots: [reducing, inPart] }))).toMatchObject({
    headline: "1 may ONLY CLOSE positions, 1 is PAUSED in part",
    details: [
      "a may ONLY CLOSE positions, set by FillRatioLow since 5 s.",
      "b is PAUSED in part (venue:cex) by FillRatioLow since 3 min.",
    ],
  });
});

test("F7 thirty paused bots leave room for the page", () => {
  const bots = Array.from({ length: 30 }, (_, at) =>
    bot(`bot-${at}`, { state: "HALTED", pauses: [pause("all")], is_answering: at % 2 === 0 }),
  );

  const { headline, details, short } = standingOf(sources({ bots }, { pauses: [pause("all")] }));

  expect(headline).toBe("All 30 bots are PAUSED");
  expect(details.length).toBeLessThanOrEqual(8);
  expect(details).toContain("And 27 more.");
  expect(short).toBe("PAUSED bot-0, bot-1, bot-2 and 27 more");
});

test("F7 a venue's pause is a part of a bot's trading, and does not hide what holds the whole bot", () => {
  const venue = pause("venue:cex", { rule: "VenueDown" });
  const pauses = [venue, pause("bot:b", { epoch: 2, state: "REDUCING", time: ago(5000) })];
  const held = bot("b", { state: "HALTED", since: venue.time, pauses });

  expect(standingOf(sources({ bots: [held] }, { pauses })).headline).toBe(
    "b may ONLY CLOSE positions, set by FillRatioLow since 5 s",
  );
});

test("F4 a bot that Haltwatch cannot stop is not said to be paused", () => {
  const loose = bot("scraper-1", { via: "scrape", state: "HALTED", pauses: [pause("bot:scraper-1")] });

  expect(standingOf(sources({ bots: [loose] })).headline).toBe(
    "scraper-1 should be paused by FillRatioLow since 3 min, but Haltwatch only reads its metrics: STOP IT YOURSELF",
  );
});

test("F10 what could not be loaded anew is not shown as if it were new", () => {
  expect(standingOf(sources({ now: ago(2000) }, { fault: "no" })).tone).toBe("ok");
  expect(standingOf(sources({ now: ago(20_000) }, { fault: "no" }))).toMatchObject({
    tone: "critical",
    headline: "How things stand could not be loaded",
  });
});

test("F10 a watcher that does not evaluate is said where there is no bot, and pauses are said beside it", () => {
  const beat = { lastSampleMs: NOW, lastEvaluationMs: NOW - 90_000, worst: "ok", firing: 0, paused: 0 } as const;
  const held = bot("a", { state: "HALTED", pauses: [pause("bot:a")] });

  expect(standingOf(sources({ bots: [] }, { beat })).headline).toContain("No rule was evaluated");
  expect(standingOf(sources({ bots: [held] }, { beat })).details).toContain("a is PAUSED by FillRatioLow since 3 min.");
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

test("paused is worse than critical, critical than a bot that is gone, that than a warning; nothing of it is hidden", () => {
  const lost = bot("arb-1", { is_answering: false, last_sample: ago(120_000) });
  const alerts = { firing: 2, pending: 0, silenced: 0, critical: 1, warning: 1, info: 0 };
  const held = bot("b", { state: "HALTED", pauses: [pause("bot:b")] });

  const all = standingOf(sources({ bots: [lost, held], alerts }));
  expect(all.headline).toBe("b is PAUSED by FillRatioLow since 3 min");
  expect(all.details).toEqual(["1 critical alert fires.", "arb-1 does not answer since 2 min."]);

  const both = standingOf(sources({ bots: [lost], alerts }));
  expect(both).toMatchObject({
    headline: "1 critical alert fires, and arb-1 does not answer since 2 min",
    next: "alerts",
  });
  expect(both.details).toContain("1 warning fires.");

  expect(standingOf(sources({ bots: [lost] }))).toMatchObject({ tone: "critical", next: "overview" });
  expect(standingOf(sources({ bots: [{ ...lost, via: "scrape" }] })).next).toBe("targets");
  expect(standingOf(sources({ alerts })).headline).toBe("All 2 bots trade, but 1 critical alert fires");

  const targets = { up: 1, down: 2, unknown: 0 };
  expect(standingOf(sources({ targets }))).toMatchObject({
    tone: "warning",
    headline: "All 2 bots trade, but 2 targets do not answer",
  });
});

test("F10 a service that is probed and not well is not hidden behind bots that trade", () => {
  expect(standingOf(sources({ probes: { up: 1, down: 1 } }))).toMatchObject({
    tone: "warning",
    headline: "All 2 bots trade, but 1 probed service is not well",
    next: "heartbeat",
  });
});

test("no bot at all is not well", () => {
  expect(standingOf(sources({ bots: [] }))).toMatchObject({ tone: "unknown", headline: "No bot is watched yet" });
});
