/**
 * The bot: quotes → scanner → risk → two orders at once, one on each venue. Orders take their time: their answers are dealt
 * with in the order in which they come, between quotes. What one leg leaves open is hedged on the CEX before anything else.
 */
import type { ArbitrageRecorder, JsonLog } from "@haltwatch/bot";
import type { Clock } from "./clock.ts";
import { endOnCex, sendToCex } from "./exec/cex.ts";
import { endOnDex, sendToDex } from "./exec/dex.ts";
import { canceled, type Execution, type PaperOrder } from "./exec/paper-execution.ts";
import type { ArbitrageVenue, Quote } from "./feeds/quote.ts";
import type { Random } from "./random.ts";
import { Risk } from "./risk.ts";
import { type Finding, Scanner } from "./scanner.ts";
import type { Strategy } from "./strategy.ts";
import { Tally } from "./tally.ts";

/** Less than this is even, in the base currency: what is left of subtracting doubles. */
const DUST_BASE = 1e-9;

export interface BotParts {
  readonly strategy: Strategy;
  readonly recorder: ArbitrageRecorder;
  readonly log: Pick<JsonLog, "warn">;
  readonly clock: Clock;
  readonly random: Random;
}

/** An order whose answer has not come. */
interface UnderWay {
  readonly venue: ArbitrageVenue;
  readonly answerMs: number;
  readonly execution: Execution;
}

export class ArbitrageBot {
  readonly tally = new Tally();
  readonly #parts: BotParts;
  readonly #scanner: Scanner;
  readonly #risk: Risk;
  /** By the time of their answers, soonest first. */
  #underWay: UnderWay[] = [];
  #lastId = 0;
  #lastSettledMs: number | undefined;
  #skewTold = false;
  #opportunityOpen = false;

  constructor(parts: BotParts) {
    this.#parts = parts;
    this.#scanner = new Scanner(parts.strategy, parts.recorder);
    this.#risk = new Risk(parts.strategy);
  }

  /** The newest price of the CEX, the middle of bid and ask. */
  get price(): number | undefined {
    const quote = this.#scanner.newest("cex");
    return quote === undefined ? undefined : (quote.bid + quote.ask) / 2;
  }

