/** What people are told of: an alert as the rules see it, and the news of a group of them for one receiver. */
import type { Labels } from "@haltwatch/store/labels";
import type { Unit } from "./picture/unit.ts";

/** An alert that fires, or has fired. The labels are its identity. All times are Unix milliseconds. */
export interface Alert {
  readonly labels: Labels;
  /** `summary`, `description`, `runbook_url`, …; their text comes from whoever wrote the rule and from label values. */
  readonly annotations: ReadonlyMap<string, string>;
  readonly startsAtMs: number;
  /** When it ended; `undefined` while it fires. */
  readonly endsAtMs: number | undefined;
  /** Where its rule's graph is. */
  readonly generatorUrl: string;
  /** Of the last evaluation in which it fired, as the rule's expression gives it. */
  readonly value: number | undefined;
  /** What the value was compared with, where the rule's expression says so. */
  readonly threshold: number | undefined;
  /** Of value and threshold; a plain number without it. */
  readonly unit?: Unit | undefined;
  /** What Haltwatch did about it: `paused bot:arb-1 (HALTED)`. */
  readonly done: readonly string[];
}

/**
 * An annotation of an alert that ended because its series have gone for good: people are told that, and not that it is resolved.
 */
export const ENDED_WITHOUT_DATA = "ended_without_data";

/** Of a group: firing as long as one of its alerts does. */
export type GroupStatus = "firing" | "resolved";

/** One piece of news: a group of alerts as it stands, for one channel of one receiver. */
export interface Notification {
  /** Of the group, route and labels, the same as long as it lives: Alertmanager's `groupKey`. */
  readonly groupKey: string;
  /** The receiver's name, and which of its channels: `ops/slack[0]`. */
  readonly receiver: string;
  readonly channel: string;
  readonly status: GroupStatus;
  readonly groupLabels: ReadonlyMap<string, string>;
  readonly commonLabels: ReadonlyMap<string, string>;
  readonly commonAnnotations: ReadonlyMap<string, string>;
  /** Firing ones first. Resolved ones only if they were told of as firing. */
  readonly alerts: readonly Alert[];
  /** How many more there are, which were left out. */
  readonly truncatedAlerts: number;
  /** Tells this piece of news from every other: the same if it has to be sent again. */
  readonly idempotencyKey: string;
  /** When the group was flushed. */
  readonly timeMs: number;
  /** It is no alert's news but a report: this is what people read of it. Its one alert is for programs and for routes. */
  readonly report?: ReportText;
}

/** A report as chats show it. */
export interface ReportText {
  /** Which of those that are kept. */
  readonly id: string;
  /** `Daily report · 20 Nov 2026`. */
  readonly headline: string;
  /** `Opportunities found: 51`, a line each. */
  readonly lines: readonly string[];
  /** Where the whole of it is; `undefined` if nobody outside of this machine could open it. */
  readonly url: string | undefined;
}
