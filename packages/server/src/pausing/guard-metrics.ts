/** What the guard holds, as series: dashboards show by them whether a bot may trade, why not, and since when, and mark pauses and arms. */
import type { Gauge, Registry } from "@haltwatch/bot";
import { type Guard, type GuardChange, printScope, type TradingState } from "@haltwatch/guard";
import { SYSTEM_METRICS } from "@haltwatch/packs";

/** As a series has it: the larger, the less is allowed. */
const STATES: Readonly<Record<TradingState, number>> = { ACTIVE: 0, REDUCING: 1, HALTED: 2 };

/** Most arms that are shown: the newest. */
const MAX_ARMS = 100;

/** Longest text of a label, UTF-16 code units: names come from whoever pauses. */
const MAX_TEXT = 200;

export interface GuardMetricSources {
  readonly guard: Pick<Guard, "pauses" | "stateOf">;
  /** Names of those that are watched. */
  readonly bots: () => readonly string[];
}

interface Armed {
  readonly bot: string;
  readonly scope: string;
  readonly by: string;
  readonly timeMs: number;
}

export class GuardMetrics {
  /** By scope and person. */
  readonly #armed = new Map<string, Armed>();

  constructor(registry: Registry, { guard, bots }: GuardMetricSources) {
    const states: Gauge<"bot"> = registry.gauge({
      ...SYSTEM_METRICS.tradingState,
      collect: () => {
        states.reset();
        for (const bot of bots()) states.labels(bot).set(STATES[guard.stateOf({ bot })]);
      },
    });
    const pauses: Gauge<"bot" | "scope" | "state" | "rule" | "by"> = registry.gauge({
      ...SYSTEM_METRICS.pause,
      collect: () => {
        pauses.reset();
        for (const { scope, state, rule = "", by, timeMs } of guard.pauses())
          pauses.labels(cut(scope.bot ?? ""), cut(printScope(scope)), state, cut(rule), cut(by)).set(timeMs / 1000);
      },
    });
    const arms: Gauge<"bot" | "scope" | "by"> = registry.gauge({
      ...SYSTEM_METRICS.arm,
      collect: () => {
        arms.reset();
        for (const { bot, scope, by, timeMs } of this.#armed.values()) arms.labels(bot, scope, by).set(timeMs / 1000);
      },
    });
  }

  /** @param timeMs when, Unix milliseconds */
  changed(change: GuardChange, timeMs: number): void {
    if (change.kind !== "arm") return;
    const by = cut(change.by);
    for (const pause of change.armed) {
      const scope = cut(printScope(pause.scope));
      const key = JSON.stringify([scope, by]);
      this.#armed.delete(key);
      this.#armed.set(key, { bot: cut(pause.scope.bot ?? ""), scope, by, timeMs });
    }
    for (const key of [...this.#armed.keys()].slice(0, -MAX_ARMS)) this.#armed.delete(key);
  }
}

function cut(text: string): string {
  return text.slice(0, MAX_TEXT);
}
