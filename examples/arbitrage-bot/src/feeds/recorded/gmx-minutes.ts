/** A row a minute of a GMX v2 market, as demeter records them. Its price is the index price, in US dollars. */
import { csvRows, hasColumns, utcMs } from "./csv-rows.ts";
import { type Format, MINUTE_STALE_AFTER_MS, price } from "./decoder.ts";

/** What the files do not say: it is the market of ether … */
const INSTRUMENT = "gmx-v2/ETHUSD";
/** … that takes 0.05 % of what brings it nearer to balance, and 0.07 % of what does not. The mean of both. */
const FEE_BPS = 6;

export const gmxMinutes: Format = {
  name: "GMX v2 minutes",
  plays: "dex",
  recognises: (header) => hasColumns(header, "timestamp", "indexPrice"),
  decoder: () =>
    csvRows((row) => {
      const index = row("indexPrice");
      if (index === "") return undefined;
      const middle = price(index);
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
