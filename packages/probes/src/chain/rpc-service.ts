/** A node's JSON-RPC: whether it answers, for the right chain, and with the newest blocks. */
import type { Facts, Fault, ServiceReading } from "../heartbeat/reading.ts";
import type { Service } from "../heartbeat/service.ts";
import { blockHead } from "./block-head.ts";
import { JsonRpc } from "./json-rpc.ts";
import { readQuantity, readSmallQuantity } from "./quantity.ts";

const WEI_PER_GWEI = 1e9;

export interface RpcServiceOptions {
  readonly name: string;
  /** Label `chain`. */
  readonly chain: string;
  readonly chainId: number;
  readonly url: URL;
  /** Another node, to compare heads with. That it does not answer is no fault of this one. */
  readonly reference?: URL | undefined;
  /** With an older head it is at fault, seconds. */
  readonly maxHeadAgeSeconds: number;
  /** With more blocks behind the reference it is at fault. */
  readonly maxLagBlocks: number;
  readonly timeoutMs: number;
  readonly attempts: number;
  /** Milliseconds since some moment. */
  readonly monotonic: () => number;
}

type RpcFacts = Facts & { readonly kind: "rpc" };

export function rpcService(options: RpcServiceOptions): Service {
  const { name, chain, url, timeoutMs, attempts } = options;
  const unanswered: RpcFacts = { kind: "rpc", chain, isAnswering: false };
  return {
    ...{ name, kind: "rpc", target: url.host, timeoutMs, attempts, unanswered },
    look: (signal, nowMs) => look(options, unanswered, signal, nowMs),
  };
}

async function look(
  options: RpcServiceOptions,
  unanswered: RpcFacts,
  signal: AbortSignal,
  nowMs: () => number,
): Promise<ServiceReading> {
  const { url, chain, chainId, maxHeadAgeSeconds, maxLagBlocks, monotonic } = options;
  using rpc = new JsonRpc({ url, signal, monotonic });
  // The reference at the same time: what one hears later has later blocks.
  const reference = referenceHead(options, signal, nowMs);
  const wrong = await wrongChain(rpc, chainId);
  if (wrong !== undefined) return { fault: wrong, latencyMs: undefined, facts: unanswered };
  const head = await blockHead(rpc, nowMs);
  if ("kind" in head) return { fault: head, latencyMs: undefined, facts: unanswered };
  const referenceNumber = await reference;
  const lagBlocks = referenceNumber === undefined ? undefined : Math.max(0, referenceNumber - head.number);
  const gasPriceGwei = await gasPrice(rpc);
  const facts: RpcFacts = {
    ...{ kind: "rpc", chain, isAnswering: true, headNumber: head.number, headAgeSeconds: head.ageSeconds },
    ...(lagBlocks === undefined ? {} : { lagBlocks }),
    ...(gasPriceGwei === undefined ? {} : { gasPriceGwei }),
  };
  const fault =
    (await syncing(rpc)) ??
    (head.ageSeconds > maxHeadAgeSeconds ? stalled(head.ageSeconds, maxHeadAgeSeconds) : undefined) ??
    (lagBlocks !== undefined && lagBlocks > maxLagBlocks ? behind(lagBlocks) : undefined);
  return { fault, latencyMs: head.latencyMs, facts };
}

async function wrongChain(rpc: JsonRpc, chainId: number): Promise<Fault | undefined> {
  const outcome = await rpc.call("eth_chainId");
  if (outcome.kind === "fault") return outcome.fault;
  const found = readQuantity(outcome.result);
  if (found === undefined) return { kind: "bad-answer", detail: "its chain id is no number" };
  return found === BigInt(chainId)
    ? undefined
    : { kind: "wrong-chain", detail: `it is of chain ${found}, not of ${chainId}` };
}

/** `undefined` where the node does not know the method, which not all do, or does not answer in time. */
async function syncing(rpc: JsonRpc): Promise<Fault | undefined> {
  const outcome = await rpc.call("eth_syncing");
  if (outcome.kind === "fault" || typeof outcome.result !== "object" || outcome.result === null) return undefined;
  const [current, highest] = ["currentBlock", "highestBlock"].map((key) =>
    // Just checked.
    readSmallQuantity(Reflect.get(outcome.result as object, key)),
  );
  // Some nodes always answer with an object, also when they are at the end.
  if (current !== undefined && highest !== undefined && current >= highest) return undefined;
  const where = current === undefined || highest === undefined ? "" : `: at block ${current} of ${highest}`;
  return { kind: "syncing", detail: `it is still catching up${where}` };
}

async function gasPrice(rpc: JsonRpc): Promise<number | undefined> {
  const outcome = await rpc.call("eth_gasPrice");
  const wei = outcome.kind === "fault" ? undefined : readQuantity(outcome.result);
  return wei === undefined ? undefined : Number(wei) / WEI_PER_GWEI;
}

async function referenceHead(
  { reference, monotonic }: RpcServiceOptions,
  signal: AbortSignal,
  nowMs: () => number,
): Promise<number | undefined> {
  if (reference === undefined) return undefined;
  using rpc = new JsonRpc({ url: reference, signal, monotonic });
  const head = await blockHead(rpc, nowMs);
  return "kind" in head ? undefined : head.number;
}

export function stalled(ageSeconds: number, maxSeconds: number): Fault {
  return {
    kind: "head-stalled",
    detail: `its newest block is ${Math.round(ageSeconds)} s old, more than ${maxSeconds} s`,
  };
}

function behind(blocks: number): Fault {
  return { kind: "behind", detail: `it is ${blocks} blocks behind the reference` };
}
