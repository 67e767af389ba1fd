/** Every dashboard of our packs, as code: `npm run generate` writes them beside the packs. Not for run time: there it is the JSON. */
import { AI_TRADING_DASHBOARDS } from "../ai-trading/dashboard.ts";
import { ANOMALY_DASHBOARD } from "../anomaly/dashboard.ts";
import { ARBITRAGE_DASHBOARD } from "../arbitrage/dashboard.ts";
import { BETTING_DASHBOARD } from "../betting/dashboard.ts";
import { SCRAPER_DASHBOARD } from "../scraper/dashboard.ts";
import { SYSTEM_DASHBOARD } from "../system/dashboard.ts";
import { TRADING_DASHBOARD } from "../trading/dashboard.ts";
import type { GeneratedDashboard } from "./dashboard.ts";

export const DASHBOARDS: readonly GeneratedDashboard[] = [
  ARBITRAGE_DASHBOARD,
  BETTING_DASHBOARD,
  TRADING_DASHBOARD,
  ...AI_TRADING_DASHBOARDS,
  SCRAPER_DASHBOARD,
  ANOMALY_DASHBOARD,
  SYSTEM_DASHBOARD,
];
