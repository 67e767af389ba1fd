/** `<local time in ns> <websocket frame>`, as hftbacktest's collector writes it: streams of Binance, spot and futures. */
import type { Format } from "./decoder.ts";
import { price, size, TICK_STALE_AFTER_MS } from "./decoder.ts";

/** Spot frames have no `e` and no `E`: they tell neither what they are nor when they were made. */
interface BookTicker {
  readonly e?: string;
  readonly s?: string;
  readonly b?: unknown;
  readonly B?: unknown;
  readonly a?: unknown;
  readonly A?: unknown;
  readonly E?: number;
}

interface CombinedFrame {
  readonly stream?: string;
  readonly data?: BookTicker;
}

const NS_DIGITS_IN_MS = 6;

export const binanceLines: Format = {
  name: "Binance websocket lines",
  plays: "cex",
  recognises: (line) => /^\d{16,19} \{/.test(line),
  decoder: () => ({
    decode(line) {
      const space = line.indexOf(" ");
      const localNs = line.slice(0, space);
      if (!/^\d{16,19}$/.test(localNs)) throw new Error("it does not begin with a time in nanoseconds");
      if (!line.includes('@bookTicker"')) return undefined; // trades, depth, answers: known, and not needed
      const frame: CombinedFrame = JSON.parse(line.slice(space + 1));
      const { e, s, b, B, a, A, E } = frame.data ?? {};
      if (s === undefined) return undefined;
      return {
        kind: "price",
        instrument: `${e === undefined ? "spot" : "futures"}/${s}`,
        // In two parts: whole nanoseconds since 1970 are beyond what a double counts exactly.
        timeMs: Number(localNs.slice(0, -NS_DIGITS_IN_MS)) + Number(localNs.slice(-NS_DIGITS_IN_MS)) / 1e6,
        exchangeTimeMs: E,
        bid: price(b),
        ask: price(a),
        bidSize: size(B),
        askSize: size(A),
        staleAfterMs: TICK_STALE_AFTER_MS,
      };
    },
  }),
};
