/** Row A7: an arbitrage bot between a centralised and a decentralised exchange. */

import { CRITICAL, NEUTRAL, OK, SEVERITIES } from "../dashboards/colours.ts";
import { dashboard } from "../dashboards/dashboard.ts";
import { lines } from "../dashboards/lines.ts";
import { steps, UP_OR_DOWN } from "../dashboards/panel.ts";
import { limit, towards } from "../dashboards/queries.ts";
import { stat } from "../dashboards/stat.ts";
import { table } from "../dashboards/table.ts";
import { timeline } from "../dashboards/timeline.ts";
import { ALERTS_OF_BOTS, wellRow } from "../dashboards/well.ts";

const OF = 'bot=~"$bot"';

export const ARBITRAGE_DASHBOARD = dashboard({
  pack: "arbitrage",
  file: "arbitrage",
  title: "Arbitrage",
  description:
    "A bot between a centralised and a decentralised exchange: is it well, what does it make, how well does it trade.",
  botsHave: "opportunities_total",
  rows: [
    {
      title: "Is it well?",
      panels: wellRow("arbitrage", [
        // No latency here: its buckets are so wide that a healthy step of 300 ms would stand at 100 %.
        towards("arbitrage.orders_failed_in_a_row_max", `orders_failed_consecutive{${OF}}`, "failed in a row"),
        towards("arbitrage.unhedged_quote_max", `exposure_unhedged_quote{${OF}}`, "open on one leg"),
        towards("arbitrage.quote_age_seconds_max", `quote_age_seconds{${OF}}`, "quotes' age"),
      ]),
    },
    {
      title: "Money",
      panels: [
        table({
          title: "Opportunities against net spread",
          description:
            "How many opportunities the scanner found in the chosen time, and what was left of the spread after costs. Many opportunities with a net spread under 0 are none.",
          queries: [
            `sum by (bot) (increase(opportunities_total{${OF}}[$__range]))`,
            `avg by (bot) (avg_over_time(spread_gross_bps{${OF}}[$__range]))`,
            `avg by (bot) (avg_over_time(spread_net_bps{${OF}}[$__range]))`,
            `max by (bot) (max_over_time(spread_net_bps{${OF}}[$__range]))`,
            `sum by (bot) (increase(volume_total{${OF}}[$__range]))`,
          ],
          columns: [
            { of: "bot", title: "bot" },
            { of: { query: "A" }, title: "opportunities", decimals: 0 },
            { of: { query: "B" }, title: "gross, mean", unit: "suffix:bps", decimals: 1 },
            { of: { query: "C" }, title: "net, mean", unit: "suffix:bps", decimals: 1 },
            { of: { query: "D" }, title: "net, best", unit: "suffix:bps", decimals: 1 },
            { of: { query: "E" }, title: "volume", unit: "short", decimals: 0 },
          ],
          width: 12,
        }),
        lines({
          title: "Spread",
          description:
            "Price difference between the venues, before and after fees, gas and slippage. Under 0 nothing can be made.",
          unit: "suffix:bps",
          decimals: 1,
          queries: [
            [`avg by (bot) (spread_gross_bps{${OF}})`, "gross {{bot}}"],
            [`avg by (bot) (spread_net_bps{${OF}})`, "net {{bot}}"],
          ],
          colours: { gross: NEUTRAL, net: OK },
          width: 12,
        }),
        lines({
          title: "Cumulative volume",
          description: "Traded volume since the bot's start, in the quote currency, by venue. Flat: it does not trade.",
          unit: "short",
          queries: [[`sum by (venue, bot) (volume_total{${OF}})`, "{{venue}} {{bot}}"]],
          width: 12,
        }),
        lines({
          title: "Open on one leg",
          description:
            "What one leg filled and the other did not, in the quote currency. Over the limit the bot may only close.",
          unit: "short",
          decimals: 0,
          min: 0,
          queries: [
            [`max by (bot) (exposure_unhedged_quote{${OF}})`, "open {{bot}}"],
            limit("arbitrage.unhedged_quote_max"),
          ],
          alerts: ["ExposureUnhedged"],
          width: 12,
        }),
      ],
    },
    {
      title: "Quality",
      panels: [
        lines({
          title: "Latency: CEX against DEX",
          description:
            "What nineteen of twenty orders took at most, by venue. Over the limit, prices may have moved before the order arrives.",
          unit: "ms",
          decimals: 0,
          min: 0,
          queries: [
            [latency("cex_order"), "cex {{bot}}"],
            [latency("dex_order"), "dex {{bot}}"],
            limit("arbitrage.latency_ms_max"),
          ],
          alerts: ["LatencyHigh"],
          width: 12,
        }),
        lines({
          title: "Failed orders",
          description:
            "Orders that the venue rejected or that failed on the way, within a minute. One leg may be open.",
          unit: "none",
          decimals: 0,
          min: 0,
          queries: [
            [`sum by (venue, bot) (increase(orders_failed_total{${OF}}[1m]))`, "{{venue}} {{bot}}"],
            limit("arbitrage.orders_failed_per_minute_max"),
          ],
          alerts: ["OrdersFailing"],
        }),
        stat({
          title: "Failed CEX orders",
          description: "Failed orders on the centralised exchange in the chosen time.",
          unit: "none",
          decimals: 0,
          queries: [[`sum(increase(cex_orders_failed_total{${OF}}[$__range]))`, ""]],
          colours: steps([null, OK], [0.5, CRITICAL]),
          height: 7,
          alerts: ["OrdersFailing"],
        }),
        lines({
          title: "Failed in a row",
          description:
            "Failed orders since the last one that did not fail. At the limit nothing more is sent to the venue.",
          unit: "none",
          decimals: 0,
          min: 0,
          isStepped: true,
          queries: [
            [`max by (venue, bot) (orders_failed_consecutive{${OF}})`, "{{venue}} {{bot}}"],
            limit("arbitrage.orders_failed_in_a_row_max"),
          ],
          alerts: ["OrdersFailingInARow"],
        }),
        lines({
          title: "Quotes' age",
          description:
            "How old the newest quote was when it came in. Over the limit the bot sees a market that is gone.",
          unit: "s",
          min: 0,
          queries: [
            [`max by (venue, bot) (quote_age_seconds{${OF}})`, "{{venue}} {{bot}}"],
            limit("arbitrage.quote_age_seconds_max"),
          ],
          alerts: ["QuotesStale"],
        }),
        lines({
          title: "Alerts",
          description: "How many alerts fire, by severity.",
          unit: "none",
          decimals: 0,
          min: 0,
          isStepped: true,
          queries: [[`count by (severity) (${ALERTS_OF_BOTS}) or vector(0)`, "{{severity}} alerts"]],
          colours: SEVERITIES,
        }),
      ],
    },
    {
      title: "Plumbing",
      panels: [
        lines({
          title: "Orders",
          description: "Orders a minute, by venue. None: the bot does not trade, or finds nothing.",
          unit: "opm",
          decimals: 1,
          min: 0,
          queries: [[`sum by (venue, bot) (rate(orders_total{${OF}}[$__rate_interval])) * 60`, "{{venue}} {{bot}}"]],
        }),
        lines({
          title: "Scanner",
          description:
            "What nineteen of twenty looks at the market took at most. Slow: the bot's machine or event loop is busy.",
          unit: "ms",
          min: 0,
          queries: [[latency("scanner"), "scanner {{bot}}"]],
          alerts: ["LatencyHigh"],
        }),
        timeline({
          title: "Does it answer?",
          description: "Whether the bot's metrics come in. Down: nobody sees what it does.",
          queries: [[`min by (bot, instance) (up{${OF}})`, "{{bot}} {{instance}}"]],
          mappings: UP_OR_DOWN,
          alerts: ["BotDown"],
        }),
      ],
    },
  ],
});

function latency(step: string): string {
  return `histogram_quantile(0.95, sum by (bot, le) (rate(latency_ms_bucket{${OF},metric="${step}"}[$__rate_interval])))`;
}
