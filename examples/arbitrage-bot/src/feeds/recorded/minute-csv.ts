/** A row a minute with a header, as demeter records on-chain markets: Uniswap v3 pools and GMX v2 markets. */
import type { Decoder, Format } from "./decoder.ts";
import { MINUTE_STALE_AFTER_MS, price } from "./decoder.ts";

/** What demeter's pools are of: the files do not say, but the price only makes sense for a pair of 6 and 18 decimals. */
const INSTRUMENT = "ETHUSDC";

/** WETH/USDC pool with USDC as token 0. Price in USDC = 10^(18 − 6) / 1.0001^tick. Source: Uniswap v3 whitepaper, 6.1. */
export const uniswapMinutes: Format = {
  name: "Uniswap v3 minutes",
  recognises: (line) => line.startsWith("timestamp,") && line.includes(",closeTick,"),
  decoder: () => minuteDecoder("closeTick", (tick) => 1e12 / 1.0001 ** number(tick)),
};

/** The market's index price, in US dollars. */
export const gmxMinutes: Format = {
  name: "GMX v2 minutes",
  recognises: (line) => line.startsWith("timestamp,") && line.includes(",indexPrice,"),
  decoder: () => minuteDecoder("indexPrice", price),
};

function minuteDecoder(column: string, priceOf: (cell: string) => number): Decoder {
  let columns: readonly string[] | undefined;
  return {
    decode(line) {
      const cells = line.split(",");
      if (columns === undefined) {
        columns = cells;
        return undefined;
      }
      if (cells.length !== columns.length)
        throw new Error(`it has ${cells.length} cells, and the header ${columns.length}`);
      const cell = cells[columns.indexOf(column)] ?? "";
      if (cell === "") return undefined; // a minute without a trade
      const timeMs = Date.parse(`${(cells[0] ?? "").replace(" ", "T")}Z`);
      if (Number.isNaN(timeMs)) throw new Error(`${JSON.stringify(cells[0])} is not a time`);
      const middle = price(priceOf(cell));
      return { instrument: INSTRUMENT, timeMs, bid: middle, ask: middle, staleAfterMs: MINUTE_STALE_AFTER_MS };
    },
  };
}

function number(text: string): number {
  const value = Number(text);
  if (text !== "" && Number.isFinite(value)) return value;
  throw new Error(`${JSON.stringify(text)} is not a number`);
}
