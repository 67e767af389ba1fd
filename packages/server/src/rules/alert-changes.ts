/**
 * Tells of alerts as they begin, fire and end. What is told is a change: an alert that goes on is not told again. An alert that
 * ends because its series have gone is not over: that is told as what it is, and the end when data show it.
 */
import type { Alert, AlertingRule, RuleGroup } from "@haltwatch/rules";
import { type AlertData, isAsThere, type LookForData } from "./alert-data.ts";

/** So long is waited for data to come back, milliseconds: a bot that was taken away for good must not be waited for for ever. */
const MAX_WITHOUT_DATA_MS = 24 * 3_600_000;

export interface AlertChange {
  /**
   * `no-data`: it fired, and the series that it goes by have vanished: nobody can tell whether it is over. It may come to be `firing`
   * again, or `resolved` when data are back, or `ended-without-data` when a person has armed or a day has passed.
   */
  readonly kind: "pending" | "firing" | "no-data" | "resolved" | "ended-without-data";
  readonly alert: Alert;
  readonly rule: AlertingRule;
  readonly group: RuleGroup;
  /** Unix milliseconds. */
  readonly timeMs: number;
}

/** An alert that fired before a restart. Times are Unix milliseconds. */
export type RememberedAlert = Pick<Alert, "labels" | "annotations"> & {
  readonly value: number | undefined;
  readonly startsAtMs: number;
};

/** What was told last. */
interface Told {
  readonly kind: AlertChange["kind"];
  readonly alert: Alert;
  readonly rule: string;
  /** When it was told. */
  readonly timeMs: number;
  /** What data there were when it fired. */
  readonly data: AlertData;
}

export class AlertChanges {
  readonly #lookerFor: (rule: AlertingRule, timeMs: number) => LookForData;
  /** By alert. */
  readonly #told = new Map<string, Told>();
  /** Of these it was told last that they have no data. */
  readonly #withoutData = new Set<string>();
  readonly #acknowledged = new Set<string>();
  /** Of these it was told before a restart that they fire, and their rule has not given them since. */
  readonly #fromBefore = new Set<string>();

  /** @param lookerFor says what data there are: {@link dataLooker}; without it, what ends is over */
  constructor(lookerFor: (rule: AlertingRule, timeMs: number) => LookForData = () => () => []) {
    this.#lookerFor = lookerFor;
  }

  /**
   * Takes what people were told of before a restart, so that they are not told again, and hear of its end.
   *
   * @param alerts that fired
   * @param groups as they are now
   */
  remember(alerts: readonly RememberedAlert[], groups: readonly RuleGroup[]): void {
    for (const { labels, annotations, value, startsAtMs } of alerts) {
      for (const group of groups) {
        const rule = group.alertingRules.find((one) => isOf(one, labels));
        if (rule === undefined) continue;
        const alert: Alert = {
          ...{ labels, annotations, state: "firing", value: value ?? Number.NaN },
          ...{ activeAtMs: startsAtMs, firedAtMs: startsAtMs, resolvedAtMs: undefined, keepFiringSinceMs: undefined },
        };
        const key = `${JSON.stringify([group.file, group.name])}${labels.key}`;
        const data = this.#lookerFor(rule, startsAtMs)(alert);
        this.#told.set(key, { kind: "firing", alert, rule: rule.name, timeMs: startsAtMs, data });
        this.#fromBefore.add(key);
      }
    }
  }

  /** What has changed in this group since it was asked last. */
  of(group: RuleGroup, timeMs: number): AlertChange[] {
    const changes: AlertChange[] = [];
    const seen = new Set<string>();
    const prefix = JSON.stringify([group.file, group.name]);
    for (const rule of group.alertingRules) {
      // Until the state before a restart is known, an alert that looks new need not be.
      if (!rule.isRestored) continue;
      const look = this.#lookerFor(rule, timeMs);
      const tell = (key: string, alert: Alert, kind: AlertChange["kind"]): void => {
        const before = this.#told.get(key);
        if (kind === before?.kind || (kind === "resolved" && before === undefined)) return;
        const data = kind === "firing" ? look(alert) : (before?.data ?? []);
        this.#told.set(key, { kind, alert, rule: rule.name, timeMs, data });
        if (kind === "no-data") this.#withoutData.add(key);
        else this.#forgetWait(key);
        changes.push({ kind, alert, rule, group, timeMs });
      };
      for (const alert of rule.alerts()) {
        const key = `${prefix}${alert.labels.key}`;
        seen.add(key);
        this.#fromBefore.delete(key);
        const kind = kindOf(alert);
        tell(key, alert, kind === "resolved" ? this.#endOf(key, look, timeMs) : kind);
      }
      for (const key of [...this.#withoutData, ...this.#fromBefore]) {
        const told = this.#told.get(key);
        // The rule itself remembers what is over for a quarter of an hour, only.
        if (told?.rule !== rule.name || seen.has(key) || !key.startsWith(prefix)) continue;
        seen.add(key);
        tell(key, told.alert, this.#endOf(key, look, timeMs));
      }
    }
    // One that was pending and is gone without having fired was never told as firing: nothing ends. What is known from before a
    // restart waits until the rule's own state is.
    for (const key of this.#told.keys()) {
      if (!key.startsWith(prefix) || seen.has(key) || this.#fromBefore.has(key)) continue;
      this.#told.delete(key);
      this.#forgetWait(key);
    }
    return changes;
  }

  /** A person has armed what this rule paused, and so has looked: its alerts without data need not be waited for. */
  acknowledge(rule: string): void {
    for (const key of this.#withoutData) if (this.#told.get(key)?.rule === rule) this.#acknowledged.add(key);
  }

  /** What to call it that an alert is not there any more. */
  #endOf(key: string, look: LookForData, timeMs: number): AlertChange["kind"] {
    const told = this.#told.get(key);
    if (told?.kind === "ended-without-data") return told.kind;
    if (told?.kind !== "firing" && told?.kind !== "no-data") return "resolved";
    if (isAsThere(look(told.alert), told.data)) return "resolved";
    if (told.kind === "firing") return "no-data";
    const isOver = this.#acknowledged.has(key) || timeMs - told.timeMs >= MAX_WITHOUT_DATA_MS;
    return isOver ? "ended-without-data" : "no-data";
  }

  #forgetWait(key: string): void {
    this.#withoutData.delete(key);
    this.#acknowledged.delete(key);
    this.#fromBefore.delete(key);
  }
}

/** Two rules may have the same name: what they give their alerts tells them apart, unless it is a template. */
function isOf({ name, labels: own }: AlertingRule, labels: RememberedAlert["labels"]): boolean {
  if (labels.get("alertname") !== name) return false;
  return [...own].every(([key, value]) => value.includes("{{") || labels.get(key) === value);
}

function kindOf({ state, resolvedAtMs }: Alert): "pending" | "firing" | "resolved" {
  if (resolvedAtMs !== undefined || state === "inactive") return "resolved";
  return state;
}
