/** Time as the link and the guard see it, so that tests can turn it by hand. */

export interface LinkClock {
  /** Unix milliseconds: what samples are stamped with. It may jump. */
  wall(): number;
  /** Milliseconds since some moment: what leases are measured with. It never jumps. */
  monotonic(): number;
  /**
   * Calls once, after so many milliseconds. Does not keep the process alive.
   *
   * @returns cancels the call
   */
  after(ms: number, call: () => void): () => void;
  /** Calls once, at the end of the event loop's turn. */
  soon(call: () => void): void;
}

export const SYSTEM_CLOCK: LinkClock = {
  wall: Date.now,
  monotonic: () => performance.now(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
  soon: (call) => void setImmediate(call),
};
