/** All that is wanted of one chain, from one of its endpoints, at one block: balances, decimals, prices. */
import { type Abi, type ContractFunctionParameters, getAddress, parseAbi } from "viem";
import { blockHead, stalled } from "../chain/block-head.ts";
import { wrongChain } from "../chain/chain-id.ts";
import { JsonRpc } from "../chain/json-rpc.ts";
import type { Fault } from "../heartbeat/reading.ts";
import { endpointClient, faultOf } from "./endpoint-client.ts";
import type { Asset, WatchedChain } from "./wallet.ts";

const TOKEN = parseAbi([
  "function balanceOf(address) view returns (uint256)",
  "function decimals() view returns (uint8)",
]);
const FEED = parseAbi([
  "function latestRoundData() view returns (uint80, int256, uint256, uint256, uint80)",
  "function decimals() view returns (uint8)",
]);
const MULTICALL = parseAbi(["function getEthBalance(address) view returns (uint256)"]);

/** Calldata of one multicall, bytes. */
const BATCH_BYTES = 16_384;

export interface ChainQuestions {
  readonly holdings: readonly { readonly key: string; readonly address: string; readonly asset: Asset }[];
  /** Price feeds' addresses. */
  readonly feeds: readonly string[];
}

/** What was found of each; a fault where it could not be read. */
export interface ChainAnswers {
  readonly blockNumber: number;
  /** By the questions' keys, in the asset's smallest unit. */
  readonly balances: ReadonlyMap<string, bigint | Fault>;
  /** By the feeds' addresses. */
  readonly prices: ReadonlyMap<string, FeedPrice | Fault>;
}

interface FeedPrice {
  readonly usd: number;
  /** Unix seconds. */
  readonly updatedAt: number;
}

export interface Asked {
  readonly chain: WatchedChain;
  readonly endpoint: URL;
  readonly signal: AbortSignal;
  readonly monotonic: () => number;
  readonly nowMs: () => number;
  /** What a node says whose newest block is older is not known any more. */
  readonly maxBlockAgeSeconds: number;
}

/** The newest block's number, of the right chain, and of a node that has not stood still. */
export async function headOf(asked: Asked): Promise<number | Fault> {
  const { chain, endpoint, signal, monotonic, nowMs, maxBlockAgeSeconds } = asked;
  using rpc = new JsonRpc({ url: endpoint, signal, monotonic });
  const wrong = await wrongChain(rpc, chain.id);
  if (wrong !== undefined) return wrong;
  const head = await blockHead(rpc, nowMs);
  if ("kind" in head) return head;
  return head.ageSeconds > maxBlockAgeSeconds ? stalled(head.ageSeconds, maxBlockAgeSeconds) : head.number;
}

export async function readChain(
  asked: Asked,
  questions: ChainQuestions,
  blockNumber: number,
): Promise<ChainAnswers | Fault> {
  const { chain, endpoint, signal, monotonic } = asked;
  using rpc = new JsonRpc({ url: endpoint, signal, monotonic });
  const client = endpointClient(rpc);
  const at = { blockNumber: BigInt(blockNumber) };
  const calls = callsOf(chain, questions);
  try {
    const multicall = getAddress(chain.multicall3);
    const code = await client.getCode({ address: multicall, ...at });
    const hasMulticall = code !== undefined && code !== "0x";
    const results: Result[] = hasMulticall
      ? await client.multicall({
          ...at,
          contracts: calls.map(({ call }) => call),
          multicallAddress: multicall,
          batchSize: BATCH_BYTES,
        })
      : await oneByOne(calls, async ({ call, nativeOf }) => {
          if (nativeOf !== undefined) return client.getBalance({ address: getAddress(nativeOf), ...at });
          return client.readContract({ ...call, ...at });
        });
    return answersOf(questions, new Map(calls.map(({ key }, index) => [key, results[index]])), blockNumber);
  } catch (error) {
    return faultOf(error);
  }
}

type Result =
  | { readonly status: "success"; readonly result: unknown }
  | { readonly status: "failure"; readonly error: Error };

interface Call {
  readonly key: string;
  readonly call: ContractFunctionParameters<Abi>;
  /** Whose native balance it is. */
  readonly nativeOf?: string;
}

function callsOf(chain: WatchedChain, { holdings, feeds }: ChainQuestions): Call[] {
  const tokens = new Set(holdings.flatMap(({ asset }) => (asset.kind === "token" ? [asset.address] : [])));
  const multicall = getAddress(chain.multicall3);
  return [
    ...holdings.map(({ key, address, asset }): Call => {
      const args = [getAddress(address)];
      return asset.kind === "native"
        ? { key, nativeOf: address, call: { address: multicall, abi: MULTICALL, functionName: "getEthBalance", args } }
        : { key, call: { address: getAddress(asset.address), abi: TOKEN, functionName: "balanceOf", args } };
    }),
    ...[...tokens].map((token): Call => decimalsCall(token)),
    ...feeds.flatMap((feed): Call[] => [
      { key: `round ${feed}`, call: { address: getAddress(feed), abi: FEED, functionName: "latestRoundData" } },
      decimalsCall(feed),
    ]),
  ];
}

function decimalsCall(address: string): Call {
  return { key: `decimals ${address}`, call: { address: getAddress(address), abi: TOKEN, functionName: "decimals" } };
}

/** Where no multicall contract is deployed. */
async function oneByOne(calls: readonly Call[], read: (call: Call) => Promise<unknown>): Promise<Result[]> {
  const results: Result[] = [];
  for (const call of calls) {
    try {
      results.push({ status: "success", result: await read(call) });
    } catch (error) {
      results.push({ status: "failure", error: error instanceof Error ? error : new Error("the call failed") });
    }
  }
  return results;
}

function answersOf(
  { holdings, feeds }: ChainQuestions,
  results: ReadonlyMap<string, Result | undefined>,
  blockNumber: number,
): ChainAnswers {
  const value = (key: string): unknown => {
    const result = results.get(key);
    return result?.status === "success" ? result.result : undefined;
  };
  const fault = (key: string): Fault => {
    const result = results.get(key);
    return faultOf(result?.status === "failure" ? result.error : undefined);
  };
  const decimalsOf = (address: string): number | undefined => {
    const decimals = value(`decimals ${address}`);
    return typeof decimals === "number" ? decimals : undefined;
  };
  const balances = holdings.map(({ key, asset }): [string, bigint | Fault] => {
    const balance = value(key);
    if (typeof balance !== "bigint") return [key, fault(key)];
    const found = asset.kind === "token" ? decimalsOf(asset.address) : undefined;
    if (found === undefined || found === asset.decimals) return [key, balance];
    return [key, { kind: "content", detail: `${asset.symbol} has ${found} decimals, not ${asset.decimals}` }];
  });
  const prices = feeds.map((feed): [string, FeedPrice | Fault] => {
    const round = value(`round ${feed}`);
    const decimals = decimalsOf(feed);
    if (!Array.isArray(round) || decimals === undefined) return [feed, fault(`round ${feed}`)];
    const [, answer, , updatedAt] = round as readonly unknown[];
    if (typeof answer !== "bigint" || typeof updatedAt !== "bigint") return [feed, fault(`round ${feed}`)];
    if (answer <= 0n) return [feed, { kind: "bad-answer", detail: "a price feed says that the price is not above 0" }];
    return [feed, { usd: Number(answer) / 10 ** decimals, updatedAt: Number(updatedAt) }];
  });
  return { blockNumber, balances: new Map(balances), prices: new Map(prices) };
}
