/**
 * Chains that are known by name. Sources: SX's API documentation (sx-bet/sx-bet-api-docs, "References"), Arbitrum's and Circle's lists
 * of contracts, Chainlink's lists of feeds, multicall3.com. Endpoints that everybody uses are slow and limited: a bot should have
 * its own.
 */

export interface Token {
  readonly symbol: string;
  readonly address: string;
  readonly decimals: number;
}

export interface Chain {
  /** Label `chain`. */
  readonly name: string;
  readonly id: number;
  /** JSON-RPC endpoints, the preferred one first. */
  readonly rpc: readonly string[];
  readonly native: { readonly symbol: string; readonly decimals: number };
  readonly tokens: readonly Token[];
  /** Where multicall3 is, if it is there: whether it is, is looked at. */
  readonly multicall3: string;
  /** Chainlink's sequencer uptime feed. */
  readonly uptimeFeed?: string | undefined;
}

/** The same on all chains on which it was deployed in the usual way. Source: mds1/multicall3. */
export const MULTICALL3 = "0xcA11bde05977b3631167028862bE2a173976CA11";

export const KNOWN_CHAINS: readonly Chain[] = [
  {
    name: "sx",
    id: 4162,
    rpc: ["https://rpc.sx-rollup.gelato.digital"],
    native: { symbol: "SX", decimals: 18 },
    tokens: [{ symbol: "USDC", address: "0x6629Ce1Cf35Cc1329ebB4F63202F3f197b3F050B", decimals: 6 }],
    multicall3: MULTICALL3,
  },
  {
    // The chain before SX Rollup, for whoever still has something there.
    name: "sx-network",
    id: 416,
    rpc: ["https://rpc.sx.technology"],
    native: { symbol: "SX", decimals: 18 },
    tokens: [{ symbol: "USDC", address: "0xe2aa35C2039Bd0Ff196A6Ef99523CC0D3972ae3e", decimals: 6 }],
    multicall3: MULTICALL3,
  },
  {
    name: "arbitrum",
    id: 42_161,
    rpc: ["https://arb1.arbitrum.io/rpc"],
    native: { symbol: "ETH", decimals: 18 },
    tokens: [{ symbol: "USDC", address: "0xaf88d065e77c8cC2239327C5EDb3A432268e5831", decimals: 6 }],
    multicall3: MULTICALL3,
    uptimeFeed: "0xFdB631F5EE196F0ed6FAa767959853A9F217697D",
  },
];
