/** What an alert pauses: of what it names, that which its label `scope` asks for. */
import { EVERYTHING, type PauseState, type Scope } from "@haltwatch/guard";

/** The label that says which of the alert's labels make the pause's scope: `bot`, `bot,venue`, `all`. */
const SCOPE_LABEL = "scope";

const DIMENSIONS = ["bot", "venue", "strategy"] as const;

/** Labels by name; `undefined` or empty where there is none. */
export type LabelOf = (name: string) => string | undefined;

/** Of the alert's bot if it names one, else of everything; or as its label says. What the alert does not name makes it wider. */
export function scopeOfAlert(labelOf: LabelOf): Scope {
  const asked = labelOf(SCOPE_LABEL) || "bot";
  if (asked === "all") return EVERYTHING;
  const wanted = asked.split(",").map((part) => part.trim());
  const named = DIMENSIONS.filter((dimension) => wanted.includes(dimension) && labelOf(dimension));
  return Object.fromEntries(named.map((dimension) => [dimension, labelOf(dimension)]));
}

/** `action: pause` lets nothing through, `action: reduce` lets positions be closed. */
export function stateOfAction(action: string | undefined): PauseState {
  return action === "reduce" ? "REDUCING" : "HALTED";
}
