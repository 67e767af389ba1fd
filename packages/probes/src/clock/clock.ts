/** Time as probes see it, so that tests can turn it by hand. */
import { uptime } from "node:os";

export interface Clock {
  /** Unix milliseconds: what is written down. It may jump. */
  now(): number;
  /** Milliseconds since some moment. It never jumps, and stands still while the machine is suspended. */
  monotonic(): number;
  /** Milliseconds since the machine was started. It never jumps, and goes on while the machine is suspended; to 10 ms. */
  sinceBoot(): number;
  /**
   * Calls once, after so many milliseconds of {@link monotonic}.
   *
   * @returns cancels the call
   */
  after(ms: number, call: () => void): () => void;
}

export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sinceBoot: () => uptime() * 1000,
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};
