/** What stakes are a share of: `bank_source` of `config/risk.yml`. */

/** A fixed number of US dollars, one wallet's balance, or all wallets together. */
export type BankSource =
  | { readonly kind: "fixed"; readonly usd: number }
  | { readonly kind: "wallet"; readonly wallet: string }
  | { readonly kind: "all" };

/**
 * Reads `2500`, `wallet:sx` or `all`.
 *
 * @returns `undefined` for anything else
 */
export function parseBankSource(text: string): BankSource | undefined {
  const written = text.trim();
  if (written === "all") return { kind: "all" };
  if (/^\d+(?:\.\d+)?$/.test(written)) return { kind: "fixed", usd: Number(written) };
  const wallet = /^wallet:\s*(\S+)$/.exec(written)?.[1];
  return wallet === undefined ? undefined : { kind: "wallet", wallet };
}

/** As {@link parseBankSource} reads it. */
export function printBankSource(source: BankSource): string {
  switch (source.kind) {
    case "fixed":
      return String(source.usd);
    case "wallet":
      return `wallet:${source.wallet}`;
    case "all":
      return source.kind;
    default:
      return source satisfies never;
  }
}

/** What one wallet holds of one token. */
export interface WalletBalance {
  readonly wallet: string;
  readonly token: string;
  readonly usd: number;
}

/**
 * US dollars.
 *
 * @returns `undefined` where no balance of what it is about is known: nobody knows what a stake may be then
 */
export function bankOf(source: BankSource, balances: Iterable<WalletBalance>): number | undefined {
  if (source.kind === "fixed") return source.usd;
  let sum: number | undefined;
  for (const { wallet, usd } of balances) {
    if (source.kind === "all" || source.wallet === wallet) sum = (sum ?? 0) + usd;
  }
  return sum;
}
