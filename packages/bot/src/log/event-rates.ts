/** Keeps one event repeated a thousand times a second from drowning the others. */

/** Lines of one event within a second; what exceeds it is counted, and told with the event's next line. */
export const MAX_LINES_PER_EVENT_AND_SECOND = 10;

/** Events whose rate is known at a time. The one known longest makes room, and its count is forgotten. */
const MAX_EVENTS = 1000;

interface EventRate {
  second: number;
  /** Told within that second. */
  lines: number;
  /** Held back since its last line. */
  suppressed: number;
}

export class EventRates {
  readonly #rates = new Map<string, EventRate>();

  /** How many lines of this event were held back before this one; `undefined` if this one is to be held back too. */
  admit(event: string, second: number): number | undefined {
    const rate = this.#rates.get(event) ?? this.#begin(event, second);
    if (rate.second !== second) {
      rate.second = second;
      rate.lines = 0;
    }
    if (rate.lines >= MAX_LINES_PER_EVENT_AND_SECOND) {
      rate.suppressed += 1;
      return undefined;
    }
    rate.lines += 1;
    const { suppressed } = rate;
    rate.suppressed = 0;
    return suppressed;
  }

  /** Events whose rate is known. */
  get size(): number {
    return this.#rates.size;
  }

  #begin(event: string, second: number): EventRate {
    for (const oldest of this.#rates.keys()) {
      if (this.#rates.size < MAX_EVENTS) break;
      this.#rates.delete(oldest);
    }
    const rate = { second, lines: 0, suppressed: 0 };
    this.#rates.set(event, rate);
    return rate;
  }
}
