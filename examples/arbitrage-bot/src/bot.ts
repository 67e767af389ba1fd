/**
 * The bot: quotes → scanner → risk → two orders at once, one on each venue. Orders take their time: their answers are dealt
 * with in the order in which they come, between quotes. What one leg leaves open is hedged before anything else is done.
 *
 * Before each order the guard is asked: an arbitrage opens, a hedge closes. So a bot that is REDUCING evens out what it has and
 * begins nothing, and one that is HALTED does neither, and says what it has left open.
 */
import {
  type ArbitrageRecorder,
  type Guard,
  type Intent,
  isFailure,
  type JsonLog,
  type PauseReport,
} from "@haltwatch/bot";
import type { Clock } from "./clock.ts";
import { endOnCex, sendToCex } from "./exec/cex.ts";
import { endOnDex, sendToDex } from "./exec/dex.ts";
import type { Cancellation, PaperOrder, SentOrder } from "./exec/paper-execution.ts";
import { byTime } from "./feeds/merged.ts";
import { type ArbitrageVenue, isFresh, type MarketEvent, type Quote } from "./feeds/quote.ts";
import type { Random } from "./random.ts";
import { Risk } from "./risk.ts";
import { type Finding, feeBps, Scanner } from "./scanner.ts";
import type { Strategy } from "./strategy.ts";
import { Tally } from "./tally.ts";

/** Less than this is even, in the base currency: what is left of subtracting doubles. */
const DUST_BASE = 1e-9;

/** After the last quote, what is open is hedged in at most so many orders. */
const MAX_LAST_HEDGES = 5;

export interface BotParts {
  /** For orders and opportunities: `ETHUSD`. */
  readonly symbol: string;
  readonly strategy: Strategy;
  readonly recorder: ArbitrageRecorder;
  readonly log: Pick<JsonLog, "debug" | "info" | "warn">;
  readonly clock: Clock;
  readonly random: Random;
  /** Haltwatch's word on each order; left out, the bot trades unwatched. */
  readonly guard?: Pick<Guard, "allowed"> | undefined;
}

/** An order whose answer has not come. */
interface UnderWay {
  readonly venue: ArbitrageVenue;
  readonly answerMs: number;
  readonly sent: SentOrder;
  readonly purpose: Purpose;
}

type Purpose = "arbitrage" | "hedge";

/** What the guard is told of an order: a hedge makes what is open smaller. */
const INTENTS: Readonly<Record<Purpose, Intent>> = { arbitrage: "open", hedge: "close" };

export class ArbitrageBot {
  readonly tally = new Tally();
  readonly #parts: BotParts;
  readonly #scanner: Scanner;
  readonly #risk: Risk;
  /** By the time of their answers, soonest first. */
  readonly #underWay: UnderWay[] = [];
  #lastId = 0;
  #lastSettledMs: number | undefined;
  #hedgeOn: ArbitrageVenue = "cex";
  #nextHedgeMs = Number.NEGATIVE_INFINITY;
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

  /** Both venues' positions together, in the base currency: 0 when every purchase has its sale. */
  get unhedgedBase(): number {
    const both = this.tally.positions.cex + this.tally.positions.dex;
    return Math.abs(both) < DUST_BASE ? 0 : both;
  }

  /** Orders whose answers have not come. */
  get ordersUnderWay(): number {
    return this.#underWay.length;
  }

