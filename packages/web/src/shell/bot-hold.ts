/** What holds a bot, of all its pauses: wholly, or in part; by what; and whether Haltwatch can stop it at all. */
import type { BotAnswer, PauseAnswer } from "../api/answers.ts";
import { type BadgeProps, tradingBadge } from "../elements/health.tsx";
import { botOf, isOfPart } from "../live/pause-scope.ts";

export interface BotHold {
  readonly state: "REDUCING" | "HALTED";
  /** Only at a venue, or only one of its strategies. A bot that does not say where an order goes is stopped wholly by it. */
  readonly isInPart: boolean;
  /** The strictest; `undefined`: Haltwatch says that it is held, and not yet by what. */
  readonly pause: PauseAnswer | undefined;
  /** Haltwatch only reads its metrics: that it is paused is a wish, and it may trade on. */
  readonly isOutOfReach: boolean;
}

/** @returns `undefined` for a bot that may trade everywhere */
export function holdOf({ state, pauses, via }: BotAnswer): BotHold | undefined {
  const isOutOfReach = via === "scrape";
  const whole = strictest(pauses.filter(({ scope }) => !isOfPart(scope)));
  if (whole !== undefined) return { state: whole.state, isInPart: false, pause: whole, isOutOfReach };
  const part = strictest(pauses);
  if (part !== undefined) return { state: part.state, isInPart: true, pause: part, isOutOfReach };
  return state === "ACTIVE" ? undefined : { state, isInPart: false, pause: undefined, isOutOfReach };
}

/** What to arm for this bot alone, if it is held alone: arming what is wider lets others trade, too. */
export function armScopeOf({ bot, pauses }: BotAnswer): string {
  const own =
    pauses.find(({ scope }) => botOf(scope) !== undefined && !isOfPart(scope)) ??
    pauses.find(({ scope }) => botOf(scope) !== undefined);
  return own?.scope ?? pauses[0]?.scope ?? `bot:${bot}`;
}

export function holdBadge({ state, isInPart, isOutOfReach }: BotHold): BadgeProps {
  if (isOutOfReach) return { tone: "critical", text: "CANNOT BE PAUSED", icon: "warning", isSolid: true };
  if (isInPart) return { tone: "paused", text: "PAUSED IN PART", isSolid: true };
  return tradingBadge(state);
}

/** What stops the whole bot first, then what lets it close, then what stops a part of it. */
export function weightiestFirst(pauses: readonly PauseAnswer[]): readonly PauseAnswer[] {
  const rank = ({ scope, state }: PauseAnswer): number => (isOfPart(scope) ? 2 : 0) + (state === "HALTED" ? 0 : 1);
  return pauses.toSorted((a, b) => rank(a) - rank(b));
}

/** Of those that are as strict, the one that has held longest. */
function strictest(pauses: readonly PauseAnswer[]): PauseAnswer | undefined {
  return pauses.find(({ state }) => state === "HALTED") ?? pauses[0];
}
