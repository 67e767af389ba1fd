/** How things stand, in one sentence and a few more: what the banner, the title and the favicon say. The worst comes first. */
import type { BotAnswer, OverviewAnswer, PauseAnswer } from "../api/answers.ts";
import { countText } from "../elements/amount.ts";
import type { Tone } from "../elements/health.tsx";
import type { IconName } from "../elements/icon.tsx";
import { ageText, clockTime } from "../elements/time-text.ts";
import type { Beat } from "../live/live.ts";
import type { ConnectionState } from "../live/live-connection.ts";

export interface StandingSources {
  readonly state: ConnectionState;
  /** Whether Haltwatch has been away for longer than a moment. */
  readonly isStale: boolean;
  /** Since it was last heard. */
  readonly silentMs: number;
  readonly overview: OverviewAnswer | undefined;
  readonly pauses: readonly PauseAnswer[];
  readonly beat: Beat | undefined;
  readonly fault: string | undefined;
  /** Haltwatch's clock. */
  readonly nowMs: number;
}

export interface Standing {
  readonly tone: Tone;
  readonly icon?: IconName;
  readonly headline: string;
  readonly details: readonly string[];
  /** Where to go from here. */
  readonly next: "token" | "alerts" | "targets" | "overview" | undefined;
  /** For the title: `PAUSED betting-1`. */
  readonly short: string;
}

/** Samples, or evaluations, that are older than this: whoever watches is blind. */
const BLIND_MS = 60_000;

export function standingOf(sources: StandingSources): Standing {
  return awayStanding(sources) ?? blindStanding(sources) ?? botStanding(sources);
}

function awayStanding({ state, isStale, silentMs, overview, fault, nowMs }: StandingSources): Standing | undefined {
  if (state.kind === "unauthorized") {
    return {
      tone: "warning",
      icon: "key",
      headline: "Haltwatch wants a token",
      details: ["Nothing is shown without it. Whether bots trade is not known here."],
      next: "token",
      short: "no token",
    };
  }
  if (isStale) {
    const age = ageText(silentMs);
    const what =
      state.kind === "silent" ? `Haltwatch hangs: nothing heard for ${age}` : `Haltwatch does not answer since ${age}`;
    const asOf = overview === undefined ? [] : [`What you see is as of ${clockTime(nowMs - silentMs)}.`];
    return {
      tone: "critical",
      icon: "offline",
      headline: what,
      details: [
        ...asOf,
        "Linked bots stop by themselves when their lease ends. Other bots go on without being watched: look at them, and start Haltwatch again.",
      ],
      next: undefined,
      short: "Haltwatch does not answer",
    };
  }
  if (overview !== undefined) return undefined;
  if (fault !== undefined) {
    return {
      tone: "critical",
      headline: "How things stand could not be loaded",
      details: [fault],
      next: undefined,
      short: "not known",
    };
  }
  return { tone: "unknown", headline: "Connecting to Haltwatch…", details: [], next: undefined, short: "connecting" };
}

/** An all-green page must never hide a dead watcher. */
function blindStanding({ overview, beat, nowMs }: StandingSources): Standing | undefined {
  if (overview === undefined || beat === undefined || overview.bots.length === 0) return undefined;
  const since = (timeMs: number | undefined): number => nowMs - (timeMs ?? Date.parse(overview.started));
  const evaluationMs = since(beat.lastEvaluationMs);
  if (evaluationMs > BLIND_MS) {
    return {
      tone: "critical",
      headline: `No rule was evaluated for ${ageText(evaluationMs)}: no alert can fire`,
      details: ["Haltwatch answers, but does not watch. Look at its log, and start it again."],
      next: "alerts",
      short: "not watching",
    };
  }
  const sampleMs = since(beat.lastSampleMs);
  if (sampleMs <= BLIND_MS) return undefined;
  return {
    tone: "critical",
    headline: `No sample came for ${ageText(sampleMs)}: nothing is known of the bots`,
    details: ["Look whether the bots run, and whether they reach Haltwatch."],
    next: "targets",
    short: "no samples",
  };
}

