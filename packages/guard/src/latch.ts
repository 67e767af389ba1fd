/**
 * The latch: what is paused, and by what; nothing but a person's arm takes a pause away. No disk and no clock here, so that
 * the explorer can try all that may happen to it.
 *
 * A pause has one cause: a rule, or a person with a reason. A scope paused for two causes has two pauses, and trades again only
 * when both are armed. The strictest of all pauses that touch an order decides.
 */
import { EVERYTHING, keepable, printScope, type Scope, type TradingRequest, touches } from "./scope.ts";
import { isPauseState, isStricter, type PauseState, strictest, type TradingState } from "./state.ts";

/** Most pauses at once; what comes beyond them pauses everything, as nobody can look through that many. */
const MAX_PAUSES = 1000;

/** Longest reason and names that are kept, UTF-16 code units: a pause is never refused for its text. */
const MAX_TEXT_LENGTH = 2000;

/** Times beyond these are no dates: https://tc39.es/ecma262/#sec-time-values-and-time-range. */
const MAX_TIME_MS = 8.64e15;

export interface Pause {
  /** The number of the change that made it: names the pause. */
  readonly epoch: number;
  readonly scope: Scope;
  readonly state: PauseState;
  readonly reason: string;
  /** Who: a person's name, or the part of Haltwatch that paused. */
  readonly by: string;
  /** The rule that caused it; none if a person did. */
  readonly rule?: string | undefined;
  /** When, Unix milliseconds. */
  readonly timeMs: number;
}

export interface PauseRequest extends Omit<Pause, "epoch"> {
  /** The pause's epoch is above this one: for what bots have seen of a history that is lost. */
  readonly aboveEpoch?: number | undefined;
}

export interface Latch {
  /**
   * The number of the last change; 0 before the first. It rises with each change, by one at least, and is the change's
   * Unix time in milliseconds where that is higher. So a number that was given out and lost with the process, before it was on
   * the disk, is not given out again for another change.
   */
  readonly epoch: number;
  /** In order of epoch. */
  readonly pauses: readonly Pause[];
}

export const UNLATCHED: Latch = Object.freeze({ epoch: 0, pauses: Object.freeze([]) });

export interface Latched {
  readonly latch: Latch;
  readonly pause: Pause;
  /** Whether there was nothing as strict for this cause before. */
  readonly isChange: boolean;
  /** The epoch of the laxer pause of the same cause whose place it takes. */
  readonly replaced?: number | undefined;
}

/**
 * Adds a pause. One of the same cause that is as strict stays as it is; a laxer one is replaced. A pause never becomes laxer.
 */
export function withPause(latch: Latch, request: PauseRequest): Latched {
  const asked = pauseOf(latch, request);
  const same = latch.pauses.find((pause) => causeOf(pause) === causeOf(asked));
  if (same !== undefined && !isStricter(asked.state, same.state)) return { latch, pause: same, isChange: false };
  if (same === undefined && latch.pauses.length >= MAX_PAUSES && asked.rule !== TOO_MANY.rule) {
    return withPause(latch, { ...request, ...TOO_MANY, reason: `more than ${MAX_PAUSES} pauses: ${request.reason}` });
  }
  const others = latch.pauses.filter((pause) => pause !== same);
  return {
    latch: { epoch: asked.epoch, pauses: [...others, asked] },
    pause: asked,
    isChange: true,
    replaced: same?.epoch,
  };
}

/** The strictest state of what touches the request. */
export function stateOf(pauses: readonly Pause[], request: TradingRequest): TradingState {
  return strictest(pauses.filter(({ scope }) => touches(scope, request)).map(({ state }) => state));
}

/** The number of the latch's next change. */
export function nextEpoch(latch: Latch, timeMs: number): number {
  return Math.max(latch.epoch + 1, wholeMs(timeMs));
}

/** A time that can be kept and printed, whatever the clock says: a wrong time must not stop a pause. */
export function wholeMs(timeMs: number): number {
  return Math.abs(timeMs) <= MAX_TIME_MS ? Math.floor(timeMs) : 0;
}

/** What two pauses have in common that are one: the scope, and the rule or the person with the same reason. */
function causeOf({ scope, rule, by, reason }: Pause): string {
  return JSON.stringify([printScope(scope), ...(rule === undefined ? ["person", by, reason] : ["rule", rule])]);
}

const TOO_MANY = { scope: EVERYTHING, state: "HALTED", rule: "guard:too-many-pauses" } as const;

function pauseOf(latch: Latch, { aboveEpoch = 0, ...request }: PauseRequest): Pause {
  const epoch = Math.max(nextEpoch(latch, request.timeMs), aboveEpoch + 1);
  const { scope, state, rule, timeMs } = request;
  return {
    epoch,
    scope: keepable(scope),
    state: isPauseState(state) ? state : "HALTED", // from a caller without types
    reason: keptText(request.reason) || "no reason given",
    by: keptText(request.by) || "unknown",
    ...(rule === undefined ? {} : { rule: keptText(rule) }),
    timeMs: wholeMs(timeMs),
  };
}

/** Of a length that a journal entry can hold, and well-formed, so that it is read from the disk as it was written. */
export function keptText(text: string): string {
  return text.slice(0, MAX_TEXT_LENGTH).trim().toWellFormed();
}
