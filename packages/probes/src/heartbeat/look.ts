/** A look at one service within a beat: as many attempts as it needs, each with its own time, whatever the service does. */
import type { Clock } from "../clock/clock.ts";
import { type Fault, isPassing, type ServiceReading } from "./reading.ts";
import type { Service } from "./service.ts";

/** Between two attempts, milliseconds. */
export const ATTEMPT_PAUSE_MS = 250;

export class Look {
  readonly service: Service;
  readonly #clock: Clock;
  /** Looks that have not ended though their time was over. */
  #hanging = 0;

  constructor(service: Service, clock: Clock) {
    this.service = service;
    this.#clock = clock;
  }

  /** Ends in time, and never throws. @param stop ends it at once */
  async look(stop: AbortSignal): Promise<ServiceReading> {
    const { attempts } = this.service;
    for (let attempt = 1; ; attempt++) {
      const reading = await this.#attempt(stop);
      const { fault } = reading;
      if (fault === undefined || !isPassing(fault) || attempt >= attempts || stop.aborted) return reading;
      await this.#pause(stop);
      if (stop.aborted) return reading;
    }
  }

  async #pause(stop: AbortSignal): Promise<void> {
    const over = new AbortController();
    let cancel: () => void = () => undefined;
    await new Promise<void>((resolve) => {
      cancel = this.#clock.after(ATTEMPT_PAUSE_MS, resolve);
      stop.addEventListener("abort", () => resolve(), { signal: over.signal });
    });
    cancel();
    over.abort();
  }

  async #attempt(stop: AbortSignal): Promise<ServiceReading> {
    const { timeoutMs } = this.service;
    // One that does not end when it is told to must not pile up.
    if (this.#hanging > 0) return this.#failed({ kind: "timeout", detail: "the look before still hangs" });
    const ending = new AbortController();
    let cancel: () => void = () => undefined;
    const ended = new Promise<ServiceReading>((resolve) => {
      const end = (detail: string): void => {
        resolve(this.#failed({ kind: "timeout", detail }));
        ending.abort();
      };
      cancel = this.#clock.after(timeoutMs, () => end(`no whole answer within ${timeoutMs / 1000} s`));
      if (stop.aborted) end("it was stopped");
      else stop.addEventListener("abort", () => end("it was stopped"), { signal: ending.signal });
    });
    this.#hanging++;
    const looking = this.service
      .look(ending.signal, () => this.#clock.now())
      .catch((error: unknown) => this.#failed({ kind: "failed", detail: detailOf(error) }))
      .finally(() => this.#hanging--);
    try {
      return await Promise.race([looking, ended]);
    } finally {
      cancel();
      ending.abort();
      // What ends because it was told to is no longer hanging once its promises have been settled.
      await Promise.resolve();
    }
  }

  #failed(fault: Fault): ServiceReading {
    return { fault, latencyMs: undefined, facts: this.service.unanswered };
  }
}

function detailOf(error: unknown): string {
  return error instanceof Error ? error.message.replaceAll(/\s+/g, " ").slice(0, 200) : "the probe failed";
}
