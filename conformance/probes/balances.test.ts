/** Balances read from a real EVM node. Row C4. */
import {
  type Asset,
  MULTICALL3,
  type Price,
  type ReadWalletsOptions,
  readWallets,
  SYSTEM_CLOCK,
  type Wallet,
  type WalletReading,
  type WatchedChain,
} from "@haltwatch/probes";
import { afterEach, beforeEach, expect, test } from "vitest";
import { deploy, deployAt, send } from "./contracts.ts";
import { EvmNode, OWNER } from "./evm-node.ts";

const ADDRESS = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const SX = 4162;

let node: EvmNode;
let usdc: string;
let feed: string;

beforeEach(async () => {
  node = await EvmNode.start(SX);
  usdc = await deploy(node, "Token", 6);
  feed = await deploy(node, "Feed");
  await send(node, usdc, "mint", BigInt(ADDRESS), 12_500_000n);
  await node.ask("hardhat_setBalance", [ADDRESS, `0x${(5n * 10n ** 17n).toString(16)}`]);
  await send(node, feed, "set", 2_000n * 10n ** 8n, 1, nowSeconds());
  await deployAt(node, MULTICALL3, "Multicall");
});
afterEach(() => node[Symbol.asyncDispose]());

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

function chainAt(...endpoints: URL[]): WatchedChain {
  const native = { symbol: "ETH", decimals: 18 };
  return { name: "sx", id: SX, native, tokens: [], multicall3: MULTICALL3, endpoints };
}

interface Read extends Partial<ReadWalletsOptions> {
  readonly chain?: WatchedChain;
  readonly eth?: Price;
  readonly token?: Partial<Asset>;
}

async function read({ chain = chainAt(node.url), eth, token, ...options }: Read = {}): Promise<WalletReading> {
  const assets: Asset[] = [
    { kind: "native", ...chain.native },
    { kind: "token", symbol: "USDC", decimals: 6, address: usdc, ...token } as Asset,
  ];
  const wallet: Wallet = { name: "sx", chain, address: ADDRESS, assets };
  const price: Price = eth ?? { kind: "feed", chain, address: feed, maxAgeSeconds: 3_600 };
  const prices = new Map<string, Price>([
    ["USDC", { kind: "fixed", usd: 1 }],
    ["ETH", price],
  ]);
  const more = { quorum: 1, timeoutMs: 2_000, maxBlockAgeSeconds: 600, clock: SYSTEM_CLOCK };
  const [reading] = await readWallets({ wallets: [wallet], prices, ...more, ...options }, new AbortController().signal);
  if (reading === undefined) throw new Error("there is no reading");
  return reading;
}

test("C4 native and token balances through one multicall, in US dollars by a price feed and a fixed rate", async () => {
  node.asked.length = 0;

  expect(await read()).toMatchObject({
    fault: undefined,
    usd: 1012.5,
    holdings: [
      { symbol: "ETH", amount: "0.5", usd: 1000 },
      { symbol: "USDC", amount: "12.5", usd: 12.5 },
    ],
  });
  expect(node.asked).toEqual(["eth_chainId", "eth_getBlockByNumber", "eth_getCode", "eth_call"]);
});

test("C4 balances move, and the next look sees it", async () => {
  await send(node, usdc, "burn", BigInt(ADDRESS), 12_000_000n);
  await node.ask("hardhat_setBalance", [ADDRESS, "0x0"]);

  expect(await read()).toMatchObject({ usd: 0.5, holdings: [{ amount: "0" }, { amount: "0.5" }] });
});

test("C4 where no multicall is deployed each is asked for", async () => {
  const chain = { ...chainAt(node.url), multicall3: OWNER };

  expect(await read({ chain })).toMatchObject({ fault: undefined, usd: 1012.5 });
});

test("C4 a price that is stale, or not above 0, makes no US dollars; the balance is told all the same", async () => {
  await send(node, feed, "set", 2_000n * 10n ** 8n, 1, nowSeconds() - 3_700);
  expect(await read()).toMatchObject({
    fault: { kind: "behind", detail: expect.stringMatching(/^price of ETH: its feed is 37\d\d s old/) },
    usd: undefined,
    holdings: [{ symbol: "ETH", amount: "0.5", usd: undefined }, { usd: 12.5 }],
  });

  await send(node, feed, "set", 2_000n * 10n ** 8n, 1, nowSeconds() + 86_400);
  const ahead = { kind: "bad-answer", detail: "price of ETH: its feed is from the future" };
  expect(await read()).toMatchObject({ fault: ahead, usd: undefined });

  await send(node, feed, "set", -1n, 1, nowSeconds());
  expect(await read()).toMatchObject({ fault: { kind: "bad-answer" }, usd: undefined });
});

