/** A running Haltwatch with its heartbeat and its balance watcher on a real EVM node: what happens on the chain pauses trading. */

import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { checksumAddress } from "@haltwatch/probes";
import { afterEach, beforeEach, expect, test } from "vitest";
import { haltwatch } from "../notify/haltwatch-command.ts";
import { apiData, freePort, type HaltwatchProcess, RealHaltwatch } from "../real-haltwatch.ts";
import { deploy, send } from "./contracts.ts";
import { EvmNode } from "./evm-node.ts";
import { startService } from "./services.ts";

const WALLET = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

/** Of the beats here; in real life 30 s. */
const INTERVAL_MS = 1_500;

/** How long after it has happened something may be seen: a beat, its attempts, and a machine that is busy. */
const SEEN_WITHIN_MS = 15_000;

let node: EvmNode;
let venue: Server;
let feed: string;
let usdc: string;
let mining: NodeJS.Timeout;
let real: RealHaltwatch;

beforeEach(async () => {
  node = await EvmNode.start(42_161, Date.now() - 7_200_000);
  feed = await deploy(node, "Feed");
  usdc = await deploy(node, "Token", 6);
  await send(node, usdc, "mint", BigInt(WALLET), 120_000_000n);
  await send(node, feed, "set", 0n, Math.floor(Date.now() / 1000) - 7_200, 0);
  await node.mineAt(Date.now());
  mining = setInterval(() => void node.mineAt(Date.now() + 2_000).catch(() => undefined), 1_000);
  venue = createServer((_, response) => response.end('{"status":"success"}')).listen(0, "127.0.0.1");
  await once(venue, "listening");
  real = new RealHaltwatch({ "haltwatch.toml": settings() });
});
afterEach(async () => {
  clearInterval(mining);
  venue.closeAllConnections();
  venue.close();
  await real[Symbol.asyncDispose]();
  await node[Symbol.asyncDispose]();
});

function settings(): string {
  const { port } = venue.address() as AddressInfo; // of a TCP server
  return `
[storage]
path = ":memory:"
[packs]
enabled = ["betting"]
[chains.arbitrum]
rpc = ["${node.url}"]
uptime_feed = "${checksumAddress(feed)}"
[chains.arbitrum.tokens]
USDC = { address = "${checksumAddress(usdc)}", decimals = 6 }
[heartbeat]
interval = "${INTERVAL_MS}ms"
timeout = "375ms"
attempts = 2
presets = ["arbitrum"]
[[heartbeat.services]]
kind = "http"
name = "azuro-api"
venue = "azuro"
url = "http://127.0.0.1:${port}/"
expect_json = { "/status" = "success" }
[balances]
interval = "2s"
timeout = "1s"
[[balances.wallets]]
name = "azuro"
chain = "arbitrum"
address = "${WALLET}"
assets = ["USDC"]
`;
}

interface Service {
  readonly name: string;
  readonly status: string;
  readonly detail: string | null;
  readonly strip_24h: readonly string[];
}

async function service(process: HaltwatchProcess, name: string): Promise<Service | undefined> {
  const { services } = await apiData<{ services: Service[] }>(process.url, "/api/haltwatch/heartbeat");
  return services.find((one) => one.name === name);
}

async function untilAllAreWell(process: HaltwatchProcess): Promise<void> {
  await process.until("all are well", async () => {
    const { services } = await apiData<{ services: Service[] }>(process.url, "/api/haltwatch/heartbeat");
    const { wallets } = await apiData<{ wallets: object[] }>(process.url, "/api/haltwatch/runtime");
    return wallets.length === 1 && services.every(({ status }) => status === "ok") ? true : undefined;
  });
}

async function pausedBy(process: HaltwatchProcess): Promise<(string | undefined)[]> {
  const pauses = await apiData<{ rule?: string }[]>(process.url, "/api/haltwatch/pauses");
  return pauses.map(({ rule }) => rule);
}

function untilPausedBy(process: HaltwatchProcess, rule: string): Promise<unknown> {
  return process.until(`it is paused by ${rule}`, async () => {
    const rules = await pausedBy(process);
    return rules.includes(rule) ? rules : undefined;
  });
}

