/** `haltwatch demo`: runs the example bot as a process of its own, and says where to look. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CommandError } from "../command-error.ts";

export interface DemoFlags {
  readonly port: number;
  readonly seed: number;
  readonly duration?: number;
  readonly replay?: readonly string[];
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

const BOT = fileURLToPath(new URL("../../../../examples/arbitrage-bot/src/main.ts", import.meta.url));

/** @throws {CommandError} where there is no example bot beside this program */
export async function demo(flags: DemoFlags): Promise<void> {
  if (!existsSync(BOT)) {
    throw new CommandError(`the example bot is not at ${BOT}`, "Run the demo from a checkout of Haltwatch");
  }
  process.stdout.write(whereToLook(flags.port));
  // In a group of its own, so that each signal reaches it once, from us: Ctrl-C goes to the terminal's whole group.
  const bot = spawn(process.execPath, [BOT, ...botArguments(flags)], { stdio: "inherit", detached: true });
  const passOn = (): void => void bot.kill("SIGTERM");
  for (const signal of SIGNALS) process.on(signal, passOn);
  try {
    const [code] = (await once(bot, "exit")) as [number | null]; // "exit" gives the code, or null after a signal
    process.exitCode = code ?? 1;
  } finally {
    for (const signal of SIGNALS) process.off(signal, passOn);
  }
}

function botArguments(flags: DemoFlags): string[] {
  const args = ["--port", String(flags.port), "--seed", String(flags.seed)];
  if (flags.duration !== undefined) args.push("--duration", String(flags.duration));
  for (const file of flags.replay ?? []) args.push("--replay", file);
  return args;
}

function whereToLook(port: number): string {
  const what = "An arbitrage bot trades on paper between two venues. Ctrl-C ends it.\n";
  if (port === 0) return what; // its port is its own choice: it says which
  const base = `http://localhost:${port}`;
  return `${what}
  its page   ${base}/
  metrics    ${base}/metrics
  health     ${base}/healthz

Try:  curl -s ${base}/metrics | grep orders_

`;
}
