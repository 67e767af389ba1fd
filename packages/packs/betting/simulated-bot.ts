/**
 * A betting bot that bets on nothing: quotes each second, an arbitrage of two legs about every four seconds, a look at venues and
 * chains every half minute, and at its wallets every minute. Its heartbeat and its balance watcher are within it.
 */
import { type BetStatus, BettingMetrics, type BettingVenue, Registry, RuntimeRegistry } from "@haltwatch/bot";
import type { AskAllowed, SimulatedBot, SimulationOptions } from "../pack.ts";
import { seededRandom } from "../seeded-random.ts";

const SECOND_MS = 1000;
const DAY_MS = 86_400_000;

/** Chance of an arbitrage in each second. */
const OPPORTUNITY_CHANCE = 1 / 4;

/** Between two looks, seconds. */
const HEARTBEAT_SECONDS = 30;
const BALANCE_SECONDS = 60;

/** Usual time until a bet is accepted, milliseconds: half of it to one and a half. */
const ACCEPT_MS = { sx: 600, azuro: 1200 } as const;

/** Of a bet that nothing is wrong with: its chances, the rest is filled. */
const USUAL_CHANCES: readonly (readonly [BetStatus, number])[] = [
  ["partially_filled", 0.04],
  ["unfilled", 0.01],
  ["rejected", 0.008],
  ["error", 0.002],
];

/** Of a filled bet to be voided, and of a transaction to revert. */
const VOID_CHANCE = 0.003;
const REVERT_CHANCE = 0.001;

/** What each wallet holds, US dollars. */
const WALLETS = [
  { wallet: "sx", token: "USDC", usd: 900 },
  { wallet: "sx", token: "SX", usd: 20 },
  { wallet: "azuro", token: "USDC", usd: 850 },
  { wallet: "azuro", token: "ETH", usd: 30 },
] as const;

/** What is left of the drained one for each token, US dollars. */
const DRAINED_USD = 2;

/** Chains, and the usual age of their newest block when it is looked at, seconds. */
const HEAD_SECONDS = { sx: 2, arbitrum: 0.5 } as const;

type Chain = keyof typeof HEAD_SECONDS;

export function startSimulation(options: SimulationOptions): SimulatedBot {
  return new SimulatedBettingBot(options);
}

class SimulatedBettingBot implements SimulatedBot {
  readonly registry = new Registry();
  readonly #metrics: BettingMetrics;
  readonly #runtime: RuntimeRegistry;
  readonly #random: () => number;
  readonly #startMs: number;
  readonly #allowed: AskAllowed;
  readonly #shownTime: (livedMs: number) => number;
  #livedMs: number;
  #isAnswering = true;
  #unhedgedUsd = 0;
  /** Since when each fault that is on is on, Unix milliseconds. */
  readonly #since = new Map<string, number>();
  /** Since when the sequencer is up. */
  #sequencerSinceMs: number;