function botStanding({ overview, pauses, nowMs }: StandingSources): Standing {
  if (overview === undefined) throw new Error("awayStanding speaks of that");
  const { bots, alerts, targets } = overview;
  const sentences = [
    ...bots.filter(isHeld).map((bot) => heldSentence(bot, nowMs)),
    ...pauses
      .filter((pause) => !bots.some((bot) => bot.pauses.some(({ epoch }) => epoch === pause.epoch)))
      .map((pause) => pauseSentence(pause, nowMs)),
  ];
  const lost = bots.filter(({ is_answering }) => !is_answering);
  const lostSentences = lost.map((bot) => lostSentence(bot, nowMs));
  const critical =
    alerts.critical === 0
      ? []
      : [`${countText(alerts.critical, "critical alert")} ${alerts.critical === 1 ? "fires" : "fire"}.`];
  const down =
    targets.down === 0
      ? []
      : [`${countText(targets.down, "target")} ${targets.down === 1 ? "does" : "do"} not answer.`];
  const warnings =
    alerts.warning === 0 ? [] : [`${countText(alerts.warning, "warning")} ${alerts.warning === 1 ? "fires" : "fire"}.`];

  const [first, ...more] = sentences;
  if (first !== undefined) {
    const details = [
      ...more.map((text) => `${text}.`),
      ...lostSentences.map((text) => `${text}.`),
      ...critical,
      ...down,
    ];
    const held = bots.filter(isHeld).map(({ bot }) => bot);
    return { tone: "paused", headline: first, details, next: "overview", short: `PAUSED ${held.join(", ")}`.trim() };
  }
  const [gone, ...others] = lostSentences;
  if (gone !== undefined) {
    const details = [
      ...others.map((text) => `${text}.`),
      "Whether it trades is not known here. Look at it.",
      ...critical,
    ];
    return { tone: "critical", headline: gone, details, next: "targets", short: "a bot does not answer" };
  }
  if (bots.length === 0) {
    return {
      tone: critical.length > 0 ? "critical" : "unknown",
      headline: "No bot is watched yet",
      details: [...critical, ...down],
      next: critical.length > 0 ? "alerts" : undefined,
      short: "no bot yet",
    };
  }
  const all = bots.length === 1 ? `${bots[0]?.bot ?? "The bot"} trades` : `All ${bots.length} bots trade`;
  if (critical.length > 0) {
    const headline = `${all}, but ${countText(alerts.critical, "critical alert")} ${alerts.critical === 1 ? "fires" : "fire"}`;
    return {
      tone: "critical",
      headline,
      details: [...warnings, ...down],
      next: "alerts",
      short: `${alerts.critical} critical`,
    };
  }
  if (down.length > 0) {
    const headline = `${all}, but ${countText(targets.down, "target")} ${targets.down === 1 ? "does" : "do"} not answer`;
    return { tone: "warning", headline, details: warnings, next: "targets", short: `${targets.down} down` };
  }
  if (warnings.length > 0)
    return {
      tone: "warning",
      headline: all,
      details: warnings,
      next: "alerts",
      short: countText(alerts.warning, "warning"),
    };
  return { tone: "ok", headline: all, details: [], next: undefined, short: "all well" };
}

export function isHeld({ state, pauses }: BotAnswer): boolean {
  return state !== "ACTIVE" || pauses.length > 0;
}

/** `betting-1 is PAUSED by FillRatioLow since 3 min` */
function heldSentence({ bot, state, since, pauses }: BotAnswer, nowMs: number): string {
  const strictest = pauses.find((pause) => pause.state === state) ?? pauses[0];
  const from = since ?? strictest?.time;
  const when = from === undefined || from === null ? "" : ` since ${ageText(nowMs - Date.parse(from))}`;
  const cause = strictest === undefined ? "" : ` by ${strictest.rule ?? strictest.by}`;
  if (state === "ACTIVE") return `${bot} is PAUSED in part (${strictest?.scope ?? ""})${cause}${when}`;
  return state === "HALTED" ? `${bot} is PAUSED${cause}${when}` : `${bot} may ONLY CLOSE positions, set${cause}${when}`;
}

function pauseSentence({ scope, state, rule, by, time }: PauseAnswer, nowMs: number): string {
  const what = scope === "all" ? "Everything" : scope;
  const verb = state === "HALTED" ? "is PAUSED" : "may ONLY CLOSE positions, set";
  return `${what} ${verb} by ${rule ?? by} since ${ageText(nowMs - Date.parse(time))}`;
}

function lostSentence({ bot, last_sample }: BotAnswer, nowMs: number): string {
  return last_sample === null
    ? `${bot} has not answered yet`
    : `${bot} does not answer since ${ageText(nowMs - Date.parse(last_sample))}`;
}
