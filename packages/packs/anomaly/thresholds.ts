/** How sensitive the bands are, for all signals alike. */
import type { Threshold } from "../pack.ts";

export const ANOMALY_THRESHOLDS: readonly Threshold[] = [
  {
    name: "anomaly.sensitivity",
    default: 4.5,
    unit: "deviations",
    min: 1,
    help: "A value further from all bands is told, in usual deviations. Less tells more, and more often in vain.",
  },
  {
    name: "anomaly.level_sensitivity",
    default: 4,
    unit: "deviations",
    min: 1,
    help: "An hour further from yesterday's and last week's is told, in usual deviations of such hours.",
  },
  {
    name: "anomaly.floor_ratio",
    default: 0.01,
    unit: "ratio",
    min: 0,
    help: "Added to the usual deviation, as a share of the value: what hardly ever moves may move a little.",
  },
];
