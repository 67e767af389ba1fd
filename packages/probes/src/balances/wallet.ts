/** Wallets that are looked at, what is counted in them, and what it is worth. Row C4. */
import type { Chain } from "../chain/chains.ts";

/** Most wallets: all of a chain are read with one call. */
export const MAX_WALLETS = 100;

export type Asset =
  | { readonly kind: "native"; readonly symbol: string; readonly decimals: number }
  | { readonly kind: "token"; readonly symbol: string; readonly decimals: number; readonly address: string };

export interface Wallet {
  /** Label `wallet`. */
  readonly name: string;
  readonly chain: WatchedChain;
  /** With its checksum. */
  readonly address: string;
  readonly assets: readonly Asset[];
}

/** A chain, and where it is asked. */
export interface WatchedChain extends Omit<Chain, "rpc"> {
  /** The preferred one first. */
  readonly endpoints: readonly URL[];
}

/** What one of an asset is worth in US dollars. */
export type Price =
  | { readonly kind: "fixed"; readonly usd: number }
  /** A Chainlink price feed. */
  | { readonly kind: "feed"; readonly chain: WatchedChain; readonly address: string; readonly maxAgeSeconds: number };

/** By symbol. */
export type Prices = ReadonlyMap<string, Price>;
