/** What a bot tells of its own link and guard. */
import type { TradingState } from "../guard/pause.ts";
import type { Counter } from "../instruments/counter.ts";
import type { Gauge } from "../instruments/gauge.ts";
import type { StateSet } from "../instruments/state-set.ts";
import type { Registry } from "../registry/registry.ts";
import type { DropReason } from "./sample-feed.ts";

export class LinkMetrics {
  readonly state: StateSet<TradingState>;
  readonly linked: Gauge;
  readonly links: Counter;
  readonly dropped: Counter<"reason">;

  constructor(registry: Registry) {
    this.state = registry.stateSet({
      name: "haltwatch_guard_state",
      help: "Whether the bot may trade: ACTIVE, REDUCING (only what closes positions), HALTED.",
      states: ["ACTIVE", "REDUCING", "HALTED"],
    });
    this.linked = registry.gauge({
      name: "haltwatch_link_up",
      help: "Whether the bot is linked with Haltwatch (1) or not (0).",
      aggregation: "min",
    });
    this.links = registry.counter({
      name: "haltwatch_link_connections_total",
      help: "Links that came to be: more than one says that some ended.",
    });
    this.dropped = registry.counter({
      name: "haltwatch_link_dropped_samples_total",
      help:
        "Samples that were not sent, by reason: kept too long without a link (away), Haltwatch too slow (slow), " +
        "more series than Haltwatch takes (limit).",
      labelNames: ["reason"],
      knownValues: { reason: ["away", "slow", "limit"] satisfies DropReason[] },
    });
  }
}
