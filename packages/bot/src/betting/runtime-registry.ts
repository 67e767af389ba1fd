/**
 * A betting bot's live state in one object: gas prices, RPCs, the sequencer's health, wallets, the configuration's hash. Row C2. Everything
 * in it is a series as well; asking it reads memory, and never waits.
 */
import type { Registry } from "../registry/registry.ts";
import { type BankSource, bankOf, printBankSource, type WalletBalance } from "./bank-source.ts";
import { RUNTIME_METRICS } from "./runtime-metrics.ts";
import {
  SEQUENCER_LIMITS,
  type SequencerHealth,
  type SequencerLimits,
  type SequencerReading,
  sequencerHealthOf,
} from "./sequencer-health.ts";

/** Balances that are older are not known any more, milliseconds, unless it is said otherwise. */
export const MAX_BALANCE_AGE_MS = 600_000;

/** The chain whose sequencer is meant unless another is named. */
const DEFAULT_CHAIN = "arbitrum";

export interface RuntimeRegistryOptions {
  /** `bank_source` of `config/risk.yml`, read with {@link parseBankSource}. */
  readonly bankSource: BankSource;
  readonly sequencer?: SequencerLimits;
  /** Balances that are older are not known any more, milliseconds (default ten minutes). */
  readonly maxBalanceAgeMs?: number;
  /** Unix milliseconds. */
  readonly now?: () => number;
}

/** What was seen of a chain's JSON-RPC. */
export interface RpcReading {
  /** False when it has not answered several attempts: one lost answer is no outage. */
  readonly isUp: boolean;
  /** Of its last answer, milliseconds. */
  readonly latencyMs?: number | undefined;
  /** Age of its newest block, seconds. */
  readonly headAgeSeconds?: number | undefined;
}

interface Balance extends WalletBalance {
  readonly timeMs: number;
}

export class RuntimeRegistry {
  readonly #now: () => number;
  readonly #limits: SequencerLimits;
  readonly #maxBalanceAgeMs: number;
  readonly #bankSource: BankSource;
  readonly #gasPrices = new Map<string, number>();
  readonly #sequencers = new Map<string, SequencerReading>();
  /** By wallet and token. */
  readonly #balances = new Map<string, Balance>();
  readonly #series: ReturnType<typeof seriesIn>;
  #configHash: string | undefined;

  /** @throws {MetricError} if the registry has metrics of these names already */
  constructor(registry: Registry, options: RuntimeRegistryOptions) {
    this.#now = options.now ?? Date.now;
    this.#limits = options.sequencer ?? SEQUENCER_LIMITS;
    this.#maxBalanceAgeMs = options.maxBalanceAgeMs ?? MAX_BALANCE_AGE_MS;
    this.#bankSource = options.bankSource;
    this.#series = seriesIn(registry, () => this.#collectBank());
  }

  /** @param gwei of one unit of gas */
  setGasPrice(chain: string, gwei: number): void {
    this.#gasPrices.set(chain, gwei);
    this.#series.gasPrice.labels(chain).set(gwei);
  }

  setSequencer(reading: SequencerReading, chain: string = DEFAULT_CHAIN): void {
    this.#sequencers.set(chain, reading);
    this.#series.sequencerUp.labels(chain).set(reading.isUp ? 1 : 0);
    if (reading.sinceMs !== undefined) this.#series.sequencerSince.labels(chain).set(reading.sinceMs / 1000);
    if (reading.headAgeSeconds !== undefined) this.#series.headAge.labels(chain).set(reading.headAgeSeconds);
  }

  setRpc(chain: string, { isUp, latencyMs, headAgeSeconds }: RpcReading): void {
    this.#series.rpcUp.labels(chain).set(isUp ? 1 : 0);
    if (latencyMs !== undefined) this.#series.rpcLatency.labels(chain).set(latencyMs);
    if (headAgeSeconds !== undefined) this.#series.headAge.labels(chain).set(headAgeSeconds);
  }

  /** @param isUp false when its API has not answered several attempts */
  setVenue(venue: string, isUp: boolean): void {
    this.#series.venueUp.labels(venue).set(isUp ? 1 : 0);
  }

  /** Venues, RPCs and sequencers have been looked at, now. */
  beat(): void {
    this.#series.heartbeatTime.set(this.#now() / 1000);
  }

  setBalance(balance: WalletBalance): void {
    const { wallet, token, usd } = balance;
    const timeMs = this.#now();
    this.#balances.set(JSON.stringify([wallet, token]), { wallet, token, usd, timeMs });
    this.#series.balanceTime.labels(wallet).set(timeMs / 1000);
    this.#series.walletBalance.labels(wallet, token).set(usd);
  }

  setConfigHash(hash: string): void {
    this.#configHash = hash;
    this.#series.configInfo.reset();
    this.#series.configInfo.labels(hash).set(1);
  }

  /** Gwei; `undefined` while nobody has said. */
  gasPrice(chain: string): number | undefined {
    return this.#gasPrices.get(chain);
  }

  /** What has not been looked at for too long is `unknown`: do not bet on it. */
  sequencerHealth(chain: string = DEFAULT_CHAIN): SequencerHealth {
    return sequencerHealthOf(this.#sequencers.get(chain), this.#now(), this.#limits);
  }

  /** Balances that are still known. */
  wallets(): readonly WalletBalance[] {
    const oldestMs = this.#now() - this.#maxBalanceAgeMs;
    return [...this.#balances.values()]
      .filter(({ timeMs }) => timeMs >= oldestMs)
      .map(({ wallet, token, usd }) => ({ wallet, token, usd }));
  }

  /** What stakes are a share of, US dollars; `undefined` if it is not known: then nothing may be staked. */
  getBank(): number | undefined {
    return bankOf(this.#bankSource, this.wallets());
  }

  get configHash(): string | undefined {
    return this.#configHash;
  }

  /** A bank that is not known is absent, not 0. */
  #collectBank(): void {
    const bank = this.getBank();
    this.#series.bank.reset();
    if (bank !== undefined) this.#series.bank.labels(printBankSource(this.#bankSource)).set(bank);
  }
}

function seriesIn(registry: Registry, collectBank: () => void) {
  const { gasPrice, sequencerUp, sequencerSince, headAge, rpcUp, rpcLatency, venueUp } = RUNTIME_METRICS;
  const { walletBalance, balanceTime, bank, configInfo } = RUNTIME_METRICS;
  const heartbeatTime = registry.gauge({ ...RUNTIME_METRICS.heartbeatTime, aggregation: "max" });
  heartbeatTime.remove(); // absent until the first beat
  return {
    heartbeatTime,
    rpcUp: registry.gauge({ ...rpcUp, aggregation: "min" }),
    rpcLatency: registry.gauge({ ...rpcLatency, aggregation: "max" }),
    venueUp: registry.gauge({ ...venueUp, aggregation: "min" }),
    balanceTime: registry.gauge({ ...balanceTime, aggregation: "max" }),
    gasPrice: registry.gauge({ ...gasPrice, aggregation: "max" }),
    sequencerUp: registry.gauge({ ...sequencerUp, aggregation: "min" }),
    sequencerSince: registry.gauge({ ...sequencerSince, aggregation: "max" }),
    headAge: registry.gauge({ ...headAge, aggregation: "max" }),
    walletBalance: registry.gauge({ ...walletBalance, aggregation: "max" }),
    bank: registry.gauge({ ...bank, aggregation: "max", collect: collectBank }),
    configInfo: registry.gauge({ ...configInfo, aggregation: "max" }),
  };
}
