/** What a betting bot tells of its bets. */
import type { Duration } from "../duration.ts";
import type { BET_STATUSES, BETTING_VENUES } from "./metrics.ts";

/** Where bets are made: `sx`, `azuro`, or a name of your own. */
export type BettingVenue = (typeof BETTING_VENUES)[number] | (string & {});

/**
 * `unfilled`: accepted, and nobody took it. `rejected`: the venue said no. `error`: no answer, or none that could be understood; what
 * became of it may be known later, and is not counted again.
 */
export type BetStatus = (typeof BET_STATUSES)[number];

/** What became of a bet. */
export interface BetReport {
  readonly status: BetStatus;
  /** From sending it until the venue had accepted it; only of what was accepted. A number is milliseconds. */
  readonly acceptTime?: Duration | undefined;
  /** From the quote until the fill; only of what was filled, in whole or in part. A number is milliseconds. */
  readonly quoteToFill?: Duration | undefined;
}

/** A transaction that a chain has taken in. */
export interface TransactionReport {
  readonly reverted: boolean;
  /** US dollars, not negative. */
  readonly gasUsd?: number | undefined;
}

/** What is at stake. What is left out stays as it was. */
export interface BettingExposure {
  /** Stakes of all open bets, percent of the bank. */
  readonly openPct?: number | undefined;
  /** Stake that one filled leg leaves without its other leg, US dollars; 0 when all are even. */
  readonly unhedgedUsd?: number | undefined;
}
