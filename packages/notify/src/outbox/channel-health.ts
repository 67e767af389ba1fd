/** How a channel is: for metrics, for the page, and for telling people on the other channels. */
import { Labels } from "@haltwatch/store/labels";
import type { Alert } from "../alert.ts";
import type { ChannelAddress } from "./outbox-tables.ts";

export interface ChannelHealth extends ChannelAddress {
  /** `slack`, `telegram`, …; `undefined` if it is not configured any more. */
  readonly kind: string | undefined;
  readonly isDown: boolean;
  /** Since when nothing got through, Unix milliseconds; `undefined` if the last message did. */
  readonly failingSinceMs: number | undefined;
  readonly lastError: string | undefined;
  readonly lastDeliveredMs: number | undefined;
  /** Groups that are to be told of. */
  readonly waiting: number;
  /** Since when the oldest of them waits, Unix milliseconds. */
  readonly oldestMs: number | undefined;
  readonly dead: number;
  readonly counts: ChannelCounts;
}

/** Since the start. */
export interface ChannelCounts {
  /** Messages that arrived. */
  delivered: number;
  /** Of these, how many told of many groups. */
  digests: number;
  /** Attempts that came to nothing for the time being. */
  failed: number;
  /** Messages that will not be taken as they are. */
  refused: number;
  /** States of groups that were told as a part of a newer one. */
  folded: number;
  /** States that were not told in time. */
  expired: number;
  /** Dead letters that nobody has asked for, and that had to make room. */
  forgotten: number;
  /** From asking to the answer, in all, milliseconds. */
  sendingMs: number;
}

export function noCounts(): ChannelCounts {
  return { delivered: 0, digests: 0, failed: 0, refused: 0, folded: 0, expired: 0, forgotten: 0, sendingMs: 0 };
}

/** What to tell of a channel that is down, or up again: to be routed to all but this channel. */
export function channelAlert(health: ChannelHealth, endsAtMs: number | undefined, nowMs: number): Alert {
  const { receiver, channel, kind, failingSinceMs, lastError, waiting } = health;
  return {
    labels: Labels.from({
      alertname: "NotificationChannelDown",
      severity: "critical",
      receiver,
      channel,
      channel_kind: kind ?? "",
    }),
    annotations: new Map([
      ["summary", `Alerts do not reach ${receiver} by ${kind ?? channel}`],
      ["description", `${lastError ?? "It does not answer"}. ${waiting} groups of alerts wait for it.`],
    ]),
    startsAtMs: failingSinceMs ?? nowMs,
    endsAtMs,
    generatorUrl: "",
    value: undefined,
    threshold: undefined,
    done: [],
  };
}
