/** What can be made to go wrong in a simulated AI trading bot, and shows in its bands. */
import type { Fault } from "../pack.ts";

/** What is usual has to be known first. */
const AFTER_SECONDS = 2 * 3600;

export const ANOMALY_FAULTS: readonly Fault[] = [
  {
    name: "confidence-drop",
    description: "The model is suddenly unsure of all that it decides",
    alerts: ["AnomalyOdd"],
    withinSeconds: 900,
    afterSeconds: AFTER_SECONDS,
  },
  {
    name: "risk-high",
    description: "All decisions suddenly have a high risk score",
    alerts: ["AnomalyOdd"],
    withinSeconds: 900,
    afterSeconds: AFTER_SECONDS,
  },
  {
    name: "model-stalled",
    description: "The model makes no decisions any more",
    alerts: ["AnomalyOdd"],
    withinSeconds: 900,
    afterSeconds: AFTER_SECONDS,
  },
];
