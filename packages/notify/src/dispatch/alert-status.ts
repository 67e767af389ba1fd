/** Alerts and groups as they are shown: what Alertmanager's API v2 says of them. */
import type { Labels } from "@haltwatch/store/labels";
import type { Alert } from "../alert.ts";

export interface AlertStatus {
  /** `unprocessed` until its group was flushed for the first time. */
  readonly state: "unprocessed" | "active" | "suppressed";
  /** Ids of silences. */
  readonly silencedBy: readonly string[];
  /** Fingerprints of alerts. */
  readonly inhibitedBy: readonly string[];
  /** Names of time intervals. */
  readonly mutedBy: readonly string[];
}

export interface AlertWithStatus {
  readonly alert: Alert;
  readonly labels: Labels;
  /** Of its labels, the same as Alertmanager's. */
  readonly fingerprint: string;
  /** Names, in the order of their routes. */
  readonly receivers: readonly string[];
  /** When it was put last, Unix milliseconds. */
  readonly updatedAtMs: number;
  /** When it will be over unless it is put again; `undefined` if it fires until it is told otherwise. */
  readonly endsAtMs: number | undefined;
  /** Whether it was put since the start: one that fired before a restart is taken to fire on until `endsAtMs`. */
  readonly isConfirmed: boolean;
  readonly status: AlertStatus;
}

export interface AlertGroup {
  readonly labels: Labels;
  readonly receiver: string;
  /** `{}/{severity="critical"}:{alertname="x"}` */
  readonly groupKey: string;
  readonly routeId: string;
  readonly alerts: readonly AlertWithStatus[];
}