test("C4 a token that is none, or has other decimals, is not counted", async () => {
  expect(await read({ token: { address: OWNER } as Partial<Asset> })).toMatchObject({
    fault: { kind: "bad-answer" },
    usd: undefined,
  });
  expect(await read({ token: { decimals: 18 } })).toMatchObject({
    fault: { kind: "content", detail: "USDC has 6 decimals, not 18" },
    usd: undefined,
  });
});

test("C4 an endpoint that is dead, hangs, limits or is of another chain gives way to the next", async () => {
  await using other = await EvmNode.start(42_161);
  await using bad = await EvmNode.start(SX);
  for (const fault of ["hangs", "rate-limited", "no-json", "endless", "status-503"] as const) {
    bad.fault = fault;
    expect(await read({ chain: chainAt(bad.url, node.url), timeoutMs: 500 })).toMatchObject({ usd: 1012.5 });
  }
  await bad.die();
  expect(await read({ chain: chainAt(bad.url, other.url, node.url) })).toMatchObject({ usd: 1012.5 });
  expect(await read({ chain: chainAt(other.url) })).toMatchObject({ fault: { kind: "wrong-chain" }, usd: undefined });
  expect(await read({ chain: chainAt(bad.url) })).toMatchObject({ fault: { kind: "unreachable" }, holdings: [] });
});

test("C4 with a quorum, endpoints that say other things are not believed", async () => {
  await using liar = await EvmNode.start(SX);
  await liar.ask("hardhat_setBalance", [ADDRESS, "0xffffffffffffffffffff"]);
  await liar.ask("hardhat_mine", ["0x64"]);
  const few = { kind: "failed", detail: "1 of 2 endpoints agree, and 2 must" };

  expect(await read({ chain: chainAt(liar.url, node.url), quorum: 2 })).toMatchObject({ fault: few, usd: undefined });
  expect(await read({ chain: chainAt(liar.url, node.url, node.url), quorum: 2 })).toMatchObject({ usd: 1012.5 });
});

test("C4 an endpoint that stands still is not believed: another one is asked, or the balance is not known", async () => {
  await using still = await EvmNode.start(SX, Date.now() - 3_600_000);

  expect(await read({ chain: chainAt(still.url) })).toMatchObject({ fault: { kind: "head-stalled" }, usd: undefined });
  expect(await read({ chain: chainAt(still.url, node.url) })).toMatchObject({ fault: undefined, usd: 1012.5 });
});

test("C4 an endpoint that can execute nothing gives way; where there is no other, what it could say is told", async () => {
  await using broken = await EvmNode.start(SX);
  await broken.ask("hardhat_setBalance", [ADDRESS, "0x0"]);
  broken.fault = "no-calls";
  const chain = { ...chainAt(broken.url), multicall3: OWNER };

  expect(await read({ chain: chainAt(broken.url, node.url) })).toMatchObject({ fault: undefined, usd: 1012.5 });
  expect(await read({ chain, eth: { kind: "fixed", usd: 2_000 } })).toMatchObject({
    fault: { kind: "rpc-error" },
    usd: undefined,
    holdings: [{ symbol: "ETH", amount: "0" }],
  });
});

test("C4 with a quorum, one that lies about its height does not keep the others from agreeing", async () => {
  await using liar = await EvmNode.start(SX);
  await using later = await EvmNode.start(SX);
  await liar.ask("hardhat_mine", ["0x64"]);
  await later.ask("hardhat_setBalance", [ADDRESS, "0x8ac7230489e80000"]);
  await using earlier = await EvmNode.start(SX);
  await earlier.ask("hardhat_setBalance", [ADDRESS, "0x8ac7230489e80000"]);
  for (const one of [earlier, later]) await one.ask("hardhat_mine", ["0x5"]);
  await later.ask("hardhat_mine", ["0x1"]);
  const chain = chainAt(liar.url, later.url, earlier.url);
  const assets = [{ kind: "native", symbol: "ETH", decimals: 18 }] as const;
  const prices = new Map<string, Price>([["ETH", { kind: "fixed", usd: 1 }]]);
  const options = { quorum: 2, timeoutMs: 2_000, maxBlockAgeSeconds: 600, clock: SYSTEM_CLOCK };

  const [reading] = await readWallets(
    { wallets: [{ name: "sx", chain, address: ADDRESS, assets }], prices, ...options },
    new AbortController().signal,
  );

  expect(reading).toMatchObject({ fault: undefined, usd: 10, blockNumber: 5 });
});
