/** A clock that tests turn, and targets that answer without a network. */
import type { Clock } from "../clock.ts";
import type { Fetch, ScrapeRequest } from "../fetch-body.ts";
import { ScrapeError } from "../scrape-error.ts";

/** Where simulated time begins, Unix milliseconds. */
export const START_MS = 1_700_000_000_000;

export class SimulatedClock implements Clock {
  #nowMs = START_MS;
  readonly #calls = new Map<number, { readonly atMs: number; readonly call: () => void }>();
  #next = 0;

  now(): number {
    return this.#nowMs;
  }

  monotonic(): number {
    return this.#nowMs - START_MS;
  }

  after(ms: number, call: () => void): () => void {
    const id = this.#next++;
    this.#calls.set(id, { atMs: this.#nowMs + ms, call });
    return () => this.#calls.delete(id);
  }

  /** How many calls wait. */
  get waiting(): number {
    return this.#calls.size;
  }

  /** Lets so much time pass, calling what is due, each at its time. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      await settled();
      const due = [...this.#calls].filter(([, { atMs }]) => atMs <= untilMs).sort(([, a], [, b]) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      const [id, { atMs, call }] = due;
      this.#calls.delete(id);
      this.#nowMs = Math.max(this.#nowMs, atMs);
      call();
    }
    this.#nowMs = untilMs;
  }
}

/** Everything that waits for nothing but promises has run. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** What a simulated target answers: a body, an error, or nothing at all. */
export type Answer = string | Error | undefined;

/** A fetch that is answered by a function of the URL; `asked` has each URL with its time. */
export function simulatedFetch(clock: Clock, answer: (url: string, request: ScrapeRequest) => Answer) {
  const asked: { readonly url: string; readonly atMs: number }[] = [];
  const fetch: Fetch = (request) => {
    asked.push({ url: request.url.href, atMs: clock.now() });
    const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<Fetch>["body"]>>();
    const given = answer(request.url.href, request);
    if (given instanceof Error) reject(given);
    else if (given !== undefined) {
      resolve({ bytes: Buffer.from(given), contentType: "text/plain", release: () => undefined });
    }
    return { body: promise, cancel: (reason) => reject(reason) };
  };
  return { fetch, asked };
}

export const REFUSED = new ScrapeError("UNREACHABLE", "connect ECONNREFUSED", "Start the target");
