/** What a probe saw. A fault of what it looks at is a value like any other. */

/** Bounded, for metrics and for whoever reads logs with a program. */
export const FAULT_KINDS = [
  "timeout",
  "unreachable",
  "tls",
  "redirect",
  "too-large",
  "status",
  "content",
  "bad-answer",
  "rpc-error",
  "rate-limited",
  "wrong-chain",
  "syncing",
  "behind",
  "head-stalled",
  "sequencer-down",
  "sequencer-recovering",
  "maintenance",
  "clock-skew",
  "failed",
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
  readonly kind: FaultKind;
  /** One line for people, without secrets. */
  readonly detail: string;
}

/** What was learnt, also where something is at fault. */
export type Facts =
  | { readonly kind: "http"; readonly venue: string | undefined; readonly status?: number }
  | {
      readonly kind: "rpc";
      readonly chain: string;
      /** It answers, and for the right chain: whoever needs it can use it. */
      readonly isAnswering: boolean;
      readonly headNumber?: number;
      readonly headAgeSeconds?: number;
      /** Blocks behind the reference. */
      readonly lagBlocks?: number;
      readonly gasPriceGwei?: number;
    }
  | {
      readonly kind: "sequencer";
      readonly chain: string;
      /** `undefined`: nobody could say. */
      readonly isUp?: boolean;
      /** Since when it is so, Unix milliseconds. */
      readonly sinceMs?: number;
      readonly headAgeSeconds?: number;
    }
  | {
      readonly kind: "exchange";
      readonly venue: string;
      /** Its clock less ours, milliseconds. */
      readonly clockSkewMs?: number;
      /** Of the requests that it allows in its window, what is left, 0 to 1. */
      readonly rateLimitRatio?: number;
      /** What is free of each currency. */
      readonly balances?: ReadonlyMap<string, number>;
    };

export interface ServiceReading {
  /** The first thing that is wrong; `undefined`: well. */
  readonly fault: Fault | undefined;
  /** Of its answer, milliseconds. */
  readonly latencyMs: number | undefined;
  readonly facts: Facts;
}

/** Faults that may be gone at the next attempt. What says that the target is wrong, and not the way to it, stays. */
const PASSING: ReadonlySet<FaultKind> = new Set<FaultKind>([
  "timeout",
  "unreachable",
  "tls",
  "too-large",
  "status",
  "bad-answer",
  "rpc-error",
  "rate-limited",
  "failed",
]);

export function isPassing({ kind }: Fault): boolean {
  return PASSING.has(kind);
}
