/** `[balances]` in haltwatch.toml: whose balances are read, and what they are worth. See docs/balances.md. */
import type { Asset } from "@haltwatch/probes";
import { MAX_WALLETS } from "@haltwatch/probes";
import { z } from "zod";
import { duration, text, textList, wholeNumber } from "../scrape/config-values.ts";
import { address, type ChainSettings, chainNamed, type FaultAt, shownKey } from "./chain-config.ts";
import { interval, keep, listen, runBy } from "./heartbeat-config.ts";

const price = z.union(
  [z.number().positive(), z.strictObject({ feed: address, chain: text, max_age: duration.prefault("25h") })],
  { error: 'write US dollars, like 0.05, or a price feed, like { feed = "0x…", chain = "arbitrum" }' },
);

/** Keys of haltwatch.toml, for its schema. */
export const BALANCE_KEYS = {
  balances: z
    .strictObject({
      interval: interval.prefault("60s"),
      /** Of all that one endpoint is asked. */
      timeout: duration.prefault("10s"),
      /** How many endpoints of a chain must say the same. */
      quorum: wholeNumber.default(1),
      log: text.default("monitoring/balances.log"),
      keep: keep.prefault("7d"),
      run_by: runBy.default("haltwatch"),
      listen: listen.default("127.0.0.1:9900"),
      prices: z.record(z.string(), price).default({}),
      wallets: z
        .array(
          z.strictObject({
            name: text.refine((name) => /^[\w.-]{1,60}$/.test(name), {
              error: "write a name of letters, digits, points and dashes",
            }),
            chain: text,
            address,
            /** Symbols; all that are known of its chain, unless they are named. */
            assets: textList.optional(),
          }),
          { error: "write [[balances.wallets]] with name, chain and address" },
        )
        .min(1, "write at least one [[balances.wallets]]")
        .max(MAX_WALLETS, `at most ${MAX_WALLETS} wallets`),
    })
    .optional(),
} as const;

/** Held at a dollar by their issuers. One that is not held any more is for a person to notice, and to write a feed for. */
const STABLECOINS = ["USDC", "USDC.e", "USDT", "DAI"] as const;

/** Chainlink's ETH / USD on Arbitrum One. Source: data.chain.link. */
const ETH_FEED = { address: "0x639Fe6ab55C921f74e7fac1ee960C0B6293ba612", chain: "arbitrum", maxAgeMs: 90_000_000 };

interface WalletSettings {
  readonly name: string;
  readonly address: string;
  readonly of: ChainSettings;
  readonly assets: readonly Asset[];
}

type PriceSettings =
  | { readonly kind: "fixed"; readonly usd: number }
  | { readonly kind: "feed"; readonly of: ChainSettings; readonly address: string; readonly maxAgeMs: number };

type Written = NonNullable<z.output<typeof BALANCE_KEYS.balances>>;

export type BalanceSettings = Omit<Written, "wallets" | "prices"> & {
  readonly wallets: readonly WalletSettings[];
  readonly prices: ReadonlyMap<string, PriceSettings>;
};

/** @throws what is wrong with it, at its key */
export function balanceSettings(
  written: z.output<typeof BALANCE_KEYS.balances>,
  chains: ReadonlyMap<string, ChainSettings>,
  faultAt: FaultAt,
): BalanceSettings | undefined {
  if (written === undefined) return undefined;
  const wallets = written.wallets.map(({ name, chain, address: at, assets }, index): WalletSettings => {
    const key = `balances.wallets.${index}`;
    const of = chainNamed(chains, chain, `${key}.chain`, faultAt);
    if (written.wallets.findIndex((one) => one.name === name) !== index) {
      throw faultAt(`${key}.name`, `${shownKey(key)}.name: two wallets are named ${name}`, "Give each its own");
    }
    return { name, address: at, of, assets: assetsOf(of, assets, key, faultAt) };
  });
  checkCountedOnce(wallets, faultAt);
  checkEndpoints(written, wallets, faultAt);
  const prices = pricesOf(written, chains, faultAt);
  for (const [index, { assets }] of wallets.entries()) {
    const without = assets.find(({ symbol }) => !prices.has(symbol));
    if (without === undefined) continue;
    const message = `balances.prices.${without.symbol}: wallet ${index + 1} holds ${without.symbol}, and what it is worth is not known`;
    throw faultAt(
      `balances.wallets.${index}`,
      message,
      `Write ${without.symbol} = DOLLARS under [balances.prices], or a price feed, or leave it out of the wallet's assets`,
    );
  }
  return { ...written, wallets, prices };
}