  constructor({ seed, startMs, allowed = () => true, shownTime = (livedMs) => livedMs }: SimulationOptions) {
    const now = (): number => shownTime(this.#livedMs);
    this.#allowed = allowed;
    this.#shownTime = shownTime;
    this.#random = seededRandom(seed);
    this.#startMs = startMs;
    this.#livedMs = startMs;
    this.#sequencerSinceMs = startMs - 30 * DAY_MS;
    this.#metrics = new BettingMetrics(this.registry, { now });
    this.#runtime = new RuntimeRegistry(this.registry, { bankSource: { kind: "all" }, now });
    this.#runtime.setConfigHash("simulated");
    this.#metrics.recordExposure({ openPct: 0, unhedgedUsd: 0 });
    this.#look();
    this.#readBalances();
  }

  get isAnswering(): boolean {
    return this.#isAnswering;
  }

  step(timeMs: number, faults: ReadonlySet<string>): void {
    if (this.#has("sequencer-down") && !faults.has("sequencer-down")) this.#sequencerSinceMs = this.#livedMs;
    for (const fault of this.#since.keys()) if (!faults.has(fault)) this.#since.delete(fault);
    for (const fault of faults) if (!this.#since.has(fault)) this.#since.set(fault, this.#livedMs);
    this.#isAnswering = !faults.has("bot-down");
    while (this.#livedMs + SECOND_MS <= timeMs) {
      this.#livedMs += SECOND_MS;
      if (this.#isAnswering) this.#second();
    }
  }

  #second(): void {
    const second = Math.round((this.#livedMs - this.#startMs) / SECOND_MS);
    if (second % HEARTBEAT_SECONDS === 0 && !this.#has("heartbeat-dead")) this.#look();
    if (second % BALANCE_SECONDS === 0 && !this.#has("balances-unread")) this.#readBalances();
    this.#metrics.recordQuote("sx", (this.#has("stale-quotes") ? 30_000 : 100) + this.#random() * 400);
    if (!this.#has("venue-down")) this.#metrics.recordQuote("azuro", 300 + this.#random() * 1200);
    this.#metrics.recordRateLimit("sx", (this.#has("quota-eaten") ? 0.02 : 0.6) + this.#random() * 0.05);
    this.#metrics.recordRateLimit("azuro", 0.8 + this.#random() * 0.1);
    const openPct = this.#has("over-exposed") ? 40 : 5 + this.#random() * 10;
    this.#metrics.recordExposure({ openPct, unhedgedUsd: this.#unhedgedUsd });
    if (this.#random() < OPPORTUNITY_CHANCE && !this.#has("venue-down")) this.#arbitrage();
  }

  /** The second leg waits for the first. Where either is not allowed, neither is sent. */
  #arbitrage(): void {
    if (!this.#allowed("open", { venue: "sx" }) || !this.#allowed("open", { venue: "azuro" })) {
      // What is left open may be laid off while nothing new is made.
      if (!this.#has("half-filled") && this.#allowed("close", { venue: "azuro" })) this.#unhedgedUsd = 0;
      return;
    }
    const bankUsd = this.#runtime.getBank() ?? 0;
    const stakePct = (0.6 + this.#random() * 0.9) * (this.#has("oversized-stakes") ? 4 : 1);
    if (!isFilled(this.#bet("sx", stakePct))) return;
    if (this.#has("half-filled")) {
      this.#unhedgedUsd += (bankUsd * stakePct) / 100;
      return;
    }
    this.#unhedgedUsd = 0; // what a second leg leaves open is laid off elsewhere at once
    this.#bet("azuro", stakePct);
    const reverts = this.#random() < (this.#has("reverted-transactions") ? 0.5 : REVERT_CHANCE);
    if (reverts) this.#metrics.recordTransaction("arbitrum", { reverted: true, gasUsd: 0.01 });
    this.#metrics.recordTransaction("arbitrum", { reverted: false, gasUsd: 0.02 });
  }

  #bet(venue: BettingVenue & keyof typeof ACCEPT_MS, stakePct: number): BetStatus {
    this.#metrics.recordPlaced(venue, { stakePct });
    const status = this.#statusAt(venue);
    const slow = venue === "azuro" && this.#has("slow-venue") ? 5 : 1;
    const acceptTime = ACCEPT_MS[venue] * (0.5 + this.#random()) * slow;
    const quoteToFill = acceptTime + 50 + this.#random() * 200;
    const isAccepted = status !== "rejected" && status !== "error";
    this.#metrics.recordBet(
      { status, ...(isAccepted ? { acceptTime } : {}), ...(isFilled(status) ? { quoteToFill } : {}) },
      venue,
    );
    const isVoided = this.#random() < VOID_CHANCE || (venue === "azuro" && this.#has("void-spike"));
    if (isFilled(status) && isVoided) this.#metrics.recordVoid(venue);
    return status;
  }

  #statusAt(venue: BettingVenue): BetStatus {
    let draw = this.#random();
    if (venue === "sx") {
      if (this.#has("rejected-orders")) return "rejected";
      if (this.#has("unanswered-bets")) return "error";
      if (this.#has("thin-book")) return "partially_filled";
    }
    for (const [status, chance] of USUAL_CHANCES) {
      if (draw < chance) return status;
      draw -= chance;
    }
    return "filled";
  }

  /** What the heartbeat does. */
  #look(): void {
    this.#runtime.setVenue("sx", true);
    this.#runtime.setVenue("azuro", !this.#has("venue-down"));
    if (this.#has("rpc-down")) this.#runtime.setRpc("sx", { isUp: false });
    else this.#lookAtChain("sx", "stalled-head");
    this.#lookAtChain("arbitrum", "sequencer-down");
    this.#sequencerSinceMs = this.#since.get("sequencer-back") ?? this.#sequencerSinceMs;
    const downSinceMs = this.#since.get("sequencer-down");
    this.#runtime.setSequencer({
      isUp: downSinceMs === undefined,
      sinceMs: this.#shownTime(downSinceMs ?? this.#sequencerSinceMs),
      timeMs: this.#shownTime(this.#livedMs),
    });
    this.#runtime.setGasPrice("sx", 0.01 + this.#random() * 0.01);
    this.#runtime.setGasPrice("arbitrum", 0.05 + this.#random() * 0.1);
    this.#runtime.beat();
  }

  /** @param stall the fault under which its head stands still */
  #lookAtChain(chain: Chain, stall: string): void {
    const stalledMs = this.#livedMs - (this.#since.get(stall) ?? this.#livedMs);
    const headAgeSeconds = HEAD_SECONDS[chain] * (0.5 + this.#random()) + stalledMs / 1000;
    this.#runtime.setRpc(chain, { isUp: true, latencyMs: 40 + this.#random() * 60, headAgeSeconds });
  }

  /** What the balance watcher does. */
  #readBalances(): void {
    for (const { wallet, token, usd } of WALLETS) {
      const isDrained = wallet === "sx" && this.#has("drained-wallet");
      this.#runtime.setBalance({ wallet, token, usd: isDrained ? DRAINED_USD : usd });
    }
  }

  #has(fault: string): boolean {
    return this.#since.has(fault);
  }
}

function isFilled(status: BetStatus): boolean {
  return status === "filled" || status === "partially_filled";
}
