/** The newest block that a node knows. */
import type { Fault } from "../heartbeat/reading.ts";
import type { JsonRpc } from "./json-rpc.ts";
import { readSmallQuantity } from "./quantity.ts";

/** A block from so far in the future is no block, seconds: nodes accept some seconds of their miners. */
const MAX_AHEAD_SECONDS = 900;

export interface BlockHead {
  readonly number: number;
  /** Seconds; 0 for one from the future. */
  readonly ageSeconds: number;
  /** Of the answer, milliseconds. */
  readonly latencyMs: number;
}

export async function blockHead(rpc: JsonRpc, nowMs: () => number): Promise<BlockHead | Fault> {
  const outcome = await rpc.call("eth_getBlockByNumber", ["latest", false]);
  if (outcome.kind === "fault") return outcome.fault;
  const { result, latencyMs } = outcome;
  const isObject = typeof result === "object" && result !== null;
  const [number, timestamp] = ["number", "timestamp"].map((name) =>
    readSmallQuantity(isObject ? Reflect.get(result, name) : undefined),
  );
  if (number === undefined || timestamp === undefined) {
    return { kind: "bad-answer", detail: "its newest block has no number or no time" };
  }
  const ageSeconds = nowMs() / 1000 - timestamp;
  if (ageSeconds < -MAX_AHEAD_SECONDS) {
    const seconds = Math.round(-ageSeconds);
    return {
      kind: "bad-answer",
      detail: `its newest block is ${seconds} s ahead of this machine's clock: one is wrong`,
    };
  }
  return { number, ageSeconds: Math.max(0, Math.round(ageSeconds * 1000) / 1000), latencyMs };
}

export function stalled(ageSeconds: number, maxSeconds: number): Fault {
  return {
    kind: "head-stalled",
    detail: `its newest block is ${Math.round(ageSeconds)} s old, more than ${maxSeconds} s`,
  };
}
