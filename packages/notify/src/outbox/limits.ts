/** So that channels are not asked more often than they allow: what was sent in the last second or minute, by what is limited. */
import type { RateLimit } from "../channels/channel.ts";
import type { Clock } from "../clock.ts";

export class Limits {
  readonly #clock: Pick<Clock, "monotonic">;
  /** Monotonic times, the oldest first. */
  readonly #sent = new Map<string, number[]>();

  constructor(clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
  }

  /** How long until all of them allow a message, milliseconds. */
  waitMs(limits: readonly RateLimit[]): number {
    const now = this.#clock.monotonic();
    return Math.max(
      0,
      ...limits.map(({ key, messages, perMs }) => {
        const times = this.#sent.get(key) ?? [];
        const oldest = times[times.length - messages];
        return oldest === undefined ? 0 : oldest + perMs - now;
      }),
    );
  }

  /**
   * Counts a message as sent now. What is called when the answer is there counts it from then on, as it may have been under way
   * until then, and any more messages that it took.
   */
  take(limits: readonly RateLimit[]): (messages: number) => void {
    const startMs = this.#clock.monotonic();
    for (const limit of limits) this.#add(limit, startMs);
    return (messages) => {
      const endMs = this.#clock.monotonic();
      for (const limit of limits) {
        const times = this.#sent.get(limit.key) ?? [];
        const at = times.indexOf(startMs);
        if (at >= 0) times.splice(at, 1);
        for (let i = 0; i < messages; i++) this.#add(limit, endMs);
      }
    };
  }

  #add({ key, messages }: RateLimit, timeMs: number): void {
    const times = this.#sent.get(key) ?? [];
    times.push(timeMs);
    if (times.length > messages) times.shift();
    this.#sent.set(key, times);
  }
}
