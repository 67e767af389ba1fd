/**
 * What the page knows of Haltwatch from moment to moment, as signals: whether it is there, how things stand, what is paused. Events
 * change it at once; the rest is asked for again after them, and every few seconds while somebody looks.
 */
import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Health, OverviewAnswer, PauseAnswer } from "../api/answers.ts";
import { errorText, isAbort } from "../api/api-error.ts";
import type { Haltwatch } from "../api/haltwatch.ts";
import type { StreamEvent } from "./event-stream.ts";
import { type ConnectionState, LiveConnection } from "./live-connection.ts";
import { type LiveEvent, readLiveEvent } from "./live-event.ts";
import { concerns } from "./pause-scope.ts";
import { ServerClock } from "./server-clock.ts";

export interface Beat {
  /** Unix milliseconds. */
  readonly lastSampleMs: number | undefined;
  readonly lastEvaluationMs: number | undefined;
  readonly worst: Health;
  readonly firing: number;
  readonly paused: number;
}

export interface Restart {
  readonly version: string;
  /** Whether the page is of another version, and should be loaded again. */
  readonly isUpdate: boolean;
}

export interface LiveOptions {
  readonly haltwatch: Haltwatch;
  readonly token: () => string | undefined;
  readonly fetch: typeof fetch;
  readonly monotonic: () => number;
  readonly wall: () => number;
  readonly isHidden: () => boolean;
}

/** Between two looks at everything, while nothing happens. */
const REFRESH_MS = 5000;

/** After a change, so long is waited for others that come with it. */
const SOON_MS = 50;

/** Ages on the page move on this often. */
const TICK_MS = 250;

/** A shorter gap is not spoken of: connections are cut and come back. */
const GRACE_MS = 700;

/** From here on the computer's clock is called wrong. */
const SKEW_MS = 5000;

export class Live implements Disposable {
  readonly #options: LiveOptions;
  readonly #clock: ServerClock;
  readonly #connection: LiveConnection;
  readonly #state = signal<ConnectionState>({ kind: "connecting" });
  readonly #nowMs;
  readonly #beat = signal<Beat | undefined>(undefined);
  readonly #overview = signal<OverviewAnswer | undefined>(undefined);
  readonly #pauses = signal<readonly PauseAnswer[]>([]);
  readonly #fault = signal<string | undefined>(undefined);
  readonly #generation = signal(0);
  readonly #alertChanges = signal(0);
  readonly #skewMs = signal(0);
  readonly #listeners = new Set<(event: LiveEvent) => void>();
  readonly #restart = signal<Restart | undefined>(undefined);
  #newestBeat: Beat | undefined;
  #process: { readonly started: string; readonly version: string } | undefined;
  #loading: AbortController | undefined;
  #refreshTimer: ReturnType<typeof setInterval> | undefined;
  #tickTimer: ReturnType<typeof setInterval> | undefined;
  #soonTimer: ReturnType<typeof setTimeout> | undefined;

  /** Whether what is shown may be old: Haltwatch is not heard. */
  readonly isStale: ReadonlySignal<boolean> = computed(() => {
    const state = this.#state.value;
    if (state.kind === "live") return false;
    if (state.kind === "connecting") return false;
    return this.monotonicAge(state.sinceMs) > GRACE_MS;
  });

