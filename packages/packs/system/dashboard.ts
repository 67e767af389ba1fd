/** Haltwatch itself and its host: who watches the watcher. */
import { CRITICAL, NEUTRAL, OK, WARNING } from "../dashboards/colours.ts";
import { dashboard } from "../dashboards/dashboard.ts";
import { lines } from "../dashboards/lines.ts";
import { steps, TRADING_STATES, UP_OR_DOWN, values } from "../dashboards/panel.ts";
import { limit } from "../dashboards/queries.ts";
import { stat } from "../dashboards/stat.ts";
import { table } from "../dashboards/table.ts";
import { timeline } from "../dashboards/timeline.ts";
import { alertCounts, openAlerts, pauses, tradingState } from "../dashboards/well.ts";

/** From here on Haltwatch's own samples are late, and missing, seconds: it writes them each 5 s. */
const LATE = 15;
const MISSING = 60;

const CHANNEL = "{{receiver}} {{channel}}";

export const SYSTEM_DASHBOARD = dashboard({
  pack: "system",
  file: "system",
  title: "Haltwatch itself",
  description: "Who watches the watcher: does it see, does it decide, does it tell, and has its machine room.",
  botsHave: "haltwatch_trading_state",
  rows: [
    {
      title: "Is it well?",
      panels: [
        stat({
          title: "Watching",
          description: "Whether Haltwatch can watch. While it cannot, no bot is given a lease, and all stop trading.",
          unit: "none",
          queries: [["max(haltwatch_leases_withheld)", ""]],
          mappings: values({ 0: ["watching", OK], 1: ["no leases", CRITICAL] }),
          colours: steps([null, OK], [1, CRITICAL]),
          isFilled: true,
          noValue: "not heard of",
        }),
        alertCounts(),
        stat({
          title: "Last sample",
          description: "How long ago Haltwatch told of itself. All else here is as old as that.",
          unit: "s",
          decimals: 0,
          queries: [["min(time() - timestamp(haltwatch_build_info))", ""]],
          colours: steps([null, OK], [LATE, WARNING], [MISSING, CRITICAL]),
          noValue: "not heard of",
        }),
        pauses(),
        tradingState(),
        openAlerts("system", { width: 10, height: 4 }),
        table({
          title: "Rules without data",
          description:
            "Pause rules that cannot see whether their limit is broken. What their label no_data says was done.",
          queries: ["haltwatch_rule_without_data == 1"],
          columns: [
            { of: "rule", title: "rule" },
            { of: "source", title: "no data of" },
          ],
          noValue: "all rules see",
          width: 5,
          height: 4,
        }),
        table({
          title: "Orders after a pause",
          description:
            "Orders that a bot has recorded since it acknowledged its pause. Stop its process, and cancel them by hand.",
          queries: ["haltwatch_trading_after_pause_orders > 0"],
          columns: [
            { of: "bot", title: "bot" },
            { of: "scope", title: "pause" },
            { of: { query: "A" }, title: "orders", decimals: 0 },
          ],
          noValue: "none",
          width: 5,
          height: 4,
        }),
      ],
    },
    {
      title: "Bots",
      panels: [
        timeline({
          title: "Trading or paused",
          description: "What Haltwatch lets each bot do: all, only close positions (REDUCING), or nothing (HALTED).",
          queries: [['max by (bot) (haltwatch_trading_state{bot=~"$bot"})', "{{bot}}"]],
          mappings: TRADING_STATES,
        }),
        timeline({
          title: "Links and orchestrators",
          description: "Whether linked bots are there, and whether each orchestrator does what is wanted of it.",
          queries: [
            ["min by (bot, instance) (haltwatch_bot_linked)", "{{bot}} {{instance}}"],
            ["min by (orchestrator) (haltwatch_orchestrator_confirmed)", "{{orchestrator}}"],
          ],
          mappings: UP_OR_DOWN,
          alerts: ["BotGone", "OrchestratorNotConfirmed"],
        }),
        lines({
          title: "Targets and links",
          description: "Targets by their last scrape, and bots that are linked.",
          unit: "none",
          decimals: 0,
          min: 0,
          isStepped: true,
          queries: [
            ["sum(haltwatch_targets_up)", "up"],
            ["sum(haltwatch_targets_down)", "down"],
            ["sum(haltwatch_link_sessions)", "linked"],
          ],
          colours: { up: OK, down: CRITICAL, linked: NEUTRAL },
        }),
      ],
    },
    {
      title: "Telling people",
      panels: [
        timeline({
          title: "Channels",
          description: "Whether messages get through. One that is down: you would not hear of an alert by it.",
          queries: [["min by (receiver, channel) (haltwatch_notification_channel_up)", CHANNEL]],
          mappings: UP_OR_DOWN,
        }),
        lines({
          title: "Messages an hour",
          description:
            "What became of messages: delivered, failed for the time being, refused, told as part of a newer one, or too old.",
          unit: "none",
          decimals: 0,
          min: 0,
          queries: [["sum by (outcome) (rate(haltwatch_notifications_total[$__rate_interval])) * 3600", "{{outcome}}"]],
          colours: { delivered: OK, failed: WARNING, refused: CRITICAL, expired: CRITICAL },
        }),
        lines({
          title: "Still to be told",
          description:
            "Groups of alerts that wait, and that were not taken or not in time. What was not taken is told by nobody: look at haltwatch notify dead-letters.",
          unit: "none",
          decimals: 0,
          min: 0,
          isStepped: true,
          queries: [
            ["sum by (receiver, channel) (haltwatch_notifications_waiting)", `waiting ${CHANNEL}`],
            ["sum by (receiver, channel) (haltwatch_dead_letters)", `not taken ${CHANNEL}`],
          ],
          alerts: ["MessagesNotTaken"],
        }),
      ],
    },
    {
      title: "Samples and rules",
      panels: [
        lines({
          title: "Evaluation of rules",
          description:
            "What an evaluation of a group takes: the mean, and what nineteen of twenty take at most. Milliseconds here are milliseconds later that a bot is paused.",
          unit: "s",
          min: 0,
          queries: [
            [
              "histogram_quantile(0.95, sum by (le) (rate(haltwatch_rule_group_evaluation_seconds_bucket[$__rate_interval])))",
              "p95",
            ],
            [
              "sum(rate(haltwatch_rule_group_evaluation_seconds_sum[$__rate_interval])) / sum(rate(haltwatch_rule_group_evaluation_seconds_count[$__rate_interval]))",
              "mean",
            ],
          ],
        }),
        lines({
          title: "Rules that failed or were missed",
          description:
            "Evaluations of five minutes that failed or did not take place. A rule that is not evaluated watches nothing.",
          unit: "none",
          decimals: 0,
          min: 0,
          queries: [
            ["sum(increase(haltwatch_rule_evaluation_failures_total[5m]))", "failing"],
            ["sum(increase(haltwatch_rule_group_missed_total[5m]))", "missed"],
            ["sum(increase(haltwatch_store_commit_failures_total[5m]))", "not written"],
          ],
          colours: { failing: CRITICAL, missed: WARNING, not: CRITICAL },
          alerts: ["RulesFailing", "RuleGroupsMissed", "StoreFailing"],
        }),
        lines({
          title: "Series",
          description: "What the store has. A steep rise: a label takes a new value with each sample.",
          unit: "short",
          decimals: 0,
          min: 0,
          queries: [["sum(haltwatch_store_series)", "series"]],
        }),
      ],
    },
    {
      title: "Its machine",
      panels: [
        lines({
          title: "Disk left",
          description: "Space left on the disk of Haltwatch's file. Full, it stops trading.",
          unit: "bytes",
          min: 0,
          queries: [
            ["min(haltwatch_disk_free_bytes)", "free"],
            ["sum(haltwatch_store_file_bytes)", "Haltwatch's file"],
            limit("system.disk_free_bytes_min"),
            limit("system.disk_free_ratio_min", (series) => `max(haltwatch_disk_size_bytes) * ${series}`),
          ],
          colours: { free: OK },
          alerts: ["DiskLow"],
        }),
        lines({
          title: "Standstill",
          description:
            "The longest time in five seconds in which Haltwatch did nothing: so long no rule was evaluated and no lease renewed.",
          unit: "s",
          min: 0,
          queries: [["max(haltwatch_event_loop_lag_seconds)", "longest"], limit("system.event_loop_lag_seconds_max")],
          alerts: ["EventLoopLate"],
        }),
        lines({
          title: "Processor and memory",
          description: "Share of one processor that Haltwatch takes, and its memory.",
          unit: "percentunit",
          decimals: 0,
          min: 0,
          queries: [
            ['sum(rate(process_cpu_seconds_total{job="haltwatch"}[$__rate_interval]))', "processor"],
            ['max(process_resident_memory_bytes{job="haltwatch"}) / 1073741824', "memory, of 1 GiB"],
          ],
        }),
        table({
          title: "Limits in force",
          description: "Every limit that rules and dashboards compare with, and where it stands.",
          queries: [
            "max by (name, unit, source) (haltwatch_threshold_info * on (name) group_left () max by (name) (haltwatch_threshold))",
          ],
          columns: [
            { of: "name", title: "limit" },
            { of: { query: "A" }, title: "value", unit: "short" },
            { of: "unit", title: "unit" },
            { of: "source", title: "where it stands" },
          ],
          width: 16,
          height: 9,
        }),
        table({
          title: "Configuration",
          description: "The hash of what is in force, and since when.",
          queries: [
            "max by (hash) (haltwatch_config_info * on () group_left () max(haltwatch_config_changed_timestamp_seconds) * 1000)",
          ],
          columns: [
            { of: "hash", title: "hash" },
            { of: { query: "A" }, title: "since", unit: "dateTimeAsLocalNoDateIfToday" },
          ],
          alerts: ["ConfigNotLoaded"],
          height: 9,
        }),
      ],
    },
  ],
});
