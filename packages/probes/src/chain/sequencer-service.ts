/** A rollup's sequencer: what its uptime feed says, and as a second opinion how old the newest block is. */
import type { Facts, Fault, ServiceReading } from "../heartbeat/reading.ts";
import type { Service } from "../heartbeat/service.ts";
import { blockHead, stalled } from "./block-head.ts";
import { wrongChain } from "./chain-id.ts";
import { JsonRpc } from "./json-rpc.ts";
import { type UptimeRound, uptimeRound } from "./uptime-feed.ts";

export interface SequencerServiceOptions {
  readonly name: string;
  /** Label `chain`. */
  readonly chain: string;
  readonly chainId: number;
  readonly url: URL;
  /** Address of the uptime feed; without one there is the second opinion only. */
  readonly feed: string | undefined;
  /** So long after it came up, prices from before may still be about, seconds. */
  readonly graceSeconds: number;
  readonly maxHeadAgeSeconds: number;
  readonly timeoutMs: number;
  readonly attempts: number;
  /** Milliseconds since some moment. */
  readonly monotonic: () => number;
}

type SequencerFacts = Facts & { readonly kind: "sequencer" };

export function sequencerService(options: SequencerServiceOptions): Service {
  const { name, chain, url, timeoutMs, attempts } = options;
  const unanswered: SequencerFacts = { kind: "sequencer", chain };
  return {
    ...{ name, kind: "sequencer", target: url.host, timeoutMs, attempts, unanswered },
    look: (signal, nowMs) => look(options, unanswered, signal, nowMs),
  };
}

async function look(
  { url, chain, chainId, feed, graceSeconds, maxHeadAgeSeconds, monotonic }: SequencerServiceOptions,
  unanswered: SequencerFacts,
  signal: AbortSignal,
  nowMs: () => number,
): Promise<ServiceReading> {
  using rpc = new JsonRpc({ url, signal, monotonic });
  const wrong = await wrongChain(rpc, chainId);
  if (wrong !== undefined) return { fault: wrong, latencyMs: undefined, facts: unanswered };
  const round = feed === undefined ? undefined : await uptimeRound(rpc, feed);
  if (round !== undefined && "kind" in round) return { fault: round, latencyMs: undefined, facts: unanswered };
  const head = await blockHead(rpc, nowMs);
  if ("kind" in head) {
    // What the feed has said holds all the same.
    const facts = round === undefined ? unanswered : factsOf(chain, round);
    return { fault: head, latencyMs: round?.latencyMs, facts };
  }
  const isOld = head.ageSeconds > maxHeadAgeSeconds;
  const facts: SequencerFacts = {
    ...(round === undefined ? { kind: "sequencer", chain, isUp: !isOld } : factsOf(chain, round)),
    headAgeSeconds: head.ageSeconds,
  };
  const fault =
    roundFault(round, graceSeconds, nowMs()) ?? (isOld ? stalled(head.ageSeconds, maxHeadAgeSeconds) : undefined);
  return { fault, latencyMs: head.latencyMs, facts };
}

function factsOf(chain: string, { isUp, sinceMs }: UptimeRound): SequencerFacts {
  return { kind: "sequencer", chain, isUp, sinceMs };
}

function roundFault(round: UptimeRound | undefined, graceSeconds: number, nowMs: number): Fault | undefined {
  if (round === undefined) return undefined;
  const ms = Math.max(0, nowMs - round.sinceMs);
  const seconds = Math.floor(ms / 1000);
  if (!round.isUp) return { kind: "sequencer-down", detail: `it is down for ${seconds} s, says its uptime feed` };
  // Over only when more time has passed than the period. Source: docs.chain.link, "L2 Sequencer Uptime Feeds".
  if (graceSeconds === 0 || ms > graceSeconds * 1000) return undefined;
  return { kind: "sequencer-recovering", detail: `it came back ${seconds} s ago: prices from before are still about` };
}
