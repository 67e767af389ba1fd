/** The picture of a notification: the last hour of what its first alert's rule looks at. */
import { type Alert, type AlertChart, levelOf, type Notification } from "@haltwatch/notify";
import type { AlertingRule, RuleGroup } from "@haltwatch/rules";
import type { SeriesReader } from "@haltwatch/store";
import { alertChart } from "./alert-chart.ts";
import { SAMPLE_ALERT, sampleChart } from "./sample-notification.ts";

/** Most alerts of one rule that share a picture. */
const MAX_ALERTS = 20;

/** What is shown after the end, milliseconds. */
const AFTER_MS = 120_000;

export interface PictureSources {
  readonly reader: SeriesReader;
  readonly groups: readonly RuleGroup[];
  readonly nowMs: number;
}

/** @returns `undefined` if no rule of ours gives its alerts, or it would take too long to find out what they look like */
export async function pictureFor(
  notification: Notification,
  { reader, groups, nowMs }: PictureSources,
): Promise<AlertChart | undefined> {
  const { alerts, status } = notification;
  const [first] = alerts;
  if (first?.labels.get("alertname") === SAMPLE_ALERT) return sampleChart(notification);
  const rule = first === undefined ? undefined : ruleOf(first, groups);
  if (first === undefined || rule === undefined) return undefined;
  const same = alerts.filter(({ labels }) => labels.get("alertname") === rule.name).slice(0, MAX_ALERTS);
  const resolvedAtMs = status === "resolved" ? first.endsAtMs : undefined;
  const data = await alertChart({
    ...{ reader, rule, alerts: same.map(({ labels }) => labels) },
    toMs: Math.min(nowMs, (resolvedAtMs ?? nowMs) + AFTER_MS),
  });
  if (data === undefined) return undefined;
  const level = levelOf(first.labels.get("severity"));
  return { ...data, level, firedAtMs: first.startsAtMs, resolvedAtMs, theme: "light" };
}

/** Two rules may have the same name: the one whose own labels agree with the alert's. */
function ruleOf({ labels }: Alert, groups: readonly RuleGroup[]): AlertingRule | undefined {
  const name = labels.get("alertname");
  const named = groups.flatMap(({ alertingRules }) => alertingRules.filter((rule) => rule.name === name));
  return named.find((rule) => [...rule.labels].every(([key, value]) => labels.get(key) === value)) ?? named[0];
}
