/** What Haltwatch tells of its links on `/metrics`. */
import type { Counter, Gauge, Registry } from "@haltwatch/bot";
import type { LinkRefusalCode } from "./link-refusal.ts";

export class LinkMetrics {
  readonly links: Gauge;
  readonly frames: Counter;
  readonly samples: Counter;
  readonly refusals: Counter<"reason">;

  constructor(registry: Registry) {
    this.links = registry.gauge({ name: "haltwatch_link_sessions", help: "Bots that are linked." });
    this.frames = registry.counter({ name: "haltwatch_link_frames_total", help: "Frames that bots sent." });
    this.samples = registry.counter({
      name: "haltwatch_link_samples_total",
      help: "Samples that bots sent over the link.",
    });
    this.refusals = registry.counter({
      name: "haltwatch_link_refusals_total",
      help: "Connections, frames and leases that were refused, by reason.",
      labelNames: ["reason"],
      knownValues: { reason: REASONS },
    });
  }
}

const REASONS = [
  "malformed",
  "oversized",
  "replayed",
  "unauthenticated",
  "foreign_origin",
  "unsupported_protocol",
  "bot_taken",
  "too_many_links",
  "too_many_series",
  "too_many_samples",
  "too_many_frames",
  "no_hello",
  "silent",
  "slow_reader",
  "no_lease",
  "store",
] as const satisfies readonly LinkRefusalCode[];
