/** A JSON object a line with each frame that cryptofeed received; the books of Bybit and Gemini are followed. */
import type { Tick } from "../quote.ts";
import type { Decoder, Format } from "./decoder.ts";
import { TICK_STALE_AFTER_MS } from "./decoder.ts";
import { OrderBook } from "./order-book.ts";

interface Frame {
  readonly t?: string;
  readonly conn?: string;
  /** Seconds. */
  readonly ts?: number;
  readonly addr?: string;
  readonly data?: string;
}

type Changes = readonly (readonly [price: string, size: string])[];

interface BybitBook {
  readonly topic?: string;
  readonly type?: "snapshot" | "delta";
  /** Milliseconds. */
  readonly ts?: number;
  readonly data?: { readonly s?: string; readonly b?: Changes; readonly a?: Changes };
}

interface GeminiBook {
  readonly type?: string;
  readonly symbol?: string;
  readonly changes?: readonly (readonly [side: "buy" | "sell", price: string, size: string])[];
}

export const cryptofeedFrames: Format = {
  name: "cryptofeed frames",
  recognises: (line) => line.startsWith('{"t":"header"') && line.includes('"exchange":'),
  decoder: cryptofeedDecoder,
};

function cryptofeedDecoder(): Decoder {
  const books = new Map<string, OrderBook>();
  /** Which market a connection is to: the last part of its address, such as `linear` or `spot`. */
  const markets = new Map<string, string>();

  const bookOf = (instrument: string): OrderBook => {
    let book = books.get(instrument);
    if (book === undefined) {
      book = new OrderBook();
      books.set(instrument, book);
    }
    return book;
  };
  const tick = (instrument: string, frame: Frame, exchangeTimeMs: number | undefined): Tick | undefined => {
    const best = bookOf(instrument).best();
    if (best === undefined || frame.ts === undefined) return undefined;
    return { instrument, timeMs: frame.ts * 1000, exchangeTimeMs, ...best, staleAfterMs: TICK_STALE_AFTER_MS };
  };
  const bybit = (frame: Frame, { type, ts, data }: BybitBook): Tick | undefined => {
    if (data?.s === undefined) return undefined;
    const instrument = `${markets.get(frame.conn ?? "") ?? "bybit"}/${data.s}`;
    const book = bookOf(instrument);
    if (type === "snapshot") book.clear();
    book.change("bid", data.b ?? []);
    book.change("ask", data.a ?? []);
    return tick(instrument, frame, ts);
  };
  const gemini = (frame: Frame, { symbol, changes }: GeminiBook): Tick | undefined => {
    if (symbol === undefined) return undefined;
    for (const [side, price, size] of changes ?? [])
      bookOf(symbol).change(side === "buy" ? "bid" : "ask", [[price, size]]);
    return tick(symbol, frame, undefined);
  };

  return {
    decode(line) {
      const frame: Frame = JSON.parse(line);
      if (frame.t === "connect") markets.set(frame.conn ?? "", frame.addr?.split("/").at(-1) ?? "");
      if (frame.t !== "recv" || frame.data === undefined) return undefined;
      const data: BybitBook & GeminiBook = JSON.parse(frame.data);
      if (data.topic?.startsWith("orderbook.") === true) return bybit(frame, data);
      if (data.type !== undefined && String(data.type) === "l2_updates") return gemini(frame, data);
      return undefined;
    },
  };
}
