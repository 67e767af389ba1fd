/**
 * A directional trading bot that trades on nothing: a trade about every eight seconds, which opens and closes a position,
 * slightly more of them winning than losing, so that its account neither runs away nor ends.
 */
import { type BotMetrics, exportSnapshots, Registry, type RiskMetrics, TradingOrders } from "@haltwatch/bot";
import type { AskAllowed, SimulatedBot, SimulationOptions } from "../pack.ts";
import { seededRandom } from "../seeded-random.ts";

const STEP_MS = 1000;
const DAY_MS = 86_400_000;

/** Snapshots are taken with each step; their timer is not wanted. The longest that a timer can be. */
const NEVER_MS = 2 ** 31 - 1;

const VENUE = "cex";
const STRATEGY = "trend";
const SYMBOL = "BTCUSDT";

const START_BALANCE_USD = 10_000;

/** Chance of a trade in each second. */
const TRADE_CHANCE = 1 / 8;

/** What a position is worth. */
const POSITION_USD = 2_000;

/** What a trade makes or loses, US dollars. */
const RESULT_USD = 2;

/** What the account has earned beyond this is taken out: it stays the size that the limits are made for. */
const KEPT_USD = 10_200;

/** Closed trades that the win rate is taken over. */
const WIN_RATE_TRADES = 100;

export function startSimulation(options: SimulationOptions): SimulatedBot {
  return new SimulatedTradingBot(options);
}

class SimulatedTradingBot implements SimulatedBot {
  readonly registry: Registry;
  readonly #orders: TradingOrders;
  readonly #takeSnapshots: () => Promise<void>;
  readonly #random: () => number;
  readonly #allowed: AskAllowed;
  #faults: ReadonlySet<string> = new Set();
  #livedMs: number;
  #isAnswering = true;
  #balanceUsd = START_BALANCE_USD;
  #peakUsd = START_BALANCE_USD;
  #maxDrawdown = 0;
  #dayUsd = 0;
  #unrealizedUsd = 0;
  #exposureUsd = POSITION_USD;
  #lossesInARow = 0;
  #trades = 0;
  /** Whether each of the newest trades won, the newest last. */
  readonly #results: boolean[] = [];

