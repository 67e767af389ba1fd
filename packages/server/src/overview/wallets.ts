/** What a bot's wallets hold, by their newest samples, whoever wrote them: the bot or a probe. */
import { METRIC_NAME, type Store } from "@haltwatch/store";
import { targetOf } from "./bot-alerts.ts";
import type { WatchedBot } from "./watched-bots.ts";

/** Samples that are older say nothing, milliseconds: as queries look back. */
const LOOKBACK_MS = 300_000;

/** Most wallets and tokens that are shown of a bot. */
const MAX_WALLETS = 50;

export interface Wallet {
  readonly wallet: string;
  readonly asset: string;
  readonly usd: number | null;
  /** All that the wallet holds is under its threshold. */
  readonly is_low: boolean;
}

/** @param limitOf a threshold's value */
export function walletsOf(
  { bot, pack, sources }: WatchedBot,
  store: Pick<Store, "seriesLabels" | "series">,
  limitOf: (threshold: string) => number | undefined,
  nowMs: number,
): Wallet[] {
  const wallets = pack?.overview.wallets;
  if (wallets === undefined) return [];
  const targets = new Set(sources.map(targetOf));
  const newest = new Map<string, { wallet: string; asset: string; usd: number; timeMs: number }>();
  for (const labels of store.seriesLabels([{ name: METRIC_NAME, operator: "=", value: wallets.metric }])) {
    const owner = labels.get("bot");
    // A service that reads balances for everybody names no bot, and is no bot's target.
    const isOwn = owner === bot || (owner === "" && (targets.has(targetOf(labels)) || labels.get("job") !== pack?.job));
    const { lastMs, lastValue, isStale } = store.series(labels);
    if (!isOwn || isStale || !(nowMs - lastMs < LOOKBACK_MS)) continue;
    const [wallet, asset] = [labels.get("wallet"), labels.get(wallets.assetLabel)];
    const key = JSON.stringify([wallet, asset]);
    if (lastMs >= (newest.get(key)?.timeMs ?? 0)) newest.set(key, { wallet, asset, usd: lastValue, timeMs: lastMs });
  }
  const sums = new Map<string, number>();
  for (const { wallet, usd } of newest.values()) sums.set(wallet, (sums.get(wallet) ?? 0) + usd);
  const limit = limitOf(wallets.low) ?? Number.NEGATIVE_INFINITY;
  return [...newest.values()]
    .sort((a, b) => (a.wallet === b.wallet ? compare(a.asset, b.asset) : compare(a.wallet, b.wallet)))
    .slice(0, MAX_WALLETS)
    .map(({ wallet, asset, usd }) => ({
      ...{ wallet, asset, usd: Number.isFinite(usd) ? usd : null },
      is_low: (sums.get(wallet) ?? 0) < limit,
    }));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
