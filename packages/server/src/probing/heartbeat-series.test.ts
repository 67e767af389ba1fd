import type { Service, ServiceReading } from "@haltwatch/probes";
import { expect, test } from "vitest";
import { HeartbeatSeries } from "./heartbeat-series.ts";

type Facts = ServiceReading["facts"];

function service(name: string, unanswered: Facts): Service {
  const look = (): never => {
    throw new Error("nobody looks here");
  };
  return { name, kind: unanswered.kind, target: "host", timeoutMs: 1, attempts: 1, unanswered, look };
}

function well(facts: Facts): ServiceReading {
  return { fault: undefined, latencyMs: 1, facts };
}

function dead(facts: Facts): ServiceReading {
  return { fault: { kind: "unreachable", detail: "gone" }, latencyMs: undefined, facts };
}

async function lines(series: HeartbeatSeries, name: string): Promise<string[]> {
  return (await series.registry.metrics()).split("\n").filter((line) => line.startsWith(`${name}{`));
}

test("C3 of several nodes and APIs the dead one that tells first is no outage, and all of them dead are one", async () => {
  const rpc = { kind: "rpc", chain: "arbitrum", isAnswering: false } as const;
  const http = { kind: "http", venue: "sx" } as const;
  const [a, b, c, d] = [service("a", rpc), service("b", rpc), service("c", http), service("d", http)] as const;
  const series = new HeartbeatSeries([a, b, c, d]);

  series.read(a, dead(rpc));
  series.read(c, dead(http));
  expect(await lines(series, "runtime_rpc_up")).toEqual([]);
  expect(await lines(series, "runtime_venue_up")).toEqual([]);
  series.read(b, well({ ...rpc, isAnswering: true }));
  series.read(d, well(http));
  expect(await lines(series, "runtime_rpc_up")).toEqual(['runtime_rpc_up{chain="arbitrum"} 1']);
  expect(await lines(series, "runtime_venue_up")).toEqual(['runtime_venue_up{venue="sx"} 1']);

  series.read(b, dead(rpc));
  series.read(d, dead(http));
  expect(await lines(series, "runtime_rpc_up")).toEqual(['runtime_rpc_up{chain="arbitrum"} 0']);
  expect(await lines(series, "runtime_venue_up")).toEqual(['runtime_venue_up{venue="sx"} 0']);
});

test("C3 of two looks at a sequencer the one that says down is believed, in whatever order they come", async () => {
  const sequencer = { kind: "sequencer", chain: "arbitrum" } as const;
  const [a, b] = [service("a", sequencer), service("b", sequencer)] as const;
  const series = new HeartbeatSeries([a, b]);

  series.read(a, well({ ...sequencer, isUp: false, sinceMs: 5_000 }));
  series.read(b, well({ ...sequencer, isUp: true, sinceMs: 9_000 }));
  expect(await lines(series, "runtime_sequencer_up")).toEqual(['runtime_sequencer_up{chain="arbitrum"} 0']);
  series.read(a, dead(sequencer));
  expect(await lines(series, "runtime_sequencer_up")).toEqual(['runtime_sequencer_up{chain="arbitrum"} 1']);
  series.read(b, dead(sequencer));
  expect(await lines(series, "runtime_sequencer_up")).toEqual([]);
});

test("C3 a currency that is gone from an account, or an account that cannot be read, shows no old balance", async () => {
  const exchange = { kind: "exchange", venue: "cex" } as const;
  const cex = service("cex", exchange);
  const series = new HeartbeatSeries([cex]);

  series.read(
    cex,
    well({
      ...exchange,
      balances: new Map([
        ["USDC", 12],
        ["BTC", 1],
      ]),
    }),
  );
  series.read(cex, well({ ...exchange, balances: new Map([["USDC", 11]]) }));
  expect(await lines(series, "exchange_balance")).toEqual(['exchange_balance{venue="cex",asset="USDC"} 11']);
  series.read(cex, dead(exchange));
  expect(await lines(series, "exchange_balance")).toEqual([]);
});
