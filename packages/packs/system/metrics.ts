/** Every metric of Haltwatch's own, but those of its process: the server makes its instruments from them. */
import type { MetricDefinitions } from "@haltwatch/bot";

export const SYSTEM_METRICS = {
  build: {
    type: "gauge",
    name: "haltwatch_build_info",
    help: "Always 1. The running version.",
    labelNames: ["version"],
  },

  // The configuration, which rules and dashboards compare with.
  threshold: {
    type: "gauge",
    name: "haltwatch_threshold",
    help: "A limit that rules and dashboards compare with, by name, in the unit that haltwatch_threshold_info tells.",
    labelNames: ["name"],
  },
  thresholdInfo: {
    type: "gauge",
    name: "haltwatch_threshold_info",
    help: "Always 1. A threshold's unit, and where its value is from.",
    labelNames: ["name", "unit", "source"],
  },
  settingInfo: {
    type: "gauge",
    name: "haltwatch_setting_info",
    help: "Always 1. A text of a bot's own configuration file.",
    labelNames: ["name", "value", "source"],
  },
  configInfo: {
    type: "gauge",
    name: "haltwatch_config_info",
    help: "Always 1. Which configuration is in force: SHA-256 over its values.",
    labelNames: ["hash"],
  },
  configChanged: {
    type: "gauge",
    name: "haltwatch_config_changed_timestamp_seconds",
    help: "Since when the configuration is in force, Unix time.",
    unit: "seconds",
  },
  configReloaded: {
    type: "gauge",
    name: "haltwatch_config_last_reload_successful",
    help: "1 if the configuration and the rules in force are the newest ones, 0 if the newest could not be loaded.",
  },

  // Samples and rules.
  series: { type: "gauge", name: "haltwatch_store_series", help: "Series that the store has." },
  fileBytes: { type: "gauge", name: "haltwatch_store_file_bytes", help: "What of the file is in use.", unit: "bytes" },
  fileFreeBytes: {
    type: "gauge",
    name: "haltwatch_store_file_free_bytes",
    help: "What of the file is free to be used again.",
    unit: "bytes",
  },
  cachedBytes: {
    type: "gauge",
    name: "haltwatch_store_cached_bytes",
    help: "Memory for samples that are in the file, too.",
    unit: "bytes",
  },
  commitFailures: {
    type: "counter",
    name: "haltwatch_store_commit_failures_total",
    help: "Commits to the file that failed; what they had is tried again with the next.",
  },
  targetsUp: { type: "gauge", name: "haltwatch_targets_up", help: "Targets whose last scrape succeeded." },
  targetsDown: { type: "gauge", name: "haltwatch_targets_down", help: "Targets whose last scrape failed." },
  evaluationSeconds: {
    type: "histogram",
    name: "haltwatch_rule_group_evaluation_seconds",
    help: "How long an evaluation of a rule group took.",
    unit: "seconds",
    buckets: [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
  },
  evaluationFailures: {
    type: "counter",
    name: "haltwatch_rule_evaluation_failures_total",
    help: "Evaluations of single rules that failed.",
  },
  evaluationsMissed: {
    type: "counter",
    name: "haltwatch_rule_group_missed_total",
    help: "Evaluations of rule groups that did not take place: the process was busy or asleep.",
  },
  alertsPending: { type: "gauge", name: "haltwatch_alerts_pending", help: "Alerts that do not fire yet." },
  alertsFiring: { type: "gauge", name: "haltwatch_alerts_firing", help: "Alerts that fire." },

  // Telling people.
  channelUp: {
    type: "gauge",
    name: "haltwatch_notification_channel_up",
    help: "0 while messages do not get through this channel.",
    labelNames: ["receiver", "channel"],
  },
  waiting: {
    type: "gauge",
    name: "haltwatch_notifications_waiting",
    help: "Groups of alerts that are still to be told.",
    labelNames: ["receiver", "channel"],
  },
  deadLetters: {
    type: "gauge",
    name: "haltwatch_dead_letters",
    help: "Groups of alerts that were not taken, or not in time.",
    labelNames: ["receiver", "channel"],
  },
  notifications: {
    type: "counter",
    name: "haltwatch_notifications_total",
    help: "What became of messages to this channel: delivered, failed for the time being, refused, told as part of a newer one, or too old.",
    labelNames: ["receiver", "channel", "outcome"],
  },

  // Bots, and what holds them.
  linkSessions: { type: "gauge", name: "haltwatch_link_sessions", help: "Bots that are linked." },
  linkFrames: { type: "counter", name: "haltwatch_link_frames_total", help: "Frames that bots sent." },
  linkSamples: {
    type: "counter",
    name: "haltwatch_link_samples_total",
    help: "Samples that bots sent over the link.",
  },
  linkRefusals: {
    type: "counter",
    name: "haltwatch_link_refusals_total",
    help: "Connections, frames and leases that were refused, by reason.",
    labelNames: ["reason"],
  },
  tradingState: {
    type: "gauge",
    name: "haltwatch_trading_state",
    help: "What Haltwatch lets a bot do: 0 all (ACTIVE), 1 only close positions (REDUCING), 2 nothing (HALTED). Of pauses at single venues and in single strategies, the strictest counts.",
    labelNames: ["bot"],
  },
  pause: {
    type: "gauge",
    name: "haltwatch_pause_timestamp_seconds",
    help: "Since when a pause is in force, Unix time; gone when it is armed.",
    unit: "seconds",
    labelNames: ["bot", "scope", "state", "rule", "by"],
  },
  arm: {
    type: "gauge",
    name: "haltwatch_arm_timestamp_seconds",
    help: "When a person armed a scope last, since Haltwatch's start, Unix time.",
    unit: "seconds",
    labelNames: ["bot", "scope", "by"],
  },
  botLinked: {
    type: "gauge",
    name: "haltwatch_bot_linked",
    help: "1 while the bot is linked, 0 when it is gone without goodbye.",
    labelNames: ["bot", "instance"],
  },
  ruleWithoutData: {
    type: "gauge",
    name: "haltwatch_rule_without_data",
    help: "1 while data of a pause rule are missing, by rule and source: its policy for that has acted.",
    labelNames: ["rule", "source"],
  },
  ordersAfterPause: {
    type: "gauge",
    name: "haltwatch_trading_after_pause_orders",
    help: "Orders that a bot has recorded since it acknowledged a pause; gone when it is armed.",
    labelNames: ["bot", "scope"],
  },
  orchestratorFailures: {
    type: "counter",
    name: "haltwatch_orchestrator_failures_total",
    help: "Requests to an orchestrator that failed, and times that it was seen not to do what was confirmed.",
    labelNames: ["orchestrator"],
  },
  orchestratorConfirmed: {
    type: "gauge",
    name: "haltwatch_orchestrator_confirmed",
    help: "1 if the orchestrator does what is wanted of it, as far as it says; 0 if that is not confirmed.",
    labelNames: ["orchestrator"],
  },
  alertmanagerAlerts: {
    type: "counter",
    name: "haltwatch_alertmanager_alerts_total",
    help: "Alerts that an Alertmanager sent, by what came of them.",
    labelNames: ["outcome"],
  },
  requestsRefused: {
    type: "counter",
    name: "haltwatch_requests_refused_total",
    help: "Requests to change something that were refused, and requests without a right token, by reason.",
    labelNames: ["reason"],
  },

  // Itself and its machine.
  leasesWithheld: {
    type: "gauge",
    name: "haltwatch_leases_withheld",
    help: "1 while no bot is given a lease, so that all stop trading.",
  },
  storeFailing: {
    type: "gauge",
    name: "haltwatch_store_failing",
    help: "1 while the store cannot write its file.",
  },
  diskFreeBytes: {
    type: "gauge",
    name: "haltwatch_disk_free_bytes",
    help: "Space left on the disk of the store.",
    unit: "bytes",
  },
  diskSizeBytes: {
    type: "gauge",
    name: "haltwatch_disk_size_bytes",
    help: "Size of the disk of the store.",
    unit: "bytes",
  },
  eventLoopLag: {
    type: "gauge",
    name: "haltwatch_event_loop_lag_seconds",
    help: "The longest time for which Haltwatch did nothing, since this was asked last.",
    unit: "seconds",
  },
  clockJumps: {
    type: "gauge",
    name: "haltwatch_clock_jumps",
    help: "How often the machine's clock was set, since the start.",
  },
  clockJumpSeconds: {
    type: "gauge",
    name: "haltwatch_clock_jump_seconds",
    help: "How far the machine's clock was set the last time; negative: back.",
    unit: "seconds",
  },
} as const satisfies MetricDefinitions;
