/** Row E4: a bot whose decisions come from a model: overview, trading, risk, and a dashboard of each strategy. */
import { NEUTRAL, OK, WARNING } from "../dashboards/colours.ts";
import { type DashboardOptions, dashboard } from "../dashboards/dashboard.ts";
import { lines } from "../dashboards/lines.ts";
import { type MakePanel, steps, YES_OR_NO } from "../dashboards/panel.ts";
import { downTo, limit, towards } from "../dashboards/queries.ts";
import { stat } from "../dashboards/stat.ts";
import { table } from "../dashboards/table.ts";
import { timeline } from "../dashboards/timeline.ts";
import { alertCounts, openAlerts, tradingState, wellRow } from "../dashboards/well.ts";

const OF = 'bot=~"$bot"';

const COMMON = {
  pack: "ai-trading",
  botsHave: "ai_decision_total",
  hasSiblings: true,
} satisfies Partial<DashboardOptions>;

const VIOLATIONS = `increase(policy_violations_total{${OF}}[5m])`;
const DROP = `1 - portfolio_value_usdt{${OF}} / ai:portfolio_value_usdt:max1d{${OF}}`;
const DECISIONS_PER_HOUR = `sum by (bot) (rate(ai_decision_total{${OF}}[10m])) * 3600`;
const APPROVED = `sum by (bot) (increase(ai_decision_total{${OF},approved="true"}[30m])) / sum by (bot) (increase(ai_decision_total{${OF}}[30m]))`;
const CONFIDENCE = `avg_over_time(ai_decision_confidence{${OF}}[15m])`;
const RISK_SCORE = `avg_over_time(policy_risk_score{${OF}}[5m])`;

/** Trades that no approved decision explains, as the rule counts them. */
const UNEXPLAINED = `sum by (bot) (increase(trades_total{${OF}}[10m])) - sum by (bot) (increase(ai_decision_total{${OF},approved="true"}[10m]))`;

const OVERVIEW = dashboard({
  ...COMMON,
  file: "overview",
  title: "AI trading: overview",
  description: "A bot whose decisions come from a model: is it well, what is it worth, is the model itself.",
  rows: [
    {
      title: "Is it well?",
      panels: wellRow("ai-trading", [
        towards("ai.portfolio_drop_reduce_ratio", DROP, "portfolio's drop, to reduce"),
        towards("ai.portfolio_drop_halt_ratio", DROP, "portfolio's drop, to halt"),
        towards("ai.violations_per_5m_max", VIOLATIONS, "broken rules"),
        towards("ai.risk_score_max", RISK_SCORE, "risk score"),
        downTo("ai.confidence_min", CONFIDENCE, "confidence"),
        downTo("ai.approval_ratio_min", APPROVED, "approved"),
        downTo("ai.decisions_per_hour_min", DECISIONS_PER_HOUR, "decisions"),
        towards("ai.trades_unapproved_max", UNEXPLAINED, "unapproved trades"),
      ]),
    },
    { title: "Money", panels: [portfolio(), realized(), drop()] },
    {
      title: "The model",
      panels: [
        lines({
          title: "Decisions an hour",
          description:
            "How often the model decides. Under the limit it stands still, and nobody looks after open positions.",
          unit: "none",
          decimals: 0,
          min: 0,
          queries: [[DECISIONS_PER_HOUR, "decisions {{bot}}"], limit("ai.decisions_per_hour_min")],
          alerts: ["AiModelStalled"],
        }),
        approvals(),
        confidence(),
      ],
    },
  ],
});

