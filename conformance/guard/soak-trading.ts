/**
 * Healthy trading on a busy machine: a bot and Haltwatch as real processes, an order each millisecond, pause rules on what flows,
 * and programs that take all the processors. Nothing may stop it: no pause, no lease lost.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Forked } from "../link/processes.ts";
import { apiData, type HaltwatchProcess, RealHaltwatch } from "../real-haltwatch.ts";
import type { SoakedBot, ToSoakBot } from "./soak-bot.ts";

/** As Haltwatch grants it, milliseconds. */
const LEASE_MS = 3_000;

export interface SoakOptions {
  readonly seconds: number;
  readonly ordersPerSecond: number;
  /** Programs that do nothing but compute. */
  readonly hogs: number;
  /** How often it is told how things stand, seconds. */
  readonly tellEverySeconds: number;
  readonly onStanding: (soaked: Soaked) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface Soaked {
  readonly seconds: number;
  readonly orders: number;
  readonly refused: number;
  readonly stops: number;
  readonly reasons: readonly string[];
  /** Pauses in force at the end: they are latched. */
  readonly pauses: readonly string[];
  /** From a renewal that was granted to the next one, at its longest, milliseconds. */
  readonly longestRenewalGapMs: number;
  /** How late event loops were at worst, milliseconds. */
  readonly botLagMs: number;
  readonly haltwatchLagMs: number;
  /** At its largest, bytes. */
  readonly botMemory: number;
  readonly haltwatchMemory: number;
}

const TOML = `[rules]\nfiles = ["rules.yml"]\n[log]\nlevel = "warn"\n`;

/** Pause rules as a trader has them, each on series that flow; a healthy bot breaks none of them. */
const RULES = `
groups:
  - name: limits
    interval: 1s
    rules:
      - alert: OrdersFailing
        expr: sum by (bot, venue) (increase(orders_failed_total[1m])) > 0
        labels: { action: pause }
      - alert: Slow
        expr: histogram_quantile(0.99, sum by (bot, le) (rate(latency_ms_bucket[1m]))) > 500
        labels: { action: reduce }
      - alert: TooManyOrders
        expr: sum by (bot) (rate(orders_total[10s])) > 5000
        labels: { action: pause, no_data: halt }
`;

/** Runs it for so long, or until the signal says so. */
export async function soakTrading(options: SoakOptions): Promise<Soaked> {
  const { seconds, ordersPerSecond, hogs, tellEverySeconds, onStanding, signal } = options;
  await using haltwatch = new RealHaltwatch({ "haltwatch.toml": TOML, "rules.yml": RULES });
  const process = await haltwatch.start();
  const script = fileURLToPath(new URL("soak-bot.ts", import.meta.url));
  await using bot = new Forked<SoakedBot | { readonly kind: "ready" }, ToSoakBot>(script, [
    process.url,
    String(ordersPerSecond),
  ]);
  await bot.until(({ kind }) => kind === "ready", "the bot has a lease");
  await using _hogs = new Hogs(hogs);
  const beganMs = performance.now();
  let haltwatchLagMs = 0;
  let [botMemory, haltwatchMemory] = [0, 0];
  for (;;) {
    const leftMs = seconds * 1000 - (performance.now() - beganMs);
    await sleep(Math.max(0, Math.min(leftMs, tellEverySeconds * 1000)), undefined, { signal }).catch(() => undefined);
    const {
      kind: _kind,
      id: _id,
      leastLeaseLeftMs,
      loopLagMs,
      rssBytes,
      ...told
    } = await bot.ask<SoakedBot>({
      kind: "tell",
    });
    const own = await ownMetrics(process);
    haltwatchLagMs = Math.max(haltwatchLagMs, 1000 * (own.get("nodejs_eventloop_lag_max_seconds") ?? 0));
    botMemory = Math.max(botMemory, rssBytes);
    haltwatchMemory = Math.max(haltwatchMemory, own.get("process_resident_memory_bytes") ?? 0);
    bot.heard.length = 0;
    const soaked: Soaked = {
      ...told,
      seconds: (performance.now() - beganMs) / 1000,
      pauses: await pausesOf(process),
      longestRenewalGapMs: LEASE_MS - leastLeaseLeftMs,
      botLagMs: loopLagMs,
      ...{ haltwatchLagMs, botMemory, haltwatchMemory },
    };
    if (leftMs <= tellEverySeconds * 1000 || signal?.aborted === true) return soaked;
    onStanding(soaked);
  }
}

/** Programs that compute without end. */
class Hogs implements AsyncDisposable {
  readonly #hogs: readonly ChildProcess[];

  constructor(count: number) {
    this.#hogs = Array.from({ length: count }, () =>
      spawn(process.execPath, ["-e", "for (;;) Math.random();"], { stdio: "ignore" }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const hog of this.#hogs) {
      hog.kill("SIGKILL");
      if (hog.exitCode === null && hog.signalCode === null) await once(hog, "exit");
    }
  }
}

async function pausesOf({ url }: HaltwatchProcess): Promise<readonly string[]> {
  const pauses = await apiData<readonly { readonly scope: string; readonly reason: string }[]>(
    url,
    "/api/haltwatch/pauses",
  );
  return pauses.map(({ scope, reason }) => `${scope}: ${reason}`);
}

/** Samples without labels of what Haltwatch tells of itself. */
async function ownMetrics({ url }: HaltwatchProcess): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = text.split("\n").filter((line) => /^\w+ /.test(line));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(" ")), Number(line.slice(line.indexOf(" ") + 1))]));
}
