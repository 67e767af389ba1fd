/**
 * Sorts alerts into groups, and says for each group when its time has come what is new. What was accepted is in the one SQLite
 * file, and so is what was told of it: a message goes into the outbox in the transaction that notes it as told, so that after a
 * sudden death nothing is forgotten and nothing told twice. Source: Alertmanager, dispatch/dispatch.go.
 */
import { randomUUID } from "node:crypto";
import type { Labels } from "@haltwatch/store/labels";
import type { Alert, Notification } from "../alert.ts";
import { byLabels } from "../alerts/alert-order.ts";
import { AlertTable } from "../alerts/alert-table.ts";
import type { KnownAlert } from "../alerts/known-alert.ts";
import { type Clock, SYSTEM_CLOCK } from "../clock.ts";
import type { NotifyConfig } from "../config/notify-config.ts";
import { Inhibitor } from "../inhibit/inhibitor.ts";
import { NotificationLog } from "../notification-log/notification-log.ts";
import { NotifyError } from "../notify-error.ts";
import type { Route } from "../routing/route.ts";
import type { Silences } from "../silence/silences.ts";
import type { Tables } from "../tables.ts";
import { AggregationGroup } from "./aggregation-group.ts";
import { AlertQueue } from "./alert-queue.ts";
import type { AlertGroup, AlertWithStatus } from "./alert-status.ts";
import { type Flush, flushOf } from "./flush.ts";
import { Muting } from "./muting.ts";

/** What is done at most before others get a turn: alerts taken, groups looked at, messages written and alerts named in them. */
const MAX_SLICE_ALERTS = 100;
const MAX_SLICE_GROUPS = 100;
const MAX_SLICE_MESSAGES = 10;
const MAX_SLICE_NAMED = 100;

/** And so long at most, but for the last of them, milliseconds. */
const MAX_SLICE_MS = 3;

/** Most alerts that are known at once. */
const MAX_ALERTS = 100_000;

/** Most alerts that one notification names. */
const MAX_NOTIFIED_ALERTS = 500;

/** How long until what could not be written is tried again. */
const RETRY_MS = 1000;

/** How often what is old is forgotten. */
const COLLECT_MS = 15 * 60_000;

export interface DispatcherOptions {
  readonly config: NotifyConfig;
  /** Of the store: `store.tables`. */
  readonly tables: Tables;
  /** Takes messages, in the dispatcher's transaction. */
  readonly outbox: { add(notifications: readonly Notification[]): void };
  readonly silences: Silences;
  /** Told what went wrong with a flush that nobody waits for; it is tried again. */
  readonly onError: (error: unknown) => void;
  readonly clock?: Clock;
  /**
   * So long after a restart an alert that fired before is taken to fire still, unless it is put again or
   * {@link Dispatcher.resolveUnconfirmed} is called. Milliseconds; else the configuration's `resolve_timeout`.
   */
  readonly confirmationTimeoutMs?: number;
  readonly newId?: () => string;
}

/** A group that an alert belongs to, whether it is there or not. */
interface Placement {
  readonly route: Route;
  readonly groupLabels: Labels;
  readonly id: string;
}

export class Dispatcher implements Disposable {
  readonly #tables: Tables;
  readonly #outbox: DispatcherOptions["outbox"];
  readonly #silences: Silences;
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #newId: () => string;
  readonly #alerts: AlertTable;
  readonly #log: NotificationLog;
  readonly #queue = new AlertQueue();
  #config: NotifyConfig;
  #inhibitor: Inhibitor;
  #muting: Muting;
  #groups = new Map<string, AggregationGroup>();
  #placements = new WeakMap<KnownAlert, readonly Placement[]>();
  #cancelTimer: (() => void) | undefined;
  /** When the timer is set for, on the monotonic clock. */
  #timerMs = Number.POSITIVE_INFINITY;
  /** Before, nothing is tried again that could not be written. */
  #retryMs = 0;
  #collectMs: number;
  #isDisposed = false;