const TRADING = dashboard({
  ...COMMON,
  file: "trading",
  title: "AI trading: decisions and trades",
  description: "What the model decides, what its policy lets through, and what becomes of it.",
  rows: [
    {
      title: "Is it well?",
      panels: [tradingState(), alertCounts(), openAlerts(COMMON.pack, { width: 14, height: 4 })],
    },
    {
      title: "Decisions",
      panels: [
        lines({
          title: "Decisions by regime",
          description: "Decisions an hour by market regime, and whether the policy engine approved them.",
          unit: "none",
          decimals: 0,
          min: 0,
          isStacked: true,
          queries: [
            [
              `sum by (regime, approved, bot) (rate(ai_decision_total{${OF}}[$__rate_interval])) * 3600`,
              "{{regime}} approved: {{approved}} {{bot}}",
            ],
          ],
        }),
        approvals(),
        lines({
          title: "Decisions in half an hour",
          description: "With fewer than the limit the approval rate says nothing.",
          unit: "none",
          decimals: 0,
          min: 0,
          queries: [
            [`sum by (bot) (increase(ai_decision_total{${OF}}[30m]))`, "decisions {{bot}}"],
            limit("ai.approval_decisions_min"),
          ],
        }),
        confidence(),
        lines({
          title: "Decisions against yesterday",
          description:
            "Decisions of an hour, as a share of those in the same hour of the day before. Under the limit the model is slower than it was.",
          unit: "percentunit",
          decimals: 0,
          min: 0,
          queries: [
            [
              `max by (bot) (ai:decisions:increase1h{${OF}} / (ai:decisions:increase1h{${OF}} offset 1d))`,
              "decisions {{bot}}",
            ],
            limit("ai.decisions_slower_ratio_min"),
          ],
          alerts: ["AiDecisionsSlower"],
          noValue: "known after a day",
        }),
      ],
    },
    {
      title: "Trades",
      panels: [
        lines({
          title: "Trades an hour",
          description: "Trades an hour by strategy. None while decisions are approved: orders do not reach the venue.",
          unit: "none",
          decimals: 0,
          min: 0,
          isStacked: true,
          queries: [
            [`sum by (strategy, bot) (rate(trades_total{${OF}}[$__rate_interval])) * 3600`, "{{strategy}} {{bot}}"],
          ],
        }),
        lines({
          title: "Trades without approval",
          description:
            "Trades of ten minutes less the approved decisions. Over the limit orders go past the policy engine, and the bot is halted.",
          unit: "none",
          decimals: 0,
          queries: [[UNEXPLAINED, "unapproved {{bot}}"], limit("ai.trades_unapproved_max")],
          alerts: ["AiTradesWithoutApproval"],
        }),
        table({
          title: "Trades by symbol and side",
          description: "Trades in the chosen time. One side only: the model leans, or does not see its own position.",
          queries: [`sum by (bot, symbol, strategy, side) (increase(trades_total{${OF}}[$__range]))`],
          columns: [
            { of: "bot", title: "bot" },
            { of: "symbol", title: "symbol" },
            { of: "strategy", title: "strategy" },
            { of: "side", title: "side" },
            { of: { query: "A" }, title: "trades", decimals: 0 },
          ],
        }),
        realized(),
      ],
    },
  ],
});

const RISK = dashboard({
  ...COMMON,
  file: "risk",
  title: "AI trading: risk",
  description: "What could be lost, and how the policy engine sees the model's decisions.",
  rows: [
    {
      title: "Is it well?",
      panels: [tradingState(), alertCounts(), openAlerts(COMMON.pack, { width: 14, height: 4 })],
    },
    {
      title: "Money",
      panels: [
        portfolio(),
        drop(),
        timeline({
          title: "Circuit breaker open",
          description:
            "Whether the bot has stopped itself. A breaker stops entries and closes nothing: look at open positions.",
          queries: [[`max by (bot) (circuit_breaker_active{${OF}})`, "{{bot}}"]],
          mappings: YES_OR_NO,
          alerts: ["AiBreakerActive"],
        }),
      ],
    },
    {
      title: "Policy",
      panels: [
        lines({
          title: "Risk score",
          description:
            "Average of five minutes, in the scale of your policy engine. Over the limit no new position is opened.",
          unit: "none",
          decimals: 2,
          min: 0,
          queries: [[`max by (bot) (${RISK_SCORE})`, "risk {{bot}}"], limit("ai.risk_score_max")],
          alerts: ["AiRiskScoreHigh"],
        }),
        lines({
          title: "Broken policy rules",
          description:
            "Within five minutes. Over the limit the model keeps trying what it must not do: no new position is opened.",
          unit: "none",
          decimals: 0,
          min: 0,
          queries: [[`max by (bot) (${VIOLATIONS})`, "broken {{bot}}"], limit("ai.violations_per_5m_max")],
          alerts: ["AiPolicyViolationsSpike"],
        }),
        lines({
          title: "Error budget of policy rules",
          description:
            "Broken rules for each decision looked at, over an hour and over six. At the limits a month's budget is gone in two and in five days.",
          unit: "none",
          decimals: 3,
          min: 0,
          queries: [
            [`max by (bot) (ai:violations:ratio_rate1h{${OF}})`, "1 h {{bot}}"],
            [`max by (bot) (ai:violations:ratio_rate6h{${OF}})`, "6 h {{bot}}"],
            limit("ai.violation_budget_ratio", (series) => `14.4 * ${series}`),
            limit("ai.violation_budget_ratio", (series) => `6 * ${series}`),
          ],
          alerts: ["AiViolationBudgetBurningFast", "AiViolationBudgetBurningSlowly"],
        }),
        lines({
          title: "Policy checks an hour",
          description:
            "What the policy engine looked at, by its verdict. More rejected than approved: look at the model.",
          unit: "none",
          decimals: 0,
          min: 0,
          isStacked: true,
          queries: [
            [
              `sum by (result, bot) (rate(policy_validations_total{${OF}}[$__rate_interval])) * 3600`,
              "{{result}} {{bot}}",
            ],
          ],
          colours: { approved: OK, rejected: WARNING },
        }),
        confidence(),
      ],
    },
  ],
});

