/** A token bucket: how much of something is allowed now. */
import { BURST_SECONDS } from "./link-limits.ts";

export class Allowance {
  readonly #perSecond: number;
  #left: number;
  #asOfMs: number;

  /** @param nowMs monotonic, as all times here */
  constructor(perSecond: number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#left = perSecond * BURST_SECONDS;
    this.#asOfMs = nowMs;
  }

  /** @returns whether it was allowed; then it is used up */
  take(count: number, nowMs: number): boolean {
    const earned = ((nowMs - this.#asOfMs) * this.#perSecond) / 1000;
    this.#left = Math.min(this.#left + earned, this.#perSecond * BURST_SECONDS);
    this.#asOfMs = nowMs;
    if (count > this.#left) return false;
    this.#left -= count;
    return true;
  }
}
