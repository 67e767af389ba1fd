/** What stands in the demo's folder: Haltwatch's settings, and the betting bot's own limits, to be edited while it runs. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Pack } from "@haltwatch/packs";
import type { BotPlace } from "./bots-protocol.ts";
import type { DemoBot } from "./demo-bots.ts";

export const SETTINGS_FILE = "haltwatch.toml";

/** The betting bot's file with `fill_ratio_min`. */
export const LIMITS_FILE = "config/exec.yml";

/** Names of environment variables that the settings refer to: no secret stands in a file. */
export const SECRETS = {
  control: "HALTWATCH_CONTROL_TOKEN",
  orchestrator: "HALTWATCH_DEMO_ORCHESTRATOR_TOKEN",
  slack: "HALTWATCH_DEMO_SLACK_URL",
  telegram: "HALTWATCH_DEMO_TELEGRAM_TOKEN",
} as const;

const EXEC_YML = `# How bets are executed: the bot's own file, which Haltwatch reads as it is. Change a limit while the demo runs, and save.

# Share of bets that must be filled over five minutes at each venue. Under it the bot is halted.
fill_ratio_min: 0.85

# 95 of 100 bets must be accepted in this time, milliseconds. Over it the bot is halted.
p95_accept_time_ms_max: 2500

# From so many bets on, shares and percentiles are looked at.
bets_min: 20
`;

const RISK_YML = `# What may be staked. Read by the bot and by Haltwatch, as exec.yml is.

# Largest stake, percent of the bank.
stake_pct_cap: 2

# What the bank is: "all" wallets together, "wallet:sx", or a fixed number of US dollars.
bank_source: all

# All open stakes together, percent of the bank.
exposure_pct_cap: 25
`;

/** Writes the bots' own files. */
export function writeBotFiles(folder: string, bots: readonly DemoBot[]): void {
  if (!bots.some(({ pack }) => pack.botFiles.length > 0)) return;
  mkdirSync(join(folder, "config"), { recursive: true });
  writeFileSync(join(folder, LIMITS_FILE), EXEC_YML);
  writeFileSync(join(folder, "config/risk.yml"), RISK_YML);
}

export interface DemoSettings {
  readonly port: number;
  readonly packs: readonly Pack[];
  readonly bots: readonly DemoBot[];
  readonly speed: number;
  readonly places: readonly BotPlace[];
  /** Where Telegram's stand-in is. */
  readonly telegramUrl: string;
}

/** haltwatch.toml. What a person would wait for is told sooner than is usual. */
export function settingsOf({ port, packs, bots, speed, places, telegramUrl }: DemoSettings): string {
  const parts = [
    `[web]
listen = "127.0.0.1:${port}"
external_url = "http://localhost:${port}"
control_token = "env:${SECRETS.control}"
[packs]
enabled = ${JSON.stringify(packs.map(({ name }) => name))}
[notify]
slack_webhook_url = "env:${SECRETS.slack}"
telegram_bot_token = "env:${SECRETS.telegram}"
telegram_chat_id = 1
telegram_api_url = "${telegramUrl}"
group_wait = "2s"
[log]
level = "info"
`,
  ];
  if (packs.some(({ name }) => name === "betting"))
    parts.push("[thresholds.chain]\nsequencer_grace_seconds = 60 # usually an hour\n");
  if (packs.some(({ name }) => name === "ai-trading") && speed > 2)
    parts.push(`[thresholds.ai]\nviolations_per_5m_max = ${Math.round(speed * 5)} # more happens in five minutes\n`);
  for (const bot of bots) {
    const { metrics, orchestrator } = places.find(({ name }) => name === bot.name) ?? {};
    if (metrics !== undefined) parts.push(scrapeOf(bot, metrics));
    if (orchestrator !== undefined) parts.push(orchestratorOf(bot, orchestrator));
  }
  return parts.join("");
}

function scrapeOf({ name, pack }: DemoBot, address: string): string {
  return `[[scrape_configs]]
job_name = "${name}"
scrape_interval = "1s"
scrape_timeout = "1s"
static_configs = [{ targets = ["${address}"], labels = { job = "${pack.job}", bot = "${name}" } }]
`;
}

function orchestratorOf({ name }: DemoBot, url: string): string {
  return `[[orchestrators]]
name = "${name}"
scope = "bot:${name}"
headers = { Authorization = "Bearer env:${SECRETS.orchestrator}" }
[orchestrators.pause]
url = "${url}/api/pause"
body = '{"reason": "{{reason}}", "rule": "{{rule}}", "epoch": {{epoch}}}'
[orchestrators.reduce]
url = "${url}/api/reduce"
body = '{"reason": "{{reason}}", "rule": "{{rule}}", "epoch": {{epoch}}}'
[orchestrators.resume]
url = "${url}/api/resume"
body = '{"reason": "{{reason}}", "epoch": {{epoch}}}'
[orchestrators.state]
url = "${url}/api/status"
pointer = "/status"
paused_when = ["paused"]
reducing_when = ["reducing"]
running_when = ["running"]
check_every = "2s"
`;
}
