/**
 * `haltwatch demo --example`: watches the example bot, which is a process of its own and linked: it trades on a lease, and can be
 * paused. Says where to look, and how to stop it.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { Haltwatch, openLog, readServerConfig } from "@haltwatch/server";
import { CommandError } from "../command-error.ts";

export interface ExampleDemoFlags {
  readonly port: number;
  readonly botPort: number;
  readonly seed: number;
  readonly duration?: number;
  readonly replay?: readonly string[];
}

type Bot = ChildProcessByStdio<null, Readable, null>;

/** What pausing and arming takes: the user's own, or one for this demo. */
const CONTROL_TOKEN = "HALTWATCH_CONTROL_TOKEN";

const SETTINGS = "haltwatch.toml";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

const BOT = fileURLToPath(new URL("../../../../examples/arbitrage-bot/src/main.ts", import.meta.url));

/** @throws {CommandError} where there is no example bot beside this program; {ListenError} if the port is taken */
export async function exampleDemo(flags: ExampleDemoFlags, version: string): Promise<void> {
  if (!existsSync(BOT)) {
    throw new CommandError(`the example bot is not at ${BOT}`, "Run the demo from a checkout of Haltwatch");
  }
  const folder = mkdtempSync(join(tmpdir(), "haltwatch-demo-"));
  const token = process.env[CONTROL_TOKEN] ?? randomBytes(12).toString("hex");
  let bot: Bot | undefined;
  let isStopping = false;
  const stop = (): void => {
    isStopping = true;
    bot?.kill("SIGTERM");
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  try {
    // Haltwatch first: without its lease the bot sends no order.
    await using haltwatch = await watch(folder, flags, token, version);
    if (isStopping) return;
    bot = startBot(folder, new URL(haltwatch.url).port, flags);
    const ended = once(bot, "exit") as Promise<[number | null]>; // "exit" gives the code, or null after a signal
    const target = await targetOf(bot);
    if (target !== undefined) {
      writeFileSync(join(folder, SETTINGS), settingsOf(flags, target));
      await haltwatch.reload();
      process.stdout.write(whereToLook(haltwatch.url, target, token));
    }
    const [code] = await ended;
    process.exitCode = code ?? 1;
  } finally {
    bot?.kill("SIGTERM");
    for (const signal of SIGNALS) process.off(signal, stop);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** In a group of its own, so that each signal reaches it once, from us: Ctrl-C goes to the terminal's whole group. */
function startBot(folder: string, port: string, flags: ExampleDemoFlags): Bot {
  const file = join(folder, "monitoring.toml");
  writeFileSync(
    file,
    `prometheus_bind_addr = "127.0.0.1:0"
bot_name = "arbitrage-bot"
log_level = "warn"
link_url = "http://127.0.0.1:${port}"
`,
  );
  return spawn(process.execPath, [BOT, "--config", file, ...botArguments(flags)], {
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
}

/** What the bot prints goes on to whoever started us. @returns `host:port` of its metrics, or nothing if it ended before */
function targetOf(bot: Bot): Promise<string | undefined> {
  let output = "";
  return new Promise((resolve) => {
    bot.stdout.on("data", (chunk: Buffer) => {
      process.stdout.write(chunk);
      output += output.length < 10_000 ? chunk.toString() : "";
      const found = /Metrics: http:\/\/(\S+?)\/metrics/.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    });
    bot.once("exit", () => resolve(undefined));
  });
}

async function watch(folder: string, flags: ExampleDemoFlags, token: string, version: string): Promise<Haltwatch> {
  const file = join(folder, SETTINGS);
  writeFileSync(file, settingsOf(flags));
  const readConfig = () => readServerConfig({ file, env: {} });
  const config = readConfig();
  const log = await openLog(config);
  return Haltwatch.start({ config, readConfig, env: { ...process.env, [CONTROL_TOKEN]: token }, log, version });
}

/** @param target the bot's metrics come over the link; it is scraped for `up` alone, which says whether it answers */
function settingsOf({ port }: ExampleDemoFlags, target?: string): string {
  return `[web]
listen = "127.0.0.1:${port}"
control_token = "env:${CONTROL_TOKEN}"
[packs]
enabled = ["arbitrage"]
[log]
level = "warn"
${target === undefined ? "" : scrapeOf(target)}`;
}

function scrapeOf(target: string): string {
  return `[[scrape_configs]]
job_name = "arbitrage"
scrape_interval = "1s"
static_configs = [{ targets = [${JSON.stringify(target)}] }]
metric_relabel_configs = [{ action = "drop" }]
`;
}

function botArguments(flags: ExampleDemoFlags): string[] {
  const args = ["--port", String(flags.botPort), "--seed", String(flags.seed)];
  if (flags.duration !== undefined) args.push("--duration", String(flags.duration));
  for (const file of flags.replay ?? []) args.push("--replay", file);
  return args;
}

function whereToLook(url: string, target: string, token: string): string {
  const own = process.env[CONTROL_TOKEN] === undefined ? `export ${CONTROL_TOKEN}=${token}\n      ` : "";
  return `An arbitrage bot trades on paper between two venues, and Haltwatch watches it. Ctrl-C ends both.

  Haltwatch    ${url}/
  its alerts   ${url}/api/v1/alerts
  the bot      http://${target}/

Ask:  npx haltwatch query --url ${url} 'sum by (venue) (rate(orders_total[1m]))' --range 5m
Stop: ${own}npx haltwatch pause --url ${url} --scope all --reason "to see it stop"
Go:   npx haltwatch arm --url ${url} --scope all --reason "seen"

`;
}
