/**
 * What is asked of an exchange: the reading half of ccxt's unified API, and nothing of the rest. Whoever holds this can place no order
 * and move no money, whatever the key could do.
 */

export interface ExchangePort {
  /** For people: the exchange's host. */
  readonly target: string;
  /** `ok`, or what the exchange says of itself: `maintenance`, `shutdown`, `error`. `undefined` where it has no such call. */
  status(): Promise<{ readonly status: string } | undefined>;
  /** The exchange's clock, Unix milliseconds. `undefined` where it has no such call. */
  time(): Promise<number | undefined>;
  /** What is free of each currency. `undefined` without a key. */
  balances(): Promise<ReadonlyMap<string, number> | undefined>;
  /** Of the last answer, names in lower case. */
  headers(): Readonly<Record<string, string>>;
}
