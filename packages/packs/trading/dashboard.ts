/** Rows B1–B5: a directional trading bot, its account, its risk, and the way of its orders. */
import { NEUTRAL, OK } from "../dashboards/colours.ts";
import { dashboard } from "../dashboards/dashboard.ts";
import { lines } from "../dashboards/lines.ts";
import { YES_OR_NO } from "../dashboards/panel.ts";
import { downTo, limit, towards } from "../dashboards/queries.ts";
import { timeline } from "../dashboards/timeline.ts";
import { wellRow } from "../dashboards/well.ts";

const OF = 'bot=~"$bot"';
const PLACE = "{{venue}} {{bot}}";

const DAY_LOSS = `-(trading_pnl_day_usd{${OF}} or (trading_pnl_realized_usd{${OF}} + trading_pnl_unrealized_usd{${OF}}))`;
const ORDER_RATE = `sum without (venue, strategy, intent) (rate(trading_orders_total{${OF}}[1m]))`;
const MESSAGE_RATE = `sum without (kind) (rate(trading_order_messages_total{${OF}}[1m]))`;

export const TRADING_DASHBOARD = dashboard({
  pack: "trading",
  file: "trading",
  title: "Trading",
  description: "A directional trading bot: is it well, what does it make and risk, how do its orders fare.",
  botsHave: "trading_balance_usd",
  rows: [
    {
      title: "Is it well?",
      panels: wellRow("trading", [
        towards("trading.loss_day_usd_max", DAY_LOSS, "day's loss"),
        towards("trading.drawdown_reduce_ratio", `trading_drawdown_ratio{${OF}}`, "drawdown, to reduce"),
        towards("trading.drawdown_halt_ratio", `trading_drawdown_ratio{${OF}}`, "drawdown, to halt"),
        towards("trading.exposure_usd_max", `trading_exposure_usd{${OF}}`, "exposure"),
        towards("trading.losses_in_a_row_max", `trading_consecutive_losses{${OF}}`, "losses in a row"),
        towards("trading.orders_per_second_max", ORDER_RATE, "order rate"),
        towards("trading.messages_per_second_max", MESSAGE_RATE, "message rate"),
        towards("trading.repeated_executions_max", `trading_repeated_executions{${OF}}`, "repeated executions"),
        downTo(
          "trading.rate_limit_headroom_ratio_min",
          `trading_rate_limit_headroom_ratio{${OF}}`,
          "venue's rate limit",
        ),
        towards(
          "trading.snapshot_age_seconds_max",
          `time() - trading_snapshot_timestamp_seconds{${OF}}`,
          "snapshots' age",
        ),
      ]),
    },
    {
      title: "Money",
      panels: [
        lines({
          title: "Profit and loss",
          description:
            "Of the trading day, of closed and of open positions. Under the limit no new position is opened.",
          unit: "currencyUSD",
          decimals: 2,
          queries: [
            [`max by (bot) (trading_pnl_day_usd{${OF}})`, "day {{bot}}"],
            [`max by (bot) (trading_pnl_realized_usd{${OF}})`, "realised {{bot}}"],
            [`max by (bot) (trading_pnl_unrealized_usd{${OF}})`, "unrealised {{bot}}"],
            limit("trading.loss_day_usd_max", (series) => `-${series}`),
          ],
          colours: { day: OK },
          alerts: ["TradingLossToday"],
        }),
        lines({
          title: "Drawdown",
          description:
            "How far the account is under its peak, now and at most so far. Over the lower limit the bot may only close, over the higher one nothing.",
          unit: "percentunit",
          decimals: 1,
          min: 0,
          queries: [
            [`max by (bot) (trading_drawdown_ratio{${OF}})`, "now {{bot}}"],
            [`max by (bot) (trading_drawdown_max_ratio{${OF}})`, "largest {{bot}}"],
            limit("trading.drawdown_reduce_ratio"),
            limit("trading.drawdown_halt_ratio"),
          ],
          alerts: ["TradingDrawdownHigh", "TradingDrawdownCritical"],
        }),
        lines({
          title: "Balance and exposure",
          description: "The account, and what all open positions are worth together. Over the limit nothing is added.",
          unit: "currencyUSD",
          decimals: 0,
          min: 0,
          queries: [
            [`max by (bot) (trading_balance_usd{${OF}})`, "balance {{bot}}"],
            [`max by (bot) (trading_exposure_usd{${OF}})`, "exposure {{bot}}"],
            limit("trading.exposure_usd_max"),
          ],
          colours: { balance: NEUTRAL },
          alerts: ["TradingExposureOverCap"],
        }),
      ],
    },
    {
      title: "Quality",
      panels: [
        lines({
          title: "Win rate",
          description:
            "Share of closed trades that made money. No emergency by itself: compare fills with the prices that the bot wanted.",
          unit: "percentunit",
          decimals: 0,
          min: 0,
          max: 1,
          queries: [
            [`max by (bot) (trading_win_rate_ratio{${OF}})`, "won {{bot}}"],
            limit("trading.win_rate_ratio_min"),
          ],
          alerts: ["TradingWinRateLow"],
          width: 6,
        }),
        lines({
          title: "Losses in a row, and trades",
          description:
            "Losing trades up to now, and the trades that the win rate is taken over: with fewer than its limit it says nothing.",
          unit: "none",
          decimals: 0,
          min: 0,
          isStepped: true,
          queries: [
            [`max by (bot) (trading_consecutive_losses{${OF}})`, "lost {{bot}}"],
            [`max by (bot) (trading_closed_trades{${OF}})`, "trades {{bot}}"],
            limit("trading.losses_in_a_row_max"),
            limit("trading.win_rate_trades_min"),
          ],
          alerts: ["TradingLossesInARow"],
          width: 6,
        }),
        lines({
          title: "Slippage",
          description: "How much worse than quoted nineteen of twenty orders filled at most.",
          unit: "suffix:bps",
          decimals: 1,
          queries: [[p95("trading_slippage_bps", "venue"), PLACE], limit("trading.slippage_bps_max")],
          alerts: ["TradingSlippageHigh"],
          width: 6,
        }),
        lines({
          title: "Failed orders",
          description:
            "Share of orders that the venue rejected or never answered, over an hour and over five minutes. At the limits a month's error budget is gone in two and in five days.",
          unit: "percentunit",
          decimals: 1,
          min: 0,
          queries: [
            [`max by (venue, bot) (trading:orders_failed:ratio_rate1h{${OF}})`, "{{venue}} 1 h {{bot}}"],
            [`max by (venue, bot) (trading:orders_failed:ratio_rate5m{${OF}})`, "{{venue}} 5 min {{bot}}"],
            limit("trading.order_budget_ratio", (series) => `14.4 * ${series}`),
            limit("trading.order_budget_ratio", (series) => `6 * ${series}`),
          ],
          alerts: ["TradingOrderBudgetBurningFast", "TradingOrderBudgetBurningSlowly"],
          width: 6,
        }),
        lines({
          title: "Order to answer",
          description:
            "What nineteen of twenty orders took at most until the venue answered. Over the limit what the bot believes of its orders is late.",
          unit: "ms",
          decimals: 0,
          min: 0,
          queries: [[p95("trading_order_ack_ms", "venue"), PLACE], limit("trading.order_ack_ms_max")],
          alerts: ["TradingOrderAckSlow"],
        }),
        lines({
          title: "Market to order",
          description:
            "What nineteen of twenty orders took at most from the market data that caused them. Over the limit the bot trades on prices that are gone.",
          unit: "ms",
          decimals: 0,
          min: 0,
          queries: [[p95("trading_tick_to_order_ms"), "order {{bot}}"], limit("trading.tick_to_order_ms_max")],
          alerts: ["TradingTickToOrderSlow"],
        }),
        lines({
          title: "Answers against yesterday",
          description: "How many times as long as in the same hour of the day before the venue takes to answer.",
          unit: "none",
          decimals: 2,
          min: 0,
          queries: [
            [
              `max by (venue, bot) (trading:order_ack_ms:p95_1h{${OF}} / (trading:order_ack_ms:p95_1h{${OF}} offset 1d))`,
              PLACE,
            ],
            limit("trading.order_ack_slower_ratio_max"),
          ],
          alerts: ["TradingOrderAckSlower"],
          noValue: "known after a day",
        }),
      ],
    },
    {
      title: "Limits on the way of orders",
      panels: [
        lines({
          title: "Orders and messages",
          description:
            "Orders a second of each bot, and messages a second to each venue, over a minute. Over its limit a bot in a loop is halted.",
          unit: "ops",
          decimals: 1,
          min: 0,
          queries: [
            [`max by (bot) (${ORDER_RATE})`, "orders {{bot}}"],
            [`max by (venue, bot) (${MESSAGE_RATE})`, "messages {{venue}} {{bot}}"],
            limit("trading.orders_per_second_max"),
            limit("trading.messages_per_second_max"),
          ],
          alerts: ["TradingOrderRateHigh", "TradingMessageRateHigh"],
        }),
        lines({
          title: "Repeated executions",
          description: "Executions in a row to the same side of the same symbol. At the limit the strategy is halted.",
          unit: "none",
          decimals: 0,
          min: 0,
          isStepped: true,
          queries: [
            [`max by (strategy, symbol, bot) (trading_repeated_executions{${OF}})`, "{{strategy}} {{symbol}} {{bot}}"],
            limit("trading.repeated_executions_max"),
          ],
          alerts: ["TradingRepeatedExecutions"],
        }),
        lines({
          title: "Prices outside the collar",
          description:
            "Orders of a minute that the bot's own price collar stopped. Its prices are wrong, stale, or of another instrument.",
          unit: "none",
          decimals: 0,
          min: 0,
          queries: [
            [`sum by (venue, bot) (increase(trading_price_collar_breaches_total{${OF}}[1m]))`, PLACE],
            limit("trading.price_collar_breaches_max"),
          ],
          alerts: ["TradingPriceCollarBreached"],
        }),
        lines({
          title: "Venue's rate limit left",
          description:
            "Share of the rate limit that is left. At 0 the venue refuses orders, those that close positions among them.",
          unit: "percentunit",
          decimals: 0,
          min: 0,
          max: 1,
          queries: [
            [`min by (venue, bot) (trading_rate_limit_headroom_ratio{${OF}})`, PLACE],
            limit("trading.rate_limit_headroom_ratio_min"),
          ],
          alerts: ["TradingRateLimitNear"],
          width: 6,
        }),
        lines({
          title: "Orders in five minutes",
          description: "With fewer than the limit, the share that failed is chance, and the error budget says nothing.",
          unit: "none",
          decimals: 0,
          min: 0,
          queries: [
            [`max by (venue, bot) (trading:orders:increase5m{${OF}})`, PLACE],
            limit("trading.order_budget_orders_min"),
          ],
          width: 6,
        }),
        lines({
          title: "Snapshots' age",
          description:
            "How old the account and risk snapshots are. Over the limit the limits of loss, drawdown and exposure see nothing.",
          unit: "s",
          decimals: 0,
          min: 0,
          queries: [
            [`max by (snapshot, bot) (time() - trading_snapshot_timestamp_seconds{${OF}})`, "{{snapshot}} {{bot}}"],
            limit("trading.snapshot_age_seconds_max"),
          ],
          alerts: ["TradingSnapshotStale"],
          width: 6,
        }),
        timeline({
          title: "Circuit breakers that are open",
          description:
            "Whether a breaker of the bot's own has stopped it. It stops entries and closes nothing: look at open positions.",
          queries: [[`max by (name, bot) (trading_circuit_breaker_open{${OF}})`, "{{name}} {{bot}}"]],
          mappings: YES_OR_NO,
          alerts: ["TradingBreakerOpen"],
          width: 6,
        }),
      ],
    },
  ],
});

function p95(histogram: string, by?: string): string {
  const labels = [...(by === undefined ? [] : [by]), "bot", "le"].join(", ");
  return `histogram_quantile(0.95, sum by (${labels}) (rate(${histogram}_bucket{${OF}}[$__rate_interval])))`;
}
