/**
 * Whether the bot may trade. {@link Guard.allowed} is a synchronous read without I/O, to be asked right before each order. It
 * is true only while a lease holds that Haltwatch has granted, and no pause touches the order: a bot whose event loop was
 * blocked, or whose Haltwatch is dead, cut off or stopped, does not trade on what it was told before.
 *
 * Pauses are latched: the end of a link, of a lease or of Haltwatch takes none of them away, only Haltwatch's word does. What it
 * says with a lower epoch than it has said before is of the past, and lifts nothing.
 */
import type { LinkClock } from "../link/link-clock.ts";
import { Lease, type Moment } from "./lease.ts";
import {
  ACTIVE,
  HALTED,
  type Intent,
  type Pause,
  REDUCING,
  stateNamed,
  strictnessOf,
  type TradingScope,
  type TradingState,
  touches,
} from "./pause.ts";
import { type HandledPause, type PauseHandler, type PauseHandlerOptions, PauseHandlers } from "./pause-handlers.ts";
import { type PauseCause, TradingPaused } from "./trading-paused.ts";

/** What a lost lease means: `halt`, nothing is traded; `reduce`, only what closes; `open`, trading goes on unwatched. */
export type LostLease = (typeof LOST_LEASES)[number];

export const LOST_LEASES = ["halt", "reduce", "open"] as const;

const LEASE_ENDED = "the lease ended without a renewal by Haltwatch";

/** What the guard tells whoever made it: the link. */
export interface GuardEvents {
  /** A lease was granted. */
  readonly onLease?: (() => void) | undefined;
  /** The lease has ended without a renewal; when, Unix milliseconds. */
  readonly onLeaseLost?: ((sinceMs: number) => void) | undefined;
  /** A pause has just come in force. */
  readonly onPause?: ((pause: Pause) => void) | undefined;
  /** The handlers have ended, so many milliseconds after the pause came. */
  readonly onHandled?: ((pause: Pause, handled: HandledPause, tookMs: number) => void) | undefined;
  /** What {@link Guard.state} gives has changed. */
  readonly onState?: ((state: TradingState, cause: PauseCause | undefined) => void) | undefined;
}

export interface GuardOptions extends GuardEvents {
  readonly clock: LinkClock;
  /** Default `halt`. */
  readonly lostLease?: LostLease | undefined;
  /** Why there is no lease before the first one. */
  readonly noLeaseReason?: string | undefined;
}

/** What the link hands on. */
export interface GuardWord {
  readonly epoch: number;
  /** All pauses in force that touch this bot. */
  readonly pauses: readonly Pause[];
}

export class Guard {
  readonly #clock: LinkClock;
  readonly #events: GuardEvents;
  readonly #whenLost: number;
  readonly #lease = new Lease();
  readonly #handlers: PauseHandlers;
  #pauses: readonly Pause[] = [];
  /** The highest that Haltwatch has said. */
  #epoch = -1;
  /** Pauses that the handlers have been called for. */
  #handled = new Set<number>();
  #noLeaseReason: string;
  #lostSinceMs: number;
  #shown: TradingState;
  #cancelExpiry: () => void = () => undefined;

  constructor(options: GuardOptions) {
    const { clock, lostLease = "halt", noLeaseReason = "Haltwatch has granted no lease yet" } = options;
    this.#clock = clock;
    this.#events = options;
    this.#whenLost = lostLease === "open" ? ACTIVE : lostLease === "reduce" ? REDUCING : HALTED;
    this.#handlers = new PauseHandlers((ms, call) => clock.after(ms, call));
    this.#noLeaseReason = noLeaseReason;
    this.#lostSinceMs = clock.wall();
    this.#shown = this.state;
  }

