/** The heartbeat's probes of a real EVM node: whatever happens to it is seen within one beat. Row C3. */
import {
  type Beat,
  Heartbeat,
  type HeartbeatOptions,
  rpcService,
  type Service,
  type ServiceReading,
  SYSTEM_CLOCK,
  sequencerService,
} from "@haltwatch/probes";
import { afterEach, beforeEach, expect, test } from "vitest";
import { deploy, send } from "./contracts.ts";
import { EvmNode } from "./evm-node.ts";

const ARBITRUM = 42_161;

let node: EvmNode;
let feed: string;
/** What probes take for the time, Unix milliseconds. */
let nowMs: number;

const clock = { ...SYSTEM_CLOCK, now: () => nowMs };
const limits = { maxHeadAgeSeconds: 60, timeoutMs: 500, attempts: 2, monotonic: clock.monotonic };

beforeEach(async () => {
  nowMs = Math.floor(Date.now() / 1000) * 1000;
  node = await EvmNode.start(ARBITRUM, nowMs - 86_400_000);
  feed = await deploy(node, "Feed");
  await send(node, feed, "set", 0n, Math.floor(nowMs / 1000) - 7_200, 0);
  await freshBlock();
});
afterEach(() => node[Symbol.asyncDispose]());

/** The chain goes on: a block of now, and probes look a second later. */
async function freshBlock(): Promise<void> {
  const { timestamp } = (await node.ask("eth_getBlockByNumber", ["latest", false])) as { timestamp: string };
  nowMs = Math.max(nowMs, (Number(timestamp) + 1) * 1000);
  await node.mineAt(nowMs);
  nowMs += 1_000;
}

async function beat(services: readonly Service[], more: Partial<HeartbeatOptions> = {}): Promise<Beat> {
  const heartbeat = new Heartbeat({ services, intervalMs: 30_000, clock, onBeat: () => undefined, ...more });
  try {
    return await heartbeat.once();
  } finally {
    await heartbeat.stop();
  }
}

function rpc(options: Partial<Parameters<typeof rpcService>[0]> = {}): Service {
  const chain = { name: "arbitrum-rpc", chain: "arbitrum", chainId: ARBITRUM, url: node.url };
  return rpcService({ ...chain, maxLagBlocks: 5, ...limits, ...options });
}

function sequencer(options: Partial<Parameters<typeof sequencerService>[0]> = {}): Service {
  const chain = { name: "arbitrum-sequencer", chain: "arbitrum", chainId: ARBITRUM, url: node.url };
  return sequencerService({ ...chain, feed, graceSeconds: 3_600, ...limits, ...options });
}

async function reading(service: Service): Promise<ServiceReading> {
  const found = (await beat([service])).readings.get(service);
  if (found === undefined) throw new Error("there is no reading");
  return found;
}

test("C3 a node that is well: head, its age, gas price", async () => {
  const { fault, facts, latencyMs } = await reading(rpc());

  expect(fault).toBeUndefined();
  expect(facts).toMatchObject({ kind: "rpc", chain: "arbitrum", isAnswering: true, headAgeSeconds: 1 });
  expect(facts).toHaveProperty("gasPriceGwei", expect.any(Number));
  expect(latencyMs).toBeGreaterThan(0);
});

test("C3 a head that stalls is seen, and the node answers all the same", async () => {
  nowMs += 61_000;

  const { fault, facts } = await reading(rpc());

  expect(fault).toEqual({ kind: "head-stalled", detail: "its newest block is 62 s old, more than 60 s" });
  expect(facts).toMatchObject({ isAnswering: true, headAgeSeconds: 62 });
});

test("C3 a node of another chain is not taken for one that answers", async () => {
  const { fault, facts } = await reading(rpc({ chainId: 4162 }));

  expect(fault).toEqual({ kind: "wrong-chain", detail: "it is of chain 42161, not of 4162" });
  expect(facts).toMatchObject({ isAnswering: false });
  for (const own of [feed, undefined]) {
    const other = await reading(sequencer({ chainId: 4162, feed: own }));
    expect(other.fault).toMatchObject({ kind: "wrong-chain" });
    expect(other.facts).not.toHaveProperty("isUp");
  }
});

