/** Tells of alerts as they begin, fire and end. What is told is a change: an alert that goes on is not told again. */
import type { Alert, RuleGroup } from "@haltwatch/rules";

export interface AlertChange {
  readonly kind: "pending" | "firing" | "resolved";
  readonly alert: Alert;
  readonly group: RuleGroup;
  /** Unix milliseconds. */
  readonly timeMs: number;
}

export class AlertChanges {
  /** What was told last, by alert. */
  readonly #told = new Map<string, AlertChange["kind"]>();

  /** What has changed in this group since it was asked last. */
  of(group: RuleGroup, timeMs: number): AlertChange[] {
    const changes: AlertChange[] = [];
    const seen = new Set<string>();
    const prefix = JSON.stringify([group.file, group.name]);
    for (const rule of group.alertingRules) {
      // Until the state before a restart is known, an alert that looks new need not be.
      if (!rule.isRestored) continue;
      for (const alert of rule.alerts()) {
        const key = `${prefix}${alert.labels.key}`;
        const kind = kindOf(alert);
        seen.add(key);
        const before = this.#told.get(key);
        if (kind === before || (kind === "resolved" && before === undefined)) continue;
        this.#told.set(key, kind);
        changes.push({ kind, alert, group, timeMs });
      }
    }
    // One that was pending and is gone without having fired was never told as firing: nothing ends.
    for (const key of this.#told.keys()) if (key.startsWith(prefix) && !seen.has(key)) this.#told.delete(key);
    return changes;
  }
}

function kindOf({ state, resolvedAtMs }: Alert): AlertChange["kind"] {
  if (resolvedAtMs !== undefined || state === "inactive") return "resolved";
  return state;
}
