/**
 * The JSON-RPC methods that may be called: those that read, and that Haltwatch needs. What is not here is never sent, so that no code
 * and no configuration can sign, send or bridge anything. Source: ethereum/execution-apis, and net_/web3_ of go-ethereum.
 */

export const READ_METHODS = [
  "eth_blockNumber",
  "eth_call",
  "eth_chainId",
  "eth_feeHistory",
  "eth_gasPrice",
  "eth_getBalance",
  "eth_getBlockByNumber",
  "eth_getCode",
  "eth_syncing",
  "net_version",
  "web3_clientVersion",
] as const;

export type ReadMethod = (typeof READ_METHODS)[number];

const ALLOWED: ReadonlySet<string> = new Set(READ_METHODS);

export function isReadMethod(method: unknown): method is ReadMethod {
  return typeof method === "string" && ALLOWED.has(method);
}
