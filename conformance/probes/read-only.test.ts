/** Nothing but reading ever reaches a node: not through a probe, not through a fault, not when asked for. Rows C3 and C4. */
import {
  Heartbeat,
  httpService,
  JsonRpc,
  MULTICALL3,
  type Price,
  READ_METHODS,
  readWallets,
  rpcService,
  SYSTEM_CLOCK,
  sequencerService,
} from "@haltwatch/probes";
import { expect, test } from "vitest";
import { deploy, deployAt } from "./contracts.ts";
import { EvmNode, type NodeFault, OWNER } from "./evm-node.ts";

const FAULTS: readonly NodeFault[] = [
  ...(["none", "hangs", "rate-limited", "status-503", "no-json"] as const),
  ...(["other-id", "endless", "redirects"] as const),
];

/** What EDR's node knows beside. Sources: its documentation, and ethereum/execution-apis. */
const OTHER_METHODS = [
  ...["eth_sendTransaction", "eth_sendRawTransaction", "eth_sign", "eth_signTransaction", "eth_signTypedData"],
  ...["eth_signTypedData_v4", "personal_sign", "personal_unlockAccount", "personal_sendTransaction"],
  ...["wallet_sendCalls", "wallet_addEthereumChain", "wallet_switchEthereumChain", "eth_accounts"],
  ...["eth_requestAccounts", "eth_coinbase", "eth_estimateGas", "eth_getLogs", "eth_getStorageAt"],
  ...["eth_getTransactionByHash", "eth_getTransactionCount", "eth_getTransactionReceipt", "eth_newFilter"],
  ...["eth_newBlockFilter", "eth_newPendingTransactionFilter", "eth_uninstallFilter", "eth_subscribe"],
  ...["eth_unsubscribe", "eth_submitWork", "eth_submitHashrate", "eth_mining", "eth_createAccessList"],
  ...["debug_traceTransaction", "debug_traceCall", "evm_mine", "evm_revert", "evm_snapshot"],
  ...["evm_increaseTime", "evm_setAutomine", "evm_setIntervalMining", "evm_setNextBlockTimestamp"],
  ...["hardhat_setBalance", "hardhat_setCode", "hardhat_setNonce", "hardhat_setStorageAt", "hardhat_mine"],
  ...["hardhat_impersonateAccount", "hardhat_reset", "hardhat_dropTransaction", "hardhat_setCoinbase"],
  ...["web3_sha3", "net_listening", "net_peerCount", "admin_addPeer", "miner_start", "txpool_content"],
  ...["engine_newPayloadV3", "ETH_CALL", "eth_call ", " eth_call", "eth_callMany", "", "__proto__", "constructor"],
];

test("C4 every probe, with every fault, asks for nothing but what reads", async () => {
  await using node = await EvmNode.start(42_161);
  await using reference = await EvmNode.start(42_161);
  const feed = await deploy(node, "Feed");
  const token = await deploy(node, "Token", 6);
  const shared = {
    url: node.url,
    timeoutMs: 300,
    attempts: 2,
    maxHeadAgeSeconds: 60,
    monotonic: SYSTEM_CLOCK.monotonic,
  };
  const arbitrum = { chain: "arbitrum", chainId: 42_161 };
  const services = [
    rpcService({ name: "rpc", ...arbitrum, ...shared, maxLagBlocks: 5, reference: reference.url }),
    rpcService({ name: "wrong", ...arbitrum, ...shared, chainId: 1, maxLagBlocks: 5 }),
    sequencerService({ name: "sequencer", ...arbitrum, ...shared, feed, graceSeconds: 3_600 }),
    sequencerService({ name: "head", ...arbitrum, ...shared, feed: undefined, graceSeconds: 3_600 }),
  ];
  const native = { symbol: "ETH", decimals: 18 };
  const chain = {
    name: "arbitrum",
    id: 42_161,
    native,
    tokens: [],
    multicall3: MULTICALL3,
    endpoints: [node.url, reference.url],
  };
  const assets = [
    { kind: "native", ...native },
    { kind: "token", symbol: "USDC", decimals: 6, address: token },
  ] as const;
  const wallets = [{ name: "w", chain, address: OWNER, assets }];
  const prices = new Map<string, Price>([["ETH", { kind: "feed", chain, address: feed, maxAgeSeconds: 60 }]]);
  const heartbeat = new Heartbeat({ services, intervalMs: 30_000, clock: SYSTEM_CLOCK, onBeat: () => undefined });

  for (const hasMulticall of [false, true]) {
    if (hasMulticall) await deployAt(node, MULTICALL3, "Multicall");
    for (const fault of FAULTS) {
      node.fault = fault;
      await heartbeat.once();
      for (const quorum of [1, 2]) {
        const options = { wallets, prices, quorum, timeoutMs: 300, maxBlockAgeSeconds: 600, clock: SYSTEM_CLOCK };
        await readWallets(options, new AbortController().signal);
      }
    }
  }
  await heartbeat.stop();

  const asked = new Set([...node.asked, ...reference.asked]);
  expect([...asked].filter((method) => !READ_METHODS.some((one) => one === method))).toEqual([]);
  expect(asked.size).toBeGreaterThanOrEqual(6);
});

test("C4 every other method is refused before anything is sent", async () => {
  await using node = await EvmNode.start(42_161);
  const { signal } = new AbortController();
  using rpc = new JsonRpc({ url: node.url, signal, monotonic: SYSTEM_CLOCK.monotonic });

  for (const method of OTHER_METHODS) {
    // The types refuse it, too.
    await expect(rpc.call(method as "eth_call")).rejects.toMatchObject({ code: "NOT_READ_ONLY" });
  }

  expect(node.asked).toEqual([]);
});

test("C4 an HTTP probe cannot be configured to send a transaction to a node", async () => {
  await using node = await EvmNode.start(42_161);
  const common = {
    name: "n",
    headers: {},
    statuses: [],
    maxBytes: 65_536,
    maxRedirects: 0,
    timeoutMs: 500,
    attempts: 1,
  };
  const { monotonic } = SYSTEM_CLOCK;

  for (const method of ["eth_sendRawTransaction", "eth_sendTransaction", "hardhat_mine", "eth_chainId"]) {
    const call = { jsonrpc: "2.0", id: 1, method, params: [] };
    for (const body of [JSON.stringify(call), JSON.stringify([call]), JSON.stringify({ ...call, query: "{ a }" })]) {
      for (const by of ["GET", "POST"] as const) {
        expect(() => httpService({ ...common, url: node.url, method: by, body, monotonic })).toThrow(
          expect.objectContaining({ code: "NOT_READ_ONLY" }),
        );
      }
    }
  }

  expect(node.asked).toEqual([]);
});
