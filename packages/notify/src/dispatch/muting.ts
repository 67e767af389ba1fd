/** Why people are not told of an alert now: a silence, another alert, the time of day. */
import type { KnownAlert } from "../alerts/known-alert.ts";
import type { Inhibitor } from "../inhibit/inhibitor.ts";
import type { Route } from "../routing/route.ts";
import type { Silences } from "../silence/silences.ts";
import { mutedByTime, type TimeIntervals } from "../time-interval/muted-by.ts";

export class Muting {
  readonly #inhibitor: Inhibitor;
  readonly #silences: Silences;
  readonly #intervals: TimeIntervals;
  /** Which silences match an alert, until a silence changes. */
  #matching = new WeakMap<KnownAlert, readonly string[]>();
  #version: number;

  constructor(inhibitor: Inhibitor, silences: Silences, intervals: TimeIntervals) {
    this.#inhibitor = inhibitor;
    this.#silences = silences;
    this.#intervals = intervals;
    this.#version = silences.version;
  }

  isMuted(alert: KnownAlert, nowMs: number): boolean {
    return this.inhibitedBy(alert, nowMs).length > 0 || this.silencedBy(alert, nowMs).length > 0;
  }

  /** Fingerprints of what inhibits it. */
  inhibitedBy(alert: KnownAlert, nowMs: number): readonly string[] {
    return this.#inhibitor.inhibitedBy(alert.labels, nowMs);
  }

  /** Ids of silences. */
  silencedBy(alert: KnownAlert, nowMs: number): readonly string[] {
    if (this.#version !== this.#silences.version) {
      this.#matching = new WeakMap();
      this.#version = this.#silences.version;
    }
    let matching = this.#matching.get(alert);
    if (matching === undefined) {
      matching = this.#silences.matching(alert.labels, nowMs);
      this.#matching.set(alert, matching);
    }
    return matching.length === 0 ? matching : matching.filter((id) => this.#silences.isActive(id, nowMs));
  }

  /** Names of time intervals. */
  mutedByTime(route: Route, nowMs: number): readonly string[] {
    const isAlwaysActive = route.muteTimeIntervals.length === 0 && route.activeTimeIntervals.length === 0;
    return isAlwaysActive ? [] : mutedByTime(route, this.#intervals, nowMs);
  }
}