test("C3 a node that lags behind its reference is seen; a reference that hangs or is dead is no fault of it", async () => {
  await using ahead = await EvmNode.start(ARBITRUM, nowMs);
  await ahead.ask("hardhat_mine", ["0x64"]);

  expect((await reading(rpc({ reference: ahead.url }))).fault).toMatchObject({ kind: "behind" });
  ahead.fault = "hangs";
  expect(await reading(rpc({ reference: ahead.url }))).toMatchObject({
    fault: undefined,
    facts: { isAnswering: true },
  });
  await using other = await EvmNode.start(4162, nowMs);
  expect((await reading(rpc({ reference: other.url }))).fault).toEqual({
    kind: "wrong-chain",
    detail: "its reference: it is of chain 4162, not of 42161",
  });
  await ahead.die();
  expect((await reading(rpc({ reference: ahead.url }))).fault).toBeUndefined();
});

test("C3 a node that dies is seen within one beat, and that it is back in the next", async () => {
  await node.die();
  expect(await reading(rpc())).toMatchObject({
    fault: { kind: "unreachable", detail: "connection refused: nothing listens there" },
    facts: { isAnswering: false },
  });

  await node.revive();
  expect((await reading(rpc())).fault).toBeUndefined();
});

test.each([
  ["hangs", "timeout"],
  ["rate-limited", "rate-limited"],
  ["status-503", "status"],
  ["no-json", "bad-answer"],
  ["other-id", "bad-answer"],
  ["endless", "too-large"],
  ["redirects", "redirect"],
] as const)("C3 a node that %s is at fault: %s", async (nodeFault, kind) => {
  node.fault = nodeFault;

  expect((await reading(rpc())).fault).toMatchObject({ kind });
  expect((await reading(sequencer())).fault).toMatchObject({ kind });
});

test("C3 a sequencer goes down, comes back, and is recovering until its grace period is over", async () => {
  expect(await reading(sequencer())).toMatchObject({ fault: undefined, facts: { isUp: true, headAgeSeconds: 1 } });

  const downMs = nowMs;
  await send(node, feed, "set", 1n, Math.floor(downMs / 1000), 0);
  expect(await reading(sequencer())).toMatchObject({
    fault: { kind: "sequencer-down" },
    facts: { isUp: false, sinceMs: Math.floor(downMs / 1000) * 1000 },
  });

  nowMs += 600_000;
  await freshBlock();
  await send(node, feed, "set", 0n, Math.floor(nowMs / 1000), 0);
  expect(await reading(sequencer())).toMatchObject({ fault: { kind: "sequencer-recovering" }, facts: { isUp: true } });

  // The end of the period is part of it.
  const upMs = Math.floor(nowMs / 1000) * 1000;
  nowMs = upMs + 3_598_000;
  await freshBlock();
  const kinds: (string | undefined)[] = [];
  for (const ms of [3_599_500, 3_600_000, 3_600_001]) {
    nowMs = upMs + ms;
    kinds.push((await reading(sequencer())).fault?.kind);
  }
  expect(kinds).toEqual(["sequencer-recovering", "sequencer-recovering", undefined]);
  expect(await reading(sequencer())).toMatchObject({ fault: undefined, facts: { isUp: true } });
});

test("C3 an uptime feed that answers neither 0 nor 1, or has not begun, or is none, says nothing of the sequencer", async () => {
  const unknown = { fault: { kind: "bad-answer" }, facts: { kind: "sequencer", chain: "arbitrum" } };
  await send(node, feed, "set", 2n, 1, 0);
  expect(await reading(sequencer())).toMatchObject(unknown);
  await send(node, feed, "set", -(2n ** 255n), 1, 0);
  expect(await reading(sequencer())).toMatchObject(unknown);
  await send(node, feed, "set", 0n, 0, 0);
  const notBegun = await reading(sequencer());
  expect(notBegun).toMatchObject(unknown);
  expect(notBegun.facts).not.toHaveProperty("isUp");
  expect(await reading(sequencer({ feed: "0x00000000000000000000000000000000000000AA" }))).toMatchObject(unknown);
});

test("C3 the second opinion: a feed that says up, and a chain that stands still", async () => {
  nowMs += 120_000;

  expect(await reading(sequencer())).toMatchObject({ fault: { kind: "head-stalled" }, facts: { isUp: true } });
  expect(await reading(sequencer({ feed: undefined }))).toMatchObject({ facts: { isUp: false } });
});
