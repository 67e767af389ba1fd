/** The heartbeat's services and the wallets, looked at once: for a command. */
import { type Beat, Heartbeat, readWallets, SYSTEM_CLOCK } from "@haltwatch/probes";
import type { ServerConfig } from "../config/server-config.ts";
import { Secrets } from "../secrets/index.ts";
import { BALANCE_LIMIT, shownWallet, walletQuestions } from "./balance-run.ts";
import { heartbeatServices } from "./heartbeat-services.ts";
import { limitOf } from "./limit-of.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface CheckedService {
  readonly name: string;
  readonly kind: string;
  readonly target: string;
  readonly status: "ok" | "down";
  readonly latency_ms: number | null;
  readonly fault: string | null;
  readonly detail: string | null;
}

/** @returns `undefined` if no heartbeat is configured @throws {SecretError}, {ConfigError}, {ProbeError} */
export async function checkServices(config: ServerConfig, env: Environment): Promise<CheckedService[] | undefined> {
  const settings = config.probes.heartbeat;
  if (settings === undefined) return undefined;
  const secrets = new Secrets({ env, folder: config.folder });
  const services = await heartbeatServices(settings, { thresholds: config.thresholds, secrets });
  await using heartbeat = new Heartbeat({
    ...{ services, clock: SYSTEM_CLOCK, intervalMs: settings.interval },
    onBeat: () => undefined,
  });
  return checkedIn(await heartbeat.once());
}

function checkedIn({ readings }: Beat): CheckedService[] {
  return [...readings].map(([{ name, kind, target }, { fault, latencyMs }]) => ({
    ...{ name, kind, target, status: fault === undefined ? "ok" : "down" },
    latency_ms: latencyMs === undefined ? null : Math.round(latencyMs),
    fault: fault?.kind ?? null,
    detail: fault?.detail ?? null,
  }));
}

export interface CheckedWallet {
  readonly wallet: string;
  readonly status: "ok" | "low" | "unknown";
  readonly usd: number | null;
  /** As `monitoring/balances.log` has it. */
  readonly shown: Record<string, unknown>;
  readonly holdings: readonly { readonly symbol: string; readonly amount: string; readonly usd: number | undefined }[];
  readonly detail: string | null;
}

export interface CheckedWallets {
  readonly minUsd: number;
  readonly wallets: readonly CheckedWallet[];
}

/** @returns `undefined` if no wallets are configured @throws {SecretError}, {ConfigError} */
export async function checkWallets(config: ServerConfig, env: Environment): Promise<CheckedWallets | undefined> {
  const settings = config.probes.balances;
  if (settings === undefined) return undefined;
  const secrets = new Secrets({ env, folder: config.folder });
  const minUsd = limitOf(config.thresholds, BALANCE_LIMIT);
  const questions = walletQuestions({ settings, config, secrets, clock: SYSTEM_CLOCK });
  const readings = await readWallets(questions, new AbortController().signal);
  const wallets = readings.map((reading): CheckedWallet => {
    const { wallet, usd, holdings, fault } = reading;
    return {
      wallet: wallet.name,
      status: usd === undefined ? "unknown" : usd < minUsd ? "low" : "ok",
      usd: usd ?? null,
      shown: shownWallet(reading),
      holdings,
      detail: fault?.detail ?? null,
    };
  });
  return { minUsd, wallets };
}
