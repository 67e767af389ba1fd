/**
 * One orchestrator: brings it to what is wanted of it, and keeps it there. What is wanted last is pursued at once, whatever was
 * under way; it is asked again and again until it is confirmed. A pause stays looked after: a bot that somebody has started
 * again is paused again.
 */
import { printScope } from "../scope.ts";
import {
  call,
  faultOfAnswer,
  type OrchestratorClock,
  type OrchestratorFailure,
  type OrchestratorFetch,
  type StateSeen,
  stateSeen,
} from "./orchestrator-call.ts";
import type { OrchestratorEvent } from "./orchestrator-event.ts";
import type { OrchestratorAction, OrchestratorSettings } from "./orchestrator-settings.ts";
import type { PlaceholderValues } from "./template.ts";
import type { Wish } from "./wish.ts";

/** Waits between attempts, milliseconds; the last one from then on. Quick at first: a bot trades in the meantime. */
const RETRY_DELAYS_MS = [200, 500, 1000, 2000, 5000, 10_000];

/** Waits are longer or shorter by up to this part, so that orchestrators that failed together are not asked together. */
const JITTER = 0.2;

const ACTIONS: readonly OrchestratorAction[] = ["pause", "reduce", "resume"];

type Confirmation =
  /** It is being asked. */
  | "pending"
  /** It could not be confirmed in time. It is being asked on, but for a resume that was accepted and had no effect. */
  | "unconfirmed"
  /** It has accepted the request; it cannot be asked whether it has done it. */
  | "sent"
  /** It has said that it is so. */
  | "confirmed";

/** How things stand with what is wanted. */
export interface Progress {
  readonly wish: Wish;
  /** Since when it is wanted, Unix milliseconds. */
  readonly sinceMs: number;
  readonly confirmation: Confirmation;
  /** When it was confirmed last, Unix milliseconds. */
  readonly confirmedMs: number | undefined;
  /** Requests so far. */
  readonly attempts: number;
  readonly lastFailure: (OrchestratorFailure & { readonly timeMs: number }) | undefined;
}

export interface OrchestratorOptions {
  readonly settings: OrchestratorSettings;
  readonly fetch: OrchestratorFetch;
  readonly clock: OrchestratorClock;
  /** 0 to 1, as Math.random. */
  readonly random: () => number;
  /** Whether somebody else has asked it before: a process that has died, or this one with other settings. */
  readonly wasAsked: boolean;
  readonly onEvent: (event: OrchestratorEvent) => void;
  /** It is done, and nothing that was asked before can undo it; or it was given up. May be called more than once. */
  readonly onDone: (wish: Wish) => void;
}

interface Pursuit {
  readonly wish: Wish;
  readonly sinceMs: number;
  /** By the monotonic clock: since when it is not confirmed. */
  startedAtMs: number;
  readonly aborting: AbortController;
  confirmation: Confirmation;
  confirmedMs: number | undefined;
  attempts: number;
  lastFailure: Progress["lastFailure"];
  /** Whether it was ever confirmed: the first time is told. */
  isTold: boolean;
  /** By the monotonic clock: when the orchestrator first accepted the request. */
  acceptedAtMs: number | undefined;
  cancelTimer: () => void;
  cancelAlarm: () => void;
}

export class Orchestrator implements Disposable {
  readonly settings: OrchestratorSettings;
  readonly #options: OrchestratorOptions;
  /** Different in each process: nobody's memory of an earlier key keeps a request from being carried out. */
  readonly #keySuffix: string;
  #keys = 0;
  #pursuit: Pursuit | undefined;
  /** By the monotonic clock: until when a request that was not answered may still be carried out. */
  readonly #inDoubtUntilMs = new Map<OrchestratorAction, number>();

  constructor(options: OrchestratorOptions) {
    this.settings = options.settings;
    this.#options = options;
    const untilMs = options.clock.monotonic() + options.settings.timeoutMs;
    for (const action of options.wasAsked ? ACTIONS : []) this.#inDoubtUntilMs.set(action, untilMs);
    this.#keySuffix = Math.floor(options.random() * 2 ** 48).toString(36);
  }

  get progress(): Progress | undefined {
    return this.#pursuit;
  }

  /** From now on this is wanted. The request leaves in this turn. */
  want(wish: Wish): void {
    const { clock } = this.#options;
    this.#leave();
    const pursuit: Pursuit = {
      wish,
      sinceMs: clock.now(),
      startedAtMs: clock.monotonic(),
      aborting: new AbortController(),
      confirmation: "pending",
      confirmedMs: undefined,
      attempts: 0,
      lastFailure: undefined,
      isTold: false,
      acceptedAtMs: undefined,
      cancelTimer: () => undefined,
      cancelAlarm: () => undefined,
    };
    this.#pursuit = pursuit;
    this.#begin(pursuit);
  }

