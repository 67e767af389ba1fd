/** `[chains.NAME]` in haltwatch.toml: where chains are asked that are known by name, and chains that are not known. */
import { type Chain, faultOfAddress, KNOWN_CHAINS, MULTICALL3 } from "@haltwatch/probes";
import { z } from "zod";
import { optional, text, wholeNumber } from "../scrape/config-values.ts";
import { parseSecretReference, type SecretReference } from "../secrets/index.ts";

/** With its checksum. */
export const address = text.superRefine((written, context) => {
  const fault = faultOfAddress(written);
  if (fault !== undefined) context.addIssue({ code: "custom", message: fault });
});

const decimals = z
  .number({ error: "decimals are missing: write how many the token has, like 6 for USDC" })
  .int("write a whole number")
  .min(0)
  .max(36, "write at most 36");

/** A URL, or where it is kept if a key stands in it: `env:ARBITRUM_RPC`. */
export const endpoint = text.transform((written, context): URL | SecretReference => {
  const reference = parseSecretReference(written);
  if (reference !== undefined) return reference;
  const url = readEndpoint(written);
  if (typeof url !== "string") return url;
  context.addIssue({ code: "custom", message: url });
  return z.NEVER;
});

/** @returns what is wrong with it; the text itself is not repeated */
export function readEndpoint(written: string): URL | string {
  const url = URL.parse(written);
  if (url === null || !/^https?:$/.test(url.protocol)) return "write a whole URL, like https://arb1.arbitrum.io/rpc";
  if (url.username !== "" || url.password !== "") return "credentials do not belong in a URL in a file: write env:NAME";
  if (url.protocol === "https:" || isHere(url)) return url;
  return "write https here: what plain http answers from another machine can be forged on the way";
}

function isHere({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
}

const chain = z.strictObject({
  id: wholeNumber.optional(),
  rpc: z.array(endpoint, { error: "write a list of URLs here" }).min(1, "write at least one URL").max(10).optional(),
  native: optional(text),
  native_decimals: decimals.default(18),
  tokens: z
    .record(z.string(), z.strictObject({ address, decimals }), {
      error: "write tokens as USDC = { address = …, decimals = 6 }",
    })
    .default({}),
  multicall3: address.optional(),
  uptime_feed: address.optional(),
});

/** Keys of haltwatch.toml, for its schema. */
export const CHAIN_KEYS = {
  chains: z.record(z.string().regex(/^[\w-]{1,60}$/, "write a name of letters, digits and dashes"), chain).default({}),
} as const;

export type ChainSettings = Omit<Chain, "rpc"> & { readonly rpc: readonly (URL | SecretReference)[] };

export type FaultAt = (key: string, message: string, hint: string) => Error;

/** Chains that are known, with what the file says of them, and those that only the file knows. */
export function chainsOf(
  written: z.output<typeof CHAIN_KEYS.chains>,
  faultAt: FaultAt,
): ReadonlyMap<string, ChainSettings> {
  const chains = new Map(
    KNOWN_CHAINS.map((known) => [known.name, { ...known, rpc: known.rpc.map((url) => new URL(url)) } as ChainSettings]),
  );
  for (const [name, one] of Object.entries(written)) {
    const known = chains.get(name);
    const id = one.id ?? known?.id;
    const rpc = one.rpc ?? known?.rpc;
    const native = one.native ?? known?.native.symbol;
    const missing = id === undefined ? "id" : rpc === undefined ? "rpc" : native === undefined ? "native" : undefined;
    if (missing !== undefined || id === undefined || rpc === undefined || native === undefined) {
      const message = `chains.${name}: ${missing} is missing, and ${name} is no chain that is known`;
      throw faultAt(`chains.${name}`, message, `Write ${missing}, or one of ${names(chains)}`);
    }
    const tokens = new Map(known?.tokens.map((token) => [token.symbol, token]));
    for (const [symbol, token] of Object.entries(one.tokens)) {
      if (symbol === native) {
        const message = `chains.${name}.tokens.${symbol}: ${symbol} is what ${name} pays its fees in`;
        throw faultAt(`chains.${name}.tokens.${symbol}`, message, "Give the token another symbol, like WETH");
      }
      tokens.set(symbol, { symbol, ...token });
    }
    chains.set(name, {
      ...{ name, id, rpc, native: { symbol: native, decimals: one.native_decimals }, tokens: [...tokens.values()] },
      multicall3: one.multicall3 ?? known?.multicall3 ?? MULTICALL3,
      uptimeFeed: one.uptime_feed ?? known?.uptimeFeed,
    });
  }
  return chains;
}

/** @throws if there is no such chain */
export function chainNamed(
  chains: ReadonlyMap<string, ChainSettings>,
  name: string,
  key: string,
  faultAt: FaultAt,
): ChainSettings {
  const found = chains.get(name);
  if (found !== undefined) return found;
  const message = `${shownKey(key)}: there is no chain ${JSON.stringify(name)}`;
  throw faultAt(key, message, `Known are ${names(chains)}; write [chains.${name}] for another`);
}

/** `heartbeat.services.0.url` as people write it: `heartbeat.services[0].url`. */
export function shownKey(key: string): string {
  return key.replaceAll(/\.(\d+)/g, "[$1]");
}

function names(chains: ReadonlyMap<string, unknown>): string {
  return [...chains.keys()].join(", ");
}
