/** Gas prices by time, as demeter records them, in gwei. */
import { csvRows, hasColumns, utcMs } from "./csv-rows.ts";
import { type Format, price } from "./decoder.ts";

export const gasPrices: Format = {
  name: "gas prices",
  plays: "gas",
  recognises: (header) => hasColumns(header, "block_timestamp", "gas_price"),
  decoder: () =>
    csvRows((row) => {
      const gwei = row("gas_price");
      if (gwei === "") return undefined;
      return { kind: "gas", timeMs: utcMs(row("block_timestamp")), gwei: price(gwei) };
    }),
};
