/** Reads one kind of recorded file, a line at a time. */
import type { Tick } from "../quote.ts";

/** One file's reader: keeps what it must between lines. */
export interface Decoder {
  /**
   * The price in this line; `undefined` if it holds none.
   *
   * @throws {Error} with what is wrong, if the line is not of this kind at all
   */
  decode(line: string): Tick | undefined;
}

/** A kind of file. */
export interface Format {
  /** For messages: "Binance websocket lines". */
  readonly name: string;
  /** Whether a file that begins with this line is of this kind. */
  recognises(firstLine: string): boolean;
  decoder(): Decoder;
}

/** Prices that come many times a second are not traded on after this, milliseconds. */
export const TICK_STALE_AFTER_MS = 2000;

/** Prices that come once a minute are good until the next, and half a minute for its delay. */
export const MINUTE_STALE_AFTER_MS = 90_000;

/** A finite number above 0, or what is wrong. */
export function price(text: unknown): number {
  const value = typeof text === "string" || typeof text === "number" ? Number(text) : Number.NaN;
  if (Number.isFinite(value) && value > 0) return value;
  throw new Error(`${JSON.stringify(text)} is not a price`);
}
