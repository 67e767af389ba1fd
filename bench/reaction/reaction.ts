/**
 * From a failed order to a bot that may not trade: the recording call in the bot's process, the link, the store, the rule
 * `increase(orders_failed_total[1m]) > 0` and the pause's way back, with other series flowing. Beside it a real Prometheus and
 * Alertmanager at their tightest, with the same bot: from the recording call to the webhook.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inFreshProcess } from "../fresh-process.ts";
import { median, rounded } from "../median.ts";
import { printTable } from "../table.ts";
import { prometheusTrials } from "./prometheus-peer.ts";

const TRIALS = Number(process.env["HALTWATCH_BENCH_TRIALS"] ?? 1_000);

/** So many with one Haltwatch: each leaves an alert that fires for a minute, and most bots have none that does. */
const TRIALS_A_PROCESS = 25;

/** Not counted: a Haltwatch that has watched bots for a while has been compiled by the runtime before an order fails. */
const WARM_UP_ROUNDS = 300;

/** With the peer; its trials take seconds. */
const PEER_TRIALS = 9;

const OTHER_SERIES = 5_000;

const TOKEN = "bench-control-token";

const RULES = `
groups:
  - name: limits
    interval: 1s
    rules:
      - alert: OrdersFailing
        expr: increase(orders_failed_total[1m]) > 0
        labels: { action: pause, scope: bot }
        annotations: { summary: "orders fail at {{ $labels.venue }}" }
`;

export async function reaction(): Promise<object> {
  const tookMs: number[] = [];
  while (tookMs.length < TRIALS) {
    process.stderr.write(`reaction: ${tookMs.length} of ${TRIALS} trials\n`);
    tookMs.push(...(await trials(Math.min(TRIALS_A_PROCESS, TRIALS - tookMs.length))));
  }
  process.stderr.write(`reaction: ${PEER_TRIALS} trials with Prometheus and Alertmanager\n`);
  const peerMs = await prometheusTrials(RULES, PEER_TRIALS, OTHER_SERIES);
  const [ours, theirs] = [spreadOf(tookMs), spreadOf(peerMs)];
  printTable(
    ["a failed order, ms later", "p50", "p90", "p99", "longest", "trials"],
    [
      ["Haltwatch: the bot may not trade", ...cellsOf(ours, 2), String(tookMs.length)],
      ["Prometheus, Alertmanager: the webhook is called", ...cellsOf(theirs, 0), String(peerMs.length)],
    ],
  );
  return {
    p50_ms: rounded(ours.p50),
    p99_ms: rounded(ours.p99),
    max_ms: rounded(ours.longest),
    trials: tookMs.length,
    peer_tight_s: rounded(theirs.p50 / 1_000),
    ratio: rounded(theirs.p50 / ours.p50, 0),
  };
}

interface Spread {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly longest: number;
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return { p50: median(values), p90: at(0.9), p99: at(0.99), longest: at(1) };
}

function cellsOf({ p50, p90, p99, longest }: Spread, digits: number): string[] {
  return [p50, p90, p99, longest].map((ms) => ms.toFixed(digits));
}

async function trials(count: number): Promise<readonly number[]> {
  const dir = mkdtempSync(join(tmpdir(), "haltwatch-bench-"));
  writeFileSync(join(dir, "rules.yml"), RULES);
  writeFileSync(
    join(dir, "haltwatch.toml"),
    `[web]\nlisten = "127.0.0.1:0"\ncontrol_token = "env:HALTWATCH_CONTROL_TOKEN"\n[rules]\nfiles = ["rules.yml"]\n[log]\nlevel = "error"\n`,
  );
  const env = { ...process.env, HALTWATCH_CONTROL_TOKEN: TOKEN };
  const main = fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url));
  const haltwatch = spawn(process.execPath, [...process.execArgv, main, "run", "-c", join(dir, "haltwatch.toml")], {
    env,
    stdio: ["ignore", "pipe", "ignore"],
  });
  try {
    const url = await urlOf(haltwatch.stdout);
    process.env["HALTWATCH_CONTROL_TOKEN"] = TOKEN;
    const bot = new URL("bot-case.ts", import.meta.url);
    const args = [url, WARM_UP_ROUNDS, count, OTHER_SERIES].map(String);
    return (await inFreshProcess<{ tookMs: number[] }>(bot, args, process.execArgv)).tookMs;
  } finally {
    haltwatch.kill("SIGTERM");
    await once(haltwatch, "close");
    rmSync(dir, { recursive: true, force: true });
  }
}

/** What it prints when it has started. */
function urlOf(output: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  return new Promise((resolve, reject) => {
    output.on("end", () => reject(new Error(`Haltwatch did not start: ${text}`)));
    output.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const found = /(http:\/\/localhost:\d+)\//.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
}
