import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { errorLine } from "@haltwatch/bot";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readServerConfig, type ServerConfig } from "../config/server-config.ts";
import { limitOf } from "./limit-of.ts";

const ADDRESS = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

/** Of Hardhat's first account: known to everybody. */
const KEY = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const WORDS = "test test test test test test test test test test test junk";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "haltwatch-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function read(text: string, env: Record<string, string> = {}): ServerConfig {
  const file = join(folder, "haltwatch.toml");
  writeFileSync(file, text);
  return readServerConfig({ file, env });
}

/** What is said of it, on one line, without the folder. */
function refusal(text: string): string {
  try {
    read(text);
  } catch (error) {
    return errorLine(error).replaceAll(`${folder}/`, "");
  }
  throw new Error("it was not refused");
}

function wallet(more: string): string {
  return `[[balances.wallets]]\nname = "sx"\n${more}\n`;
}

test("C3 presets are what is known of a chain, and a service of the same name stands instead", () => {
  const { heartbeat } = read(`
[heartbeat]
presets = ["sx", "arbitrum"]
[[heartbeat.services]]
kind = "rpc"
name = "arbitrum-rpc"
chain = "arbitrum"
url = "env:ARBITRUM_RPC"
timeout = "2s"
`).probes;

  expect(heartbeat?.services.map(({ name, kind, timeout }) => [name, kind, timeout])).toEqual([
    ["sx-api", "http", 5000],
    ["sx-rpc", "rpc", 5000],
    ["arbitrum-sequencer", "sequencer", 5000],
    ["arbitrum-rpc", "rpc", 2000],
  ]);
  expect(heartbeat).toMatchObject({ interval: 30_000, keep: 604_800_000, log: "monitoring/heartbeat.log" });
  expect(heartbeat?.services[1]).toMatchObject({ of: { id: 4162 } });
});

test("C4 a wallet holds all that is known of its chain unless its assets are named; stablecoins are a dollar", () => {
  const text = wallet(`chain = "arbitrum"\naddress = "${ADDRESS}"`);
  const { balances } = read(`${text}[balances.prices]\nSX = 0.05\n`).probes;

  expect(balances?.wallets[0]?.assets.map(({ symbol }) => symbol)).toEqual(["ETH", "USDC"]);
  expect(balances?.prices.get("USDC")).toEqual({ kind: "fixed", usd: 1 });
  expect(balances?.prices.get("ETH")).toMatchObject({ kind: "feed", of: { id: 42_161 } });
  expect(balances?.prices.get("SX")).toEqual({ kind: "fixed", usd: 0.05 });
});

test("C4 an asset that is named twice is counted once", () => {
  const text = wallet(`chain = "arbitrum"\naddress = "${ADDRESS}"\nassets = ["USDC", "USDC"]`);

  expect(read(text).probes.balances?.wallets[0]?.assets.map(({ symbol }) => symbol)).toEqual(["USDC"]);
});

test("C4 the least that a wallet should hold is the pack's threshold, and stands nowhere else", () => {
  expect(limitOf(read("").thresholds, "risk.balance_usd_min")).toBe(15);
  const config = read('[packs]\nenabled = ["betting"]\n[thresholds]\nrisk.balance_usd_min = 40\n');
  expect(limitOf(config.thresholds, "risk.balance_usd_min")).toBe(40);
});

test("a service that runs beside is scraped without a word more", () => {
  const { jobs } = read('[heartbeat]\npresets = ["sx"]\nrun_by = "service"\n');

  expect(jobs).toMatchObject([{ job_name: "heartbeat", scrape_interval: 2000 }]);
});

