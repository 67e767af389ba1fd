/** What both contenders watch: a bot with thousands of series that move each second, and orders that fail. */
import { Registry } from "@haltwatch/bot";

const MOVES_EVERY_MS = 1_000;

export interface FailingBot {
  readonly registry: Registry;
  /** Announces a venue at zero, as a bot's venues are when it starts: the first failure is an increase. @returns fails an order there */
  readonly venue: (name: string) => () => void;
}

/** @param otherSeries beside the failures; all of them move each second */
export function failingBot(otherSeries: number): FailingBot {
  const registry = new Registry();
  const failed = registry.counter({ name: "orders_failed_total", help: "Orders that failed.", labelNames: ["venue"] });
  const other = registry.gauge({ name: "other", help: "Whatever else a bot has.", labelNames: ["n"] });
  const others = Array.from({ length: otherSeries }, (_, n) => other.labels(String(n)));
  let step = 0;
  const move = (): void => {
    step += 1;
    for (const [n, one] of others.entries()) one.set(n + step);
  };
  setInterval(move, MOVES_EVERY_MS).unref();
  move();
  return {
    registry,
    venue: (name) => {
      const child = failed.labels(name);
      return () => child.inc();
    },
  };
}