  /** The highest epoch that Haltwatch has said, or 0: it must know it again after a restart. */
  get epoch(): number {
    return Math.max(0, this.#epoch);
  }

  /**
   * Whether an order may be sent now. No I/O, no allocation, below 100 ns.
   *
   * @param intent `close` for what makes a position smaller; anything else counts as `open`
   * @param scope where the order goes. What is left out may be anything: a pause of one venue forbids what names no venue
   */
  allowed(intent: Intent, scope?: TradingScope): boolean {
    return this.#strictness(scope) < (intent === "close" ? HALTED : REDUCING);
  }

  /**
   * As {@link allowed}, but throws where it is false.
   *
   * @throws {TradingPaused} with the rule, the reason and since when
   */
  check(intent: Intent, scope?: TradingScope): void {
    if (this.allowed(intent, scope)) return;
    throw new TradingPaused(intent, scope, this.cause(scope) ?? this.#leaseCause());
  }

  /**
   * Calls the handler whenever trading is paused, or paused more strictly, or a lease ends. What it reports is told to Haltwatch.
   *
   * @returns ends the calls
   * @example
   * ```ts
   * guard.onPause(async ({ signal }) => {
   *   const { cancelled, failed } = await exchange.cancelAll({ signal });
   *   return { cancelled, failed, leftOpen: failed };
   * }, { budgetMs: 2_000 });
   * ```
   */
  onPause(handler: PauseHandler, options: PauseHandlerOptions = {}): () => void {
    return this.#handlers.add(handler, options);
  }

  /** Of the bot as a whole: the strictest of what holds anywhere. */
  get state(): TradingState {
    return stateNamed(this.#strictness(undefined));
  }

  /** All pauses in force, whether or not a lease holds. */
  get pauses(): readonly Pause[] {
    return this.#pauses;
  }

  /** How long the lease still holds, milliseconds; 0 if none does. */
  get leaseLeftMs(): number {
    return this.#holds() ? this.#lease.until - this.#clock.monotonic() : 0;
  }

  /** What forbids trading there, the strictest first; `undefined` if nothing does. */
  cause(scope?: TradingScope): PauseCause | undefined {
    const isLost = !this.#holds();
    let found: PauseCause | undefined = isLost && this.#whenLost > ACTIVE ? this.#leaseCause() : undefined;
    for (const pause of this.#pauses) {
      if (!touches(pause.scope, scope)) continue;
      // A pause says more than a missing lease that is as strict.
      const isStricter = found === undefined || strictnessOf(pause.state) > strictnessOf(found.state);
      const saysMore = found?.pause === undefined && found?.state === pause.state;
      if (isStricter || saysMore) found = { ...pause, pause };
    }
    return found;
  }

  /**
   * Haltwatch granted a renewal.
   *
   * @param sent when the renewal was sent
   * @internal
   */
  granted(sent: Moment, lengthMs: number, word: GuardWord): void {
    // What is granted with an old epoch was said before a pause that is known here: it may not even lengthen the lease.
    if (word.epoch < this.#epoch) return;
    this.#lease.extend(sent, lengthMs);
    this.#noLeaseReason = LEASE_ENDED; // from its end on: whoever asks may do so before the timer goes off
    this.told(word);
    this.#watchExpiry();
    this.#events.onLease?.();
  }

  /** Haltwatch told what is paused. @returns whether it was believed @internal */
  told({ epoch, pauses }: GuardWord): boolean {
    if (epoch < this.#epoch) return false;
    this.#epoch = epoch;
    this.#pauses = pauses;
    const news = pauses.filter((pause) => !this.#handled.has(pause.epoch));
    this.#handled = new Set(pauses.map((pause) => pause.epoch));
    for (const pause of news) this.#paused(pause);
    this.#tellState();
    return true;
  }

  /** There is no link for good: the lease ends now. @internal */
  close(reason: string): void {
    this.#cancelExpiry();
    this.#noLeaseReason = reason;
    this.#lease.end();
    this.#lostSinceMs = this.#clock.wall();
    this.#tellState();
  }

  #strictness(scope: TradingScope | undefined): number {
    let strictest = this.#holds() ? ACTIVE : this.#whenLost;
    const pauses = this.#pauses;
    for (let i = 0; i < pauses.length && strictest < HALTED; i++) {
      const pause = pauses[i] as Pause; // i < length
      if (!touches(pause.scope, scope)) continue;
      const strictness = pause.state === "REDUCING" ? REDUCING : HALTED;
      if (strictness > strictest) strictest = strictness;
    }
    return strictest;
  }

  #holds(): boolean {
    return this.#lease.holds(this.#clock.monotonic(), this.#clock.wall());
  }

  #leaseCause(): PauseCause {
    return {
      state: this.#whenLost === REDUCING ? "REDUCING" : "HALTED",
      reason: this.#noLeaseReason,
      rule: undefined,
      by: "the bot's own guard",
      timeMs: this.#lostSinceMs,
      pause: undefined,
    };
  }

  #paused(pause: Pause): void {
    const beganMs = this.#clock.monotonic();
    this.#events.onPause?.(pause);
    void this.#handlers
      .run({ ...pause, pause })
      .then((handled) => this.#events.onHandled?.(pause, handled, this.#clock.monotonic() - beganMs));
  }

  /** Calls the handlers when the lease ends. Whether trading is allowed does not depend on it. */
  #watchExpiry(): void {
    this.#cancelExpiry();
    const leftMs = this.#lease.until - this.#clock.monotonic();
    this.#cancelExpiry = this.#clock.after(Math.max(0, leftMs), () => {
      if (this.#holds()) {
        this.#watchExpiry(); // a timer may be early by a fraction of a millisecond
        return;
      }
      this.#lostSinceMs = this.#clock.wall();
      this.#tellState();
      this.#events.onLeaseLost?.(this.#lostSinceMs);
      if (this.#whenLost > ACTIVE) void this.#handlers.run(this.#leaseCause());
    });
  }

  #tellState(): void {
    const { state } = this;
    if (state === this.#shown) return;
    this.#shown = state;
    this.#events.onState?.(state, this.cause());
  }
}
