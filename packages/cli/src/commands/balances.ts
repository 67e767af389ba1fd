/** `haltwatch balances`: what wallets hold. It reads chains, and can do nothing else. */
import { type CheckedWallets, checkWallets, openLog, readServerConfig, startBalanceService } from "@haltwatch/server";
import { CommandError } from "../command-error.ts";
import { printTable } from "../print-table.ts";
import { untilSignal } from "../until-signal.ts";
import type { ProbeFlags } from "./heartbeat.ts";

export async function showBalances({ config: file, env: environment, json }: ProbeFlags): Promise<void> {
  const found = await checkWallets(readServerConfig({ file, environment, env: process.env }), process.env);
  if (found === undefined) {
    throw new CommandError("no wallets are configured", "Write [[balances.wallets]] with name, chain and address");
  }
  if (json === true) process.stdout.write(`${JSON.stringify(asJson(found), undefined, 2)}\n`);
  else printWallets(found);
  process.exitCode = found.wallets.every(({ status }) => status === "ok") ? 0 : 1;
}

/** @returns once it has stopped */
export async function runBalances({ config: file, env: environment }: ProbeFlags): Promise<void> {
  const config = readServerConfig({ file, environment, env: process.env });
  const log = await openLog(config);
  await using service = await startBalanceService({ config, env: process.env, log });
  const count = service.count === 1 ? "1 wallet" : `${service.count} wallets`;
  process.stdout.write(`Looking at ${count}. Ctrl-C ends it.\n\n`);
  process.stdout.write(`  metrics  ${service.metricsUrl}\n  log      ${service.logFile}\n\n`);
  await untilSignal();
}

function asJson({ minUsd, wallets }: CheckedWallets): object {
  return { min_usd: minUsd, wallets: wallets.map(({ wallet, status, shown }) => ({ wallet, status, ...shown })) };
}

function printWallets({ minUsd, wallets }: CheckedWallets): void {
  const rows = wallets.flatMap(({ wallet, status, holdings, usd, detail }) => [
    ...holdings.map(({ symbol, amount, usd: worth }) => [wallet, symbol, amount, dollars(worth), "", ""]),
    [wallet, "all", "", dollars(usd ?? undefined), WORDS[status], detail ?? ""],
  ]);
  printTable(["wallet", "asset", "amount", "USD", "", ""], rows);
  process.stdout.write(`\nLow is less than ${minUsd} USD.\n`);
}

const WORDS = { ok: "ok", low: "LOW", unknown: "UNKNOWN" } as const;

function dollars(usd: number | undefined): string {
  return usd === undefined ? "?" : usd.toFixed(2);
}
