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

const DONE = Promise.resolve();

export const SYSTEM_CLOCK: LinkClock = {
  wall: Date.now,
  monotonic: () => performance.now(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
  // By way of a microtask: with cold caches setImmediate takes 6 µs, `then` 2, and the caller is a record on its way to an order.
  soon: (call) => void DONE.then(() => setImmediate(call)),
};
