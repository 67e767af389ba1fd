/** An alert as the dispatcher knows it. */
import type { Labels } from "@haltwatch/store/labels";
import type { Alert } from "../alert.ts";
import { fingerprintOf } from "./fingerprint.ts";

export class KnownAlert {
  readonly labels: Labels;
  readonly fingerprint: string;
  /** As it was put last. */
  alert: Alert;
  /** When it was put last, Unix milliseconds. */
  updatedAtMs: number;
  /** It fired before a restart: until it is put again it is over at this time. */
  unconfirmedUntilMs: number | undefined;
  /** In so many groups it is. In none, it can be forgotten. */
  groups = 0;

  constructor(alert: Alert, updatedAtMs: number) {
    this.labels = alert.labels;
    this.fingerprint = fingerprintOf(alert.labels);
    this.alert = alert;
    this.updatedAtMs = updatedAtMs;
  }

  /** When it was over, or will be unless it is put again; `undefined` if it fires until it is told otherwise. */
  get endsAtMs(): number | undefined {
    return this.alert.endsAtMs ?? this.unconfirmedUntilMs;
  }

  firesAt(timeMs: number): boolean {
    const endsAtMs = this.endsAtMs;
    return endsAtMs === undefined || endsAtMs > timeMs;
  }

  /** As people are told of it: without an end that is still to come. */
  toldAt(timeMs: number): Alert {
    const endsAtMs = this.firesAt(timeMs) ? undefined : this.endsAtMs;
    return endsAtMs === this.alert.endsAtMs ? this.alert : { ...this.alert, endsAtMs };
  }
}
