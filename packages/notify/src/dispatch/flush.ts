/**
 * What a group has to say when its time has come: for each channel of its receiver what it was not told yet. Where Alertmanager
 * forgets, this does not: what is over while it is muted is told when it no longer is, and what a channel without
 * `send_resolved` was told counts as over when it is. Source: Alertmanager, notify/notify.go.
 */
import type { Labels } from "@haltwatch/store/labels";
import type { Notification } from "../alert.ts";
import { byLabels } from "../alerts/alert-order.ts";
import type { KnownAlert } from "../alerts/known-alert.ts";
import type { ChannelConfig, ReceiverConfig } from "../config/receiver-config.ts";
import { type LogEntry, needsUpdate } from "../notification-log/needs-update.ts";
import type { LogChanges, LogKey } from "../notification-log/notification-log.ts";
import type { AggregationGroup } from "./aggregation-group.ts";
import type { Muting } from "./muting.ts";

export interface FlushContext {
  readonly nowMs: number;
  readonly muting: Muting;
  readonly receivers: ReadonlyMap<string, ReceiverConfig>;
  readonly log: LogChanges;
  /** Most alerts that one notification names. */
  readonly maxAlerts: number;
  /** A text that was never given before. */
  readonly newId: () => string;
}

export interface Flush {
  readonly group: AggregationGroup;
  readonly notifications: readonly Notification[];
  /** What is over and of which nothing is left to say. */
  readonly finished: readonly KnownAlert[];
}

/** A group's alerts as they stand. */
interface Standing {
  readonly firing: ReadonlyMap<string, KnownAlert>;
  readonly resolved: ReadonlyMap<string, KnownAlert>;
  readonly muted: readonly KnownAlert[];
}

/** Plans a flush: what is to be logged is in the context's log changes, and nothing else has changed. */
export function flushOf(group: AggregationGroup, context: FlushContext): Flush {
  const standing = standingOf(group, context);
  const receiver = group.route.options.receiver;
  const channels = context.receivers.get(receiver)?.channels ?? [];
  const notifications: Notification[] = [];
  for (const channel of channels) {
    const key = { groupKey: group.key, receiver, channel: channel.name };
    const notification = newsFor(channel, key, group, standing, context);
    if (notification !== undefined) notifications.push(notification);
  }
  const keys = channels.map((channel): LogKey => ({ groupKey: group.key, receiver, channel: channel.name }));
  const isStillTold = ({ fingerprint }: KnownAlert) =>
    keys.some((key) => context.log.entry(key)?.firing.has(fingerprint) === true);
  const finished = [
    ...standing.resolved.values(),
    ...standing.muted.filter((alert) => !alert.firesAt(context.nowMs) && !isStillTold(alert)),
  ];
  return { group, notifications, finished };
}

function standingOf(group: AggregationGroup, { muting, nowMs }: FlushContext): Standing {
  const isMutedByTime = muting.mutedByTime(group.route, nowMs).length > 0;
  const firing = new Map<string, KnownAlert>();
  const resolved = new Map<string, KnownAlert>();
  const muted: KnownAlert[] = [];
  for (const alert of group.alerts.values()) {
    if (isMutedByTime || muting.isMuted(alert, nowMs)) muted.push(alert);
    else (alert.firesAt(nowMs) ? firing : resolved).set(alert.fingerprint, alert);
  }
  return { firing, resolved, muted };
}

function newsFor(
  channel: ChannelConfig,
  key: LogKey,
  group: AggregationGroup,
  { firing, resolved, muted }: Standing,
  context: FlushContext,
): Notification | undefined {
  const { log, nowMs } = context;
  const entry = log.entry(key);
  // Who was not told that an alert fires is not told that it is over.
  const over = [...resolved.values()].filter(({ fingerprint }) => entry?.firing.has(fingerprint) === true);
  if (firing.size === 0 && over.length === 0) return undefined;
  const state = { firing: new Set(firing.keys()), resolved: new Set(over.map(({ fingerprint }) => fingerprint)) };
  const rules = {
    repeatIntervalMs: group.route.options.repeatIntervalMs,
    sendsResolved: channel.sendsResolved,
  };
  if (!needsUpdate(entry, state, rules, nowMs)) {
    if (entry !== undefined && over.length > 0) log.set(key, without(entry, state.resolved));
    return undefined;
  }
  const told = new Set(state.firing);
  for (const { fingerprint } of muted) if (entry?.firing.has(fingerprint) === true) told.add(fingerprint);
  log.set(key, told.size === 0 ? undefined : { firing: told, resolved: state.resolved, timeMs: nowMs });
  const alsoOver = channel.sendsResolved ? over : [];
  if (firing.size === 0 && alsoOver.length === 0) return undefined;
  return notificationOf(key, group, [...firing.values()], alsoOver, context);
}

/** What is over, a channel that is not told of it has to be told of when it fires again. */
function without(entry: LogEntry, over: ReadonlySet<string>): LogEntry | undefined {
  const firing = new Set([...entry.firing].filter((fingerprint) => !over.has(fingerprint)));
  return firing.size === 0 ? undefined : { ...entry, firing };
}

function notificationOf(
  key: LogKey,
  group: AggregationGroup,
  firing: readonly KnownAlert[],
  resolved: readonly KnownAlert[],
  { nowMs, maxAlerts, newId }: FlushContext,
): Notification {
  const shownFiring = firing.slice(0, maxAlerts).sort(byLabels);
  const shownResolved = resolved.slice(0, maxAlerts - shownFiring.length).sort(byLabels);
  const alerts = [...shownFiring, ...shownResolved].map((alert) => alert.toldAt(nowMs));
  return {
    ...key,
    status: firing.length > 0 ? "firing" : "resolved",
    groupLabels: new Map(group.labels),
    commonLabels: common(alerts.map(({ labels }) => labels)),
    commonAnnotations: common(alerts.map(({ annotations }) => annotations)),
    alerts,
    truncatedAlerts: firing.length + resolved.length - alerts.length,
    idempotencyKey: newId(),
    timeMs: nowMs,
  };
}

/** What all have, with the same value. */
function common(all: readonly (Labels | ReadonlyMap<string, string>)[]): ReadonlyMap<string, string> {
  const shared = new Map(all[0]);
  for (const other of all) {
    if (shared.size === 0) break;
    for (const [name, value] of shared) if (other.get(name) !== value) shared.delete(name);
  }
  return shared;
}
