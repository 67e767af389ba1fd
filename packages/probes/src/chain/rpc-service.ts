/** A node's JSON-RPC: whether it answers, for the right chain, and with the newest blocks. */
import type { Facts, Fault, ServiceReading } from "../heartbeat/reading.ts";
import type { Service } from "../heartbeat/service.ts";
import { blockHead, stalled } from "./block-head.ts";
import { wrongChain } from "./chain-id.ts";
import { JsonRpc } from "./json-rpc.ts";
import { readQuantity, readSmallQuantity } from "./quantity.ts";

const WEI_PER_GWEI = 1e9;

/** Share of an attempt's time that the reference has: while it hangs, the node itself must still be found well in time. */
const REFERENCE_SHARE = 0.5;

export interface RpcServiceOptions {
  readonly name: string;
  /** Label `chain`. */
  readonly chain: string;
  readonly chainId: number;
  readonly url: URL;
  /** Another node of the chain, to compare heads with. That it does not answer is no fault of this one. */
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
  const gasPriceGwei = await gasPrice(rpc);
  const syncingFault = await syncing(rpc);
  const ahead = await reference;
  const lagBlocks = typeof ahead === "number" ? Math.max(0, ahead - head.number) : undefined;
  const facts: RpcFacts = {
    ...{ kind: "rpc", chain, isAnswering: true, headNumber: head.number, headAgeSeconds: head.ageSeconds },
    ...(lagBlocks === undefined ? {} : { lagBlocks }),
    ...(gasPriceGwei === undefined ? {} : { gasPriceGwei }),
  };
  const fault =
    syncingFault ??
    (head.ageSeconds > maxHeadAgeSeconds ? stalled(head.ageSeconds, maxHeadAgeSeconds) : undefined) ??
    (lagBlocks !== undefined && lagBlocks > maxLagBlocks ? behind(lagBlocks) : undefined) ??
    (typeof ahead === "object" ? ahead : undefined);
  return { fault, latencyMs: head.latencyMs, facts };
}

/** `undefined` where the node does not know the method, which not all do. */
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

/** @returns `undefined` if it does not answer; a fault if it cannot be a reference, of another chain as it is */
async function referenceHead(
  { reference, chainId, timeoutMs, monotonic }: RpcServiceOptions,
  signal: AbortSignal,
  nowMs: () => number,
): Promise<number | Fault | undefined> {
  if (reference === undefined) return undefined;
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs * REFERENCE_SHARE)]);
  using rpc = new JsonRpc({ url: reference, signal: inTime, monotonic });
  // Its head first: what one hears later has later blocks.
  const head = await blockHead(rpc, nowMs);
  if ("kind" in head) return undefined;
  const wrong = await wrongChain(rpc, chainId);
  if (wrong === undefined) return head.number;
  return wrong.kind === "wrong-chain" ? { ...wrong, detail: `its reference: ${wrong.detail}` } : undefined;
}

function behind(blocks: number): Fault {
  return { kind: "behind", detail: `it is ${blocks} blocks behind the reference` };
}
