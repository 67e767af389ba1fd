/** Row C9: how well a bot that bets between two venues on two chains is served, and how near it is to being stopped. */
import { NEUTRAL, OK } from "../dashboards/colours.ts";
import { dashboard } from "../dashboards/dashboard.ts";
import { lines } from "../dashboards/lines.ts";
import { UP_OR_DOWN } from "../dashboards/panel.ts";
import { downTo, fromOneTo, limit, towards } from "../dashboards/queries.ts";
import { table } from "../dashboards/table.ts";
import { timeline } from "../dashboards/timeline.ts";
import { wellRow } from "../dashboards/well.ts";

const OF = 'bot=~"$bot"';

const PLACE = "{{venue}} {{bot}}";
const CHAIN = "{{chain}} {{bot}}";

/** What a wallet holds, all its tokens together. */
const WALLETS = `sum by (wallet, bot) (runtime_wallet_balance_usd{${OF}})`;

const QUOTE_AGE = `time() - quote_timestamp_seconds{${OF}}`;
const HEARTBEAT_AGE = `time() - runtime_heartbeat_timestamp_seconds{${OF}}`;
const BALANCE_AGE = `time() - runtime_balance_timestamp_seconds{${OF}}`;
const SINCE_SEQUENCER = `time() - runtime_sequencer_since_timestamp_seconds{${OF}}`;