  constructor({ seed, startMs, allowed = () => true, shownTime = (livedMs) => livedMs }: SimulationOptions) {
    this.#random = seededRandom(seed);
    this.#allowed = allowed;
    this.#livedMs = startMs;
    this.registry = new Registry({ now: () => shownTime(this.#livedMs) });
    this.#orders = new TradingOrders(this.registry);
    this.#orders.announceVenue(VENUE);
    const snapshots = exportSnapshots(this.registry, {
      bot: () => this.#account(),
      risk: () => this.#risk(),
      intervalMs: NEVER_MS,
    });
    this.#takeSnapshots = () => snapshots.take();
  }

  get isAnswering(): boolean {
    return this.#isAnswering;
  }

  step(timeMs: number, faults: ReadonlySet<string>): void {
    this.#faults = faults;
    this.#isAnswering = !faults.has("endpoint-down");
    while (this.#livedMs + STEP_MS <= timeMs) {
      const isNewDay = Math.floor((this.#livedMs + STEP_MS) / DAY_MS) > Math.floor(this.#livedMs / DAY_MS);
      this.#livedMs += STEP_MS;
      if (isNewDay) this.#dayUsd = 0;
      if (this.#isAnswering) this.#second();
    }
    // A stale account is a bot that waits for its venue: no snapshot comes, and none fails.
    if (this.#isAnswering && !faults.has("stale-account")) void this.#takeSnapshots(); // the account is at hand: done at once
  }

  #second(): void {
    const faults = this.#faults;
    this.#unrealizedUsd = faults.has("drawdown") ? this.#unrealizedUsd - 12 : (this.#random() - 0.5) * 10;
    this.#exposureUsd = faults.has("over-exposed") ? 35_000 : POSITION_USD * (1 + this.#random());
    this.#orders.recordRateLimit(VENUE, faults.has("rate-limit") ? 0.03 : 0.7 + this.#random() * 0.3);
    if (faults.has("order-storm")) this.#storm();
    if (faults.has("wrong-prices") && this.#random() < TRADE_CHANCE) this.#orders.recordCollarBreach(VENUE);
    else if (this.#random() < TRADE_CHANCE) this.#trade();
  }

  /** Opens and closes a position. */
  #trade(): void {
    const faults = this.#faults;
    const side = this.#random() < 0.5 ? "buy" : "sell";
    if (!this.#order("open")) return;
    this.#execute(side);
    this.#order("close");
    if (!faults.has("repeated-executions")) this.#execute(side === "buy" ? "sell" : "buy");
    this.#trades += 1;
    this.#close(this.#wins());
  }

  #wins(): boolean {
    if (this.#faults.has("losing-streak")) return false;
    if (this.#faults.has("low-win-rate")) return this.#trades % 3 === 0;
    // Never a long run of losses by chance: with an even coin one of six comes about every quarter of an hour.
    return this.#lossesInARow >= 3 || this.#random() < 0.55;
  }

  #close(isWin: boolean): void {
    this.#results.push(isWin);
    if (this.#results.length > WIN_RATE_TRADES) this.#results.shift();
    this.#lossesInARow = isWin ? 0 : this.#lossesInARow + 1;
    const size = this.#faults.has("losing-streak") ? 0.5 : RESULT_USD * (0.5 + this.#random());
    const made = this.#faults.has("low-win-rate") ? 2 * size : size;
    const result = isWin ? made : -size;
    this.#balanceUsd = Math.min(KEPT_USD, this.#balanceUsd + result);
    this.#dayUsd += result;
  }

  /** @returns whether it was allowed, and the venue took it */
  #order(intent: "open" | "close"): boolean {
    if (!this.#allowed(intent, { venue: VENUE, strategy: STRATEGY })) return false;
    const faults = this.#faults;
    const tickToOrder = faults.has("slow-bot") ? 1000 : 1 + this.#random() * 20;
    this.#orders.recordOrder({ venue: VENUE, strategy: STRATEGY, intent, tickToOrder });
    const latency = (30 + this.#random() * 90) * (faults.has("slow-venue") ? 20 : 1);
    const isRejected = faults.has("rejected-orders");
    this.#orders.recordAnswer({ venue: VENUE, status: isRejected ? "rejected" : "accepted", latency });
    return !isRejected;
  }

  #execute(side: "buy" | "sell"): void {
    const bought = this.#faults.has("repeated-executions") ? "buy" : side;
    const slippageBps = this.#faults.has("bad-fills") ? 80 : this.#random() * 6 - 2;
    this.#orders.recordExecution({ venue: VENUE, strategy: STRATEGY, symbol: SYMBOL, side: bought, slippageBps });
  }

  #storm(): void {
    for (let order = 0; order < 30 && this.#allowed("open", { venue: VENUE, strategy: STRATEGY }); order++) {
      this.#order("open");
      this.#orders.recordMessage(VENUE, "cancel");
    }
  }

  #account(): BotMetrics {
    const wins = this.#results.filter((isWin) => isWin).length;
    const closedTrades = this.#results.length;
    return {
      balanceUsd: this.#balanceUsd,
      realizedPnlUsd: this.#balanceUsd - START_BALANCE_USD,
      unrealizedPnlUsd: this.#unrealizedUsd,
      winRate: closedTrades === 0 ? undefined : wins / closedTrades,
      closedTrades,
      openPositions: 1,
      exposureUsd: this.#exposureUsd,
    };
  }

  #risk(): RiskMetrics {
    const worthUsd = this.#balanceUsd + this.#unrealizedUsd;
    this.#peakUsd = Math.max(this.#peakUsd, worthUsd);
    const drawdown = 1 - worthUsd / this.#peakUsd;
    this.#maxDrawdown = Math.max(this.#maxDrawdown, drawdown);
    return {
      drawdown,
      maxDrawdown: this.#maxDrawdown,
      dailyPnlUsd: this.#dayUsd + this.#unrealizedUsd,
      consecutiveLosses: this.#lossesInARow,
      circuitBreakers: { max_loss: this.#faults.has("breaker-open"), stale_data: false },
    };
  }
}
