/**
 * What a firing alert of a pause rule does: it pauses, once for each time that it begins to fire. A person who arms although it
 * fires is not overruled by the same alert at its next evaluation.
 */
import { EVERYTHING, type Guard, type PauseState, type Scope } from "@haltwatch/guard";
import { type Alert, type AlertingRule, isPauseRule, type RuleGroup } from "@haltwatch/rules";

/** The rule's label that says which of the alert's labels make the pause's scope: `bot`, `bot,venue`, `all`. */
const SCOPE_LABEL = "scope";

const DIMENSIONS = ["bot", "venue", "strategy"] as const;

export class PauseActions {
  readonly #guard: Guard;
  /** Told what went wrong with a pause that holds all the same. */
  readonly #onError: (error: unknown) => void;
  /** Alerts that have paused, and fire on. */
  readonly #acted = new Set<string>();

  constructor(guard: Guard, onError: (error: unknown) => void) {
    this.#guard = guard;
    this.#onError = onError;
  }

  /** Pauses for what fires in this group since it was looked at last. */
  act(group: RuleGroup, timeMs: number): void {
    for (const rule of group.rules) if (isPauseRule(rule)) this.#actOn(group, rule, timeMs);
  }

  #actOn(group: RuleGroup, rule: AlertingRule, timeMs: number): void {
    const prefix = JSON.stringify([group.file, group.name, rule.name]);
    const firing = new Set<string>();
    for (const alert of rule.activeAlerts()) {
      if (alert.state !== "firing") continue;
      const key = `${prefix}${alert.labels.key}`;
      firing.add(key);
      if (this.#acted.has(key)) continue;
      this.#acted.add(key);
      this.#pause(rule, alert, timeMs);
    }
    for (const key of this.#acted) if (key.startsWith(prefix) && !firing.has(key)) this.#acted.delete(key);
  }

  #pause(rule: AlertingRule, alert: Alert, timeMs: number): void {
    try {
      this.#guard.pause({
        scope: scopeOf(alert),
        state: stateOf(rule),
        reason: alert.annotations.get("summary") ?? `${rule.name}: ${alert.labels}`,
        by: "rules",
        rule: rule.name,
        timeMs,
      });
    } catch (error) {
      this.#onError(error); // the pause holds: it is the disk that failed
    }
  }
}

/** `action: pause` lets nothing through, `action: reduce` lets positions be closed. */
function stateOf({ labels }: AlertingRule): PauseState {
  return labels.get("action") === "reduce" ? "REDUCING" : "HALTED";
}

/** Of the alert's bot if it names one, else of everything; or as its label says. What the alert does not name makes it wider. */
function scopeOf({ labels }: Alert): Scope {
  const asked = labels.get(SCOPE_LABEL);
  if (asked === "all") return EVERYTHING;
  const wanted = asked === "" ? ["bot"] : asked.split(",").map((part) => part.trim());
  const named = DIMENSIONS.filter((dimension) => wanted.includes(dimension) && labels.has(dimension));
  return Object.fromEntries(named.map((dimension) => [dimension, labels.get(dimension)]));
}
