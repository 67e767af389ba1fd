/** What Haltwatch tells of itself on `/metrics`. */
import { collectProcessMetrics, type Gauge, Registry } from "@haltwatch/bot";
import type { ChannelCounts, ChannelHealth } from "@haltwatch/notify";
import type { Store } from "@haltwatch/store";
import type { GroupRun } from "./rules/group-loop.ts";

/** Seconds: an evaluation of one group. */
const EVALUATION_BUCKETS = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5];

export interface OwnMetricsSources {
  readonly store: Store;
  readonly version: string;
  readonly targets: () => { readonly up: number; readonly down: number };
  readonly alerts: () => { readonly pending: number; readonly firing: number };
  readonly channels: () => readonly ChannelHealth[];
}

/** What can become of a message. */
const OUTCOMES = [
  "delivered",
  "failed",
  "refused",
  "folded",
  "expired",
] as const satisfies readonly (keyof ChannelCounts)[];

export class OwnMetrics implements Disposable {
  readonly registry = new Registry();
  readonly #evaluations = this.registry.histogram({
    name: "haltwatch_rule_group_evaluation_seconds",
    help: "How long an evaluation of a rule group took.",
    buckets: EVALUATION_BUCKETS,
  });
  readonly #failures = this.registry.counter({
    name: "haltwatch_rule_evaluation_failures_total",
    help: "Evaluations of single rules that failed.",
  });
  readonly #missed = this.registry.counter({
    name: "haltwatch_rule_group_missed_total",
    help: "Evaluations of rule groups that did not take place: the process was busy or asleep.",
  });
  readonly #commitFailures = this.registry.counter({
    name: "haltwatch_store_commit_failures_total",
    help: "Commits to the file that failed; what they had is tried again with the next.",
  });
  readonly #reloaded = this.registry.gauge({
    name: "haltwatch_config_last_reload_successful",
    help: "1 if the configuration and the rules in force are the newest ones, 0 if the newest could not be loaded.",
  });
  readonly #stopProcessMetrics = collectProcessMetrics(this.registry);

  constructor({ store, version, targets, alerts, channels }: OwnMetricsSources) {
    const { registry } = this;
    registry
      .info({ name: "haltwatch_build_info", help: "The running version.", labelNames: ["version"] })
      .set({ version });
    const gauge = (name: string, help: string, value: () => number): void => {
      const made: Gauge = registry.gauge({ name, help, collect: () => made.set(value()) });
    };
    gauge("haltwatch_store_series", "Series that the store has.", () => store.stats().series);
    gauge("haltwatch_store_file_bytes", "What of the file is in use.", () => store.stats().usedBytes);
    gauge(
      "haltwatch_store_file_free_bytes",
      "What of the file is free to be used again.",
      () => store.stats().freeBytes,
    );
    gauge(
      "haltwatch_store_cached_bytes",
      "Memory for samples that are in the file, too.",
      () => store.stats().cachedBytes,
    );
    gauge("haltwatch_targets_up", "Targets whose last scrape succeeded.", () => targets().up);
    gauge("haltwatch_targets_down", "Targets whose last scrape failed.", () => targets().down);
    gauge("haltwatch_alerts_pending", "Alerts that do not fire yet.", () => alerts().pending);
    gauge("haltwatch_alerts_firing", "Alerts that fire.", () => alerts().firing);
    this.#addChannels(channels);
  }

  #addChannels(channels: OwnMetricsSources["channels"]): void {
    const { registry } = this;
    const labelNames = ["receiver", "channel"] as const;
    const ofEach = (name: string, help: string, value: (health: ChannelHealth) => number): void => {
      const made = registry.gauge({
        ...{ name, help, labelNames },
        collect: () => {
          made.reset();
          for (const health of channels()) made.labels(health.receiver, health.channel).set(value(health));
        },
      });
    };
    ofEach("haltwatch_notification_channel_up", "0 while messages do not get through this channel.", ({ isDown }) =>
      isDown ? 0 : 1,
    );
    ofEach("haltwatch_notifications_waiting", "Groups of alerts that are still to be told.", ({ waiting }) => waiting);
    ofEach("haltwatch_dead_letters", "Groups of alerts that were not taken, or not in time.", ({ dead }) => dead);
    const told = new Map<string, number>();
    const notifications = registry.counter({
      name: "haltwatch_notifications_total",
      help: "What became of messages to this channel: delivered, failed for the time being, refused, told as part of a newer one, or too old.",
      labelNames: [...labelNames, "outcome"],
      collect: () => {
        for (const { receiver, channel, counts } of channels()) {
          for (const outcome of OUTCOMES) {
            const key = JSON.stringify([receiver, channel, outcome]);
            const more = counts[outcome] - (told.get(key) ?? 0);
            told.set(key, counts[outcome]);
            notifications.labels(receiver, channel, outcome).inc(more);
          }
        }
      },
    });
  }

  evaluated({ group, durationMs, missed }: GroupRun): void {
    this.#evaluations.observe(durationMs / 1000);
    if (missed > 0) this.#missed.inc(missed);
    for (const { health } of group.rules) if (health.kind === "err") this.#failures.inc();
  }

  commitFailed(): void {
    this.#commitFailures.inc();
  }

  configApplied(): void {
    this.#reloaded.set(1);
  }

  configRefused(): void {
    this.#reloaded.set(0);
  }

  [Symbol.dispose](): void {
    this.#stopProcessMetrics();
  }
}
