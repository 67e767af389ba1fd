/** Alerts that people are told of together: of one route, with the same values of its `group_by` labels. */
import type { Labels } from "@haltwatch/store/labels";
import type { KnownAlert } from "../alerts/known-alert.ts";
import type { Route } from "../routing/route.ts";

export class AggregationGroup {
  /** No other group's: routes that match by the same have the same key. */
  readonly id: string;
  readonly route: Route;
  readonly labels: Labels;
  /** Alertmanager's `groupKey`: what the notification log knows the group by. */
  readonly key: string;
  /** By the labels' key: what fires, and what is over and not told yet. */
  readonly alerts = new Map<string, KnownAlert>();
  /** Until it has been, it waits for `group_wait`; afterwards for `group_interval`. */
  hasFlushed = false;
  /** When it is flushed next, on the monotonic clock. */
  dueMs: number;

  constructor(id: string, route: Route, labels: Labels, monotonicMs: number) {
    this.id = id;
    this.route = route;
    this.labels = labels;
    this.key = route.groupKey(labels);
    this.dueMs = monotonicMs + route.options.groupWaitMs;
  }

  add(alert: KnownAlert): void {
    if (this.alerts.has(alert.labels.key)) return;
    this.alerts.set(alert.labels.key, alert);
    alert.groups++;
  }

  delete(alert: KnownAlert): void {
    if (this.alerts.delete(alert.labels.key)) alert.groups--;
  }
}
