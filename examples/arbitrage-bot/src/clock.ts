/** The bot's time: market time, which passes as fast as it is told to. */
import { setTimeout as sleep } from "node:timers/promises";

export interface Clock {
  /** Market time, Unix milliseconds. */
  now(): number;
  /** Waits until it is this market time; returns at once if it has passed. @throws AbortError when the signal says so */
  until(timeMs: number, signal: AbortSignal): Promise<void>;
}

/** Below this, waiting costs more than it is late by, milliseconds. */
const SHORTEST_SLEEP_MS = 2;

/** Longest single sleep, milliseconds: Node's timers end at 2³¹ − 1, and go off at once beyond it. */
const LONGEST_SLEEP_MS = 86_400_000;

/** Work this long, milliseconds, and let the event loop breathe: scrapes and signals have to come through. */
const BREATHE_EVERY_MS = 5;

/** Time that passes `speed` times as fast as on the wall, from `startMs`. */
export function scaledClock(startMs: number, speed: number): Clock {
  const wallStart = performance.now();
  let lastBreath = wallStart;
  const now = (): number => startMs + (performance.now() - wallStart) * speed;
  return {
    now,
    async until(timeMs, signal) {
      while (true) {
        const wallMs = (timeMs - now()) / speed;
        if (wallMs <= SHORTEST_SLEEP_MS) break;
        await sleep(Math.min(wallMs, LONGEST_SLEEP_MS), undefined, { signal });
      }
      // A replay that cannot keep up never sleeps.
      if (performance.now() - lastBreath < BREATHE_EVERY_MS) return;
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
      lastBreath = performance.now();
    },
  };
}

/** Time that is wherever the bot waits for: a replay as fast as the machine goes. */
export function simulatedClock(startMs: number): Clock {
  let now = startMs;
  let lastBreath = performance.now();
  return {
    now: () => now,
    async until(timeMs, signal) {
      now = Math.max(now, timeMs);
      if (performance.now() - lastBreath < BREATHE_EVERY_MS) return;
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
      lastBreath = performance.now();
    },
  };
}
