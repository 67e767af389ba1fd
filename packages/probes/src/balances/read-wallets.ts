/** What all wallets hold, and what it is worth. Chains are asked side by side: one that hangs costs only its own wallets. */
import type { Clock } from "../clock/clock.ts";
import type { Fault } from "../heartbeat/reading.ts";
import type { ChainAnswers, ChainQuestions } from "./read-chain.ts";
import type { Asset, Price, Prices, Wallet, WatchedChain } from "./wallet.ts";

export interface ReadWalletsOptions {
  readonly wallets: readonly Wallet[];
  readonly prices: Prices;
  /** How many endpoints of a chain must say the same. */
  readonly quorum: number;
  /** Of one endpoint, for all that it is asked, milliseconds. */
  readonly timeoutMs: number;
  /** An endpoint whose newest block is older is not believed: it stands still, and what it says may have changed since. */
  readonly maxBlockAgeSeconds: number;
  readonly clock: Clock;
}

/** A price from so far in the future is none, seconds: else it would never be too old. */
const MAX_AHEAD_SECONDS = 900;

interface Holding {
  readonly symbol: string;
  /** In decimal digits, exactly. */
  readonly amount: string;
  /** US dollars; `undefined` if its price is not known. */
  readonly usd: number | undefined;
}

export interface WalletReading {
  readonly wallet: Wallet;
  /** What was read, also where something else could not be. */
  readonly holdings: readonly Holding[];
  /** All together, US dollars; `undefined` if a balance or a price is not known. */
  readonly usd: number | undefined;
  /** At which it was so. */
  readonly blockNumber: number | undefined;
  /** The first thing that could not be read. */
  readonly fault: Fault | undefined;
}

/** Never throws, and ends in time: what cannot be read is a value. @param stop ends it at once */
export async function readWallets(options: ReadWalletsOptions, stop: AbortSignal): Promise<WalletReading[]> {
  const { wallets, prices, clock, quorum, maxBlockAgeSeconds } = options;
  const questions = questionsOf(wallets, prices);
  // With it comes viem, which takes a quarter of a second and 25 MB: only where wallets are read.
  const { agreedAnswers } = await import("./agreed-answers.ts");
  const answered = await Promise.all(
    [...questions].map(async ([chain, asked]) => {
      const deadlines = new Deadlines(clock, options.timeoutMs, stop);
      try {
        const reading = agreedAnswers(
          {
            ...{ chain, quorum, maxBlockAgeSeconds, monotonic: clock.monotonic, nowMs: clock.now },
            deadline: () => deadlines.next(),
          },
          asked,
        );
        return [chain, await reading] as const;
      } catch {
        const fault: Fault = { kind: "failed", detail: "its answer could not be understood" };
        return [chain, fault] as const;
      } finally {
        deadlines[Symbol.dispose]();
      }
    }),
  );
  const answers = new Map(answered);
  return wallets.map((wallet) => walletReading(wallet, prices, answers, clock.now()));
}

/** Signals that abort after their time. */
class Deadlines implements Disposable {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #stop: AbortSignal;
  readonly #ends: (() => void)[] = [];

  constructor(clock: Clock, timeoutMs: number, stop: AbortSignal) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#stop = stop;
  }

  next(): AbortSignal {
    const ending = new AbortController();
    this.#ends.push(this.#clock.after(this.#timeoutMs, () => ending.abort()));
    return AbortSignal.any([ending.signal, this.#stop]);
  }

  [Symbol.dispose](): void {
    for (const end of this.#ends) end();
  }
}

function questionsOf(wallets: readonly Wallet[], prices: Prices): ReadonlyMap<WatchedChain, ChainQuestions> {
  const questions = new Map<WatchedChain, { holdings: ChainQuestions["holdings"][number][]; feeds: Set<string> }>();
  const of = (chain: WatchedChain) => {
    const known = questions.get(chain) ?? { holdings: [], feeds: new Set() };
    questions.set(chain, known);
    return known;
  };
  const symbols = new Set<string>();
  for (const wallet of wallets) {
    for (const asset of wallet.assets) {
      symbols.add(asset.symbol);
      of(wallet.chain).holdings.push({ key: keyOf(wallet, asset), address: wallet.address, asset });
    }
  }
  for (const [symbol, price] of prices) {
    if (price.kind === "feed" && symbols.has(symbol)) of(price.chain).feeds.add(price.address);
  }
  return new Map([...questions].map(([chain, { holdings, feeds }]) => [chain, { holdings, feeds: [...feeds] }]));
}

function walletReading(
  wallet: Wallet,
  prices: Prices,
  answers: ReadonlyMap<WatchedChain, ChainAnswers | Fault>,
  nowMs: number,
): WalletReading {
  const answer = answers.get(wallet.chain);
  if (answer === undefined || "kind" in answer) {
    return { wallet, holdings: [], usd: undefined, blockNumber: undefined, fault: answer };
  }
  let fault: Fault | undefined;
  const holdings: Holding[] = [];
  for (const asset of wallet.assets) {
    const balance = answer.balances.get(keyOf(wallet, asset));
    if (typeof balance !== "bigint") {
      fault ??= balance;
      continue;
    }
    const amount = decimalText(balance, asset.decimals);
    const price = priceOf(prices.get(asset.symbol), answers, nowMs);
    const usd = typeof price === "number" ? Number(amount) * price : undefined;
    if (typeof price !== "number") fault ??= { ...price, detail: `price of ${asset.symbol}: ${price.detail}` };
    holdings.push({ symbol: asset.symbol, amount, usd });
  }
  const usd = fault === undefined ? holdings.reduce((sum, holding) => sum + (holding.usd ?? 0), 0) : undefined;
  return { wallet, holdings, usd, blockNumber: answer.blockNumber, fault };
}

function priceOf(
  price: Price | undefined,
  answers: ReadonlyMap<WatchedChain, ChainAnswers | Fault>,
  nowMs: number,
): number | Fault {
  if (price === undefined) return { kind: "failed", detail: "none is configured" };
  if (price.kind === "fixed") return price.usd;
  const answer = answers.get(price.chain);
  if (answer === undefined || "kind" in answer) return answer ?? { kind: "failed", detail: "its feed was not asked" };
  const found = answer.prices.get(price.address);
  if (found === undefined || "kind" in found) return found ?? { kind: "failed", detail: "its feed was not asked" };
  const ageSeconds = Math.round(nowMs / 1000 - found.updatedAt);
  if (ageSeconds < -MAX_AHEAD_SECONDS) return { kind: "bad-answer", detail: "its feed is from the future" };
  if (ageSeconds > price.maxAgeSeconds) {
    return { kind: "behind", detail: `its feed is ${ageSeconds} s old, more than ${price.maxAgeSeconds} s` };
  }
  return found.usd;
}

function keyOf(wallet: Wallet, asset: Asset): string {
  return JSON.stringify([wallet.name, asset.symbol]);
}

/** 1500000 with 6 decimals is `1.5`. */
function decimalText(amount: bigint, decimals: number): string {
  if (decimals === 0) return amount.toString();
  const digits = amount.toString().padStart(decimals + 1, "0");
  const fraction = digits.slice(-decimals).replace(/0+$/, "");
  const whole = digits.slice(0, -decimals);
  return fraction === "" ? whole : `${whole}.${fraction}`;
}
