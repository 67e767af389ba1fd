/**
 * The bot's side of the lease as a pure state machine: the reference for `packages/bot/src/guard`, which is what bots run, and
 * what the explorer proves things about.
 *
 * - No lease, no trading. It counts from when the bot sent the renewal, by a clock that only goes forward.
 * - Only a grant that answers a renewal of this session counts: one for the process before it does not.
 * - Every message names an epoch and carries all pauses of that epoch. An epoch below the newest seen is passed over: neither a
 *   late arm nor a late grant undoes a pause.
 */

import { type Pause, stateOf } from "./latch.ts";
import type { Grant } from "./lease.ts";
import type { TradingRequest } from "./scope.ts";
import { allowed, type Intent, strictest, type TradingState } from "./state.ts";

/** Renewals that are not answered and still remembered. */
const MAX_SENT = 64;

export interface BotLease {
  readonly session: string;
  /** Of the next renewal. */
  readonly seq: number;
  /** When the renewals were sent that may still be answered: monotonic milliseconds by number. */
  readonly sent: readonly (readonly [seq: number, sentAtMs: number])[];
  /** The newest epoch seen; 0 if none. */
  readonly epoch: number;
  /** Of that epoch. */
  readonly pauses: readonly Pause[];
  /** Monotonic milliseconds; `-Infinity` before the first grant. */
  readonly endsMs: number;
}

/** What the server says of the guard: with each pause and each arm. */
export interface GuardNews {
  readonly epoch: number;
  /** All that can touch the bot's orders. */
  readonly pauses: readonly Pause[];
}

/** A bot that has just started: it may not trade. */
export function startedLease(session: string): BotLease {
  return { session, seq: 1, sent: [], epoch: 0, pauses: [], endsMs: Number.NEGATIVE_INFINITY };
}

/** A new connection: answers to renewals of the one before count no more. The lease goes on, and pauses stay. */
export function reconnected(lease: BotLease, session: string): BotLease {
  return { ...lease, session, seq: 1, sent: [] };
}

/** A renewal is sent: its number is `lease.seq`, its epoch `lease.epoch`. */
export function renewed(lease: BotLease, nowMs: number): BotLease {
  const sent = [...lease.sent, [lease.seq, nowMs] as const].slice(-MAX_SENT);
  return { ...lease, seq: lease.seq + 1, sent };
}

/** A grant has arrived. */
export function granted(lease: BotLease, grant: Omit<Grant, "kind">): BotLease {
  const sentAtMs = lease.sent.find(([seq]) => seq === grant.seq)?.[1];
  if (grant.session !== lease.session || sentAtMs === undefined || grant.epoch < lease.epoch) return lease;
  const sent = lease.sent.filter(([seq]) => seq > grant.seq);
  return { ...told(lease, grant), sent, endsMs: Math.max(lease.endsMs, sentAtMs + grant.leaseMs) };
}

/** A pause or an arm has arrived. */
export function told(lease: BotLease, { epoch, pauses }: GuardNews): BotLease {
  return epoch < lease.epoch ? lease : { ...lease, epoch, pauses };
}

/** @param afterLease what it means to have no lease: `ACTIVE` is fail-open, and has to be asked for */
export function leaseState(
  lease: BotLease,
  request: TradingRequest,
  nowMs: number,
  afterLease: TradingState = "HALTED",
): TradingState {
  const paused = stateOf(lease.pauses, request);
  return nowMs < lease.endsMs ? paused : strictest([paused, afterLease]);
}

export function mayTrade(lease: BotLease, intent: Intent, request: TradingRequest, nowMs: number): boolean {
  return allowed(leaseState(lease, request, nowMs), intent);
}
