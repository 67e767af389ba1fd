/** Notifications as dispatching makes them, for tests. */
import { Labels } from "@haltwatch/store/labels";
import type { Alert, Notification } from "../alert.ts";

export const START_MS = Date.parse("2026-11-21T10:00:00Z");

export interface AlertParts {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly startsAtMs?: number;
  readonly endsAtMs?: number | undefined;
  readonly generatorUrl?: string;
  readonly value?: number | undefined;
  readonly threshold?: number | undefined;
  readonly done?: readonly string[];
}

export function alert(parts: AlertParts = {}): Alert {
  return {
    labels: Labels.from({
      alertname: "LatencyHigh",
      severity: "critical",
      bot: "arb-1",
      venue: "cex",
      ...parts.labels,
    }),
    annotations: new Map(
      Object.entries({
        summary: "Orders take too long",
        description: "The venue answers slowly, or the network does.",
        runbook_url: "https://runbooks.example/latency",
        ...parts.annotations,
      }),
    ),
    startsAtMs: parts.startsAtMs ?? START_MS,
    endsAtMs: parts.endsAtMs,
    generatorUrl: parts.generatorUrl ?? "https://haltwatch.example/graph?expr=latency_ms",
    value: "value" in parts ? parts.value : 612,
    threshold: "threshold" in parts ? parts.threshold : 500,
    done: parts.done ?? [],
  };
}

export interface NotificationParts {
  readonly groupKey?: string;
  readonly receiver?: string;
  readonly channel?: string;
  readonly idempotencyKey?: string;
  readonly truncatedAlerts?: number;
  readonly timeMs?: number;
}

/** Of these alerts; firing if one of them is. */
export function notification(alerts: readonly Alert[], parts: NotificationParts = {}): Notification {
  const [first] = alerts;
  const common = <T>(
    pairs: Iterable<readonly [string, string]>,
    has: (alert: Alert, name: string, value: string) => T,
  ) => new Map([...pairs].filter(([name, value]) => alerts.every((alert) => has(alert, name, value))));
  const groupKey = parts.groupKey ?? '{}:{alertname="LatencyHigh"}';
  return {
    groupKey,
    receiver: parts.receiver ?? "ops",
    channel: parts.channel ?? "slack[0]",
    status: alerts.some(({ endsAtMs }) => endsAtMs === undefined) ? "firing" : "resolved",
    groupLabels: new Map([["alertname", first?.labels.get("alertname") ?? ""]]),
    commonLabels: common(first?.labels ?? [], ({ labels }, name, value) => labels.get(name) === value),
    commonAnnotations: common(
      first?.annotations ?? [],
      ({ annotations }, name, value) => annotations.get(name) === value,
    ),
    alerts,
    truncatedAlerts: parts.truncatedAlerts ?? 0,
    idempotencyKey: parts.idempotencyKey ?? `${groupKey} ${parts.timeMs ?? START_MS}`,
    timeMs: parts.timeMs ?? START_MS,
  };
}
