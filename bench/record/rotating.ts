/**
 * Inputs that change from call to call, so that neither the compiler nor the branch predictor can learn them. Seeded: each
 * client and each run gets the same ones. All lengths are powers of two, to rotate by a mask.
 */

/** Latencies in seconds, spread over all default buckets from below the first to above the last. */
export const VALUES: Float64Array = latencies(1024);

/** Pairs of label values, all different. */
export const PAIRS: readonly { readonly venue: string; readonly side: string }[] = [
  { venue: "cex", side: "buy" },
  { venue: "dex", side: "sell" },
  { venue: "binance", side: "buy" },
  { venue: "kraken", side: "sell" },
  { venue: "cex", side: "sell" },
  { venue: "dex", side: "buy" },
  { venue: "binance", side: "sell" },
  { venue: "kraken", side: "buy" },
];

/** Eight values of one label. */
export const VENUES = ["cex", "dex", "binance", "kraken", "okx", "bybit", "uniswap", "sushiswap"] as const;

function latencies(length: number): Float64Array {
  let state = 1;
  const values = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0; // Numerical Recipes' generator
    values[i] = 0.002 * 10_000 ** (state / 2 ** 32);
  }
  return values;
}
