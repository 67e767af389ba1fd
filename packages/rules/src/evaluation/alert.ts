/** An alert: one series of an alerting rule's query, and how long it has been there. Source: Prometheus, rules/alerting.go. */
import type { Labels } from "@haltwatch/store";
import type { AlertTexts } from "./alert-texts.ts";

/**
 * `pending`: it has been there for less than the rule's `for`. `firing`: for longer. `inactive`: it fired, and is gone; it
 * is kept for a while, so that whoever was told of it is told of its end.
 */
export type AlertState = "inactive" | "pending" | "firing";

export interface Alert {
  /** The series' labels without its name, the rule's labels over them, and `alertname`. */
  readonly labels: Labels;
  readonly annotations: ReadonlyMap<string, string>;
  readonly state: AlertState;
  /** Of the last evaluation in which it was there. */
  readonly value: number;
  /** Unix milliseconds, as all times here: since when it is there, or counts as if. */
  readonly activeAtMs: number;
  readonly firedAtMs: number | undefined;
  /** When it went after having fired. */
  readonly resolvedAtMs: number | undefined;
  /** When it went, and fires on because of `keep_firing_for`. */
  readonly keepFiringSinceMs: number | undefined;
}

/** The rule's own view. */
export type MutableAlert = { -readonly [K in keyof Omit<Alert, "annotations">]: Alert[K] } & { texts: AlertTexts };

/** As it is now: what happens to the alert later does not change it. */
export function alertOf(alert: MutableAlert): Alert {
  const { labels, texts, state, value, activeAtMs, firedAtMs, resolvedAtMs, keepFiringSinceMs } = alert;
  return {
    labels,
    get annotations() {
      return texts.all;
    },
    state,
    value,
    activeAtMs,
    firedAtMs,
    resolvedAtMs,
    keepFiringSinceMs,
  };
}
