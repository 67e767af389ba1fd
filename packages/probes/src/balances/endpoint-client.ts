/**
 * viem's client over a transport that reads and does nothing else: each request goes through {@link JsonRpc}, which refuses other
 * methods before anything is sent. There is no account in it, and nothing that could sign.
 */
import { createPublicClient, custom, type PublicClient } from "viem";
import type { JsonRpc, RpcErrorObject } from "../chain/json-rpc.ts";
import { isReadMethod, type ReadMethod } from "../chain/read-methods.ts";
import type { Fault } from "../heartbeat/reading.ts";

/** What a node did wrong, on its way through viem. */
class EndpointError extends Error {
  override readonly name = "EndpointError";
  readonly fault: Fault;
  /** As viem looks for it, where a contract reverts. */
  readonly code: number | undefined;
  readonly data: unknown;

  constructor(fault: Fault, error: RpcErrorObject | undefined) {
    super(error?.message ?? fault.detail);
    this.fault = fault;
    this.code = error?.code;
    this.data = error?.data;
  }
}

export function endpointClient(rpc: JsonRpc): PublicClient {
  const transport = custom(
    { request: ({ method, params }) => request(rpc, method, params) },
    // Attempts and fallback are ours.
    { retryCount: 0 },
  );
  return createPublicClient({ transport, cacheTime: 0 });
}

async function request(rpc: JsonRpc, method: string, params: unknown): Promise<unknown> {
  // What is no such method is refused by the call itself.
  const named = method as ReadMethod;
  const outcome = await rpc.call(named, isReadMethod(method) && Array.isArray(params) ? params : []);
  if (outcome.kind === "result") return outcome.result;
  throw new EndpointError(outcome.fault, outcome.error);
}

/** What the node did wrong, however deep it is; else that its answer made no sense. */
export function faultOf(error: unknown): Fault {
  let at = error;
  for (let depth = 0; depth < 10 && at instanceof Error; depth++) {
    if (at instanceof EndpointError) return at.fault;
    at = at.cause;
  }
  return { kind: "bad-answer", detail: "what it answers is not what was asked for" };
}