export const BETTING_DASHBOARD = dashboard({
  pack: "betting",
  file: "arb_qos",
  title: "Betting: quality of service",
  description:
    "A bot that bets between two venues on two chains: is it well, what has it at stake, how well is it served.",
  botsHave: "bets_placed_total",
  rows: [
    {
      title: "Is it well?",
      panels: wellRow("betting", [
        fromOneTo("exec.fill_ratio_min", `betting:fill_ratio:5m{${OF}}`, "fill ratio"),
        towards("exec.p95_accept_time_ms_max", `betting:accept_time_ms:p95_5m{${OF}}`, "accept time"),
        towards("exec.error_ratio_max", `betting:error_ratio:5m{${OF}}`, "errors"),
        towards("exec.void_ratio_max", `betting:void_ratio:15m{${OF}}`, "voids"),
        towards("risk.stake_pct_cap", `max_over_time(stake_pct{${OF}}[1m])`, "largest stake"),
        towards("risk.exposure_pct_cap", `exposure_pct{${OF}}`, "exposure"),
        towards("risk.unhedged_usd_max", `exposure_unhedged_usd{${OF}}`, "open on one leg"),
        downTo("risk.balance_usd_min", WALLETS, "lowest wallet"),
        towards("chain.head_age_seconds_max", `runtime_head_age_seconds{${OF}}`, "newest block"),
        downTo("chain.sequencer_grace_seconds", SINCE_SEQUENCER, "sequencer's grace"),
        towards("heartbeat.age_seconds_max", HEARTBEAT_AGE, "heartbeat"),
      ]),
    },
    {
      title: "Money",
      panels: [
        lines({
          title: "Wallets and bank",
          description:
            "What each wallet holds in all its tokens, and the bank that stakes are a share of. Under the limit no new bet is made.",
          unit: "currencyUSD",
          decimals: 2,
          min: 0,
          queries: [
            [WALLETS, "{{wallet}} {{bot}}"],
            [`max by (bot) (runtime_bank_usd{${OF}})`, "bank {{bot}}"],
            limit("risk.balance_usd_min"),
          ],
          colours: { bank: OK },
          alerts: ["BalanceLow", "BalancesStale"],
        }),
        lines({
          title: "Stakes and exposure",
          description:
            "The newest stake at each venue, and all open stakes, in percent of the bank. Stakes over their cap halt the bot.",
          unit: "percent",
          decimals: 2,
          min: 0,
          queries: [
            [`max by (venue, bot) (stake_pct{${OF}})`, PLACE],
            [`max by (bot) (exposure_pct{${OF}})`, "open {{bot}}"],
            limit("risk.stake_pct_cap"),
            limit("risk.exposure_pct_cap"),
          ],
          colours: { open: NEUTRAL },
          alerts: ["StakeOverCap", "ExposureOverCap"],
        }),
        lines({
          title: "Open on one leg",
          description: "Stakes left open when one leg filled and the other did not. Over the limit no new bet is made.",
          unit: "currencyUSD",
          decimals: 2,
          min: 0,
          queries: [[`max by (bot) (exposure_unhedged_usd{${OF}})`, "open {{bot}}"], limit("risk.unhedged_usd_max")],
          alerts: ["LegUnhedged"],
        }),
      ],
    },
    {
      title: "Quality of service",
      panels: [
        lines({
          title: "Acceptance time",
          description:
            "Until a venue has accepted a bet, over five minutes: the median, and what nineteen of twenty took at most. Over the limit the bot is halted.",
          unit: "ms",
          decimals: 0,
          min: 0,
          queries: [
            [`max by (venue, bot) (betting:accept_time_ms:p95_5m{${OF}})`, "{{venue}} p95 {{bot}}"],
            [`max by (venue, bot) (betting:accept_time_ms:p50_5m{${OF}})`, "{{venue}} p50 {{bot}}"],
            limit("exec.p95_accept_time_ms_max"),
          ],
          alerts: ["AcceptTimeHigh"],
        }),
        lines({
          title: "Quote to fill (Δ)",
          description:
            "From the quote that a bet was made for until it was filled, over five minutes. The longer, the more odds have moved.",
          unit: "ms",
          decimals: 0,
          min: 0,
          queries: [
            [`max by (venue, bot) (betting:quote_to_fill_ms:p95_5m{${OF}})`, "{{venue}} p95 {{bot}}"],
            [`max by (venue, bot) (betting:quote_to_fill_ms:p50_5m{${OF}})`, "{{venue}} p50 {{bot}}"],
          ],
        }),
        lines({
          title: "Fill ratio",
          description:
            "Share of bets that filled, whole or in part, over five minutes. Under the limit the bot is halted.",
          unit: "percentunit",
          decimals: 1,
          min: 0,
          max: 1,
          queries: [[`min by (venue, bot) (betting:fill_ratio:5m{${OF}})`, PLACE], limit("exec.fill_ratio_min")],
          alerts: ["FillRatioLow"],
        }),
        lines({
          title: "Partial fills",
          description:
            "Share of the fills of fifteen minutes that were only in part. More: smaller stakes, or fewer markets.",
          unit: "percentunit",
          decimals: 1,
          min: 0,
          queries: [
            [`max by (venue, bot) (betting:partial_fill_ratio:15m{${OF}})`, PLACE],
            limit("exec.partial_fill_ratio_max"),
          ],
          alerts: ["PartialFillsHigh"],
          width: 6,
        }),
        lines({
          title: "Void rate",
          description:
            "Share of the filled bets of fifteen minutes that the venue cancelled. Each leaves the other leg open.",
          unit: "percentunit",
          decimals: 1,
          min: 0,
          queries: [[`max by (venue, bot) (betting:void_ratio:15m{${OF}})`, PLACE], limit("exec.void_ratio_max")],
          alerts: ["VoidRateHigh"],
          width: 6,
        }),
        lines({
          title: "Bets without an answer",
          description:
            "Share of the bets of five minutes of which it is not known what became of them. They may be open.",
          unit: "percentunit",
          decimals: 1,
          min: 0,
          queries: [[`max by (venue, bot) (betting:error_ratio:5m{${OF}})`, PLACE], limit("exec.error_ratio_max")],
          alerts: ["ErrorRateHigh"],
          width: 6,
        }),
        lines({
          title: "Bets in five minutes",
          description:
            "With fewer than the limit, shares and percentiles of a venue say nothing, and no rule looks at them.",
          unit: "none",
          decimals: 0,
          min: 0,
          queries: [[`sum by (venue, bot) (betting:bets_decided:5m{${OF}})`, PLACE], limit("exec.bets_min")],
          width: 6,
        }),
      ],
    },
    {
      title: "Chains and venues",
      panels: [
        timeline({
          title: "Sequencers, RPC and venues",
          description:
            "What the heartbeat saw: whether each sequencer is up, each JSON-RPC and each venue answers. One that is down halts the bot.",
          queries: [
            [`min by (chain, bot) (runtime_sequencer_up{${OF}})`, "sequencer {{chain}} {{bot}}"],
            [`min by (chain, bot) (runtime_rpc_up{${OF}})`, "RPC {{chain}} {{bot}}"],
            [`min by (venue, bot) (runtime_venue_up{${OF}})`, "{{venue}} {{bot}}"],
          ],
          mappings: UP_OR_DOWN,
          alerts: ["SequencerDown", "SequencerRecovering", "RpcDown", "VenueDown"],
        }),
        lines({
          title: "Newest block",
          description:
            "How old each chain's newest block was when it was looked at. Over the limit the chain stands still.",
          unit: "s",
          min: 0,
          queries: [
            [`max by (chain, bot) (runtime_head_age_seconds{${OF}})`, CHAIN],
            limit("chain.head_age_seconds_max"),
          ],
          alerts: ["HeadStalled"],
        }),
        lines({
          title: "Gas price",
          description: "What gas costs on each chain. A jump makes small bets worthless.",
          unit: "suffix:gwei",
          min: 0,
          queries: [[`max by (chain, bot) (runtime_gas_price_gwei{${OF}})`, CHAIN]],
        }),
        lines({
          title: "Gas spent",
          description: "What transactions cost an hour, by chain.",
          unit: "currencyUSD",
          decimals: 2,
          min: 0,
          queries: [[`sum by (chain, bot) (rate(gas_spent_usd_total{${OF}}[$__rate_interval])) * 3600`, CHAIN]],
        }),
        lines({
          title: "Reverted transactions",
          description:
            "Share of the transactions of five minutes that reverted: gas spent for nothing, and bets that come late.",
          unit: "percentunit",
          decimals: 1,
          min: 0,
          queries: [
            [`max by (chain, bot) (betting:reverted_ratio:5m{${OF}})`, CHAIN],
            limit("exec.reverted_ratio_max"),
          ],
          alerts: ["TransactionsReverting"],
        }),
        lines({
          title: "Requests left",
          description:
            "Share of its requests that a venue still allows in its window. At 0 the bot can neither bet nor cancel there.",
          unit: "percentunit",
          decimals: 0,
          min: 0,
          max: 1,
          queries: [
            [`min by (venue, bot) (rate_limit_remaining_ratio{${OF}})`, PLACE],
            limit("exec.rate_limit_ratio_min"),
          ],
          alerts: ["RateLimitLow"],
        }),
      ],
    },
    {
      title: "Plumbing",
      panels: [
        lines({
          title: "Ages of what the bot goes by",
          description:
            "How old the newest quote, heartbeat and balances are. Over its limit each is as good as not there.",
          unit: "s",
          decimals: 0,
          min: 0,
          queries: [
            [`max by (venue, bot) (${QUOTE_AGE})`, "{{venue}} quote {{bot}}"],
            [`max by (bot) (${HEARTBEAT_AGE})`, "heartbeat {{bot}}"],
            [`max by (wallet, bot) (${BALANCE_AGE})`, "balance {{wallet}} {{bot}}"],
            limit("exec.quote_age_seconds_max"),
            limit("heartbeat.age_seconds_max"),
            limit("heartbeat.balance_age_seconds_max"),
          ],
          alerts: ["QuotesStale", "HeartbeatStale", "BalancesStale"],
          width: 12,
        }),
        table({
          title: "Configuration",
          description:
            "The hash of the configuration that each bot runs with, and that Haltwatch does. Another hash is another configuration: the marks say when.",
          queries: [`max by (bot, hash) (runtime_config_info{${OF}} or haltwatch_config_info)`],
          columns: [
            { of: "bot", title: "bot" },
            { of: "hash", title: "hash" },
          ],
          width: 12,
        }),
      ],
    },
  ],
});