  /** Nothing is wanted any more: it is left as it is. */
  leaveAsItIs(): void {
    this.#leave();
  }

  [Symbol.dispose](): void {
    this.#leave();
  }

  #leave(): void {
    const pursuit = this.#pursuit;
    this.#pursuit = undefined;
    if (pursuit === undefined) return;
    pursuit.cancelTimer();
    pursuit.cancelAlarm();
    pursuit.aborting.abort();
  }

  /** Begins to ask, and sets the alarm for when it is not confirmed in time. */
  #begin(pursuit: Pursuit): void {
    const { clock, onEvent } = this.#options;
    const { name, confirmWithinMs } = this.settings;
    pursuit.confirmation = "pending";
    pursuit.startedAtMs = clock.monotonic();
    pursuit.acceptedAtMs = undefined;
    this.#keys++;
    pursuit.cancelTimer();
    pursuit.cancelAlarm();
    pursuit.cancelAlarm = clock.after(confirmWithinMs, () => {
      pursuit.confirmation = "unconfirmed";
      pursuit.isTold = false;
      const failure = pursuit.lastFailure ?? { message: "it has not answered yet" };
      onEvent({ kind: "unconfirmed", name, wish: pursuit.wish, afterMs: confirmWithinMs, failure });
    });
    void this.#pursue(pursuit, 0);
  }

  async #pursue(pursuit: Pursuit, attempt: number): Promise<void> {
    const isAccepted = await this.#send(pursuit);
    if (pursuit !== this.#pursuit) return;
    if (this.settings.state === undefined) {
      if (isAccepted) return this.#confirmed(pursuit, "sent");
    } else if (await this.#isSeen(pursuit, isAccepted)) {
      return this.#confirmed(pursuit, "confirmed");
    }
    if (pursuit !== this.#pursuit || this.#hasGivenUp(pursuit)) return;
    // One that was accepted and had no effect must not be taken for one that was carried out already.
    if (isAccepted) this.#keys++;
    pursuit.cancelTimer = this.#options.clock.after(this.#delayMs(attempt), () => {
      void this.#pursue(pursuit, attempt + 1);
    });
  }

  /** @returns whether it was accepted */
  async #send(pursuit: Pursuit): Promise<boolean> {
    const { clock, fetch, onEvent } = this.#options;
    const { timeoutMs, name } = this.settings;
    const { wish } = pursuit;
    const request = this.settings[wish.action];
    if (request === undefined) throw new TypeError(`${name} has no request for ${wish.action}`); // whoever wishes looks before
    pursuit.attempts++;
    const headers = { "Idempotency-Key": `${wish.epoch}-${this.#keySuffix}-${this.#keys}` };
    const { signal } = pursuit.aborting;
    const values = this.#values(wish);
    const outcome = await call({ request, values, headers, readsBody: false, timeoutMs, signal }, fetch, clock);
    if (outcome.kind === "failed") this.#inDoubtUntilMs.set(wish.action, clock.monotonic() + timeoutMs);
    if (pursuit !== this.#pursuit) return false;
    const failure = outcome.kind === "failed" ? outcome.failure : faultOfAnswer(outcome.answer);
    if (failure === undefined) {
      pursuit.acceptedAtMs ??= clock.monotonic();
      return true;
    }
    this.#failed(pursuit, failure);
    onEvent({ kind: "attempt-failed", name, wish, attempt: pursuit.attempts, failure });
    return false;
  }

  /** Asks what it does: for a while if it has accepted the request, else once, as the answer may have been lost. */
  async #isSeen(pursuit: Pursuit, isAccepted: boolean): Promise<boolean> {
    const { clock } = this.#options;
    const { state } = this.settings;
    const endMs = clock.monotonic() + (state?.withinMs ?? 0);
    for (;;) {
      const seen = await this.#look(pursuit);
      if (pursuit !== this.#pursuit || seen === undefined) return false;
      if (seen.kind === "as-wanted") return true;
      if (isAccepted) this.#failed(pursuit, seen.failure);
      if (!isAccepted || state === undefined || clock.monotonic() + state.everyMs > endMs) return false;
      await new Promise<void>((resolve) => {
        pursuit.cancelTimer = clock.after(state.everyMs, resolve);
      });
      if (pursuit !== this.#pursuit) return false;
    }
  }

  async #look(pursuit: Pursuit): Promise<StateSeen | undefined> {
    const { clock, fetch } = this.#options;
    const { state, timeoutMs } = this.settings;
    if (state === undefined) return undefined;
    const { wish, aborting } = pursuit;
    const values = this.#values(wish);
    const outcome = await call(
      { request: state, values, readsBody: true, timeoutMs, signal: aborting.signal },
      fetch,
      clock,
    );
    return stateSeen(outcome, state, wish.action);
  }

  #confirmed(pursuit: Pursuit, how: "sent" | "confirmed"): void {
    if (pursuit !== this.#pursuit) return;
    const { clock, onEvent } = this.#options;
    pursuit.cancelAlarm();
    pursuit.confirmation = how;
    pursuit.confirmedMs = clock.now();
    pursuit.lastFailure = undefined;
    if (!pursuit.isTold) {
      pursuit.isTold = true;
      const tookMs = clock.monotonic() - pursuit.startedAtMs;
      onEvent({ kind: "confirmed", name: this.settings.name, wish: pursuit.wish, how, tookMs });
    }
    this.#watch(pursuit);
  }

  /** Looks again: while it is paused, and once more when an earlier request for something else can have no effect any more. */
  #watch(pursuit: Pursuit): void {
    const { clock, onDone } = this.#options;
    const { state } = this.settings;
    const doubtMs = this.#doubtMs(pursuit.wish.action);
    if (doubtMs <= 0) onDone(pursuit.wish);
    if (state === undefined) {
      if (doubtMs > 0) pursuit.cancelTimer = clock.after(doubtMs, () => this.#begin(pursuit));
      return;
    }
    const isPaused = pursuit.wish.action !== "resume";
    if (!isPaused && doubtMs <= 0) return;
    const afterMs = isPaused ? state.checkEveryMs : Number.POSITIVE_INFINITY;
    const nextMs = doubtMs > 0 ? Math.min(doubtMs, afterMs) : afterMs;
    pursuit.cancelTimer = clock.after(nextMs, () => void this.#check(pursuit));
  }

  /** For how long something else that was asked for may still be carried out; 0 or less: no longer. */
  #doubtMs(wanted: OrchestratorAction): number {
    const untilMs = [...this.#inDoubtUntilMs].flatMap(([action, ms]) => (action === wanted ? [] : ms));
    return Math.max(...untilMs, Number.NEGATIVE_INFINITY) - this.#options.clock.monotonic();
  }

  async #check(pursuit: Pursuit): Promise<void> {
    const { clock, onEvent } = this.#options;
    const { name } = this.settings;
    const seen = await this.#look(pursuit);
    if (pursuit !== this.#pursuit || seen === undefined) return;
    if (seen.kind === "as-wanted") {
      pursuit.confirmedMs = clock.now();
      this.#watch(pursuit);
      return;
    }
    this.#failed(pursuit, seen.failure);
    if (seen.kind === "other") {
      pursuit.isTold = false;
      onEvent({ kind: "drifted", name, wish: pursuit.wish, failure: seen.failure });
    }
    if (pursuit === this.#pursuit) this.#begin(pursuit);
  }

  /**
   * A pause is never given up. A resume that was accepted and has no effect within the time is: somebody may keep the bot paused
   * on purpose.
   */
  #hasGivenUp({ wish, acceptedAtMs }: Pursuit): boolean {
    if (wish.action !== "resume" || acceptedAtMs === undefined) return false;
    const isOver = this.#options.clock.monotonic() - acceptedAtMs > this.settings.confirmWithinMs;
    if (!isOver) return false;
    this.#options.onDone(wish);
    this.#options.onEvent({ kind: "given-up", name: this.settings.name, wish });
    return true;
  }

  #failed(pursuit: Pursuit, failure: OrchestratorFailure): void {
    pursuit.lastFailure = { ...failure, timeMs: this.#options.clock.now() };
  }

  #delayMs(attempt: number): number {
    const delayMs = RETRY_DELAYS_MS[Math.min(attempt, RETRY_DELAYS_MS.length - 1)] ?? 0;
    return delayMs * (1 - JITTER + 2 * JITTER * this.#options.random());
  }

  #values({ epoch, state, reason, rule }: Wish): PlaceholderValues {
    const { scope } = this.settings;
    const { bot = "", venue = "", strategy = "" } = scope;
    return { scope: printScope(scope), bot, venue, strategy, state, reason, rule, epoch: String(epoch) };
  }
}
