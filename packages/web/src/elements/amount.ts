/** Numbers with their unit, short: cards have little room, dashboards show them exactly. */

const USD = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });

/** `$1,204.50` */
export function usdText(value: number): string {
  return USD.format(value).replace("-", "−");
}

/** `+12.40 USDT`, `−3 %`: with its sign, at most two decimals. */
export function signedAmount(value: number, unit: string): string {
  const sign = value < 0 ? "−" : value > 0 ? "+" : "";
  return `${sign}${amountText(Math.abs(value), unit)}`;
}

/** `1,204.5 USDT`; `currencyUSD` and `$` stand before the number. */
export function amountText(value: number, unit: string): string {
  if (/^(?:currencyUSD|usd|\$)$/i.test(unit)) return usdText(value);
  const digits = Math.abs(value) >= 1000 ? 0 : Math.abs(value) >= 1 ? 2 : 4;
  const number = value.toLocaleString("en-US", { maximumFractionDigits: digits });
  return unit === "" || unit === "none" || unit === "short" ? number : `${number} ${unit}`;
}

/** `1 alert`, `3 alerts` */
export function countText(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;
}
