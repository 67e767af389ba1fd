/** What wallets hold as series. A balance that was not read for too long is absent: nobody knows it any more. */
import { bankOf, parseBankSource, Registry, RUNTIME_METRICS, type WalletBalance } from "@haltwatch/bot";
import type { BalanceRound, WalletReading } from "@haltwatch/probes";

const METRICS = {
  balance: {
    name: "wallet_balance",
    help: "What a wallet holds of an asset, in units of the asset.",
    labelNames: ["wallet", "asset", "chain"],
  },
  usd: {
    name: "wallet_balance_usd",
    help: "What a wallet holds altogether, in US dollars.",
    labelNames: ["wallet", "chain"],
  },
  success: {
    name: "wallet_read_success",
    help: "1 if all of a wallet could be read and valued, 0 if not.",
    labelNames: ["wallet", "chain"],
  },
} as const;

/** Metrics that rules may wait for, told of when they are written. */
export const BALANCE_METRICS: ReadonlySet<string> = new Set(
  [...Object.values(METRICS), RUNTIME_METRICS.walletBalance, RUNTIME_METRICS.balanceTime, RUNTIME_METRICS.bank].map(
    ({ name }) => name,
  ),
);

export interface BalanceSeriesOptions {
  /** Older balances are not known any more, milliseconds. */
  readonly maxAgeMs: number;
  /** What stakes are a share of, as `risk.bank_source` has it. */
  readonly bankSource: string | undefined;
}

export class BalanceSeries {
  readonly registry = new Registry();
  readonly #options: BalanceSeriesOptions;
  readonly #balance = this.registry.gauge(METRICS.balance);
  readonly #usd = this.registry.gauge(METRICS.usd);
  readonly #success = this.registry.gauge(METRICS.success);
  readonly #runtimeBalance = this.registry.gauge(RUNTIME_METRICS.walletBalance);
  readonly #time = this.registry.gauge(RUNTIME_METRICS.balanceTime);
  readonly #bank = this.registry.gauge(RUNTIME_METRICS.bank);
  readonly #roundTime = this.registry.gauge({
    name: "balances_round_timestamp_seconds",
    help: "When wallets were last looked at, Unix time.",
  });
  readonly #logFailures = this.registry.counter({
    name: "balances_log_failures_total",
    help: "Attempts to write the log that failed; the lines are tried again.",
  });
  /** The last good reading of each wallet, and when it was. */
  readonly #known = new Map<string, { readonly reading: WalletReading; readonly timeMs: number }>();

  constructor(options: BalanceSeriesOptions) {
    this.#options = options;
    this.#roundTime.remove(); // absent until the first
  }

  round({ timeMs, readings }: BalanceRound): void {
    this.#roundTime.set(timeMs / 1000);
    for (const reading of readings) {
      const { wallet, fault } = reading;
      this.#success.labels(wallet.name, wallet.chain.name).set(fault === undefined ? 1 : 0);
      if (fault === undefined) this.#known.set(wallet.name, { reading, timeMs });
    }
    for (const gauge of [this.#balance, this.#usd, this.#runtimeBalance, this.#bank]) gauge.reset();
    const balances: WalletBalance[] = [];
    for (const [name, { reading, timeMs: readMs }] of this.#known) {
      // Also when it is forgotten: how old it is must be seen.
      this.#time.labels(name).set(readMs / 1000);
      if (timeMs - readMs > this.#options.maxAgeMs) continue;
      const { wallet, holdings, usd } = reading;
      for (const { symbol, amount, usd: worth } of holdings) {
        this.#balance.labels(name, symbol, wallet.chain.name).set(Number(amount));
        if (worth === undefined) continue;
        this.#runtimeBalance.labels(name, symbol).set(worth);
        balances.push({ wallet: name, token: symbol, usd: worth });
      }
      if (usd !== undefined) this.#usd.labels(name, wallet.chain.name).set(usd);
    }
    this.#tellBank(balances);
  }

  logFailed(): void {
    this.#logFailures.inc();
  }

  #tellBank(balances: readonly WalletBalance[]): void {
    const { bankSource = "" } = this.#options;
    const parsed = parseBankSource(bankSource);
    const bank = parsed === undefined ? undefined : bankOf(parsed, balances);
    if (bank !== undefined) this.#bank.labels(bankSource).set(bank);
  }
}
