/** A row a minute of a Uniswap v3 pool, as demeter records them. */
import { csvRows, hasColumns, utcMs } from "./csv-rows.ts";
import { type Format, MINUTE_STALE_AFTER_MS, price } from "./decoder.ts";

/** What the files do not say: it is a pool of ether (18 decimals) and USDC (6 decimals) … */
const INSTRUMENT = "uniswap-v3/ETHUSDC";
/** … that takes 0.05 %. */
const FEE_BPS = 5;

export const uniswapMinutes: Format = {
  name: "Uniswap v3 minutes",
  plays: "dex",
  recognises: (header) => hasColumns(header, "timestamp", "closeTick"),
  decoder: () =>
    csvRows((row) => {
      const tick = row("closeTick");
      if (tick === "") return undefined; // a minute without a trade
      const middle = price(priceAt(tick));
      return {
        kind: "price",
        instrument: INSTRUMENT,
        timeMs: utcMs(row("timestamp")),
        bid: middle,
        ask: middle,
        feeBps: FEE_BPS,
        staleAfterMs: MINUTE_STALE_AFTER_MS,
      };
    }),
};

/**
 * USDC for an ether is 10^(18 − 6) / 1.0001^tick where USDC is token 0; where it is token 1, the tick is the same with its
 * sign turned. Source: Uniswap v3 whitepaper, 6.1.
 */
function priceAt(tick: string): number {
  const value = Number(tick);
  if (!Number.isFinite(value)) throw new Error(`${JSON.stringify(tick)} is not a tick`);
  return 1e12 / 1.0001 ** Math.abs(value);
}
