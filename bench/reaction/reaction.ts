/**
 * From a failed order to a bot that may not trade: the recording call in the bot's process, the link, the store, the rule
 * `increase(orders_failed_total[1m]) > 0` and the pause's way back, with other series flowing. Beside it a real Prometheus and
 * Alertmanager at their tightest need 0.4 to 1.3 s to a webhook (docs/adr/0009-rules-react.md says how that was measured).
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inFreshProcess } from "../fresh-process.ts";
import { rounded } from "../median.ts";
import { printTable } from "../table.ts";

const TRIALS = Number(process.env["HALTWATCH_BENCH_TRIALS"] ?? 1_000);

/** So many in one process: each leaves an alert that fires for a minute. */
const TRIALS_A_PROCESS = 50;

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
  tookMs.sort((a, b) => a - b);
  const at = (share: number): number =>
    tookMs[Math.min(tookMs.length - 1, Math.floor(share * tookMs.length))] ?? Number.NaN;
  printTable(
    ["event → not allowed, ms", "p50", "p90", "p99", "longest", "trials"],
    [["Haltwatch", ...[at(0.5), at(0.9), at(0.99), at(1)].map((ms) => ms.toFixed(2)), String(tookMs.length)]],
  );
  return { p50_ms: rounded(at(0.5)), p99_ms: rounded(at(0.99)), max_ms: rounded(at(1)), trials: tookMs.length };
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
  const haltwatch = spawn(process.execPath, [main, "run", "-c", join(dir, "haltwatch.toml")], {
    env,
    stdio: ["ignore", "pipe", "ignore"],
  });
  try {
    const url = await urlOf(haltwatch.stdout);
    process.env["HALTWATCH_CONTROL_TOKEN"] = TOKEN;
    const bot = new URL("bot-case.ts", import.meta.url);
    return (await inFreshProcess<{ tookMs: number[] }>(bot, [url, String(count), String(OTHER_SERIES)])).tookMs;
  } finally {
    haltwatch.kill("SIGTERM");
    await once(haltwatch, "close");
    rmSync(dir, { recursive: true, force: true });
  }
}

/** What it prints when it has started. */
function urlOf(output: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  return new Promise((resolve) => {
    output.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const found = /(http:\/\/localhost:\d+)\//.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
}