  /** Trades until the market ends or the signal says so; then what is under way is waited for, or canceled. */
  async run(market: AsyncIterable<MarketEvent>, signal: AbortSignal): Promise<void> {
    try {
      for await (const events of byTime(market)) {
        if (signal.aborted) break;
        const quotes = events.filter((event) => event.kind === "price");
        // Gas alone is not waited for: it counts from the next quote on.
        for (const event of events) if (event.kind === "gas") this.#scanner.onGas(event);
        const [first] = quotes;
        if (first === undefined) continue;
        await this.#answersUntil(first.timeMs, signal);
        await this.#parts.clock.until(first.timeMs, signal);
        this.#onQuotes(quotes, first.timeMs);
      }
      await this.#finish(signal);
    } catch (error) {
      if (!signal.aborted) throw error; // waiting ends with an AbortError, which is how we were told to stop
    } finally {
      for (const order of this.#underWay.splice(0)) this.#cancel(order, "the bot stops");
    }
  }

  /**
   * Trading was paused, or the lease has ended: takes back what is under way and would not be sent now. For `guard.onPause`.
   *
   * A swap that is on its way to a block cannot be taken back. What it fills is hedged if closing is allowed, and else stays open
   * until somebody arms the bot.
   */
  onPause(): PauseReport {
    const forbidden = this.#underWay.filter(({ venue, purpose }) => !this.#allowed(purpose, venue));
    const cancelled = forbidden.filter(({ venue }) => venue === "cex");
    for (const order of cancelled) {
      this.#underWay.splice(this.#underWay.indexOf(order), 1);
      this.#cancel(order, "trading is paused");
    }
    const leftOpen = forbidden.length - cancelled.length;
    return { cancelled: cancelled.length, failed: 0, leftOpen, note: this.#leftOpenNote(leftOpen) };
  }

  #onQuotes(quotes: readonly Quote[], nowMs: number): void {
    for (const quote of quotes) this.#watchSkew(quote);
    const finding = this.#scanner.scan(quotes, nowMs);
    if (finding === undefined) return;
    this.#noteOpportunity(finding);
    this.#settle(nowMs);
    this.#hedge(nowMs);
    const verdict = this.#risk.judge(finding, {
      nowMs,
      positions: this.tally.positions,
      ordersUnderWay: this.ordersUnderWay,
      unhedgedBase: this.ordersUnderWay === 0 ? this.unhedgedBase : 0,
      netBpsAt: (orderQuote) => this.#scanner.netBpsAt(finding, orderQuote),
    });
    if (verdict.kind === "accepted") this.#trade(finding, verdict.base, nowMs);
    else this.tally.refused(verdict.reason);
  }

  /** An opportunity is counted once, when it opens, however many quotes it lasts. */
  #noteOpportunity({ fresh, grossBps, netBps }: Finding): void {
    const open = fresh && netBps >= this.#parts.strategy.minEdgeBps;
    if (open && !this.#opportunityOpen) {
      this.tally.opportunities += 1;
      this.#parts.recorder.recordOpportunity({
        symbol: this.#parts.symbol,
        spreadGrossBps: grossBps,
        spreadNetBps: netBps,
      });
    }
    this.#opportunityOpen = open;
  }

  #trade({ buy, sell }: Finding, base: number, nowMs: number): void {
    const { legToleranceBps } = this.#parts.strategy;
    // Both legs or neither: one alone is no arbitrage.
    if (!this.#allowed("arbitrage", buy.venue) || !this.#allowed("arbitrage", sell.venue)) {
      this.tally.refused("not_allowed");
      return;
    }
    this.#risk.traded(nowMs);
    this.#send(buy, "buy", base, legToleranceBps, "arbitrage", nowMs);
    this.#send(sell, "sell", base, legToleranceBps, "arbitrage", nowMs);
  }

  /** Evens out what one leg left open: on the CEX, or on the DEX after that has failed, is paused, or has a stale quote. */
  #hedge(nowMs: number): void {
    const open = this.unhedgedBase;
    if (open === 0 || this.#underWay.length > 0 || nowMs < this.#nextHedgeMs) return;
    const venues = this.#hedgeOn === "cex" ? (["cex", "dex"] as const) : (["dex", "cex"] as const);
    const quote = venues
      .filter((venue) => this.#allowed("hedge", venue))
      .map((venue) => this.#scanner.newest(venue))
      .find((newest) => newest !== undefined && isFresh(newest, nowMs));
    if (quote === undefined) return; // a price that is not known is not traded on, not even for this
    const { hedgeToleranceBps, maxOrderQuote } = this.#parts.strategy;
    const base = Math.min(Math.abs(open), maxOrderQuote / quote.ask);
    this.tally.hedges += 1;
    this.#send(quote, open > 0 ? "sell" : "buy", base, hedgeToleranceBps, "hedge", nowMs);
  }

  /** To be asked right before an order, each time: what was allowed a moment ago may not be any more. */
  #allowed(purpose: Purpose, venue: ArbitrageVenue): boolean {
    const { guard, strategy } = this.#parts;
    return guard === undefined || guard.allowed(INTENTS[purpose], { venue, strategy: strategy.name });
  }

  #send(
    { venue, bid, ask }: Quote,
    side: "buy" | "sell",
    base: number,
    toleranceBps: number,
    purpose: Purpose,
    nowMs: number,
  ): void {
    const { symbol, random } = this.#parts;
    this.#lastId += 1;
    const limitPrice = side === "buy" ? ask * (1 + toleranceBps / 1e4) : bid * (1 - toleranceBps / 1e4);
    const order: PaperOrder = { id: `paper-${this.#lastId}`, symbol, side, base, limitPrice };
    const sent = (venue === "cex" ? sendToCex : sendToDex)(order, random);
    this.#underWay.push({ venue, answerMs: nowMs + sent.latencyMs, sent, purpose });
    this.#underWay.sort((a, b) => a.answerMs - b.answerMs);
  }

  async #answersUntil(timeMs: number, signal: AbortSignal): Promise<void> {
    while (true) {
      const next = this.#underWay[0];
      if (next === undefined || next.answerMs > timeMs) return;
      await this.#parts.clock.until(next.answerMs, signal);
      if (this.#underWay[0] !== next) continue; // taken back meanwhile
      const quote = this.#scanner.newest(next.venue);
      if (quote === undefined) throw new Error("an order was sent to a venue that never had a quote");
      this.#underWay.shift();
      this.#orderEnded(next, quote, next.answerMs);
      this.#hedge(next.answerMs);
    }
  }

  #cancel(order: UnderWay, reason: string): void {
    this.#orderEnded(order, { kind: "canceled", reason }, this.#parts.clock.now());
  }

  #orderEnded({ venue, sent, purpose }: UnderWay, quote: Quote | Cancellation, nowMs: number): void {
    const { recorder, strategy, log } = this.#parts;
    const execution = (venue === "cex" ? endOnCex : endOnDex)(sent, quote, recorder);
    const { status, orderId, side, volumeQuote = 0, reason } = execution.report;
    const isCanceled = quote.kind === "canceled";
    const fee = isCanceled ? 0 : (volumeQuote * feeBps(quote, strategy)) / 1e4;
    const gas = venue === "dex" && execution.reachedVenue ? this.#scanner.gasQuote : 0;
    this.tally.add(venue, execution, fee + gas);
    const base = execution.filledBase;
    log.debug("order_ended", { venue, purpose, order_id: orderId, side, status, base, quote: volumeQuote, reason });
    const failed = isFailure(status);
    // A hedge takes nearly any price: that it fills does not say that the venue is well.
    const counts = failed || purpose === "arbitrage";
    if (purpose === "hedge" && volumeQuote === 0 && !isCanceled) {
      this.#nextHedgeMs = nowMs + strategy.hedgeRetryMs;
      this.#hedgeOn = venue === "cex" ? "dex" : "cex";
    } else if (purpose === "hedge") {
      this.#hedgeOn = "cex";
    }
    if (counts && !isCanceled && this.#risk.orderEnded(venue, failed, nowMs)) this.#paused(venue);
    if (this.#underWay.length === 0)
      recorder.recordExposure({ unhedgedQuote: Math.abs(this.unhedgedBase) * (this.price ?? 0) });
  }

  #paused(venue: ArbitrageVenue): void {
    const { maxFailuresInARow, pauseMs } = this.#parts.strategy;
    this.tally.pauses += 1;
    const reason = `${maxFailuresInARow} failed orders in a row`;
    this.#parts.log.warn("trading_paused", { venue, reason, for_ms: pauseMs });
  }

  #leftOpenNote(swaps: number): string | undefined {
    const { symbol } = this.#parts;
    const open = this.unhedgedBase;
    const parts = [
      ...(swaps === 0 ? [] : [`${swaps} swap${swaps === 1 ? "" : "s"} on the way to a block`]),
      ...(open === 0 ? [] : [`${Math.abs(open).toFixed(4)} ${symbol} ${open > 0 ? "long" : "short"}, unhedged`]),
    ];
    return parts.length === 0 ? undefined : `left open: ${parts.join("; ")}`;
  }

  /** The market has ended: waits for what is under way, and hedges what it leaves open while there is a price for it. */
  async #finish(signal: AbortSignal): Promise<void> {
    await this.#answersUntil(Number.POSITIVE_INFINITY, signal);
    for (let i = 0; i < MAX_LAST_HEDGES && this.unhedgedBase !== 0; i++) {
      await this.#parts.clock.until(this.#nextHedgeMs, signal);
      this.#hedge(Math.max(this.#nextHedgeMs, this.#parts.clock.now()));
      await this.#answersUntil(Number.POSITIVE_INFINITY, signal);
    }
  }

  #settle(nowMs: number): void {
    this.#lastSettledMs ??= nowMs;
    if (nowMs - this.#lastSettledMs < this.#parts.strategy.settleEveryMs) return;
    this.#lastSettledMs = nowMs;
    this.tally.settle();
  }

  #watchSkew({ venue, timeMs, exchangeTimeMs }: Quote): void {
    if (this.#skewTold || exchangeTimeMs === undefined || exchangeTimeMs <= timeMs) return;
    this.#skewTold = true;
    this.#parts.log.warn("clock_skew", {
      venue,
      ahead_ms: Math.round(exchangeTimeMs - timeMs),
      message: "the venue's clock is ahead of ours: quote ages cannot be trusted",
    });
  }
}

/** The whole of it in one object, for the log's last line. */
export function summaryOf({ tally, price, unhedgedBase }: ArbitrageBot) {
  const { orders, failed, volumeQuote, opportunities, hedges, pauses, refusals } = tally;
  return {
    opportunities,
    orders: { ...orders },
    failed: { ...failed },
    volume_quote: { ...volumeQuote },
    hedges,
    pauses,
    refusals: { ...refusals },
    unhedged_base: unhedgedBase,
    profit_quote: tally.profitQuote(price ?? 0),
  };
}
