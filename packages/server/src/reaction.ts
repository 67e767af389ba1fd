/**
 * The way of a sample from its arrival on: rules that read it, pauses, then people. Rules that pause are evaluated as soon as
 * something arrives that they read; all others at their interval.
 */
import { errorLine, type JsonLog } from "@haltwatch/bot";
import { ReactiveRules, type RuleGroup } from "@haltwatch/rules";
import { logAlert } from "./alert-log.ts";
import type { LinkServer } from "./link/index.ts";
import type { Notifying } from "./notify/index.ts";
import type { Overview } from "./overview/overview.ts";
import type { OwnMetrics } from "./own-metrics.ts";
import type { EventHub } from "./page/event-hub.ts";
import { alertEvent } from "./page/events.ts";
import type { PauseActions } from "./pausing/pause-actions.ts";
import type { AlertChanges } from "./rules/alert-changes.ts";
import type { GroupRun } from "./rules/group-loop.ts";
import type { RuleManager } from "./rules/rule-manager.ts";
import type { Watching } from "./watching/watching.ts";

export interface ReactionOptions {
  readonly rules: RuleManager;
  readonly pausing: PauseActions;
  readonly changes: AlertChanges;
  readonly notifying: Notifying;
  readonly watching: Watching;
  readonly link: LinkServer;
  readonly metrics: OwnMetrics;
  readonly overview: Overview;
  readonly events: EventHub;
  readonly log: JsonLog;
}

const WAITS_FOR_INTERVAL = "a pause rule has a selector without a metric's name: it waits for its interval";

export class Reaction implements Disposable {
  readonly #options: ReactionOptions;
  /** Rules that are evaluated as soon as what they read arrives. */
  #reactive = new ReactiveRules([]);
  /** Of the samples that they have been told of, Unix milliseconds. */
  #newestArrivedMs = 0;
  /** Until one of them has rested that has something new to read. */
  #restTimer: NodeJS.Timeout | undefined;

  constructor(options: ReactionOptions) {
    this.#options = options;
  }

  /** Other rules are in force. */
  rulesLoaded(): void {
    const { rules, notifying, log } = this.#options;
    notifying.rulesLoaded();
    this.#reactive = new ReactiveRules(rules.groups());
    if (this.#reactive.metrics === undefined) log.warn("pause_rule_reads_all", { what: WAITS_FOR_INTERVAL });
    this.watchMetrics();
  }

  /** Asks bots to send at once what pause rules read, and of bots that are paused their orders. */
  watchMetrics(): void {
    const { link, watching } = this.#options;
    link.watch([...(this.#reactive.metrics ?? []), ...watching.watched]);
  }

  /** Samples that pause rules read: acted upon before anything else is done. @param timeMs of the newest, Unix milliseconds */
  arrived(metrics: ReadonlySet<string>, timeMs: number): void {
    if (this.#reactive.touch(metrics)) {
      this.#newestArrivedMs = Math.max(this.#newestArrivedMs, timeMs);
      this.#react();
    }
    this.#options.watching.arrived(metrics);
  }

  /** A group was evaluated at its interval. */
  evaluated(run: GroupRun): void {
    const { log, metrics, overview } = this.#options;
    metrics.evaluated(run);
    overview.evaluated(run.timeMs);
    if (run.missed > 0) log.warn("evaluations_missed", { group: run.group.name, count: run.missed });
    for (const rule of run.group.rules) {
      if (rule.health.kind !== "err") continue;
      log.error("rule_failed", { group: run.group.name, rule: rule.name, error: errorLine(rule.health.error) });
    }
    this.#actOn(run.group, run.timeMs);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#restTimer);
  }

  #react(): void {
    const atMs = Math.max(Date.now(), this.#newestArrivedMs);
    const groups = this.#reactive.evaluate(atMs, (group) => this.#options.pausing.act(group, atMs));
    for (const group of groups) this.#actOn(group, atMs);
    const { waitMs } = this.#reactive;
    clearTimeout(this.#restTimer);
    if (waitMs !== undefined) this.#restTimer = setTimeout(() => this.#react(), Math.ceil(waitMs)).unref();
  }

  /** Pauses first: people can wait a moment longer than orders. */
  #actOn(group: RuleGroup, timeMs: number): void {
    const { pausing, notifying, watching, events, overview, log } = this.#options;
    pausing.act(group, timeMs);
    const changes = this.#options.changes.of(group, timeMs);
    notifying.changed(changes);
    notifying.evaluated(group, timeMs);
    for (const change of changes) {
      logAlert(log, change);
      watching.alertChanged(change);
      events.publish("alert", alertEvent(change));
    }
    if (changes.length > 0) overview.changed();
  }
}
