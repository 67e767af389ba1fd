/** Which pair an instrument's name means, so that two venues that spell it differently can be traded against each other. */

/** What an amount may be counted in, as it ends an instrument's name. `BUSD` is left out: `BNBUSD` would end in it. */
const NAME = /^(.+?)[-_:]?(USDT|USDC|USD|DAI|EUR|GBP|BTC|ETH)$/;

/** `ETHUSDT_240927`, `ETH-USDT-SWAP`, `ETHUSDCPERP`: derivatives of the pair. */
const DERIVATIVE = /([-_]?PERP|[-_]SWAP|_\d{6})$/;

const WRAPPED: Readonly<Record<string, string>> = { WETH: "ETH", WBTC: "BTC", XBT: "BTC" };

/** Taken for a dollar each: what they differ by is part of the spread. */
const DOLLARS: readonly string[] = ["USDT", "USDC", "DAI"];

/** The pair of `spot/ETHUSDT` is `ETHUSD`, and so is that of `ETH-USDC-SWAP`; `undefined` where the name tells none. */
export function pairOf(instrument: string): string | undefined {
  const name = instrument.slice(instrument.lastIndexOf("/") + 1).toUpperCase();
  const [, base = "", quote = ""] = NAME.exec(name.replace(DERIVATIVE, "")) ?? [];
  if (base === "") return undefined;
  return `${WRAPPED[base] ?? base}${DOLLARS.includes(quote) ? "USD" : quote}`;
}
