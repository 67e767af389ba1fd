/**
 * How many queries are answered at a time; the others wait, in the order they came. Between two of them the event loop has
 * its turn: an evaluation keeps it until it is done. Source: Prometheus, util/gate; promql/engine.go (`queueActive`).
 */
import { ApiError } from "./api-error.ts";

/** Most that wait: more than Prometheus's connections would let through. */
const MAX_WAITING = 512;

export class QueryGate {
  readonly #max: number;
  #running = 0;
  readonly #waiting = new Set<() => void>();

  /** @param max most at a time */
  constructor(max: number) {
    this.#max = max;
  }

  /**
   * Runs it when its turn comes.
   *
   * @param signal ends the wait when the client goes away
   * @param timeoutMs longest wait
   * @throws {ApiError} `canceled`, `timeout`, or `unavailable` if too many wait already
   */
  async run<T>(
    act: () => T | Promise<T>,
    { signal, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number },
  ): Promise<T> {
    await this.#turn(signal, timeoutMs);
    try {
      await new Promise((resolve) => setImmediate(resolve));
      if (signal.aborted) throw new ApiError("canceled", "query was canceled in query execution");
      return await act();
    } finally {
      this.#leave();
    }
  }

  async #turn(signal: AbortSignal, timeoutMs: number): Promise<void> {
    if (this.#running < this.#max) {
      this.#running += 1;
      return;
    }
    if (this.#waiting.size >= MAX_WAITING) throw new ApiError("unavailable", "too many queries are waiting");
    await new Promise<void>((resolve, reject) => {
      const refuse = (type: "canceled" | "timeout", message: string) => {
        this.#waiting.delete(enter);
        clean();
        reject(new ApiError(type, message));
      };
      const canceled = () => refuse("canceled", "query was canceled in query queue");
      const timer = setTimeout(() => refuse("timeout", "query timed out in query queue"), timeoutMs);
      const clean = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", canceled);
      };
      const enter = () => {
        clean();
        resolve();
      };
      this.#waiting.add(enter);
      signal.addEventListener("abort", canceled, { once: true });
    });
  }

  /** The place goes to the next that waits, or is free. */
  #leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#running -= 1;
    else {
      this.#waiting.delete(next);
      next();
    }
  }
}
