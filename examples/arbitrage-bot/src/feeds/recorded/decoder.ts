/** Reads one kind of recorded file, a line at a time. */
import type { ArbitrageVenue, GasPrice, Tick } from "../quote.ts";

/** What a line may hold that the bot wants. */
export type Recorded = Tick | GasPrice;

/** One file's reader: keeps what it must between lines. */
export interface Decoder {
  /**
   * What is in this line; `undefined` if that is nothing the bot wants.
   *
   * @throws {Error} with what is wrong, if the line is not of this kind at all
   */
  decode(line: string): Recorded | undefined;
}

/** A kind of file. */
export interface Format {
  /** For messages: "Binance websocket lines". */
  readonly name: string;
  /** The side its market plays where there is no other; `gas` for files that hold no prices of a market. */
  readonly plays: ArbitrageVenue | "gas";
  /** Its lines come in any order, so that they have to be sorted before they are replayed. */
  readonly unordered?: true;
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

/** An amount, where one is told. */
export function size(text: unknown): number | undefined {
  const value = typeof text === "string" || typeof text === "number" ? Number(text) : Number.NaN;
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}
