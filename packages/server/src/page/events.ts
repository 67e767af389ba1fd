/** What pages are told of pauses and alerts. */
import { type Guard, type GuardChange, printScope } from "@haltwatch/guard";
import { shownPause } from "../pausing/pause-routes.ts";
import type { AlertChange } from "../rules/alert-changes.ts";

export function guardEvent(change: GuardChange, guard: Pick<Guard, "stateOf">): object {
  if (change.kind === "pause") return { pause: shownPause(change.pause) };
  const { armed, by, reason, isForced } = change;
  const [first = {}] = armed.map(({ scope }) => scope);
  const scopes = [...new Set(armed.map(({ scope }) => printScope(scope)))];
  return {
    ...{ scope: printScope(first), scopes, by, reason, forced: isForced },
    ...{ state: guard.stateOf(first), armed: armed.map(shownPause) },
  };
}

export function alertEvent({ kind, alert, rule, timeMs }: AlertChange): object {
  const { alertname: name = rule.name, severity = "", ...labels } = alert.labels.toObject();
  return { name, labels, state: STATES[kind], severity, at: new Date(timeMs).toISOString() };
}

/** An alert whose series have vanished is not known to be over. */
const STATES = {
  pending: "pending",
  firing: "firing",
  "no-data": "firing",
  resolved: "resolved",
  "ended-without-data": "resolved",
} as const satisfies Record<AlertChange["kind"], string>;
