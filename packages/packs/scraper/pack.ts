/** Bots that scrape for opportunities, and the machine they run on. Rows D1–D9. */
import { HEALTH_METRICS, SCRAPER_METRICS } from "@haltwatch/bot";
import { definePack } from "../pack.ts";
import { SCRAPER_FAULTS } from "./faults.ts";
import { SCRAPER_THRESHOLDS } from "./thresholds.ts";

export const SCRAPER_PACK = definePack({
  url: import.meta.url,
  name: "scraper",
  description: "Bots that scrape for opportunities, the APIs they ask, and the machine they run on",
  metrics: { ...SCRAPER_METRICS, ...HEALTH_METRICS },
  thresholds: SCRAPER_THRESHOLDS,
  moreRuleTests: ["business.test.yml"],
  seriesBudget: 150,
  faults: SCRAPER_FAULTS,
  simulation: async () => (await import("./simulated-bot.ts")).startSimulation,
});
