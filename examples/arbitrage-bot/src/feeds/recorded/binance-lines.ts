/** `<local time in ns> <websocket frame>`, as hftbacktest's collector writes it: combined streams of Binance. */
import type { Format } from "./decoder.ts";
import { price, TICK_STALE_AFTER_MS } from "./decoder.ts";

interface BookTickerFrame {
  readonly stream?: string;
  readonly data?: { readonly s?: string; readonly b?: unknown; readonly a?: unknown; readonly E?: number };
}

export const binanceLines: Format = {
  name: "Binance websocket lines",
  recognises: (line) => /^\d{19} \{"stream":/.test(line),
  decoder: () => ({
    decode(line) {
      const space = line.indexOf(" ");
      const localNs = line.slice(0, space);
      if (!/^\d{16,20}$/.test(localNs)) throw new Error("it does not begin with a time in nanoseconds");
      if (!line.includes('@bookTicker"')) return undefined; // trades and depth: known, and not needed
      const frame: BookTickerFrame = JSON.parse(line.slice(space + 1));
      const { s, b, a, E } = frame.data ?? {};
      if (s === undefined) return undefined;
      const ns = BigInt(localNs);
      const timeMs = Number(ns / 1_000_000n) + Number(ns % 1_000_000n) / 1e6;
      return {
        instrument: s,
        timeMs,
        exchangeTimeMs: E,
        bid: price(b),
        ask: price(a),
        staleAfterMs: TICK_STALE_AFTER_MS,
      };
    },
  }),
};
