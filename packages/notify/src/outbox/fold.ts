/** A newer state of a group takes the place of an older one that was not told: what would be lost with it is kept beside it. */
import type { Alert, Notification } from "../alert.ts";
import type { Earlier, GroupNews } from "../message/news.ts";

/** Most alerts of one notification that are kept; the others are counted. */
const MAX_ALERTS = 300;

/** Most alerts that only older states had. */
const MAX_UNTOLD = 50;

/** A state with nothing before it. */
export function news(notification: Notification): GroupNews {
  return { kind: "group", notification: bounded(notification), earlier: undefined };
}

/** The newer state, and what was not told before it. */
export function folded(older: GroupNews, newer: GroupNews): GroupNews {
  const between = newer.earlier;
  const known = new Set(newer.notification.alerts.map(({ labels }) => labels.key));
  const untold = new Map<string, Alert>();
  const candidates = [...(older.earlier?.untold ?? []), ...older.notification.alerts, ...(between?.untold ?? [])];
  for (const alert of candidates) {
    // What still fired then and is not here now was left out of the newer state for its size.
    if (alert.endsAtMs !== undefined && !known.has(alert.labels.key)) untold.set(alert.labels.key, alert);
  }
  const kept = [...untold.values()].slice(-MAX_UNTOLD);
  const earlier: Earlier = {
    changes: (older.earlier?.changes ?? 0) + 1 + (between?.changes ?? 0),
    sinceMs: older.earlier?.sinceMs ?? older.notification.timeMs,
    wasFiring:
      older.notification.status === "firing" || older.earlier?.wasFiring === true || between?.wasFiring === true,
    untold: kept,
    moreUntold: (older.earlier?.moreUntold ?? 0) + (between?.moreUntold ?? 0) + untold.size - kept.length,
  };
  return { kind: "group", notification: newer.notification, earlier };
}

/** How many states it stands for. */
export function changesOf({ earlier }: GroupNews): number {
  return (earlier?.changes ?? 0) + 1;
}

function bounded(notification: Notification): Notification {
  const { alerts } = notification;
  if (alerts.length <= MAX_ALERTS) return notification;
  const truncatedAlerts = notification.truncatedAlerts + alerts.length - MAX_ALERTS;
  return { ...notification, alerts: alerts.slice(0, MAX_ALERTS), truncatedAlerts };
}
