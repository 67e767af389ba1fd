/**
 * Evaluates one group at its times: each interval, at a place within it that follows from the group's name, so that groups do
 * not all come at once, and come at the same times after a restart. Source: Prometheus, rules/group.go (`run`, `EvalTimestamp`).
 */
import type { RuleGroup } from "@haltwatch/rules";
import type { Clock } from "../scrape/clock.ts";

/** What is told of each evaluation. */
export interface GroupRun {
  readonly group: RuleGroup;
  /** The evaluation's time, Unix milliseconds. */
  readonly timeMs: number;
  readonly durationMs: number;
  /** Evaluations that should have been since the last one, and were not: the process was too busy or asleep. */
  readonly missed: number;
}

export class GroupLoop {
  readonly group: RuleGroup;
  readonly #clock: Clock;
  readonly #told: (run: GroupRun) => void;
  #nextMs: number;
  /** The same on the clock that never jumps. */
  #dueMs = 0;
  #runs = 0;
  #mustRestore: boolean;
  #cancel: (() => void) | undefined;

  /** @param mustRestore the state of its alerts is still to be taken from before a restart */
  constructor(group: RuleGroup, clock: Clock, mustRestore: boolean, told: (run: GroupRun) => void) {
    this.group = group;
    this.#clock = clock;
    this.#mustRestore = mustRestore;
    this.#told = told;
    this.#nextMs = nextTime(group, clock.now());
    this.#wait();
  }

  /** True until the group's alerts have the state from before a restart. */
  get mustRestore(): boolean {
    return this.#mustRestore;
  }

  /** How long ago its next evaluation should have been, milliseconds; 0 or less if it is not due yet. */
  get lateMs(): number {
    return this.#cancel === undefined ? 0 : this.#clock.monotonic() - this.#dueMs;
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #wait(): void {
    const waitMs = Math.max(0, this.#nextMs - this.#clock.now());
    this.#dueMs = this.#clock.monotonic() + waitMs;
    this.#cancel = this.#clock.after(waitMs, () => this.#run());
  }

  #run(): void {
    const nowMs = this.#clock.now();
    // A timer may come a little early, and the clock may have been set back.
    if (nowMs < this.#nextMs) {
      if (this.#nextMs - nowMs > this.group.intervalMs) this.#nextMs = nextTime(this.group, nowMs);
      this.#wait();
      return;
    }
    const missed = Math.floor((nowMs - this.#nextMs) / this.group.intervalMs);
    const timeMs = this.#nextMs + missed * this.group.intervalMs;
    const begin = this.#clock.monotonic();
    this.group.evaluate(timeMs);
    this.#runs += 1;
    if (this.#mustRestore) this.#restore(timeMs);
    this.#nextMs = timeMs + this.group.intervalMs;
    this.#wait();
    this.#told({ group: this.group, timeMs, durationMs: this.#clock.monotonic() - begin, missed });
  }

  /** The first evaluation may come before the first scrape: then the alerts are there with the second. */
  #restore(timeMs: number): void {
    const hasAlerts = this.group.alertingRules.some((rule) => rule.activeAlerts().length > 0);
    if (!hasAlerts && this.#runs < 2) return;
    this.group.restoreForState(timeMs);
    this.#mustRestore = false;
  }
}

/** The group's first time after this one. */
function nextTime({ file, name, intervalMs }: RuleGroup, afterMs: number): number {
  const offset = hashOf(`${file};${name}`) % intervalMs;
  return Math.floor((afterMs - offset) / intervalMs) * intervalMs + offset + intervalMs;
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