  /**
   * Reads what was known, and takes up where it ended: alerts that fired are taken to fire.
   *
   * @throws {StoreError} if the file cannot be read or written
   * @example
   * const silences = new Silences(store.tables, SYSTEM_CLOCK);
   * const dispatcher = new Dispatcher({ config, tables: store.tables, outbox, silences, onError: (error) => log.error(error) });
   * await dispatcher.put([alert]);
   */
  constructor(options: DispatcherOptions) {
    const { config, tables, outbox, silences, onError, clock = SYSTEM_CLOCK, newId = randomUUID } = options;
    this.#tables = tables;
    this.#outbox = outbox;
    this.#silences = silences;
    this.#onError = onError;
    this.#clock = clock;
    this.#newId = newId;
    this.#log = new NotificationLog(tables);
    const timeoutMs = options.confirmationTimeoutMs ?? config.resolveTimeoutMs;
    this.#alerts = new AlertTable(tables, clock.now() + timeoutMs);
    this.#config = config;
    this.#inhibitor = new Inhibitor(config.inhibitRules);
    this.#muting = new Muting(this.#inhibitor, silences, config.timeIntervals);
    this.#collectMs = clock.monotonic() + COLLECT_MS;
    this.reload(config);
    for (const group of this.#groups.values()) if (this.#isTold(group)) this.#flushed(group);
    this.#schedule();
  }

  /**
   * Takes alerts: new ones, ones that go on, and ones that are over (`endsAtMs`). An end that is still to come means that the
   * alert fires until then unless it is put again. Where `group_wait` is 0, people are told in the same turn.
   *
   * As much as fits into one slice of a few milliseconds is on the disk when this returns; the rest follows in slices, in order.
   * Must not be called within a transaction.
   *
   * @returns when all are on the disk. Rejected if they could not be written, or are too many: what was taken is kept in memory,
   *   and tried again.
   */
  put(alerts: readonly Alert[]): Promise<void> {
    const taken = this.#queue.add(alerts);
    // While others wait they come first.
    if (this.#queue.batches === 1 && !this.#isDisposed) this.#work();
    return taken;
  }

  /** Every rule has been evaluated since the start: what fired before and was not put since is over. */
  resolveUnconfirmed(): void {
    const nowMs = this.#clock.now();
    for (const alert of this.#alerts.unconfirmed()) {
      alert.unconfirmedUntilMs = Math.min(alert.unconfirmedUntilMs ?? nowMs, nowMs);
    }
  }

  /** Goes on with another configuration. Groups that are in both go on as they are. */
  reload(config: NotifyConfig): void {
    const before = this.#groups;
    this.#config = config;
    this.#inhibitor = new Inhibitor(config.inhibitRules);
    this.#muting = new Muting(this.#inhibitor, this.#silences, config.timeIntervals);
    this.#groups = new Map();
    this.#placements = new WeakMap();
    for (const alert of this.#alerts.values()) {
      alert.groups = 0;
      this.#inhibitor.add(alert);
      this.#addToGroups(alert);
    }
    for (const [id, group] of this.#groups) {
      const same = before.get(id);
      if (same === undefined) continue;
      group.hasFlushed = same.hasFlushed;
      group.dueMs = same.dueMs;
    }
    this.#schedule();
  }

  /** Every alert that fires, in no particular order. */
  alerts(): AlertWithStatus[] {
    const nowMs = this.#clock.now();
    return [...this.#alerts.values()].filter((alert) => alert.firesAt(nowMs)).map((alert) => this.#shown(alert, nowMs));
  }

  /** Every group with what fires in it, by labels and receiver. */
  groups(): AlertGroup[] {
    const nowMs = this.#clock.now();
    const groups = [...this.#groups.values()].map((group): AlertGroup => {
      const mutedBy = this.#muting.mutedByTime(group.route, nowMs);
      const firing = [...group.alerts.values()].filter((alert) => alert.firesAt(nowMs)).sort(byLabels);
      return {
        labels: group.labels,
        receiver: group.route.options.receiver,
        groupKey: group.key,
        routeId: group.route.id,
        alerts: firing.map((alert) => this.#shown(alert, nowMs, mutedBy)),
      };
    });
    return groups
      .filter(({ alerts }) => alerts.length > 0)
      .sort((a, b) => byLabels(a, b) || (a.receiver < b.receiver ? -1 : a.receiver > b.receiver ? 1 : 0));
  }

  /** Writes what was put and still waits, and stops: nothing more is told. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    do this.#work();
    while (this.#queue.batches > 0);
  }

  /** One slice: takes alerts, flushes groups whose time has come, and writes both in one transaction. */
  #work(): void {
    const startMs = this.#clock.monotonic();
    const isLate = () => this.#clock.monotonic() - startMs > MAX_SLICE_MS;
    const taken = this.#queue.take(MAX_SLICE_ALERTS, isLate, (alert) => this.#take(alert));
    const log = this.#log.begin();
    const flushes: Flush[] = [];
    const context = {
      nowMs: this.#clock.now(),
      muting: this.#muting,
      receivers: this.#config.receivers,
      log,
      maxAlerts: MAX_NOTIFIED_ALERTS,
      newId: this.#newId,
    };
    const notifications: Notification[] = [];
    let named = 0;
    for (const group of this.#due(startMs)) {
      const flush = flushOf(group, context);
      flushes.push(flush);
      notifications.push(...flush.notifications);
      for (const { alerts } of flush.notifications) named += alerts.length;
      if (notifications.length >= MAX_SLICE_MESSAGES || named >= MAX_SLICE_NAMED || isLate()) break;
    }
    try {
      if (this.#alerts.hasUnwritten || log.size > 0 || notifications.length > 0) {
        this.#tables.transaction(() => {
          this.#alerts.write();
          log.write();
          if (notifications.length > 0) this.#outbox.add(notifications);
        });
      }
    } catch (error) {
      this.#retryMs = startMs + RETRY_MS;
      if (taken.length === 0) this.#onError(error);
      for (const batch of taken) batch.fail(error);
      this.#schedule();
      return;
    }
    this.#retryMs = 0;
    this.#alerts.commit();
    log.commit();
    for (const flush of flushes) this.#commit(flush);
    for (const batch of taken) batch.settle();
    this.#schedule();
  }

