/**
 * After a restart an alert that was pending goes on being pending for what was left of its `for`: `ALERTS_FOR_STATE` says
 * since when. Source: Prometheus, rules/group.go, RestoreForState.
 */
import { type LabelMatcher, METRIC_NAME, type SeriesReader, type StoredSeries } from "@haltwatch/store";
import { ALERTS_FOR_STATE } from "./alert-series.ts";
import type { AlertingRule } from "./alerting-rule.ts";

export interface RestoreOptions {
  /** How long the server may have been away. */
  readonly outageToleranceMs: number;
  /** Least time from the restart until an alert fires that did not fire before; shorter `for`s begin anew. */
  readonly forGracePeriodMs: number;
  /** Whether the time between the last state and now counts: then an alert fires when it would have without the restart. */
  readonly countsTimeAway?: boolean;
}

export const DEFAULT_RESTORE: RestoreOptions = { outageToleranceMs: 3_600_000, forGracePeriodMs: 600_000 };

/** @param timeMs now, Unix milliseconds */
export function restoreForState(
  rule: AlertingRule,
  reader: SeriesReader,
  timeMs: number,
  { outageToleranceMs, forGracePeriodMs, countsTimeAway = false }: RestoreOptions = DEFAULT_RESTORE,
): void {
  if (rule.forMs >= forGracePeriodMs) {
    const earliestMs = timeMs - outageToleranceMs;
    const last = lastStates(reader.select(matchersOf(rule), earliestMs - 1, timeMs), earliestMs, timeMs);
    rule.restore(({ labels }) => {
      const state = last.get(labels.key);
      if (state === undefined) return undefined;
      if (countsTimeAway) return state.activeAtMs;
      const pendingMs = state.downAtMs - state.activeAtMs;
      const leftMs = rule.forMs - pendingMs;
      // It fired already, and does so again at the next evaluation.
      if (leftMs <= 0) return state.activeAtMs;
      if (leftMs < forGracePeriodMs) return timeMs + forGracePeriodMs - rule.forMs;
      // The time away does not count.
      return state.activeAtMs + (timeMs - state.downAtMs);
    });
    if (countsTimeAway) rule.fireDue(timeMs);
  }
  rule.isRestored = true;
}

/** Labels with templates are left out: only the alert knows what they came to. */
function matchersOf({ name, labels }: AlertingRule): LabelMatcher[] {
  const fixed = [...labels].filter(([label, text]) => label !== "alertname" && !text.includes("{{"));
  return [[METRIC_NAME, ALERTS_FOR_STATE] as const, ["alertname", name] as const, ...fixed].map(([label, value]) => ({
    name: label,
    operator: "=",
    value,
  }));
}

interface ForState {
  /** The last time that the state was written, whole seconds. */
  readonly downAtMs: number;
  readonly activeAtMs: number;
}

/** By the alert's labels' key; series that ended are left out. */
function lastStates(series: readonly StoredSeries[], minMs: number, maxMs: number): Map<string, ForState> {
  const states = new Map<string, ForState>();
  for (const { labels, times, values, stale } of series) {
    const index = times.findLastIndex((time) => time <= maxMs);
    const time = times[index];
    const value = values[index];
    if (time === undefined || value === undefined || time < minMs || stale?.[index] === 1) continue;
    states.set(labels.dropName().key, {
      downAtMs: Math.trunc(time / 1000) * 1000,
      activeAtMs: Math.trunc(value) * 1000,
    });
  }
  return states;
}
