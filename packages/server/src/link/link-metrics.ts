/** What Haltwatch tells of its links on `/metrics`. */
import type { Counter, Gauge, Registry } from "@haltwatch/bot";
import { SYSTEM_METRICS } from "@haltwatch/packs";
import type { LinkRefusalCode } from "./link-refusal.ts";

export class LinkMetrics {
  readonly links: Gauge;
  readonly frames: Counter;
  readonly samples: Counter;
  readonly refusals: Counter<"reason">;

  constructor(registry: Registry) {
    this.links = registry.gauge(SYSTEM_METRICS.linkSessions);
    this.frames = registry.counter(SYSTEM_METRICS.linkFrames);
    this.samples = registry.counter(SYSTEM_METRICS.linkSamples);
    this.refusals = registry.counter({ ...SYSTEM_METRICS.linkRefusals, knownValues: { reason: REASONS } });
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