test("C3 C4 the sequencer, a wallet, a venue, the node: each is seen, and pauses; what is not looked at pauses nothing", async () => {
  const process = await real.start();
  await untilAllAreWell(process);

  // Taken out of the settings: the venue ends and the rest goes on, then all of it ends.
  real.write("haltwatch.toml", settings().replace(/\[\[heartbeat\.services\]\][^[]*/, ""));
  await process.until("the venue has ended", async () => {
    const [venueUp] = await process.samples("runtime_venue_up");
    const [rpcUp] = await process.samples("runtime_rpc_up");
    return venueUp === undefined && rpcUp !== undefined ? true : undefined;
  });
  real.write("haltwatch.toml", settings().replace(/\[heartbeat\][\s\S]*(?=\[balances\])/, ""));
  await process.until("all of it has ended", async () => {
    const [rpcUp] = await process.samples("runtime_rpc_up");
    return rpcUp === undefined ? true : undefined;
  });
  expect(await service(process, "arbitrum-rpc")).toMatchObject({ status: "unknown" });
  real.write("haltwatch.toml", settings());
  await untilAllAreWell(process);
  expect(await pausedBy(process)).toEqual([]);

  await send(node, feed, "set", 1n, Math.floor(Date.now() / 1000), 0);
  const began = Date.now();
  await untilPausedBy(process, "SequencerDown");
  expect(Date.now() - began).toBeLessThan(SEEN_WITHIN_MS);
  expect(await service(process, "arbitrum-sequencer")).toMatchObject({
    status: "down",
    detail: expect.stringMatching(/^it is down for \d+ s, says its uptime feed$/),
  });
  const path = "/api/haltwatch/runtime";
  const runtime = await apiData<{ sequencers: object[]; wallets: object[] }>(process.url, path);
  expect(runtime.sequencers).toMatchObject([{ chain: "arbitrum", state: "down" }]);
  expect(runtime.wallets).toMatchObject([{ wallet: "azuro", token: "USDC", usd: 120 }]);
  const logged = await process.until("it is in the log", async () => {
    const lines = readFileSync(join(real.folder, "monitoring/heartbeat.log"), "utf8").trim().split("\n");
    return lines.find((line) => line.includes("sequencer-down"));
  });
  expect(logged).toMatch(/^\{"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","beat":\d+,.*"fault":"sequencer-down"/);

  await send(node, usdc, "burn", BigInt(WALLET), 110_000_000n);
  venue.closeAllConnections();
  venue.close();
  await untilPausedBy(process, "BalanceLow");
  await untilPausedBy(process, "VenueDown");
  await node.die();
  await untilPausedBy(process, "RpcDown");
  expect(await service(process, "azuro-api")).toMatchObject({
    status: "down",
    detail: expect.stringContaining("refused"),
  });
  expect(await process.end("SIGTERM")).toBe(0); // nothing that looks keeps it from ending
});

test("C3 C4 as services of their own: logs, metrics, and Haltwatch that reads them", async () => {
  const ports = await Promise.all([freePort(), freePort()]);
  const text = settings()
    .replace("[heartbeat]", `[heartbeat]\nrun_by = "service"\nlisten = "127.0.0.1:${ports[0]}"`)
    .replace("[balances]", `[balances]\nrun_by = "service"\nlisten = "127.0.0.1:${ports[1]}"`);
  const file = join(real.folder, "haltwatch.toml");
  writeFileSync(file, text);
  const [startedHeartbeat, startedBalances, process] = await Promise.all([
    startService(["heartbeat", "run", "-c", file]),
    startService(["balances", "run", "-c", file]),
    real.start(),
  ]);
  await using heartbeat = startedHeartbeat;
  await using balances = startedBalances;

  await process.until("it is seen", async () =>
    (await service(process, "arbitrum-rpc"))?.status === "ok" ? true : undefined,
  );
  await send(node, feed, "set", 1n, Math.floor(Date.now() / 1000), 0);
  await untilPausedBy(process, "SequencerDown");
  const metrics = await (await fetch(`http://127.0.0.1:${ports[1]}/metrics`)).text();
  expect(metrics).toContain('wallet_balance{wallet="azuro",asset="USDC",chain="arbitrum"} 120\n');
  expect(metrics).toContain('runtime_wallet_balance_usd{wallet="azuro",token="USDC"} 120\n');

  const { code, stdout } = await haltwatch([
    "heartbeat",
    "verify",
    join(real.folder, "monitoring/heartbeat.log"),
    "--since",
    "4s",
  ]);
  expect(stdout).toMatch(/^\d beats?, between two of them \d\.\d s to \d\.\d s\nno gap, none doubled\n$/);
  expect(code).toBe(0);
  expect([await heartbeat.stop(), await balances.stop()]).toEqual([0, 0]);
});

test("C3 C4 commands say what they saw, with their exit codes, while a short soak has no gap", async () => {
  const file = join(real.folder, "haltwatch.toml");
  const log = join(real.folder, "soak.log");
  const soaking = haltwatch(["soak", "heartbeat", "--hours", "0.0012", "--interval", "2s", "--log", log]);

  const [well, services] = await Promise.all([
    haltwatch(["balances", "-c", file]),
    haltwatch(["heartbeat", "check", "-c", file]),
  ]);
  expect(well.stdout).toMatch(/azuro +USDC +120 +120\.00\n.*azuro +all +120\.00 +ok\n\nLow is less than 15 USD/s);
  expect(well.code).toBe(0);
  expect(services.stdout).toMatch(/arbitrum-sequencer +sequencer +127\.0\.0\.1:\d+ +ok/);
  expect(services.code).toBe(0);

  await send(node, usdc, "burn", BigInt(WALLET), 110_000_000n);
  const low = await haltwatch(["balances", "-c", file, "--json"]);
  expect(JSON.parse(low.stdout)).toMatchObject({ min_usd: 15, wallets: [{ wallet: "azuro", status: "low", usd: 10 }] });
  expect(low.code).toBe(1);
  await node.die();
  const [dead, unknown, none, soak] = await Promise.all([
    haltwatch(["heartbeat", "check", "-c", file, "--json"]),
    haltwatch(["balances", "-c", file]),
    haltwatch(["heartbeat", "verify", join(real.folder, "none.log")]),
    soaking,
  ]);
  expect(JSON.parse(dead.stdout)).toMatchObject([
    { status: "down", fault: "unreachable" },
    { status: "down" },
    { status: "ok" },
  ]);
  expect(dead.code).toBe(1);
  expect(unknown.code).toBe(1);
  expect(soak.stdout).toMatch(/[23] beats, between two of them .*\nno gap, none doubled\n$/);
  expect(soak.code).toBe(0);
  expect((await haltwatch(["heartbeat", "verify", log, "--since", "1d"])).code).toBe(1); // of a day, it has seconds
  expect(none.code).toBe(2); // wrong use: there is no such log
});