function assetsOf(chain: ChainSettings, named: readonly string[] | undefined, key: string, faultAt: FaultAt): Asset[] {
  const all: Asset[] = [
    { kind: "native", ...chain.native },
    ...chain.tokens.map((token): Asset => ({ kind: "token", ...token })),
  ];
  if (named === undefined) return all;
  return [...new Set(named)].map((symbol) => {
    const found = all.find((one) => one.symbol === symbol);
    if (found !== undefined) return found;
    const message = `${shownKey(key)}.assets: ${chain.name} has no ${JSON.stringify(symbol)}`;
    const hint = `Known there are ${all.map((one) => one.symbol).join(", ")}; write others under [chains.${chain.name}.tokens]`;
    throw faultAt(`${key}.assets`, message, hint);
  });
}

/** What is counted twice makes a wallet that is low look well, and the bank larger than it is. */
function checkCountedOnce(wallets: readonly WalletSettings[], faultAt: FaultAt): void {
  const owners = new Map<string, string>();
  for (const [index, { name, of, address: at, assets }] of wallets.entries()) {
    for (const asset of assets) {
      const what = JSON.stringify([of.name, at, asset.kind === "token" ? asset.address : asset.kind]);
      const owner = owners.get(what);
      owners.set(what, name);
      if (owner === undefined) continue;
      const key = `balances.wallets.${index}`;
      const message = `${shownKey(key)}.assets: ${asset.symbol} at this address is counted already, in ${owner}`;
      throw faultAt(key, message, "Name it once: leave out one of the two wallets, or name each one's assets");
    }
  }
}

function checkEndpoints(
  { quorum, timeout, interval: every }: Written,
  wallets: readonly WalletSettings[],
  faultAt: FaultAt,
): void {
  if (quorum < 1)
    throw faultAt("balances.quorum", "balances.quorum: write at least 1", "1 believes the first that answers");
  for (const { of } of wallets) {
    // One that is written twice would agree with itself.
    const different = new Set(of.rpc.map((one) => (one instanceof URL ? one.href : JSON.stringify(one)))).size;
    if (different < quorum) {
      const message = `balances.quorum: ${quorum} endpoints must agree, and ${of.name} has ${different}`;
      throw faultAt("balances.quorum", message, `Write more under [chains.${of.name}] rpc, or a smaller quorum`);
    }
    const longestMs = timeout * (quorum > 1 ? 2 : of.rpc.length);
    if (timeout >= 10 && longestMs <= every - 500) continue;
    const message = `balances.timeout: ${of.rpc.length} endpoints of ${of.name} with ${timeout / 1000} s each do not fit into ${every / 1000} s`;
    throw faultAt("balances.timeout", message, "Write a shorter timeout, or a longer interval");
  }
}

function pricesOf(
  { prices: written }: Written,
  chains: ReadonlyMap<string, ChainSettings>,
  faultAt: FaultAt,
): ReadonlyMap<string, PriceSettings> {
  const prices = new Map<string, PriceSettings>(STABLECOINS.map((symbol) => [symbol, { kind: "fixed", usd: 1 }]));
  const ethChain = chains.get(ETH_FEED.chain);
  if (ethChain !== undefined) prices.set("ETH", { kind: "feed", of: ethChain, ...ETH_FEED });
  for (const [symbol, one] of Object.entries(written)) {
    if (typeof one === "number") {
      prices.set(symbol, { kind: "fixed", usd: one });
      continue;
    }
    const of = chainNamed(chains, one.chain, `balances.prices.${symbol}.chain`, faultAt);
    prices.set(symbol, { kind: "feed", of, address: one.feed, maxAgeMs: one.max_age });
  }
  return prices;
}
