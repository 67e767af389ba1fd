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
  dashboards: ["dashboards/scraper.json"],
  seriesBudget: 150,
  faults: SCRAPER_FAULTS,
  simulation: async () => (await import("./simulated-bot.ts")).startSimulation,
  report: [
    {
      title: "Opportunities found",
      query: "sum(increase(scraper_opportunities_total[$__range]))",
      unit: "count",
      chart: { kind: "bars", query: "sum(increase(scraper_opportunities_total[$__interval]))" },
    },
    {
      title: "Average ROI",
      query:
        "sum(increase(scraper_opportunity_roi_ratio_sum[$__range])) / sum(increase(scraper_opportunity_roi_ratio_count[$__range]))",
      unit: "ratio",
    },
    {
      title: "Active sources",
      query: "sum(avg_over_time(scraper_sources_active[$__range]))",
      unit: "number",
      chart: { kind: "line", query: "sum(scraper_sources_active)" },
    },
    {
      title: "Sources",
      query: "sum(scraper_sources) or sum(last_over_time(scraper_sources[$__range]))",
      unit: "count",
    },
    {
      title: "Errors",
      query: "sum(increase(scraper_errors_total[$__range]))",
      unit: "count",
      chart: { kind: "bars", query: "sum(increase(scraper_errors_total[$__interval]))" },
    },
    { title: "Requests", query: "sum(increase(scraper_requests_total[$__range]))", unit: "count" },
  ],
});
