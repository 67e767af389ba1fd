/**
 * What a firing alert of a pause rule does: it pauses, once for each time that it begins to fire. A person who arms although it
 * fires is not overruled by the same alert at its next evaluation.
 */
import type { Guard } from "@haltwatch/guard";
import { type Alert, type AlertingRule, isPauseRule, type RuleGroup } from "@haltwatch/rules";
import { scopeOfAlert, stateOfAction } from "./alert-scope.ts";

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
        scope: scopeOfAlert((name) => alert.labels.get(name)),
        state: stateOfAction(rule.labels.get("action")),
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
