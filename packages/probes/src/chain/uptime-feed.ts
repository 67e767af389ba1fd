/**
 * Chainlink's L2 sequencer uptime feed: `latestRoundData()` answers 0 for up and 1 for down; anything else is an error, and so is a
 * round that has not begun. Source: docs.chain.link, "L2 Sequencer Uptime Feeds".
 */
import type { Fault } from "../heartbeat/reading.ts";
import type { JsonRpc } from "./json-rpc.ts";
import { readWords, signed } from "./quantity.ts";

/** `latestRoundData()`. Words: round id, answer, started at, updated at, answered in round. */
const LATEST_ROUND_DATA = "0xfeaf968c";

const ROUND_WORDS = 5;

export interface UptimeRound {
  readonly isUp: boolean;
  /** Since when, Unix milliseconds. */
  readonly sinceMs: number;
  readonly latencyMs: number;
}

export async function uptimeRound(rpc: JsonRpc, feed: string): Promise<UptimeRound | Fault> {
  const outcome = await rpc.call("eth_call", [{ to: feed, data: LATEST_ROUND_DATA }, "latest"]);
  if (outcome.kind === "fault") return outcome.fault;
  const [, answerWord, startedAt] = readWords(outcome.result, ROUND_WORDS) ?? [];
  if (answerWord === undefined || startedAt === undefined) {
    return { kind: "bad-answer", detail: "there is no uptime feed at this address" };
  }
  const answer = signed(answerWord);
  if (answer !== 0n && answer !== 1n) return { kind: "bad-answer", detail: `the uptime feed answers ${shown(answer)}` };
  if (startedAt === 0n || startedAt > BigInt(Number.MAX_SAFE_INTEGER) / 1000n) {
    return { kind: "bad-answer", detail: "the uptime feed's round has not begun" };
  }
  return { isUp: answer === 0n, sinceMs: Number(startedAt) * 1000, latencyMs: outcome.latencyMs };
}

function shown(answer: bigint): string {
  const text = String(answer);
  return text.length > 20 ? "a huge number" : text;
}