  /** @throws {NotifyError} `TOO_MANY` */
  #take(alert: Alert): void {
    const nowMs = this.#clock.now();
    const isNew = this.#alerts.get(alert.labels) === undefined;
    if (isNew && this.#alerts.size >= MAX_ALERTS) {
      const hint = "Let rules give fewer alerts: aggregate, or drop a label";
      throw new NotifyError("TOO_MANY", `${MAX_ALERTS} alerts fire already: others are not taken`, { hint });
    }
    const known = this.#alerts.put(alert, nowMs);
    if (known === undefined) return;
    if (isNew) this.#inhibitor.add(known);
    if (known.firesAt(nowMs)) this.#addToGroups(known);
  }

  #addToGroups(alert: KnownAlert): void {
    const monotonicMs = this.#clock.monotonic();
    for (const { id, route, groupLabels } of this.#placementsOf(alert)) {
      let group = this.#groups.get(id);
      if (group === undefined) {
        group = new AggregationGroup(id, route, groupLabels, monotonicMs);
        this.#groups.set(id, group);
      }
      group.add(alert);
      // One that has fired for so long already has waited enough.
      const hasWaited = alert.alert.startsAtMs + route.options.groupWaitMs <= this.#clock.now();
      if (!group.hasFlushed && hasWaited) group.dueMs = Math.min(group.dueMs, monotonicMs);
    }
  }

  #placementsOf(alert: KnownAlert): readonly Placement[] {
    const known = this.#placements.get(alert);
    if (known !== undefined) return known;
    const placements = this.#config.route.match(alert.labels).map((route): Placement => {
      const groupLabels = route.groupLabels(alert.labels);
      return { route, groupLabels, id: `${route.id}\0${groupLabels.key}` };
    });
    this.#placements.set(alert, placements);
    return placements;
  }

  /** The next slice of groups whose time has come: those first of which people know nothing yet. */
  #due(monotonicMs: number): AggregationGroup[] {
    if (this.#isDisposed) return [];
    const due = [...this.#groups.values()].filter(({ dueMs }) => dueMs <= monotonicMs);
    if (due.length <= MAX_SLICE_GROUPS) return due;
    return [...due.filter((group) => !group.hasFlushed), ...due.filter((group) => group.hasFlushed)].slice(
      0,
      MAX_SLICE_GROUPS,
    );
  }

  #commit({ group, finished }: Flush): void {
    this.#flushed(group);
    for (const alert of finished) {
      group.delete(alert);
      if (alert.groups > 0) continue;
      this.#alerts.delete(alert);
      this.#inhibitor.delete(alert);
    }
    if (group.alerts.size === 0) this.#groups.delete(group.id);
  }

  #flushed(group: AggregationGroup): void {
    group.hasFlushed = true;
    group.dueMs = this.#clock.monotonic() + group.route.options.groupIntervalMs;
  }

  /** Whether every channel was told of all that fires in it, and nothing is over. */
  #isTold(group: AggregationGroup): boolean {
    const nowMs = this.#clock.now();
    const receiver = group.route.options.receiver;
    const channels = this.#config.receivers.get(receiver)?.channels ?? [];
    const entries = channels.map(({ name }) => this.#log.entry({ groupKey: group.key, receiver, channel: name }));
    return [...group.alerts.values()].every(
      (alert) => alert.firesAt(nowMs) && entries.every((entry) => entry?.firing.has(alert.fingerprint) === true),
    );
  }

  #schedule(): void {
    if (this.#isDisposed) return;
    const nowMs = this.#clock.monotonic();
    let nextMs = this.#queue.batches > 0 ? nowMs : this.#collectMs;
    // What is finished need not be deleted at once: the next transaction does it along.
    if (this.#alerts.hasUnwritten) nextMs = Math.min(nextMs, nowMs + RETRY_MS);
    for (const { dueMs } of this.#groups.values()) if (dueMs < nextMs) nextMs = dueMs;
    nextMs = Math.max(nextMs, this.#retryMs, nowMs);
    if (this.#cancelTimer !== undefined && this.#timerMs === nextMs) return;
    this.#cancelTimer?.();
    this.#timerMs = nextMs;
    this.#cancelTimer = this.#clock.after(nextMs - nowMs, () => {
      this.#cancelTimer = undefined;
      this.#collect();
      this.#work();
    });
  }

  #collect(): void {
    const nowMs = this.#clock.monotonic();
    if (nowMs < this.#collectMs) return;
    this.#collectMs = nowMs + COLLECT_MS;
    try {
      this.#silences.collect();
      const live = new Set([...this.#groups.values()].map(({ key }) => key));
      this.#log.collect((groupKey) => live.has(groupKey), this.#clock.now());
    } catch (error) {
      this.#onError(error);
    }
  }

  #shown(alert: KnownAlert, nowMs: number, mutedInGroup?: readonly string[]): AlertWithStatus {
    const placements = this.#placementsOf(alert);
    const silencedBy = this.#muting.silencedBy(alert, nowMs);
    const inhibitedBy = this.#muting.inhibitedBy(alert, nowMs);
    const mutedBy = mutedInGroup ?? this.#mutedEverywhere(placements, nowMs);
    const isSuppressed = silencedBy.length + inhibitedBy.length + mutedBy.length > 0;
    const isProcessed = placements.some(({ id }) => this.#groups.get(id)?.hasFlushed === true);
    return {
      alert: alert.toldAt(nowMs),
      labels: alert.labels,
      fingerprint: alert.fingerprint,
      receivers: [...new Set(placements.map(({ route }) => route.options.receiver))],
      updatedAtMs: alert.updatedAtMs,
      endsAtMs: alert.endsAtMs,
      isConfirmed: alert.unconfirmedUntilMs === undefined,
      status: {
        state: isSuppressed ? "suppressed" : isProcessed ? "active" : "unprocessed",
        silencedBy,
        inhibitedBy,
        mutedBy,
      },
    };
  }

  /** The time intervals that mute it, if all of its routes are muted. */
  #mutedEverywhere(placements: readonly Placement[], nowMs: number): readonly string[] {
    const names = placements.map(({ route }) => this.#muting.mutedByTime(route, nowMs));
    return names.every((muting) => muting.length > 0) ? [...new Set(names.flat())] : [];
  }
}
