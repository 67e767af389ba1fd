/** What a pause is, and what it is about. */

/** Where an order goes, or what a pause is about. What is not named: of an order, not known; of a pause, all of its kind. */
export interface TradingScope {
  readonly venue?: string | undefined;
  readonly strategy?: string | undefined;
}

/** `open`: the order makes a position, or makes one larger. `close`: it makes one smaller. */
export type Intent = "open" | "close";

/** ACTIVE: everything may be traded; REDUCING: only what makes a position smaller; HALTED: nothing. */
export type TradingState = "ACTIVE" | "REDUCING" | "HALTED";

/** A pause in force, as Haltwatch told of it. */
export interface Pause {
  /** The number of the change that made it: names the pause. */
  readonly epoch: number;
  /** Beside venue and strategy, the bot: those of another one are not told to this one. */
  readonly scope: TradingScope & { readonly bot?: string | undefined };
  readonly state: "REDUCING" | "HALTED";
  readonly reason: string;
  /** A person, or the part of Haltwatch that paused. */
  readonly by: string;
  /** The rule that caused it; `undefined` if a person did. */
  readonly rule: string | undefined;
  /** When, Unix milliseconds. */
  readonly timeMs: number;
}

/** Numbers, so that the strictest is the highest. */
export const ACTIVE = 0;
export const REDUCING = 1;
export const HALTED = 2;

const STATES: readonly TradingState[] = ["ACTIVE", "REDUCING", "HALTED"];

export function stateNamed(strictness: number): TradingState {
  return STATES[strictness] ?? "HALTED";
}

export function strictnessOf(state: TradingState): number {
  return state === "ACTIVE" ? ACTIVE : state === "REDUCING" ? REDUCING : HALTED;
}

/**
 * Whether a pause of this scope holds for an order that goes there. An order that does not say where it goes may go anywhere: a
 * pause of one venue stops what names no venue, too.
 */
export function touches(pause: TradingScope, order: TradingScope | undefined): boolean {
  if (order === undefined) return true;
  const { venue, strategy } = pause;
  if (venue !== undefined && order.venue !== undefined && venue !== order.venue) return false;
  return strategy === undefined || order.strategy === undefined || strategy === order.strategy;
}
