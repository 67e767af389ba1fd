/** Haltwatch itself and its host: who watches the watcher. It is always on, for it needs no bot. Row F10. */
import { definePack } from "../pack.ts";
import { SYSTEM_METRICS } from "./metrics.ts";
import { SYSTEM_THRESHOLDS } from "./thresholds.ts";

export const SYSTEM_PACK = definePack({
  url: import.meta.url,
  name: "system",
  description: "Haltwatch itself and its host: always on",
  job: "haltwatch",
  metrics: SYSTEM_METRICS,
  thresholds: SYSTEM_THRESHOLDS,
  dashboards: ["dashboards/system.json"],
  seriesBudget: 250,
});
