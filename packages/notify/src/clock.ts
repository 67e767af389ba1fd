/** Time as telling people sees it, so that tests can turn it by hand. */

export interface Clock {
  /** Unix milliseconds. It may jump. */
  now(): number;
  /** Milliseconds since some moment: what intervals are measured with. It never jumps. */
  monotonic(): number;
  /**
   * Calls once, after so many milliseconds.
   *
   * @returns cancels the call
   */
  after(ms: number, call: () => void): () => void;
}

/** Longest delay that Node's timers take, milliseconds. */
const MAX_DELAY_MS = 2 ** 31 - 1;

export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, call) {
    const timer = setTimeout(call, Math.min(ms, MAX_DELAY_MS));
    return () => clearTimeout(timer);
  },
};
