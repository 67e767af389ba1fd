/**
 * Requests of one page, a few at a time: the same question under way is asked once, one that nobody waits for any more is called off,
 * one that has not begun is never sent.
 */

/** Browsers open six connections to a server; one is the event stream's. */
const MAX_AT_ONCE = 5;
/** Waiting ones above it are refused: a dashboard has at most 500 panels with a few queries each. */
const MAX_WAITING = 5000;

interface Job {
  readonly run: (signal: AbortSignal) => Promise<unknown>;
  readonly controller: AbortController;
  readonly result: PromiseWithResolvers<unknown>;
  waiters: number;
}

export class RequestQueue {
  readonly #jobs = new Map<string, Job>();
  readonly #waiting: Job[] = [];
  #running = 0;

  /**
   * @param key what it asks; equal keys share one answer
   * @param signal of the one who asks
   * @throws what `run` throws; `DOMException` `AbortError` when called off
   */
  ask<T>(key: string, run: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    if (signal.aborted) return Promise.reject(calledOff());
    let job = this.#jobs.get(key);
    if (job === undefined) {
      if (this.#waiting.length >= MAX_WAITING) return Promise.reject(new Error("too many requests are waiting"));
      job = {
        run,
        controller: new AbortController(),
        result: Promise.withResolvers(),
        waiters: 0,
      };
      job.result.promise.catch(() => undefined);
      this.#jobs.set(key, job);
      this.#waiting.push(job);
    }
    const shared = job;
    shared.waiters++;
    this.#start();
    return new Promise<T>((resolve, reject) => {
      const leave = (): void => {
        reject(calledOff());
        shared.waiters--;
        if (shared.waiters === 0) this.#drop(key, shared);
      };
      signal.addEventListener("abort", leave, { once: true });
      shared.result.promise.then(
        (value) => {
          signal.removeEventListener("abort", leave);
          // The key holds the question, and the question the type of its answer.
          resolve(value as T);
        },
        (error: unknown) => {
          signal.removeEventListener("abort", leave);
          reject(error);
        },
      );
    });
  }

  #drop(key: string, job: Job): void {
    if (this.#jobs.get(key) === job) this.#jobs.delete(key);
    const place = this.#waiting.indexOf(job);
    if (place !== -1) this.#waiting.splice(place, 1);
    job.controller.abort();
  }

  #start(): void {
    while (this.#running < MAX_AT_ONCE) {
      const job = this.#waiting.shift();
      if (job === undefined) return;
      this.#running++;
      void this.#run(job);
    }
  }

  async #run(job: Job): Promise<void> {
    try {
      job.result.resolve(await job.run(job.controller.signal));
    } catch (error) {
      job.result.reject(error);
    } finally {
      this.#running--;
      for (const [key, one] of this.#jobs) if (one === job) this.#jobs.delete(key);
      this.#start();
    }
  }
}

function calledOff(): DOMException {
  return new DOMException("called off", "AbortError");
}