const STRATEGY = dashboard({
  ...COMMON,
  file: "strategy",
  title: "AI trading: strategies",
  description: "A row for each chosen strategy.",
  variables: [{ name: "strategy", label: "Strategy", query: `label_values(trades_total{${OF}}, strategy)` }],
  rows: [
    {
      title: "Is it well?",
      panels: [tradingState(), alertCounts(), openAlerts(COMMON.pack, { width: 14, height: 4 })],
    },
    {
      title: "$strategy",
      repeat: "strategy",
      panels: [
        stat({
          title: "Trades of $strategy",
          description: "In the chosen time.",
          unit: "none",
          decimals: 0,
          queries: [[`sum(increase(trades_total{${OF},strategy=~"$strategy"}[$__range]))`, ""]],
          height: 7,
        }),
        stat({
          title: "Share of all trades",
          description: "Of the trades in the chosen time, so many are of this strategy.",
          unit: "percentunit",
          decimals: 0,
          queries: [
            [
              `sum(increase(trades_total{${OF},strategy=~"$strategy"}[$__range])) / sum(increase(trades_total{${OF}}[$__range]))`,
              "",
            ],
          ],
          colours: steps([null, NEUTRAL]),
          height: 7,
        }),
        lines({
          title: "Trades an hour, by symbol",
          description: "None for long: the strategy sees no chance, or is halted.",
          unit: "none",
          decimals: 0,
          min: 0,
          isStacked: true,
          queries: [
            [
              `sum by (symbol, bot) (rate(trades_total{${OF},strategy=~"$strategy"}[$__rate_interval])) * 3600`,
              "{{symbol}} {{bot}}",
            ],
          ],
        }),
        lines({
          title: "Bought and sold",
          description:
            "Trades an hour by side. One side only: the strategy builds up a position, or does not see its own.",
          unit: "none",
          decimals: 0,
          min: 0,
          queries: [
            [
              `sum by (side, bot) (rate(trades_total{${OF},strategy=~"$strategy"}[$__rate_interval])) * 3600`,
              "{{side}} {{bot}}",
            ],
          ],
          colours: { buy: "#56B4E9", sell: "#E7A6D0" },
        }),
      ],
    },
  ],
});

export const AI_TRADING_DASHBOARDS = [OVERVIEW, TRADING, RISK, STRATEGY];

function portfolio(): MakePanel {
  return lines({
    title: "Portfolio",
    description: "Value of the whole portfolio, and its highest value of a day.",
    unit: "suffix:USDT",
    decimals: 0,
    queries: [
      [`max by (bot) (portfolio_value_usdt{${OF}})`, "portfolio {{bot}}"],
      [`max by (bot) (ai:portfolio_value_usdt:max1d{${OF}})`, "highest of a day {{bot}}"],
    ],
    colours: { portfolio: OK, highest: NEUTRAL },
    alerts: ["AiPortfolioDrop"],
  });
}

function realized(): MakePanel {
  return lines({
    title: "Realised profit and loss",
    description: "Of closed positions. Falling steadily: the strategy does not fit the market.",
    unit: "suffix:USDT",
    decimals: 2,
    queries: [[`max by (bot) (pnl_realized_usdt{${OF}})`, "realised {{bot}}"]],
  });
}

function drop(): MakePanel {
  return lines({
    title: "Under the day's highest value",
    description:
      "How far the portfolio is under its highest value of a day. Over the lower limit positions may only be closed, over the higher one nothing is let through.",
    unit: "percentunit",
    decimals: 1,
    min: 0,
    queries: [
      [`max by (bot) (${DROP})`, "under {{bot}}"],
      limit("ai.portfolio_drop_reduce_ratio"),
      limit("ai.portfolio_drop_halt_ratio"),
    ],
    alerts: ["AiPortfolioDrop", "AiPortfolioDropCritical"],
  });
}

function approvals(): MakePanel {
  return lines({
    title: "Approved decisions",
    description:
      "Share of the decisions of half an hour that the policy engine approved. Under the limit the model decides what its policy does not allow.",
    unit: "percentunit",
    decimals: 0,
    min: 0,
    max: 1,
    queries: [[APPROVED, "approved {{bot}}"], limit("ai.approval_ratio_min")],
    alerts: ["AiApprovalRateLow"],
  });
}

function confidence(): MakePanel {
  return lines({
    title: "Confidence",
    description:
      "How sure the model is of its decisions, over fifteen minutes. Under the limit it sees a market that it does not know.",
    unit: "percentunit",
    decimals: 0,
    min: 0,
    max: 1,
    queries: [[`min by (bot) (${CONFIDENCE})`, "confidence {{bot}}"], limit("ai.confidence_min")],
    alerts: ["AiConfidenceLow"],
  });
}
