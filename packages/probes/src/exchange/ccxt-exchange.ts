/**
 * An exchange through ccxt, which is there only if the user installed it: it is large, and whoever bets on chains needs none of it.
 */
import { ProbeError } from "../probe-error.ts";
import type { ExchangePort } from "./exchange-port.ts";

/** Not a literal, so that neither the compiler nor a bundler looks for it. */
const PACKAGE: string = "ccxt";

export interface CcxtOptions {
  /** As ccxt names it: `binance`. */
  readonly exchange: string;
  /** A key that may only read. Without one balances are not asked for. */
  readonly key?:
    | { readonly apiKey: string; readonly secret: string; readonly password?: string | undefined }
    | undefined;
  /** Of one request, milliseconds. */
  readonly timeoutMs: number;
  /** Gives the package. */
  readonly load?: () => Promise<unknown>;
}

/** The methods that are called; ccxt's objects have hundreds more. */
interface CcxtExchange {
  readonly has: Readonly<Record<string, unknown>>;
  readonly hostname?: unknown;
  readonly last_response_headers?: unknown;
  fetchStatus(): Promise<{ readonly status?: unknown }>;
  fetchTime(): Promise<unknown>;
  fetchBalance(): Promise<{ readonly free?: unknown }>;
}

/** @throws {ProbeError} `NOT_INSTALLED`, or `BAD_VALUE` for an exchange that ccxt does not know */
export async function ccxtExchange({ exchange, key, timeoutMs, load }: CcxtOptions): Promise<ExchangePort> {
  const made = construct(await (load ?? loadPackage)(), exchange, {
    ...key,
    timeout: timeoutMs,
    enableRateLimit: true,
  });
  return {
    target: typeof made.hostname === "string" ? made.hostname : exchange,
    status: async () => {
      if (made.has["fetchStatus"] !== true) return undefined;
      return { status: String((await made.fetchStatus()).status) };
    },
    time: async () => {
      const time = made.has["fetchTime"] === true ? await made.fetchTime() : undefined;
      return typeof time === "number" && Number.isFinite(time) ? time : undefined;
    },
    balances: async () => (key === undefined ? undefined : numbersIn((await made.fetchBalance()).free)),
    headers: () => textsIn(made.last_response_headers),
  };
}

async function loadPackage(): Promise<unknown> {
  try {
    return await import(PACKAGE);
  } catch (error) {
    throw new ProbeError(
      "NOT_INSTALLED",
      "exchanges are looked at through ccxt, which is not installed",
      "Run npm install ccxt",
      {
        cause: error,
      },
    );
  }
}

function construct(loaded: unknown, exchange: string, options: object): CcxtExchange {
  const module = typeof loaded === "object" && loaded !== null && "default" in loaded ? loaded.default : loaded;
  const known = (typeof module === "object" || typeof module === "function") && module !== null;
  const found: unknown = known && Object.hasOwn(module, exchange) ? Reflect.get(module, exchange) : undefined;
  if (typeof found !== "function") {
    throw new ProbeError("BAD_VALUE", `ccxt knows no exchange ${exchange}`, "Write it as ccxt does, like binance");
  }
  // ccxt's documented classes.
  return Reflect.construct(found, [options]) as CcxtExchange;
}

function numbersIn(value: unknown): ReadonlyMap<string, number> {
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return new Map(entries.filter((entry): entry is [string, number] => typeof entry[1] === "number"));
}

function textsIn(value: unknown): Readonly<Record<string, string>> {
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(entries.map(([name, one]) => [name.toLowerCase(), String(one)]));
}
