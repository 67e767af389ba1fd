/** How things stand, in one sentence and a few more: what the banner, the title and the favicon say. The worst comes first. */
import type { BotAnswer, OverviewAnswer, PauseAnswer } from "../api/answers.ts";
import { countText } from "../elements/amount.ts";
import type { Tone } from "../elements/health.tsx";
import type { IconName } from "../elements/icon.tsx";
import { ageText, clockTime } from "../elements/time-text.ts";
import type { Beat } from "../live/live.ts";
import type { ConnectionState } from "../live/live-connection.ts";
import { partText } from "../live/pause-scope.ts";
import { type BotHold, holdOf } from "./bot-hold.ts";

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
  readonly next: "token" | "alerts" | "targets" | "heartbeat" | "overview" | undefined;
  /** For the title: `PAUSED betting-1`. */
  readonly short: string;
}

/** Samples, or evaluations, that are older than this: whoever watches is blind. */
const BLIND_MS = 60_000;

/** An overview that could not be had anew for so long is old: it is asked for every few seconds. */
const OLD_MS = 10_000;

/** The band stays in sight while the page is scrolled: it must leave room for the page on a phone. */
const MAX_SENTENCES = 3;

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
  const isOld = overview === undefined || nowMs - Date.parse(overview.now) > OLD_MS;
  if (fault !== undefined && isOld) {
    const asOf =
      overview === undefined ? [] : [`What you see of the bots is as of ${clockTime(Date.parse(overview.now))}.`];
    return {
      tone: "critical",
      headline: "How things stand could not be loaded",
      details: [`${fault}.`, ...asOf],
      next: undefined,
      short: "not known",
    };
  }
  if (overview !== undefined) return undefined;
  return { tone: "unknown", headline: "Connecting to Haltwatch…", details: [], next: undefined, short: "connecting" };
}

/** An all-green page must never hide a dead watcher. */
function blindStanding(sources: StandingSources): Standing | undefined {
  const { overview, beat, nowMs } = sources;
  if (overview === undefined || beat === undefined) return undefined;
  const since = (timeMs: number | undefined): number => nowMs - (timeMs ?? Date.parse(overview.started));
  const evaluationMs = since(beat.lastEvaluationMs);
  const held = heldSentences(sources, overview);
  if (evaluationMs > BLIND_MS) {
    return {
      tone: "critical",
      headline: `No rule was evaluated for ${ageText(evaluationMs)}: no alert can fire`,
      details: ["Haltwatch answers, but does not watch. Look at its log, and start it again.", ...firstOf(held)],
      next: "alerts",
      short: "not watching",
    };
  }
  const sampleMs = since(beat.lastSampleMs);
  if (sampleMs <= BLIND_MS || overview.bots.length === 0) return undefined;
  return {
    tone: "critical",
    headline: `No sample came for ${ageText(sampleMs)}: nothing is known of the bots`,
    details: ["Look whether the bots run, and whether they reach Haltwatch.", ...firstOf(held)],
    next: "targets",
    short: "no samples",
  };
}

function botStanding(sources: StandingSources): Standing {
  const { overview, nowMs } = sources;
  if (overview === undefined) throw new Error("awayStanding speaks of that");
  const { bots, alerts, targets, probes } = overview;
  const lost = bots.filter(({ is_answering }) => !is_answering);
  const lostTexts = lost.map((bot) => lostSentence(bot, nowMs));
  const critical = `${countText(alerts.critical, "critical alert")} ${alerts.critical === 1 ? "fires" : "fire"}`;
  const down = `${countText(targets.down, "target")} ${targets.down === 1 ? "does" : "do"} not answer`;
  const warnings = `${countText(alerts.warning, "warning")} ${alerts.warning === 1 ? "fires" : "fire"}`;
  const criticals = alerts.critical === 0 ? [] : [`${critical}.`];
  const unwell = `${countText(probes.down, "probed service")} ${probes.down === 1 ? "is" : "are"} not well`;
  const unwells = probes.down === 0 ? [] : [`${unwell}.`];
  const downs = [...(targets.down === 0 ? [] : [`${down}.`]), ...unwells];
  const warned = alerts.warning === 0 ? [] : [`${warnings}.`];

  const held = heldSentences(sources, overview);
  const [first] = held;
  if (first !== undefined) {
    const headline = held.length === 1 ? first.replace(/\.$/, "") : heldHeadline(sources, overview, first);
    const details = [
      ...(held.length === 1 ? [] : firstOf(held)),
      ...criticals,
      ...firstOf(sentences(lostTexts)),
      ...downs,
    ];
    return { tone: "paused", headline, details, next: "overview", short: heldShort(bots) };
  }
  const [gone] = lostTexts;
  if (gone !== undefined) {
    const all = lost.length === 1 ? gone : `${lost.length} of ${bots.length} bots do not answer`;
    return {
      tone: "critical",
      headline: alerts.critical === 0 ? all : `${critical}, and ${all}`,
      details: [...(lost.length === 1 ? [] : firstOf(sentences(lostTexts))), goneAdvice(lost), ...warned],
      // One that is linked is no target.
      next: alerts.critical > 0 ? "alerts" : lost.every(({ via }) => via === "link") ? "overview" : "targets",
      short: alerts.critical > 0 ? `${alerts.critical} critical` : "a bot does not answer",
    };
  }
  if (bots.length === 0) {
    const isCritical = alerts.critical > 0;
    return {
      tone: isCritical ? "critical" : "unknown",
      headline: "No bot is watched yet",
      details: [...criticals, ...downs, ...warned],
      next: isCritical || warned.length > 0 ? "alerts" : undefined,
      short: "no bot yet",
    };
  }
  const all = bots.length === 1 ? `${bots[0]?.bot ?? "The bot"} trades` : `All ${bots.length} bots trade`;
  if (alerts.critical > 0) {
    const details = [...warned, ...downs];
    return {
      tone: "critical",
      headline: `${all}, but ${critical}`,
      details,
      next: "alerts",
      short: `${alerts.critical} critical`,
    };
  }
  if (targets.down > 0)
    return {
      tone: "warning",
      headline: `${all}, but ${down}`,
      details: [...unwells, ...warned],
      next: "targets",
      short: `${targets.down} down`,
    };
  if (alerts.warning > 0) {
    const short = countText(alerts.warning, "warning");
    return { tone: "warning", headline: all, details: [...warned, ...unwells], next: "alerts", short };
  }
  if (probes.down > 0) {
    const short = `${probes.down} not well`;
    return { tone: "warning", headline: `${all}, but ${unwell}`, details: [], next: "heartbeat", short };
  }
  return { tone: "ok", headline: all, details: [], next: undefined, short: "all well" };
}

