/** Whether a chain's sequencer can be relied on. */

/**
 * `recovering`: it is up, but was down a moment ago, and prices from then are still about. `unknown`: nobody has looked for too long,
 * which must be treated like `down`.
 */
export type SequencerState = "up" | "down" | "recovering" | "unknown";

export interface SequencerHealth {
  readonly state: SequencerState;
  /** How long ago it was looked at, milliseconds; infinite if never. */
  readonly ageMs: number;
  /** Age of the newest block then, seconds. */
  readonly headAgeSeconds: number | undefined;
}

/** What was seen of it last. */
export interface SequencerReading {
  readonly isUp: boolean;
  /** Since when it is so, Unix milliseconds. */
  readonly sinceMs?: number | undefined;
  readonly headAgeSeconds?: number | undefined;
  /** When it was looked at, Unix milliseconds. */
  readonly timeMs: number;
}

export interface SequencerLimits {
  /** Older readings say nothing. */
  readonly maxAgeMs: number;
  /** So long after it came up it is `recovering`. */
  readonly graceMs: number;
}

/** Readings come each 30 s: three may be missed. The grace period is the one that Chainlink's documentation takes. */
export const SEQUENCER_LIMITS: SequencerLimits = { maxAgeMs: 100_000, graceMs: 3_600_000 };

export function sequencerHealthOf(
  reading: SequencerReading | undefined,
  nowMs: number,
  { maxAgeMs, graceMs }: SequencerLimits = SEQUENCER_LIMITS,
): SequencerHealth {
  if (reading === undefined) return { state: "unknown", ageMs: Number.POSITIVE_INFINITY, headAgeSeconds: undefined };
  const { isUp, sinceMs, headAgeSeconds, timeMs } = reading;
  const ageMs = Math.max(0, nowMs - timeMs);
  const isRecovering = sinceMs !== undefined && nowMs - sinceMs < graceMs;
  const state = ageMs > maxAgeMs ? "unknown" : !isUp ? "down" : isRecovering ? "recovering" : "up";
  return { state, ageMs, headAgeSeconds };
}
