/** A group of alerts in one line: what, where, how loud. */
import { type Alert, ENDED_WITHOUT_DATA, type Notification } from "../alert.ts";
import { type Level, levelOf, loudest } from "./level.ts";
import type { Earlier, GroupLine } from "./news.ts";

/** Labels that say where, in the order of saying. */
const PLACES = ["bot", "venue", "strategy"];

/** Of what has none of them. */
const OTHER_PLACES = ["instance", "job"];

/** Longest texts that are kept, UTF-16 units: they are bounded again where they are shown. */
const MAX_KEPT = 400;

export function groupLine(notification: Notification, earlier: Earlier | undefined): GroupLine {
  const { alerts, truncatedAlerts, status, commonLabels } = notification;
  const firing = alerts.filter(({ endsAtMs }) => endsAtMs === undefined);
  const telling = firing.length > 0 ? firing : alerts;
  const first = alerts[0];
  const names = new Set(alerts.map(nameOf));
  const common = whereOf((name) => commonLabels.get(name) ?? "");
  return {
    name: (names.size === 1 ? [...names].join("") : `${names.size} rules`).slice(0, MAX_KEPT),
    where: (common === "" && alerts.length === 1 && first ? whereOf((name) => first.labels.get(name)) : common).slice(
      0,
      MAX_KEPT,
    ),
    level: loudest(telling.map(severityOf)),
    status,
    firing: firing.length + (status === "firing" ? truncatedAlerts : 0),
    resolved: alerts.length - firing.length + (status === "resolved" ? truncatedAlerts : 0),
    startsAtMs: telling.reduce((oldest, { startsAtMs }) => Math.min(oldest, startsAtMs), notification.timeMs),
    endedWithoutData: status === "resolved" && alerts.some(hasEndedWithoutData),
    cameAndWent: status === "resolved" && earlier?.wasFiring === true,
  };
}

export function nameOf({ labels }: Alert): string {
  return labels.get("alertname") || "Alert";
}

export function hasEndedWithoutData({ annotations }: Alert): boolean {
  return annotations.has(ENDED_WITHOUT_DATA);
}

export function severityOf({ labels }: Alert): Level {
  return levelOf(labels.get("severity"));
}

/** `bot arb-1, venue cex`; empty if no label says where. */
export function whereOf(labelOf: (name: string) => string): string {
  const placed = (names: readonly string[]) =>
    names
      .filter((name) => labelOf(name) !== "")
      .map((name) => `${name} ${labelOf(name)}`)
      .join(", ");
  return placed(PLACES) || placed(OTHER_PLACES);
}
