/** Whether a node is of the chain that it should be of: what it says of another one is worth nothing. */
import type { Fault } from "../heartbeat/reading.ts";
import type { JsonRpc } from "./json-rpc.ts";
import { readQuantity } from "./quantity.ts";

/** @returns `undefined` if it is */
export async function wrongChain(rpc: JsonRpc, chainId: number): Promise<Fault | undefined> {
  const outcome = await rpc.call("eth_chainId");
  if (outcome.kind === "fault") return outcome.fault;
  const found = readQuantity(outcome.result);
  if (found === undefined) return { kind: "bad-answer", detail: "its chain id is no number" };
  return found === BigInt(chainId)
    ? undefined
    : { kind: "wrong-chain", detail: `it is of chain ${found}, not of ${chainId}` };
}
