/**
 * The webhook of a real Alertmanager, which pauses as Haltwatch's own rules do. Alertmanager sends what fires again and again
 * (`repeat_interval`), and anybody who has seen a webhook could: an alert pauses once for each time that it begins to fire, so
 * that it does not overrule the person who has armed since. What is resolved arms nothing.
 */
import type { Counter, Registry } from "@haltwatch/bot";
import type { Guard, Pause } from "@haltwatch/guard";
import { SYSTEM_METRICS } from "@haltwatch/packs";
import { z } from "zod";
import { type Route, readBody } from "../api/index.ts";
import { scopeOfAlert, stateOfAction } from "./alert-scope.ts";
import { makePause, shownPause } from "./pause-routes.ts";

/** Most alerts that are remembered to have paused; the oldest are forgotten, and would pause again. */
const MAX_REMEMBERED = 10_000;

/** As Alertmanager sends it (https://prometheus.io/docs/alerting/latest/configuration/#webhook_config): what is read of it. */
const webhookBody = z.object({
  alerts: z.array(
    z.object({
      status: z.enum(["firing", "resolved"]),
      labels: z.record(z.string(), z.string()),
      annotations: z.record(z.string(), z.string()).default({}),
      startsAt: z.string().default(""),
    }),
  ),
});

type WebhookAlert = z.output<typeof webhookBody>["alerts"][number];

/** What has become of an alert. */
type Outcome = "paused" | "repeated" | "resolved" | "no_action";

export interface AlertmanagerWebhookOptions {
  readonly guard: Guard;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly registry: Registry;
}

export class AlertmanagerWebhook {
  readonly #options: AlertmanagerWebhookOptions;
  readonly #alerts: Counter<"outcome">;
  /** Alerts that have paused, by labels and beginning. */
  readonly #acted = new Set<string>();

  constructor(options: AlertmanagerWebhookOptions) {
    this.#options = options;
    this.#alerts = options.registry.counter({
      ...SYSTEM_METRICS.alertmanagerAlerts,
      knownValues: { outcome: ["paused", "repeated", "resolved", "no_action"] },
    });
  }

  readonly route: Route = {
    methods: ["POST"],
    path: "/api/haltwatch/alertmanager",
    access: "control",
    doc: { summary: "Alertmanager's webhook: alerts with an action pause", body: webhookBody },
    handle: (request) => ({
      kind: "data",
      data: readBody(request, webhookBody).alerts.flatMap((alert) => this.#take(alert)),
    }),
  };

  /** @returns the pause that it has made, as people read it */
  #take(alert: WebhookAlert): object[] {
    const key = JSON.stringify([alert.startsAt, Object.entries(alert.labels).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
    const outcome = this.#outcomeOf(alert, key);
    const pauses = outcome === "paused" ? [shownPause(this.#pause(alert))] : [];
    if (outcome === "paused") this.#remember(key); // not if it threw: then Alertmanager sends it again
    this.#alerts.labels(outcome).inc();
    return pauses;
  }

  #outcomeOf({ status, labels }: WebhookAlert, key: string): Outcome {
    if (labels["action"] === undefined) return "no_action";
    if (status === "resolved") return "resolved";
    return this.#acted.has(key) ? "repeated" : "paused";
  }

  #pause({ labels, annotations }: WebhookAlert): Pause {
    const { alertname = "", action } = labels;
    const { guard, now } = this.#options;
    return makePause(guard, {
      scope: scopeOfAlert((name) => labels[name]),
      state: stateOfAction(action),
      reason: annotations["summary"] ?? alertname,
      by: "alertmanager",
      rule: alertname === "" ? undefined : alertname,
      timeMs: now(),
    });
  }

  #remember(key: string): void {
    const oldest = this.#acted.size >= MAX_REMEMBERED ? this.#acted.keys().next().value : undefined;
    if (oldest !== undefined) this.#acted.delete(oldest);
    this.#acted.add(key);
  }
}