  /** Trades until the quotes end or the signal says so; then what is under way is waited for, or canceled. */
  async run(quotes: AsyncIterable<Quote>, signal: AbortSignal): Promise<void> {
    try {
      for await (const quote of quotes) {
        if (signal.aborted) break;
        await this.#answersUntil(quote.timeMs, signal);
        await this.#parts.clock.until(quote.timeMs, signal);
        this.#onQuote(quote);
      }
      await this.#answersUntil(Number.POSITIVE_INFINITY, signal);
    } catch (error) {
      if (!signal.aborted) throw error; // waiting ends with an AbortError, which is how we were told to stop
    }
    for (const { venue, execution } of this.#underWay.splice(0))
      this.#orderEnded(venue, canceled(execution), this.#parts.clock.now());
  }

  #onQuote(quote: Quote): void {
    const nowMs = quote.timeMs;
    this.#recordAge(quote);
    const finding = this.#scanner.scan(quote);
    if (finding === undefined) return;
    this.#noteOpportunity(finding);
    this.#settle(nowMs);
    if (this.#underWay.length > 0) return; // one arbitrage at a time
    const unhedgedBase = this.#unhedged();
    if (unhedgedBase !== 0) {
      this.#hedge(unhedgedBase, nowMs);
      return;
    }
    const quotes = { cex: this.#scanner.newest("cex"), dex: this.#scanner.newest("dex") };
    const refusal = this.#risk.refusal(finding, { nowMs, quotes, positions: this.tally.positions, unhedgedBase });
    if (refusal === undefined) this.#trade(finding, nowMs);
  }

  /** An opportunity is counted once, when it opens, however many quotes it lasts. */
  #noteOpportunity(finding: Finding): void {
    const open = finding.netBps >= this.#parts.strategy.minEdgeBps;
    if (open && !this.#opportunityOpen) {
      this.tally.opportunities += 1;
      this.#parts.recorder.recordOpportunity({
        symbol: "ETHUSD",
        spreadGrossBps: finding.grossBps,
        spreadNetBps: finding.netBps,
      });
    }
    this.#opportunityOpen = open;
  }

  #trade(finding: Finding, nowMs: number): void {
    const base = this.#parts.strategy.orderQuote / finding.buyPrice;
    this.#risk.traded(nowMs);
    this.#send(finding.buyOn, "buy", base, finding.buyPrice, nowMs);
    this.#send(finding.sellOn, "sell", base, finding.sellPrice, nowMs);
  }

  /** Evens out on the CEX what one leg left open. */
  #hedge(unhedgedBase: number, nowMs: number): void {
    const quote = this.#scanner.newest("cex");
    if (quote === undefined) return;
    const side = unhedgedBase > 0 ? "sell" : "buy";
    this.#send("cex", side, Math.abs(unhedgedBase), side === "buy" ? quote.ask : quote.bid, nowMs);
  }

  #send(venue: ArbitrageVenue, side: "buy" | "sell", base: number, price: number, nowMs: number): void {
    this.#lastId += 1;
    const order: PaperOrder = { id: `paper-${this.#lastId}`, symbol: "ETHUSD", side, base, price };
    const execution = (venue === "cex" ? sendToCex : sendToDex)(order, this.#parts.random);
    this.#underWay.push({ venue, answerMs: nowMs + execution.latencyMs, execution });
    this.#underWay.sort((a, b) => a.answerMs - b.answerMs);
  }

  async #answersUntil(timeMs: number, signal: AbortSignal): Promise<void> {
    while (true) {
      const next = this.#underWay[0];
      if (next === undefined || next.answerMs > timeMs) return;
      await this.#parts.clock.until(next.answerMs, signal);
      this.#underWay.shift();
      this.#orderEnded(next.venue, next.execution, next.answerMs);
    }
  }

  #orderEnded(venue: ArbitrageVenue, execution: Execution, nowMs: number): void {
    const { recorder, strategy, log } = this.#parts;
    (venue === "cex" ? endOnCex : endOnDex)(execution, recorder);
    const value = execution.report.volumeQuote ?? 0;
    const gas = venue === "dex" && execution.report.status !== "rejected" ? strategy.gasQuote : 0;
    this.tally.add(venue, execution, (value * strategy.feeBps[venue]) / 1e4 + gas);
    const failed = execution.report.status === "rejected" || execution.report.status === "failed";
    if (this.#risk.orderEnded(venue, failed, nowMs)) {
      log.warn("trading_paused", {
        venue,
        reason: `${strategy.maxFailuresInARow} failed orders in a row`,
        for_ms: strategy.pauseMs,
      });
    }
    if (this.#underWay.length === 0)
      recorder.recordExposure({ unhedgedQuote: Math.abs(this.#unhedged()) * (this.price ?? 0) });
  }

  /** What both venues hold together: 0 when every purchase has its sale. */
  #unhedged(): number {
    const both = this.tally.positions.cex + this.tally.positions.dex;
    return Math.abs(both) < DUST_BASE ? 0 : both;
  }

  #settle(nowMs: number): void {
    this.#lastSettledMs ??= nowMs;
    if (nowMs - this.#lastSettledMs < this.#parts.strategy.settleEveryMs) return;
    this.#lastSettledMs = nowMs;
    this.tally.settle();
  }

  #recordAge({ venue, timeMs, exchangeTimeMs }: Quote): void {
    if (exchangeTimeMs === undefined) return;
    const ageMs = timeMs - exchangeTimeMs;
    this.#parts.recorder.recordQuoteAge(venue, Math.max(0, ageMs));
    if (ageMs >= 0 || this.#skewTold) return;
    this.#skewTold = true;
    this.#parts.log.warn("clock_skew", {
      venue,
      ahead_ms: Math.round(-ageMs),
      message: "the venue's clock is ahead of ours: quote ages cannot be trusted",
    });
  }
}
