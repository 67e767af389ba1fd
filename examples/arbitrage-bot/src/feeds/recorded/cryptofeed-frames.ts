/** A JSON object a line with each frame that cryptofeed received; the books of Bybit and Gemini are followed. */
import type { Tick } from "../quote.ts";
import { type Decoder, type Format, TICK_STALE_AFTER_MS } from "./decoder.ts";
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
  readonly type?: string;
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
  plays: "cex",
  recognises: (line) => line.startsWith("{") && /"t": ?"header"/.test(line),
  decoder: cryptofeedDecoder,
};

function cryptofeedDecoder(): Decoder {
  /** By connection, then by what the venue calls the book: one instrument may be told at several depths. */
  const books = new Map<string, Map<string, OrderBook>>();
  /** Which market a connection is to: the last part of its address, such as `linear` or `spot`. */
  const markets = new Map<string, string>();

  const bookOf = (connection: string, name: string): OrderBook => {
    const ofConnection = books.get(connection) ?? new Map<string, OrderBook>();
    books.set(connection, ofConnection);
    const book = ofConnection.get(name) ?? new OrderBook();
    ofConnection.set(name, book);
    return book;
  };
  const bybit = (frame: Frame, { topic = "", type, ts, data }: BybitBook): Tick | undefined => {
    if (data?.s === undefined) return undefined;
    const connection = frame.conn ?? "";
    const book = bookOf(connection, topic);
    if (type === "snapshot") book.clear();
    book.change("bid", data.b ?? []);
    book.change("ask", data.a ?? []);
    return tick(`${markets.get(connection) || "bybit"}/${data.s}`, book, frame, ts);
  };
  const gemini = (frame: Frame, { symbol, changes = [] }: GeminiBook): Tick | undefined => {
    if (symbol === undefined) return undefined;
    const book = bookOf(frame.conn ?? "", symbol);
    for (const [side, price, size] of changes) book.change(side === "buy" ? "bid" : "ask", [[price, size]]);
    return tick(`gemini/${symbol}`, book, frame, undefined);
  };

  return {
    decode(line) {
      const frame: Frame = JSON.parse(line);
      if (frame.t === "connect") {
        // What was known of the books ended with the old connection.
        books.delete(frame.conn ?? "");
        markets.set(frame.conn ?? "", (frame.addr ?? "").split("/").at(-1) ?? "");
      }
      if (frame.t !== "recv" || frame.data === undefined) return undefined;
      const data = unknownUnlessJson(frame.data);
      if (data?.topic?.startsWith("orderbook.") === true) return bybit(frame, data);
      if (data?.type === "l2_updates") return gemini(frame, data);
      return undefined;
    },
  };
}

function tick(instrument: string, book: OrderBook, frame: Frame, exchangeTimeMs: number | undefined): Tick | undefined {
  const best = book.best();
  if (best === undefined || frame.ts === undefined) return undefined;
  const timeMs = frame.ts * 1000;
  return { kind: "price", instrument, timeMs, exchangeTimeMs, ...best, staleAfterMs: TICK_STALE_AFTER_MS };
}

/** Venues send `pong` and the like: a frame that is not JSON is no news, and no fault of the file. */
function unknownUnlessJson(data: string): (BybitBook & GeminiBook) | undefined {
  try {
    const parsed: unknown = JSON.parse(data);
    return typeof parsed === "object" && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}
