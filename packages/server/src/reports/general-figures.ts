/** Figures that every report has, whichever packs are enabled. */
import type { ReportQuery } from "@haltwatch/packs";

/** Bots' clocks are not ours: the last seconds of a day may have the first figures of the next one already. */
const BEFORE_END = "10s";

/**
 * How much a gauge has changed over the day: from its last sample before it, or where there is none from its first one within it. What a
 * bot has made before anybody watched it is not of this day.
 */
function changeOf(metric: string): string {
  const begin = `(${metric} offset $__range or first_over_time(${metric}[$__range]))`;
  return `(last_over_time(${metric}[$__range]) - ${begin})`;
}

/** What each kind of bot tells of its profit and loss, all together: a gauge of the day, of all its time, or of what it holds. */
const PROFIT = `sum(${[
  `last_over_time(trading_pnl_day_usd[$__range] offset ${BEFORE_END})`,
  changeOf("pnl_realized_usdt"),
  changeOf("runtime_bank_usd"),
].join(" or ")})`;

/** Own metrics are written each five seconds, and at once when something happens: not samples are counted, but times that have one. */
const WATCHED =
  "clamp_max(count_over_time(max(last_over_time(haltwatch_build_info[15s]))[$__range:15s]) * 15 / $__range_s, 1)";

/** None, if somebody has looked; else nobody knows. */
const NONE_FIRED =
  "(count(present_over_time(haltwatch_build_info[$__range])) or count(present_over_time(up[$__range]))) * 0";

export const FIRED_TITLE = "Alerts that fired";

export const GENERAL_FIGURES: readonly ReportQuery[] = [
  { title: "P&L", query: PROFIT, unit: "usd" },
  {
    title: FIRED_TITLE,
    query: `count(present_over_time(ALERTS{alertstate="firing"}[$__range])) or ${NONE_FIRED}`,
    unit: "count",
  },
  { title: "Watched", query: WATCHED, unit: "ratio" },
  { title: "Bots reachable", query: 'avg(avg_over_time(up{job!~"haltwatch|health"}[$__range]))', unit: "ratio" },
];

export const FIRED_ALERTS =
  'sort_desc(count by (alertname, severity) (present_over_time(ALERTS{alertstate="firing"}[$__range])))';
