/** The same failures, seen by a real Prometheus and Alertmanager at their tightest: from the recording call to the webhook. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { requiredPeer } from "../../conformance/peers.ts";
import { freePort } from "../../conformance/real-haltwatch.ts";
import { startPrometheusWithConfig } from "../../conformance/real-prometheus.ts";

/** @param rules the rule file's text @returns milliseconds of each trial */
export async function prometheusTrials(rules: string, trials: number, otherSeries: number): Promise<readonly number[]> {
  const dir = mkdtempSync(join(tmpdir(), "haltwatch-bench-"));
  const bot = spawn(
    process.execPath,
    [fileURLToPath(new URL("peer-case.ts", import.meta.url)), String(trials), String(otherSeries)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const lines = createInterface({ input: bot.stdout })[Symbol.asyncIterator]();
  let alertmanager: ChildProcess | undefined;
  try {
    const botAddress = `127.0.0.1:${(await lines.next()).value}`;
    const alertmanagerAddress = `127.0.0.1:${await freePort()}`;
    writeFileSync(join(dir, "rules.yml"), rules);
    writeFileSync(join(dir, "alertmanager.yml"), alertmanagerConfig(botAddress));
    alertmanager = spawn(
      requiredPeer("alertmanager"),
      [
        `--config.file=${join(dir, "alertmanager.yml")}`,
        `--storage.path=${join(dir, "alertmanager")}`,
        `--web.listen-address=${alertmanagerAddress}`,
        "--cluster.listen-address=",
      ],
      { stdio: "ignore" },
    );
    const config = prometheusConfig(botAddress, alertmanagerAddress, join(dir, "rules.yml"));
    await using _prometheus = await startPrometheusWithConfig(requiredPeer("prometheus"), config);
    return JSON.parse((await lines.next()).value ?? "{}").tookMs;
  } finally {
    await Promise.all([ended(bot), ended(alertmanager)]);
    rmSync(dir, { recursive: true, force: true });
  }
}

function prometheusConfig(bot: string, alertmanager: string, ruleFile: string): string {
  return `
global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }
rule_files: [${JSON.stringify(ruleFile)}]
alerting: { alertmanagers: [{ static_configs: [{ targets: ["${alertmanager}"] }] }] }
scrape_configs: [{ job_name: bot, static_configs: [{ targets: ["${bot}"] }] }]
`;
}

/** Each alert is a group of its own: none waits for another's interval. */
function alertmanagerConfig(bot: string): string {
  return `
route: { receiver: bot, group_by: ["..."], group_wait: 0s, group_interval: 1s, repeat_interval: 1h }
receivers: [{ name: bot, webhook_configs: [{ url: "http://${bot}/webhook", send_resolved: false }] }]
`;
}

async function ended(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "exit");
}
