/**
 * A row for each transaction in which somebody traded a DEX against a CEX (the labelled data set of cexdex): what was paid
 * and got on the chain is a price there. The rows come in any order.
 */
import type { Tick } from "../quote.ts";
import { csvRows, hasColumns, type Row, utcMs } from "./csv-rows.ts";
import { type Format, MINUTE_STALE_AFTER_MS, price } from "./decoder.ts";

const DOLLARS: readonly string[] = ["USDC", "USDT", "DAI"];

export const swapTransactions: Format = {
  name: "labelled CEX-DEX transactions",
  plays: "dex",
  unordered: true,
  recognises: (header) => hasColumns(header, "block_time", "token_bought_amount", "token_sold_amount"),
  decoder: () => csvRows(swap),
};

function swap(row: Row): Tick | undefined {
  // The amounts of several swaps in one transaction are those of none of them.
  if (row("multi_trade") === "1") return undefined;
  const bought = row("token_bought_symbol");
  const sold = row("token_sold_symbol");
  const boughtAmount = price(row("token_bought_amount"));
  const soldAmount = price(row("token_sold_amount"));
  const counted = countedIn(bought, sold);
  if (counted === undefined) return undefined;
  const paid = counted === sold ? soldAmount / boughtAmount : boughtAmount / soldAmount;
  const base = counted === sold ? bought : sold;
  return {
    kind: "price",
    instrument: `swaps/${base}${DOLLARS.includes(counted) ? "USD" : counted}`,
    // A block has one time: the place in it, as thousandths of a millisecond, keeps the order within.
    timeMs: utcMs(row("block_time")) + Number(row("tx_index") || 0) / 1000,
    bid: paid,
    ask: paid,
    staleAfterMs: MINUTE_STALE_AFTER_MS,
  };
}

/** Dollars before ether; `undefined` for a swap of two dollars, or of two tokens that are neither. */
function countedIn(bought: string, sold: string): string | undefined {
  const dollars = [bought, sold].filter((token) => DOLLARS.includes(token));
  if (dollars.length === 2) return undefined;
  return dollars[0] ?? [bought, sold].find((token) => token === "ETH" || token === "WETH");
}
