/** How much is kept for how long, and when it is told together. */

export interface OutboxOptions {
  /** Up to so many waiting groups are told one by one; more than that in one message. */
  readonly maxSingle: number;
  /** Most groups in one message. */
  readonly maxDigest: number;
  /** What could not be told for so long becomes a dead letter, milliseconds. */
  readonly maxAgeMs: number;
  /** Most groups that wait for one channel: the oldest become dead letters. */
  readonly maxWaiting: number;
  /** Most dead letters of one channel: the oldest are forgotten, and counted. */
  readonly maxDead: number;
  /** A channel is down when nothing got through for so long, milliseconds. */
  readonly downAfterMs: number;
}

export const OUTBOX_DEFAULTS: OutboxOptions = {
  maxSingle: 5,
  maxDigest: 250,
  maxAgeMs: 3 * 24 * 60 * 60 * 1_000,
  maxWaiting: 10_000,
  maxDead: 1_000,
  downAfterMs: 30_000,
};
