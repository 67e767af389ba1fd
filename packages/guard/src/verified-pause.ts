/**
 * A pause is verified: whoever has acknowledged one and goes on sending orders raises the loudest alert there is. It is raised
 * on what is certain, only: orders counted between two samples that were both taken after the acknowledgement, by labels that
 * say they belong to what is paused, and of a kind that the pause forbids. So that nothing is missed in between, a bot sends its
 * counters right after it has acknowledged.
 */
import type { Pause } from "./latch.ts";
import type { Scope } from "./scope.ts";
import { allowed, type Intent } from "./state.ts";

/** Most acknowledged pauses that are watched at once; the oldest are let go. */
const MAX_WATCHED = 10_000;

/** A counter of orders has risen. All times by the bot's own clock, Unix milliseconds: what offset it has does not matter. */
export interface OrdersSeen {
  readonly bot: string;
  readonly venue?: string | undefined;
  readonly strategy?: string | undefined;
  /** Orders of unknown intent count as closing ones: REDUCING allows those. */
  readonly intent?: Intent | undefined;
  /** How many. */
  readonly count: number;
  /** Of the sample before. */
  readonly fromMs: number;
  /** Of the sample that shows them. */
  readonly toMs: number;
}

/** Orders after the pause was acknowledged. */
export interface TradingAfterPause {
  readonly name: "TradingAfterPause";
  readonly bot: string;
  readonly pause: Pause;
  /** In all, since it was acknowledged. */
  readonly orders: number;
  /** Those that were seen now. */
  readonly newOrders: number;
  /** The bot's clock, Unix milliseconds. */
  readonly acknowledgedMs: number;
  readonly seenMs: number;
}

interface Acknowledged {
  readonly bot: string;
  readonly pause: Pause;
  readonly sinceMs: number;
  orders: number;
}

export class VerifiedPauses {
  readonly #graceMs: number;
  readonly #acknowledged = new Map<string, Acknowledged>();

  /** @param graceMs orders that were under way may still be counted for so long after the acknowledgement */
  constructor({ graceMs = 0 }: { readonly graceMs?: number } = {}) {
    this.#graceMs = graceMs;
  }

  /**
   * The bot says that it has the pause.
   *
   * @param botTimeMs by its clock, Unix milliseconds; of a pause that it has acknowledged before, the first counts
   */
  acknowledged(bot: string, pause: Pause, botTimeMs: number): void {
    const key = keyOf(bot, pause.epoch);
    if (this.#acknowledged.has(key)) return;
    const oldest = this.#acknowledged.size >= MAX_WATCHED ? this.#acknowledged.keys().next().value : undefined;
    if (oldest !== undefined) this.#acknowledged.delete(oldest);
    this.#acknowledged.set(key, { bot, pause, sinceMs: botTimeMs, orders: 0 });
  }

  /** A person has armed it: call it before the bot is told, as it may trade from then on. */
  armed(epochs: readonly number[]): void {
    for (const [key, { pause }] of this.#acknowledged) if (epochs.includes(pause.epoch)) this.#acknowledged.delete(key);
  }

  /** @returns an alert for each acknowledged pause that forbids these orders */
  seen(orders: OrdersSeen): TradingAfterPause[] {
    const found: TradingAfterPause[] = [];
    if (!(orders.count > 0)) return found;
    for (const known of this.#acknowledged.values()) {
      const { bot, pause, sinceMs } = known;
      if (bot !== orders.bot || orders.fromMs < sinceMs + this.#graceMs) continue;
      if (allowed(pause.state, orders.intent ?? "close") || !isWithin(pause.scope, orders)) continue;
      known.orders += orders.count;
      found.push({
        ...{ name: "TradingAfterPause", bot, pause, orders: known.orders, newOrders: orders.count },
        ...{ acknowledgedMs: sinceMs, seenMs: orders.toMs },
      });
    }
    return found;
  }
}

/** Unlike what stops an order, where what is not named may be anything: here it proves nothing. */
function isWithin(scope: Scope, { bot, venue, strategy }: OrdersSeen): boolean {
  return (
    (scope.bot === undefined || scope.bot === bot) &&
    (scope.venue === undefined || scope.venue === venue) &&
    (scope.strategy === undefined || scope.strategy === strategy)
  );
}

function keyOf(bot: string, epoch: number): string {
  return JSON.stringify([bot, epoch]);
}
