/** Time that passes only when a test says so. */
import type { OrchestratorClock } from "../orchestrator-call.ts";

const START_MS = 1_760_000_000_000;

export class SimulatedClock implements OrchestratorClock {
  #ms = 0;
  #timers: { readonly atMs: number; readonly call: () => void }[] = [];

  now(): number {
    return START_MS + this.#ms;
  }

  monotonic(): number {
    return this.#ms;
  }

  after(ms: number, call: () => void): () => void {
    const timer = { atMs: this.#ms + ms, call };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
  }

  /** How many calls are still to come. */
  get waiting(): number {
    return this.#timers.length;
  }

  /** Calls what is due, in order, with what follows from it in promises. */
  async pass(ms: number): Promise<void> {
    const endMs = this.#ms + ms;
    await settled();
    for (;;) {
      const [next] = this.#timers.toSorted((a, b) => a.atMs - b.atMs);
      if (next === undefined || next.atMs > endMs) break;
      this.#ms = Math.max(this.#ms, next.atMs);
      this.#timers = this.#timers.filter((one) => one !== next);
      next.call();
      await settled();
    }
    this.#ms = endMs;
  }
}

/** All promises that can go on without time passing have gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
