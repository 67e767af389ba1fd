import { expect, test } from "vitest";
import { ccxtExchange } from "./ccxt-exchange.ts";
import { exchangeService } from "./exchange-service.ts";

const NOW_MS = 1_800_000_000_000;

class RateLimitExceeded extends Error {}

/** Stands in for ccxt: what it has been asked for is counted. */
class StandIn {
  static asked: string[] = [];
  static fault: Error | undefined;
  readonly has = { fetchStatus: true, fetchTime: true };
  readonly hostname = "api.example.com";
  readonly last_response_headers = { "X-RateLimit-Limit": "200", "X-RateLimit-Remaining": "50" };
  readonly options: object;

  constructor(options: object) {
    this.options = options;
  }

  async fetchStatus() {
    StandIn.asked.push("fetchStatus");
    if (StandIn.fault !== undefined) throw StandIn.fault;
    return { status: "ok" };
  }

  async fetchTime() {
    StandIn.asked.push("fetchTime");
    return NOW_MS + 1_500;
  }

  async fetchBalance() {
    StandIn.asked.push("fetchBalance");
    return { free: { USDC: 12.5, BTC: 0.1, odd: "x" }, info: { secret: "s" } };
  }

  async createOrder() {
    StandIn.asked.push("createOrder");
  }
}

const load = async () => ({ default: { standin: StandIn } });

async function reading(key: { apiKey: string; secret: string } | undefined, maxClockSkewMs = 2_000) {
  const port = await ccxtExchange({ exchange: "standin", key, timeoutMs: 1_000, load });
  const options = {
    name: "cex",
    venue: "cex",
    port,
    maxClockSkewMs,
    timeoutMs: 1_000,
    attempts: 1,
    monotonic: () => 0,
  };
  return exchangeService(options).look(new AbortController().signal, () => NOW_MS);
}

test("C3 an exchange's status, clock, rate limit and balances are read, and nothing else is called", async () => {
  StandIn.asked = [];

  expect(await reading({ apiKey: "k", secret: "s" })).toEqual({
    fault: undefined,
    latencyMs: 0,
    facts: {
      kind: "exchange",
      venue: "cex",
      clockSkewMs: 1_500,
      rateLimitRatio: 0.25,
      balances: new Map([
        ["USDC", 12.5],
        ["BTC", 0.1],
      ]),
    },
  });
  expect(StandIn.asked).toEqual(["fetchStatus", "fetchTime", "fetchBalance"]);
});

test("C3 without a key no balance is asked for; a clock that is off is a fault", async () => {
  StandIn.asked = [];

  expect(await reading(undefined, 1_000)).toMatchObject({
    fault: { kind: "clock-skew", detail: "its clock is 1500 ms ahead of ours" },
  });
  expect(StandIn.asked).not.toContain("fetchBalance");
});

test("C3 what ccxt throws becomes a fault, and what it says is not repeated", async () => {
  StandIn.fault = new RateLimitExceeded("GET https://api.example.com/?signature=secret");

  expect((await reading(undefined)).fault).toEqual({ kind: "rate-limited", detail: "it allows no more requests now" });
  StandIn.fault = undefined;
});

test("C3 an exchange that nothing can be asked of is not taken for one that is well", async () => {
  class Mute {
    readonly has = { fetchStatus: "emulated" };
  }
  const port = await ccxtExchange({ exchange: "mute", timeoutMs: 1_000, load: async () => ({ mute: Mute }) });
  const options = { name: "m", venue: "m", port, maxClockSkewMs: 1_000, timeoutMs: 1_000, attempts: 1 };

  const { fault } = await exchangeService({ ...options, monotonic: () => 0 }).look(
    new AbortController().signal,
    Date.now,
  );

  expect(fault).toMatchObject({ kind: "failed" });
});

test("ccxt that is not installed, and an exchange that it does not know, are clear errors", async () => {
  const options = { exchange: "standin", timeoutMs: 1_000 };

  await expect(ccxtExchange(options)).rejects.toMatchObject({ code: "NOT_INSTALLED", hint: "Run npm install ccxt" });
  await expect(ccxtExchange({ ...options, exchange: "toString", load })).rejects.toMatchObject({ code: "BAD_VALUE" });
});