test.each([
  [
    wallet(`chain = "base"\naddress = "${ADDRESS}"`),
    'haltwatch.toml:3:1: balances.wallets[0].chain: there is no chain "base". Known are sx, sx-network, arbitrum',
  ],
  [
    wallet(`chain = "sx"\naddress = "${ADDRESS.replace("C7", "c7")}"`),
    "haltwatch.toml:4:1: balances.wallets[0].address: this address has a wrong checksum",
  ],
  [
    wallet(`chain = "sx"\naddress = "${ADDRESS.toLowerCase()}"`),
    "balances.wallets[0].address: this address has no checksum",
  ],
  [wallet(`chain = "sx"\naddress = "0x12"`), "balances.wallets[0].address: this is no address"],
  [
    wallet(`chain = "sx"\naddress = "${ADDRESS}"`),
    "balances.prices.SX: wallet 1 holds SX, and what it is worth is not known",
  ],
  [wallet(`chain = "sx"\naddress = "${ADDRESS}"\nassets = ["WETH"]`), 'balances.wallets[0].assets: sx has no "WETH"'],
  [`[chains.sx.tokens]\nWSX = { address = "${ADDRESS}" }`, "chains.sx.tokens.WSX.decimals: decimals are missing"],
  ["[chains.base]\nid = 8453", "chains.base: rpc is missing, and base is no chain that is known"],
  ['[chains.sx]\nrpc = ["http://rpc.example.com"]', "chains.sx.rpc[0]: write https here"],
  ['[chains.sx]\nrpc = ["https://me:secret@rpc.example.com"]', "chains.sx.rpc[0]: credentials do not belong in a URL"],
  [
    '[[heartbeat.services]]\nkind = "http"\nname = "a"\nurl = "http://api.example.com"',
    "heartbeat.services[0].url: write https here",
  ],
  [
    '[[heartbeat.services]]\nkind = "ping"\nname = "a"',
    'heartbeat.services[0].kind: write kind = "http", "rpc", "sequencer" or "exchange"',
  ],
  [
    '[heartbeat]\npresets = ["sx"]\ntimeout = "20s"',
    "heartbeat.presets.timeout: 3 attempts of 20 s do not fit into 30 s",
  ],
  ['[heartbeat]\npresets = ["sx"]\nkeep = "1h"', "heartbeat.keep: write at least 1d"],
  ["[heartbeat]\n", "heartbeat: there is nothing to look at"],
  [
    `[balances]\nquorum = 2\n${wallet(`chain = "sx"\naddress = "${ADDRESS}"`)}`,
    "balances.quorum: 2 endpoints must agree, and sx has 1",
  ],
  [
    `[chains.sx]\nrpc = ["https://a.example.com", "https://a.example.com/"]\n[balances]\nquorum = 2\n${wallet(`chain = "sx"\naddress = "${ADDRESS}"`)}`,
    "balances.quorum: 2 endpoints must agree, and sx has 1",
  ],
  ['[heartbeat]\npresets = ["sx"]\ninterval = "5m"', "heartbeat.interval: write at most 4m"],
  [
    `${wallet(`chain = "arbitrum"\naddress = "${ADDRESS}"`)}${wallet(`chain = "arbitrum"\naddress = "${ADDRESS}"`).replace('"sx"', '"again"')}`,
    "balances.wallets[1].assets: ETH at this address is counted already, in sx",
  ],
  [
    `[chains.arbitrum.tokens]\nUSDT = { address = "0xaf88d065e77c8cC2239327C5EDb3A432268e5831", decimals = 6 }\n${wallet(`chain = "arbitrum"\naddress = "${ADDRESS}"`)}`,
    "balances.wallets[0].assets: USDT at this address is counted already, in sx",
  ],
  [
    `[chains.arbitrum.tokens]\nETH = { address = "${ADDRESS}", decimals = 18 }`,
    "chains.arbitrum.tokens.ETH: ETH is what arbitrum pays its fees in",
  ],
  [
    '[[heartbeat.services]]\nkind = "exchange"\nname = "a"\nexchange = "binance"\napi_key = "env:KEY"',
    "heartbeat.services[0].api_secret is missing",
  ],
  [
    '[[heartbeat.services]]\nkind = "http"\nname = "a"\nurl = "env:RPC"\nmethod = "POST"\nbody = \'{"jsonrpc":"2.0","method":"eth_sendRawTransaction","params":["0x02"]}\'',
    'heartbeat.services[0]: JSON-RPC is for kind = "rpc"',
  ],
  [
    '[[heartbeat.services]]\nkind = "http"\nname = "a"\nurl = "https://a.example.com"\nmethod = "HEAD"\nexpect_text = "ok"',
    "heartbeat.services[0].method: HEAD gets no text",
  ],
])("C3 C4 bad input names its key: %#", (text, message) => {
  expect(refusal(text)).toContain(message);
});

test.each([
  [wallet(`chain = "sx"\naddress = "0x${KEY}"`), "balances.wallets[0].address looks like a private key"],
  [wallet(`chain = "sx"\naddress = "${KEY.toUpperCase()}"`), "balances.wallets[0].address looks like a private key"],
  [`external_labels = { note = "key ${KEY}" }`, "external_labels.note looks like a private key"],
  [
    `${wallet(`chain = "sx"\naddress = "${ADDRESS}"`)}private_key = "env:KEY"`,
    "balances.wallets[0].private_key looks like a private key",
  ],
  [`[balances]\nmnemonic = "${WORDS}"`, "balances.mnemonic looks like"],
  [`[heartbeat]\nlog = "${WORDS}"`, "heartbeat.log looks like a mnemonic"],
  [`[balances]\nlog = '{"crypto": {"ciphertext": "aa"}}'`, "balances.log looks like a keystore"],
  ['[balances.key.crypto]\nciphertext = "aa"', "balances.key looks like a keystore"],
  [`[chains."${KEY}"]\nid = 1`, "chains looks like a private key"],
])("C4 what looks like a secret key is refused, and not shown: %#", (text, message) => {
  const line = refusal(text);

  expect(line).toContain(message);
  expect(line).toContain("Haltwatch needs addresses only");
  for (const secret of [KEY, KEY.toUpperCase(), WORDS, "ciphertext"]) expect(line).not.toContain(secret);
});

test("C4 a key that comes by the environment, or as a number, is refused as well", () => {
  const text = wallet(`chain = "sx"\naddress = "${ADDRESS}"\nassets = ["USDC"]`);

  expect(() => read(text, { HALTWATCH_WEB_EXTERNAL_URL: `0x${KEY}` })).toThrow(
    "web.external_url looks like a private key",
  );
  expect(refusal(`[balances]\nquorum = 0x${KEY}`)).not.toContain(KEY);
  expect(() => read(text)).not.toThrow();
});
