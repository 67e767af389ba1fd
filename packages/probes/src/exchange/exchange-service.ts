/** An exchange: whether it is open, how far its clock is from ours, how many requests it still allows, what is on the account. */
import type { Facts, Fault, ServiceReading } from "../heartbeat/reading.ts";
import type { Service } from "../heartbeat/service.ts";
import type { ExchangePort } from "./exchange-port.ts";

export interface ExchangeServiceOptions {
  readonly name: string;
  /** Label `venue`. */
  readonly venue: string;
  readonly port: ExchangePort;
  /** With a larger difference signed requests are refused by most exchanges, milliseconds. */
  readonly maxClockSkewMs: number;
  readonly timeoutMs: number;
  readonly attempts: number;
  /** Milliseconds since some moment. */
  readonly monotonic: () => number;
}

/** Pairs of what is allowed and what is left, or used. Sources: the exchanges' own documentation. */
const LIMIT_HEADERS = [
  { limit: "x-ratelimit-limit", left: "x-ratelimit-remaining" },
  { limit: "ratelimit-limit", left: "ratelimit-remaining" },
  { limit: "x-bapi-limit", left: "x-bapi-limit-status" },
  { limit: "gw-ratelimit-limit", left: "gw-ratelimit-remaining" },
] as const;

const UNASKED: Fault = {
  kind: "failed",
  detail: 'ccxt has no call that tells whether it is there: look at its API with kind = "http"',
};

export function exchangeService(options: ExchangeServiceOptions): Service {
  const { name, venue, port, timeoutMs, attempts } = options;
  return {
    ...{ name, kind: "exchange", target: port.target, timeoutMs, attempts, unanswered: { kind: "exchange", venue } },
    look: (_, nowMs) => look(options, nowMs),
  };
}

async function look(
  { venue, port, maxClockSkewMs, monotonic }: ExchangeServiceOptions,
  nowMs: () => number,
): Promise<ServiceReading> {
  const unanswered: Facts = { kind: "exchange", venue };
  try {
    const begin = monotonic();
    const status = await port.status();
    const sentMs = nowMs();
    const time = await port.time();
    const latencyMs = monotonic() - begin;
    // Halfway between question and answer.
    const clockSkewMs = time === undefined ? undefined : Math.round(time - (sentMs + nowMs()) / 2);
    const balances = await port.balances();
    // Of an exchange that has none of these calls nothing was asked: that it was not refused says nothing.
    if (status === undefined && time === undefined && balances === undefined) {
      return { fault: UNASKED, latencyMs: undefined, facts: unanswered };
    }
    const rateLimitRatio = rateLimitIn(port.headers());
    const facts: Facts = {
      ...unanswered,
      ...(clockSkewMs === undefined ? {} : { clockSkewMs }),
      ...(rateLimitRatio === undefined ? {} : { rateLimitRatio }),
      ...(balances === undefined ? {} : { balances }),
    };
    return { fault: statusFault(status?.status) ?? skewFault(clockSkewMs, maxClockSkewMs), latencyMs, facts };
  } catch (error) {
    return { fault: faultOf(error), latencyMs: undefined, facts: unanswered };
  }
}

function statusFault(status: string | undefined): Fault | undefined {
  if (status === undefined || status === "ok" || status === "undefined") return undefined;
  return { kind: "maintenance", detail: `it says of itself: ${status.slice(0, 40)}` };
}

function skewFault(skewMs: number | undefined, maxMs: number): Fault | undefined {
  if (skewMs === undefined || Math.abs(skewMs) <= maxMs) return undefined;
  const direction = skewMs > 0 ? "ahead of" : "behind";
  return { kind: "clock-skew", detail: `its clock is ${Math.abs(skewMs)} ms ${direction} ours` };
}

/** ccxt's errors are classes with names; what they say may have the request in it, and so the key. */
function faultOf(error: unknown): Fault {
  const name = error instanceof Error ? error.constructor.name : "";
  switch (name) {
    case "RequestTimeout":
      return { kind: "timeout", detail: "no answer in time" };
    case "RateLimitExceeded":
    case "DDoSProtection":
      return { kind: "rate-limited", detail: "it allows no more requests now" };
    case "OnMaintenance":
      return { kind: "maintenance", detail: "it is under maintenance" };
    case "ExchangeNotAvailable":
    case "NetworkError":
      return { kind: "unreachable", detail: "it does not answer" };
    case "InvalidNonce":
      return { kind: "clock-skew", detail: "it refuses the request's time: look at this machine's clock" };
    case "AuthenticationError":
    case "PermissionDenied":
    case "AccountSuspended":
      return { kind: "status", detail: `it refuses the key (${name})` };
    default:
      return { kind: "failed", detail: `it cannot be asked (${name === "" ? "unknown" : name})` };
  }
}

/** Share of the requests that are left; `undefined` where no header says so. */
function rateLimitIn(headers: Readonly<Record<string, string>>): number | undefined {
  for (const { limit, left } of LIMIT_HEADERS) {
    const [most, rest] = [Number(headers[limit] ?? Number.NaN), Number(headers[left] ?? Number.NaN)];
    if (most > 0 && rest >= 0) return Math.min(1, rest / most);
  }
  return undefined;
}
