/** The balance watcher at work: wallets, its log, its series. The same within `haltwatch run` and as a service of its own. Row C4. */
import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { errorLine, type JsonLog } from "@haltwatch/bot";
import {
  type BalanceRound,
  BalanceWatch,
  BeatLog,
  type Clock,
  type Price,
  parseBeatLine,
  printBeatLine,
  type ReadWalletsOptions,
  type WalletReading,
  type WatchedChain,
} from "@haltwatch/probes";
import type { ServerConfig } from "../config/server-config.ts";
import { BalanceSeries } from "./balance-series.ts";
import type { BalanceSettings } from "./balances-config.ts";
import type { ChainSettings } from "./chain-config.ts";
import { endpointUrl, type ProbeSources } from "./heartbeat-services.ts";
import { limitOf } from "./limit-of.ts";

export interface BalanceRunOptions {
  readonly settings: BalanceSettings;
  readonly config: Pick<ServerConfig, "folder" | "thresholds" | "settings">;
  readonly secrets: ProbeSources["secrets"];
  readonly clock: Clock;
  readonly log: JsonLog;
  /** Something new is in the series. */
  readonly onChange?: () => void;
}

export class BalanceRun implements AsyncDisposable {
  readonly series: BalanceSeries;
  readonly #options: BalanceRunOptions;
  readonly #watch: BalanceWatch;
  readonly #log: BeatLog;
  readonly #run = randomBytes(4).toString("hex");
  readonly #minUsd: number;

  private constructor(options: BalanceRunOptions, log: BeatLog) {
    const { settings, config } = options;
    this.#options = options;
    this.#log = log;
    this.#minUsd = limitOf(config.thresholds, BALANCE_LIMIT);
    this.series = new BalanceSeries({
      maxAgeMs: limitOf(config.thresholds, BALANCE_AGE_LIMIT) * 1000,
      bankSource: config.settings.find(({ name }) => name === "risk.bank_source")?.value,
    });
    this.#watch = new BalanceWatch({
      ...walletQuestions(options),
      intervalMs: settings.interval,
      lastRoundMs: log.lastLine === undefined ? undefined : parseBeatLine(log.lastLine)?.timeMs,
      onRound: (round) => this.#round(round),
    });
  }

  /** @throws {SecretError}, {ConfigError}, {ProbeError} for what is not as it should be: then nothing runs */
  static async start(options: BalanceRunOptions): Promise<BalanceRun> {
    const { settings, config } = options;
    let run: BalanceRun | undefined;
    const log = await BeatLog.open({
      path: resolve(config.folder, settings.log),
      keepMs: settings.keep,
      onError: (error) => {
        if (run !== undefined) run.#logFailed(error);
      },
    });
    try {
      run = new BalanceRun(options, log);
    } catch (error) {
      await log[Symbol.asyncDispose]();
      throw error;
    }
    run.#watch.start();
    return run;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#watch.stop();
    await this.#log[Symbol.asyncDispose]();
  }

  #round(round: BalanceRound): void {
    const { log, onChange, settings } = this.#options;
    this.series.round(round);
    this.#log.append(round.timeMs, printRound(round, this.#run, settings.interval));
    for (const { wallet, fault, usd } of round.readings) {
      if (fault !== undefined)
        log.warn("balance_unknown", { wallet: wallet.name, fault: fault.kind, detail: fault.detail });
      else if (usd !== undefined && usd < this.#minUsd)
        log.warn("balance_low", { wallet: wallet.name, usd: cents(usd) });
    }
    onChange?.();
  }

  #logFailed(error: unknown): void {
    this.series.logFailed();
    this.#options.log.error("balances_log_failed", { error: errorLine(error) });
  }
}

/** The threshold under which a wallet is low, US dollars. */
export const BALANCE_LIMIT = "risk.balance_usd_min";

/** The threshold over which a balance is too old, seconds: since it was read, and since the block at which it was so. */
const BALANCE_AGE_LIMIT = "heartbeat.balance_age_seconds_max";

interface WalletSources extends Pick<BalanceRunOptions, "settings" | "secrets" | "clock"> {
  readonly config: Pick<ServerConfig, "thresholds">;
}

/** @throws {SecretError}, {ConfigError} for endpoints that are kept elsewhere */
export function walletQuestions({ settings, config, secrets, clock }: WalletSources): ReadWalletsOptions {
  const chains = new Map<ChainSettings, WatchedChain>();
  const watched = (chain: ChainSettings): WatchedChain => {
    const { rpc, ...rest } = chain;
    // One object for each chain: all of a chain are read with one call.
    const known = chains.get(chain) ?? { ...rest, endpoints: rpc.map((one) => endpointUrl(one, chain.name, secrets)) };
    chains.set(chain, known);
    return known;
  };
  const wallets = settings.wallets.map(({ name, address, of, assets }) => ({
    name,
    address,
    chain: watched(of),
    assets,
  }));
  const held = new Set(wallets.flatMap(({ assets }) => assets.map(({ symbol }) => symbol)));
  const prices = [...settings.prices].flatMap(([symbol, one]): [string, Price][] => {
    if (!held.has(symbol)) return [];
    if (one.kind === "fixed") return [[symbol, one]];
    const { address, of, maxAgeMs } = one;
    return [[symbol, { kind: "feed", chain: watched(of), address, maxAgeSeconds: maxAgeMs / 1000 }]];
  });
  const { quorum, timeout: timeoutMs } = settings;
  const maxBlockAgeSeconds = limitOf(config.thresholds, BALANCE_AGE_LIMIT);
  return { wallets, prices: new Map(prices), quorum, timeoutMs, maxBlockAgeSeconds, clock };
}

/** One line of `balances.log`, formed as a beat's: `haltwatch heartbeat verify` can read it. */
function printRound({ readings, ...round }: BalanceRound, run: string, everyMs: number): string {
  const down = readings.filter(({ fault }) => fault !== undefined).length;
  const wallets = Object.fromEntries(readings.map((reading) => [reading.wallet.name, shownWallet(reading)]));
  return printBeatLine(round, { run, everyMs, up: readings.length - down, down, seen: { wallets } });
}

/** As logs and `haltwatch balances --json` have it. */
export function shownWallet({ wallet, holdings, usd, fault, blockNumber }: WalletReading): Record<string, unknown> {
  return {
    chain: wallet.chain.name,
    address: wallet.address,
    ...(blockNumber === undefined ? {} : { block: blockNumber }),
    assets: Object.fromEntries(
      holdings.map(({ symbol, amount, usd: worth }) => [
        symbol,
        { amount, usd: worth === undefined ? null : cents(worth) },
      ]),
    ),
    usd: usd === undefined ? null : cents(usd),
    ...(fault === undefined ? {} : { fault: fault.kind, detail: fault.detail }),
  };
}

function cents(usd: number): number {
  return Math.round(usd * 100) / 100;
}
