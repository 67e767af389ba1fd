/**
 * Leases, as the server gives them: a bot trades only while it holds one. If Haltwatch dies, hangs or cannot be reached, the
 * last one ends and trading with it.
 *
 * The server needs no clock for it: the lease counts from when the bot sent its renewal, by the bot's monotonic clock. A grant
 * names the epoch, and carries all the bot's pauses of that epoch, so that a grant never lets a bot trade that has missed one.
 */
import type { Guard } from "./guard.ts";
import type { Pause, PauseRequest } from "./latch.ts";

/** How long a lease holds, milliseconds. */
export const DEFAULT_LEASE_MS = 3000;

/** How often a bot asks for the next one, milliseconds: two renewals may be lost. */
export const DEFAULT_RENEWAL_MS = 1000;

/** Epochs beyond this are no epochs: a bot that names one must not use the numbers up. */
const MAX_SEEN_EPOCH = 2 ** 52;

export interface Renewal {
  readonly bot: string;
  /** Tells one connection of one process of the bot from all others. */
  readonly session: string;
  /** Rises with each renewal of the session. The bot notes when it sent which. */
  readonly seq: number;
  /** The highest epoch that the bot has seen since it started; 0 if none. */
  readonly epoch: number;
}

export interface Grant {
  readonly kind: "grant";
  readonly session: string;
  readonly seq: number;
  /** From the moment when the bot sent the renewal. */
  readonly leaseMs: number;
  /** The newest change that the pauses take into account. */
  readonly epoch: number;
  /** All pauses that can touch the bot's orders. */
  readonly pauses: readonly Pause[];
}

export type LeaseRefusalCode =
  /** Numbers that are none. */
  | "MALFORMED"
  /** A renewal that was there before, or was overtaken. */
  | "REPLAYED"
  /** A pause is in force that is not on the disk: nobody trades until it is. */
  | "NOT_DURABLE"
  /** The bot has seen what this file does not know. {@link Leases} pauses it, and gives it a lease that says so. */
  | "LOST_HISTORY"
  /** The server has its own reason: it cannot watch. */
  | "WITHHELD";

export interface LeaseRefusal {
  readonly kind: "refused";
  readonly code: LeaseRefusalCode;
  readonly message: string;
}

/** What a decision about a renewal needs of the guard. */
export interface LeaseView {
  readonly epoch: number;
  readonly isDurable: boolean;
  knows(epoch: number): boolean;
  pausesOf(bot: string): readonly Pause[];
}

/** The decision, without memory of renewals. */
export function grantFor(
  guard: LeaseView,
  { bot, session, seq, epoch }: Renewal,
  leaseMs: number,
): Grant | LeaseRefusal {
  if (!isWhole(seq) || !isWhole(epoch) || epoch > MAX_SEEN_EPOCH)
    return refused("MALFORMED", "a renewal has a number and an epoch, both whole and not negative");
  if (!guard.isDurable) return refused("NOT_DURABLE", "a pause could not be written: nobody trades until it is");
  if (!guard.knows(epoch)) return refused("LOST_HISTORY", `the bot has seen change ${epoch}, which is not in the file`);
  return { kind: "grant", session, seq, leaseMs, epoch: guard.epoch, pauses: guard.pausesOf(bot) };
}

/** The pause of a bot that knows more than the file. */
export function lostHistoryPause({ bot, epoch }: Renewal, timeMs: number): PauseRequest {
  return {
    scope: { bot },
    state: "HALTED",
    reason: `the bot has seen change ${epoch}, which this file does not have: a pause may be lost`,
    by: "haltwatch",
    rule: "guard:lost-history",
    timeMs,
    aboveEpoch: epoch,
  };
}

/** What the bot has seen is below the epoch of the pause that was made for it: the list that it gets is newer. */
export function afterLostHistory(renewal: Renewal): Renewal {
  return { ...renewal, epoch: 0 };
}

export interface LeasesOptions {
  /** Milliseconds; {@link DEFAULT_LEASE_MS} without it. */
  readonly leaseMs?: number | undefined;
  /** Why nobody is given a lease now: the store cannot be written, rules are not evaluated. */
  readonly withheld?: (() => string | undefined) | undefined;
}

interface Held {
  session: string;
  seq: number;
  untilMs: number;
}

export class Leases {
  readonly #guard: Guard;
  readonly #leaseMs: number;
  readonly #withheld: () => string | undefined;
  readonly #held = new Map<string, Held>();

  constructor(guard: Guard, { leaseMs = DEFAULT_LEASE_MS, withheld = () => undefined }: LeasesOptions = {}) {
    this.#guard = guard;
    this.#leaseMs = leaseMs;
    this.#withheld = withheld;
  }

  /**
   * Grants a lease, or says why not. A bot that has seen what the file does not know is paused first, for a person to look
   * at it; the grant tells it so.
   *
   * @param now `monotonicMs` when the renewal arrived, and the Unix time
   * @throws {GuardError} `NOT_DURABLE` if that pause cannot be written: no lease is given
   */
  grant(renewal: Renewal, now: { readonly monotonicMs: number; readonly timeMs: number }): Grant | LeaseRefusal {
    const { bot, session, seq } = renewal;
    const held = this.#held.get(bot);
    if (held?.session === session && seq <= held.seq) return refused("REPLAYED", `renewal ${seq} was there before`);
    const withheld = this.#withheld();
    if (withheld !== undefined) return refused("WITHHELD", withheld);
    const first = grantFor(this.#guard, renewal, this.#leaseMs);
    const isLost = first.kind === "refused" && first.code === "LOST_HISTORY";
    if (isLost) this.#guard.pause(lostHistoryPause(renewal, now.timeMs));
    const decision = isLost ? grantFor(this.#guard, afterLostHistory(renewal), this.#leaseMs) : first;
    if (decision.kind === "refused") return decision;
    // The bot sent before we received: its lease ends no later than this, whatever the network does to the grant.
    const untilMs = Math.max(now.monotonicMs + this.#leaseMs, held?.untilMs ?? 0);
    this.#held.set(bot, { session, seq, untilMs });
    return decision;
  }

  /**
   * The moment from which the bot trades for certain no more unless it is granted another lease; by the server's monotonic
   * clock, milliseconds. For a bot that cannot be told of a pause: "stops by itself within 2.1 s". `undefined`: it has no lease.
   */
  endsAtLatest(bot: string): number | undefined {
    return this.#held.get(bot)?.untilMs;
  }

  /** Bots that hold a lease at this moment. */
  holders(monotonicMs: number): string[] {
    return [...this.#held].filter(([, { untilMs }]) => untilMs > monotonicMs).map(([bot]) => bot);
  }

  /** Forgets bots whose lease has ended this long ago, milliseconds. */
  forgetEnded(monotonicMs: number, agoMs: number): void {
    for (const [bot, { untilMs }] of this.#held) if (untilMs + agoMs < monotonicMs) this.#held.delete(bot);
  }
}

function isWhole(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function refused(code: LeaseRefusalCode, message: string): LeaseRefusal {
  return { kind: "refused", code, message };
}
