/** What the bot itself knows of its trading: compared in tests with what its metrics say. */
import { isFailure } from "@haltwatch/bot";
import type { Execution } from "./exec/paper-execution.ts";
import type { ArbitrageVenue } from "./feeds/quote.ts";
import type { Refusal } from "./risk.ts";

export class Tally {
  readonly orders: Record<ArbitrageVenue, number> = { cex: 0, dex: 0 };
  readonly failed: Record<ArbitrageVenue, number> = { cex: 0, dex: 0 };
  readonly volumeQuote: Record<ArbitrageVenue, number> = { cex: 0, dex: 0 };
  /** In the base currency; negative is short. */
  readonly positions: Record<ArbitrageVenue, number> = { cex: 0, dex: 0 };
  /** How often an arbitrage was refused, by why. */
  readonly refusals: Partial<Record<Refusal, number>> = {};
  opportunities = 0;
  /** Orders that evened out what one leg left open. */
  hedges = 0;
  /** Trading was paused after too many failures so many times. */
  pauses = 0;
  /** Cash, in the quote currency, after fees and gas. */
  cashQuote = 0;
  /** Moved from the CEX to the DEX when the venues settled, in the base currency; negative is the other way. */
  settledBase = 0;

  add(venue: ArbitrageVenue, execution: Execution, costsQuote: number): void {
    const { report, filledBase, cashQuote } = execution;
    this.orders[venue] += 1;
    if (isFailure(report.status)) this.failed[venue] += 1;
    this.volumeQuote[venue] += report.volumeQuote ?? 0;
    this.positions[venue] += filledBase;
    this.cashQuote += cashQuote - costsQuote;
  }

  refused(reason: Refusal): void {
    this.refusals[reason] = (this.refusals[reason] ?? 0) + 1;
  }

  /** Positions that offset each other are moved from one venue to the other. */
  settle(): void {
    const { cex, dex } = this.positions;
    const moved = Math.sign(cex) === Math.sign(dex) ? 0 : Math.sign(cex) * Math.min(Math.abs(cex), Math.abs(dex));
    this.positions.cex -= moved;
    this.positions.dex += moved;
    this.settledBase += moved;
  }

  /** Cash, and what is held at this price. */
  profitQuote(price: number): number {
    return this.cashQuote + (this.positions.cex + this.positions.dex) * price;
  }
}
