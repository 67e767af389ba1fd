/**
 * What Alertmanager posts to a webhook, version 4 (https://prometheus.io/docs/alerting/latest/configuration/#webhook_config;
 * `notify/webhook/webhook.go`, `template/template.go`). Nothing in it is changed for the eye: it is for programs.
 */
import type { Alert, GroupStatus, Notification } from "../../alert.ts";
import { fingerprintOf } from "../../alerts/fingerprint.ts";

export interface WebhookPayload {
  readonly receiver: string;
  readonly status: GroupStatus;
  readonly alerts: readonly WebhookAlert[];
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly commonLabels: Readonly<Record<string, string>>;
  readonly commonAnnotations: Readonly<Record<string, string>>;
  readonly externalURL: string;
  readonly version: "4";
  readonly groupKey: string;
  readonly truncatedAlerts: number;
}

interface WebhookAlert {
  readonly status: GroupStatus;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
  readonly fingerprint: string;
}

/** Go's time that is no time: of an alert that has not ended. */
const NO_TIME = "0001-01-01T00:00:00Z";

export function webhookPayload(
  notification: Notification,
  { maxAlerts, externalUrl }: { readonly maxAlerts: number; readonly externalUrl: string | undefined },
): WebhookPayload {
  const { alerts } = notification;
  const sent = maxAlerts > 0 ? alerts.slice(0, maxAlerts) : alerts;
  return {
    // Go's regexp.QuoteMeta: so it is in Alertmanager's payload, too.
    receiver: notification.receiver.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&"),
    status: notification.status,
    alerts: sent.map(webhookAlert),
    groupLabels: Object.fromEntries(notification.groupLabels),
    commonLabels: Object.fromEntries(notification.commonLabels),
    commonAnnotations: Object.fromEntries(notification.commonAnnotations),
    externalURL: externalUrl ?? "",
    version: "4",
    groupKey: notification.groupKey,
    truncatedAlerts: notification.truncatedAlerts + alerts.length - sent.length,
  };
}

function webhookAlert({ labels, annotations, startsAtMs, endsAtMs, generatorUrl }: Alert): WebhookAlert {
  return {
    status: endsAtMs === undefined ? "firing" : "resolved",
    labels: labels.toObject(),
    annotations: Object.fromEntries(annotations),
    startsAt: goTime(startsAtMs),
    endsAt: endsAtMs === undefined ? NO_TIME : goTime(endsAtMs),
    generatorURL: generatorUrl,
    fingerprint: fingerprintOf(labels),
  };
}

/** RFC 3339 without needless zeros. */
function goTime(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/\.?0+Z$/, "Z");
}
