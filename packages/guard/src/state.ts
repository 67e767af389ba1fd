/** What may be traded: everything, only what makes a position smaller, or nothing. */

/** From lax to strict: ACTIVE < REDUCING < HALTED. */
export type TradingState = "ACTIVE" | PauseState;

/** What a pause can ask for. */
export type PauseState = "REDUCING" | "HALTED";

/** `open`: the order makes a position, or makes one larger. `close`: it makes one smaller. */
export type Intent = "open" | "close";

/** Whether an order may be sent. REDUCING lets a losing position be closed; HALTED lets nothing through. */
export function allowed(state: TradingState, intent: Intent): boolean {
  switch (state) {
    case "ACTIVE":
      return true;
    case "REDUCING":
      return intent === "close";
    case "HALTED":
      return false;
  }
}

/** The strictest of them; ACTIVE of none. */
export function strictest(states: Iterable<TradingState>): TradingState {
  let found: TradingState = "ACTIVE";
  for (const state of states) if (isStricter(state, found)) found = state;
  return found;
}

export function isStricter(state: TradingState, than: TradingState): boolean {
  return strictness(state) > strictness(than);
}

export function isPauseState(text: unknown): text is PauseState {
  return text === "REDUCING" || text === "HALTED";
}

function strictness(state: TradingState): number {
  switch (state) {
    case "ACTIVE":
      return 0;
    case "REDUCING":
      return 1;
    case "HALTED":
      return 2;
  }
}