/** Of each bot that is held, those that are halted first; then of pauses that are about no bot that is known. */
function heldSentences({ pauses, nowMs }: StandingSources, { bots }: OverviewAnswer): readonly string[] {
  const held = bots
    .flatMap((bot) => {
      const hold = holdOf(bot);
      return hold === undefined ? [] : [{ bot, hold }];
    })
    .toSorted((a, b) => rankOf(a.hold) - rankOf(b.hold));
  const others = pauses.filter((pause) => !bots.some((bot) => bot.pauses.some(({ epoch }) => epoch === pause.epoch)));
  return sentences([
    ...held.map(({ bot, hold }) => heldSentence(bot, hold, nowMs)),
    ...others.map((pause) => pauseSentence(pause, nowMs)),
  ]);
}

/** What nobody has stopped is the most urgent. */
function rankOf({ isOutOfReach, isInPart, state }: BotHold): number {
  if (isOutOfReach) return 0;
  return isInPart ? 3 : state === "HALTED" ? 1 : 2;
}

/** Of several that are held. */
function heldHeadline({ pauses }: StandingSources, { bots }: OverviewAnswer, first: string): string {
  const holds = bots.flatMap((bot) => holdOf(bot) ?? []);
  if (holds.length < 2) return first.replace(/\.$/, "");
  const count = (is: (hold: BotHold) => boolean): number =>
    holds.filter((hold) => !hold.isOutOfReach && is(hold)).length;
  const halted = count(({ state, isInPart }) => state === "HALTED" && !isInPart);
  const reducing = count(({ state, isInPart }) => state === "REDUCING" && !isInPart);
  const inPart = count(({ isInPart }) => isInPart);
  const loose = holds.filter(({ isOutOfReach }) => isOutOfReach).length;
  const isEverything =
    halted === bots.length && pauses.some(({ scope, state }) => scope === "all" && state === "HALTED");
  const parts = [
    halted === 0
      ? ""
      : `${isEverything ? "all" : `${halted} of`} ${bots.length} bots ${halted === 1 ? "is" : "are"} PAUSED`,
    reducing === 0 ? "" : `${reducing} may ONLY CLOSE positions`,
    inPart === 0 ? "" : `${inPart} ${inPart === 1 ? "is" : "are"} PAUSED in part`,
    loose === 0 ? "" : `${loose} CANNOT BE PAUSED from here`,
  ].filter((part) => part !== "");
  const text = parts.join(", ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function heldShort(bots: readonly BotAnswer[]): string {
  const names = bots.filter((bot) => holdOf(bot) !== undefined).map(({ bot }) => bot);
  const more = names.length - MAX_SENTENCES;
  return `PAUSED ${names.slice(0, MAX_SENTENCES).join(", ")}${more > 0 ? ` and ${more} more` : ""}`.trim();
}

function sentences(texts: readonly string[]): readonly string[] {
  return texts.map((text) => `${text}.`);
}

function firstOf(texts: readonly string[]): readonly string[] {
  // One more is as short as saying that there is one more.
  if (texts.length <= MAX_SENTENCES + 1) return texts;
  return [...texts.slice(0, MAX_SENTENCES), `And ${texts.length - MAX_SENTENCES} more.`];
}

function goneAdvice(lost: readonly BotAnswer[]): string {
  const isOne = lost.length === 1;
  return lost.every(({ via }) => via === "link")
    ? `A linked bot stops by itself when its lease ends. Look whether ${isOne ? "it still runs" : "they still run"}.`
    : `Whether ${isOne ? "it trades" : "they trade"} is not known here. Look at ${isOne ? "it" : "them"}.`;
}

/** `betting-1 is PAUSED by FillRatioLow since 3 min` */
function heldSentence(
  { bot, since }: BotAnswer,
  { state, isInPart, pause, isOutOfReach }: BotHold,
  nowMs: number,
): string {
  const from = pause?.time ?? since;
  const when = from === undefined || from === null ? "" : ` since ${ageText(nowMs - Date.parse(from))}`;
  const cause = pause === undefined ? "" : ` by ${pause.rule ?? pause.by}`;
  if (isOutOfReach)
    return `${bot} should be paused${cause}${when}, but Haltwatch only reads its metrics: STOP IT YOURSELF`;
  if (isInPart) return `${bot} is PAUSED in part (${partText(pause?.scope ?? "")})${cause}${when}`;
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