  constructor(options: LiveOptions) {
    this.#options = options;
    this.#clock = new ServerClock(options.monotonic, options.wall);
    this.#nowMs = signal(options.wall());
    this.#connection = new LiveConnection({
      token: options.token,
      fetch: options.fetch,
      now: options.monotonic,
      onEvent: (event) => this.#received(event),
      onState: (state) => {
        this.#state.value = state;
        this.#tick();
      },
    });
  }

  get state(): ReadonlySignal<ConnectionState> {
    return this.#state;
  }

  /** Haltwatch's time, Unix milliseconds, moving on a few times a second while somebody looks. */
  get nowMs(): ReadonlySignal<number> {
    return this.#nowMs;
  }

  get beat(): ReadonlySignal<Beat | undefined> {
    return this.#beat;
  }

  get overview(): ReadonlySignal<OverviewAnswer | undefined> {
    return this.#overview;
  }

  /** All that are in force, also those that name no bot that is known here. */
  get pauses(): ReadonlySignal<readonly PauseAnswer[]> {
    return this.#pauses;
  }

  /** Why the overview could not be had, although Haltwatch is there. */
  get fault(): ReadonlySignal<string | undefined> {
    return this.#fault;
  }

  /** Another number each time that all has to be asked for again: after a gap, a restart, another token. */
  get generation(): ReadonlySignal<number> {
    return this.#generation;
  }

  /** Another number with each change of an alert, a pause or the configuration. */
  get changes(): ReadonlySignal<number> {
    return this.#alertChanges;
  }

  /** How far this computer's clock is ahead of Haltwatch's; 0 if it is right. */
  get skewMs(): ReadonlySignal<number> {
    return this.#skewMs;
  }

  /** The last time that Haltwatch was found to be another process. */
  get restart(): ReadonlySignal<Restart | undefined> {
    return this.#restart;
  }

  monotonicAge(sinceMs: number): number {
    // Read for its subscription: whoever computes with an age is computed again with each tick.
    void this.#nowMs.value;
    return this.#options.monotonic() - sinceMs;
  }

  start(): void {
    this.#connection.start();
    this.wake();
  }

  /** Somebody looks, or no longer: a hidden tab hears events for its title, and asks for nothing. */
  wake(): void {
    clearInterval(this.#refreshTimer);
    clearInterval(this.#tickTimer);
    if (this.#options.isHidden()) return;
    this.#beat.value = this.#newestBeat;
    this.#tickTimer = setInterval(() => this.#tick(), TICK_MS);
    this.#refreshTimer = setInterval(() => this.#refresh({ isNeeded: false }), REFRESH_MS);
    this.#tick();
    this.#refresh({ isNeeded: false });
  }

  reconnect(): void {
    this.#connection.reconnect();
  }

  /** Everything again, for instance after what the person has done. */
  refresh(): void {
    this.#refresh({ isNeeded: true });
    this.#alertChanges.value += 1;
  }

  /** @returns what ends it */
  listen(listener: (event: LiveEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  [Symbol.dispose](): void {
    this.#connection[Symbol.dispose]();
    this.#loading?.abort();
    clearInterval(this.#refreshTimer);
    clearInterval(this.#tickTimer);
    clearTimeout(this.#soonTimer);
  }

  #tick(): void {
    this.#nowMs.value = this.#clock.now();
    const skewMs = this.#clock.skewMs();
    const shown = Math.abs(skewMs) < SKEW_MS ? 0 : Math.round(skewMs / 1000) * 1000;
    if (Math.abs(shown - this.#skewMs.peek()) >= 1000) this.#skewMs.value = shown;
  }

  #received(raw: StreamEvent): void {
    const event = readLiveEvent(raw);
    if (event === undefined) return;
    batch(() => this.#apply(event));
    for (const listener of this.#listeners) listener(event);
  }

  #apply(event: LiveEvent): void {
    switch (event.kind) {
      case "hello": {
        const before = this.#process;
        this.#process = { started: event.started, version: event.version };
        this.#clock.heard(event.nowMs);
        this.#tick();
        this.#generation.value += 1;
        this.#refresh({ isNeeded: true });
        if (before !== undefined && before.started !== event.started) {
          this.#restart.value = { version: event.version, isUpdate: before.version !== event.version };
        }
        return;
      }
      case "beat":
        this.#clock.heard(event.nowMs);
        this.#newestBeat = event;
        // A hidden tab draws nothing for a beat that changes nothing.
        if (this.#options.isHidden() && isSame(event, this.#beat.peek())) return;
        this.#beat.value = event;
        this.#tick();
        return;
      case "pause":
        this.#withPause(event.pause);
        this.#changed();
        return;
      case "arm":
      case "alert":
      case "missed":
      case "config":
        this.#changed();
        return;
      case "fault":
      case "message":
        return;
      default:
        event satisfies never;
    }
  }

  /** Shown in the moment it arrives; what else has changed with it is asked for. */
  #withPause(pause: PauseAnswer): void {
    const known = this.#pauses.peek();
    if (!known.some(({ epoch }) => epoch === pause.epoch)) this.#pauses.value = [...known, pause];
    const overview = this.#overview.peek();
    if (overview === undefined) return;
    const bots = overview.bots.map((bot) =>
      !concerns(pause.scope, bot.bot) || bot.pauses.some(({ epoch }) => epoch === pause.epoch)
        ? bot
        : {
            ...bot,
            pauses: [...bot.pauses, pause],
            state: bot.state === "HALTED" ? bot.state : pause.state,
            since: bot.state === "ACTIVE" ? pause.time : bot.since,
          },
    );
    this.#overview.value = { ...overview, bots, worst: "paused" };
  }

  #changed(): void {
    // What comes together is asked for once; what keeps coming does not put it off.
    this.#soonTimer ??= setTimeout(() => {
      this.#soonTimer = undefined;
      this.refresh();
    }, SOON_MS);
  }

  /** @param isNeeded what is under way may have been asked before the change */
  #refresh({ isNeeded }: { readonly isNeeded: boolean }): void {
    const { kind } = this.#state.peek();
    if (!isNeeded && (kind === "unauthorized" || kind === "gone" || this.#loading !== undefined)) return;
    this.#loading?.abort();
    const loading = new AbortController();
    this.#loading = loading;
    const { haltwatch } = this.#options;
    Promise.all([haltwatch.overview(loading), haltwatch.pauses(loading)]).then(
      ([overview, pauses]) => {
        if (this.#loading !== loading) return;
        this.#loading = undefined;
        batch(() => {
          this.#overview.value = overview;
          this.#pauses.value = pauses;
          this.#fault.value = undefined;
        });
      },
      (error: unknown) => {
        if (this.#loading !== loading) return;
        this.#loading = undefined;
        if (isAbort(error)) return;
        this.#fault.value = errorText(error);
      },
    );
  }
}

function isSame(beat: Beat, before: Beat | undefined): boolean {
  return beat.worst === before?.worst && beat.firing === before.firing && beat.paused === before.paused;
}
