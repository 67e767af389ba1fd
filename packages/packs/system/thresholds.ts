/** When Haltwatch itself, or its machine, is not well. */
import type { Threshold } from "../pack.ts";

export const SYSTEM_THRESHOLDS: readonly Threshold[] = [
  {
    name: "system.disk_free_bytes_min",
    default: 524_288_000,
    unit: "bytes",
    min: 0,
    help: "Less space than this on the store's disk is told, if the share of it is too small, too.",
  },
  {
    name: "system.disk_free_ratio_min",
    default: 0.05,
    unit: "ratio",
    min: 0,
    max: 1,
    help: "A smaller share of the store's disk is told, if it is too few bytes, too.",
  },
  {
    name: "system.event_loop_lag_seconds_max",
    default: 0.25,
    unit: "seconds",
    min: 0,
    help: "A longer time in which Haltwatch did nothing is told: so long no rule was evaluated and no lease renewed.",
  },
];
