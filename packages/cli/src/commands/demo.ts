/** `haltwatch demo`: runs the example bot as a process of its own, watches it, and says where to look. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { ARBITRAGE_RULES } from "@haltwatch/packs";
import { Haltwatch, openLog, readServerConfig } from "@haltwatch/server";
import { CommandError } from "../command-error.ts";

export interface DemoFlags {
  readonly port: number;
  readonly botPort: number;
  readonly seed: number;
  readonly duration?: number;
  readonly replay?: readonly string[];
}

type Bot = ChildProcessByStdio<null, Readable, null>;

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

const BOT = fileURLToPath(new URL("../../../../examples/arbitrage-bot/src/main.ts", import.meta.url));

/** @throws {CommandError} where there is no example bot beside this program; {ListenError} if the port is taken */
export async function demo(flags: DemoFlags, version: string): Promise<void> {
  if (!existsSync(BOT)) {
    throw new CommandError(`the example bot is not at ${BOT}`, "Run the demo from a checkout of Haltwatch");
  }
  const folder = mkdtempSync(join(tmpdir(), "haltwatch-demo-"));
  // In a group of its own, so that each signal reaches it once, from us: Ctrl-C goes to the terminal's whole group.
  const bot = spawn(process.execPath, [BOT, ...botArguments(flags)], {
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  const ended = once(bot, "exit") as Promise<[number | null]>; // "exit" gives the code, or null after a signal
  const passOn = (): void => void bot.kill("SIGTERM");
  for (const signal of SIGNALS) process.on(signal, passOn);
  try {
    const target = await targetOf(bot);
    if (target !== undefined) {
      await using haltwatch = await watch(target, folder, flags, version);
      process.stdout.write(whereToLook(haltwatch.url, target));
      await ended;
    }
    const [code] = await ended;
    process.exitCode = code ?? 1;
  } finally {
    bot.kill("SIGTERM");
    for (const signal of SIGNALS) process.off(signal, passOn);
    rmSync(folder, { recursive: true, force: true });
  }
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

function watch(target: string, folder: string, { port }: DemoFlags, version: string): Promise<Haltwatch> {
  const file = join(folder, "haltwatch.toml");
  writeFileSync(
    file,
    `[web]
listen = "127.0.0.1:${port}"
[rules]
files = [${JSON.stringify(ARBITRAGE_RULES)}]
[[scrape_configs]]
job_name = "arbitrage"
scrape_interval = "1s"
static_configs = [{ targets = [${JSON.stringify(target)}] }]
`,
  );
  const readConfig = () => readServerConfig({ file, env: {} });
  const config = readConfig();
  return openLog(config).then((log) => Haltwatch.start({ config, readConfig, env: process.env, log, version }));
}

function botArguments(flags: DemoFlags): string[] {
  const args = ["--port", String(flags.botPort), "--seed", String(flags.seed)];
  if (flags.duration !== undefined) args.push("--duration", String(flags.duration));
  for (const file of flags.replay ?? []) args.push("--replay", file);
  return args;
}

function whereToLook(url: string, target: string): string {
  return `An arbitrage bot trades on paper between two venues, and Haltwatch watches it. Ctrl-C ends both.

  Haltwatch    ${url}/
  its alerts   ${url}/api/v1/alerts
  the bot      http://${target}/

Try:  npx haltwatch query --url ${url} 'sum by (venue) (rate(orders_total[1m]))' --range 5m

`;
}
