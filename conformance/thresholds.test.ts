/** Limits stand in the bot's own files. A running Haltwatch takes over what is changed there, whole or not at all, within a second. */

import { once } from "node:events";
import { mkdirSync, renameSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { apiData, type HaltwatchProcess, RealHaltwatch } from "./real-haltwatch.ts";

/** From the file's change to the sample of the new limit, milliseconds. */
const TAKEN_OVER_MS = 1000;

let bot: Server;
let address = "";

beforeAll(async () => {
  bot = createServer((_, response) => {
    response.setHeader("Content-Type", "text/plain; version=0.0.4").end("fill_ratio 0.92\n");
  }).listen(0, "127.0.0.1");
  await once(bot, "listening");
  const place = bot.address();
  if (place === null || typeof place === "string") throw new Error("no port");
  address = `127.0.0.1:${place.port}`;
});
afterAll(() => {
  bot.close();
  bot.closeAllConnections();
});

const PACK = `name = "own"
description = "A bot that counts fills"
series_budget = 5
[bot_files]
exec = "config/exec.yml"
[[metrics]]
type = "gauge"
name = "fill_ratio"
help = "Filled orders of all."
[[thresholds]]
name = "exec.fill_ratio_min"
default = 0.5
unit = "ratio"
min = 0
max = 1
help = "Under it, fills are too few."
`;

const RULES = `groups:
  - name: own
    interval: 1s
    rules:
      - alert: FillRatioLow
        expr: fill_ratio < scalar(haltwatch_threshold{name="exec.fill_ratio_min"})
        labels: { severity: critical, action: pause, scope: all }
        annotations: { summary: "{{ $value }}" }
      - alert: NobodysLimit
        expr: fill_ratio < scalar(haltwatch_threshold{name="exec.nobodys"})
`;

const SETTINGS = `
[packs]
enabled = ["./own"]
[global]
scrape_interval = "1s"
[[scrape_configs]]
job_name = "bot"
static_configs = [{ targets = ["ADDRESS"] }]
`;

function haltwatchWith(execYml: string): RealHaltwatch {
  const haltwatch = new RealHaltwatch({ "haltwatch.toml": SETTINGS.replace("ADDRESS", address) });
  for (const folder of ["own", "config"]) mkdirSync(join(haltwatch.folder, folder));
  haltwatch.write("own/pack.toml", PACK);
  haltwatch.write("own/rules.yml", RULES);
  haltwatch.write("config/exec.yml", execYml);
  return haltwatch;
}

async function sampleOf(process: HaltwatchProcess, query: string): Promise<string | undefined> {
  const path = `/api/v1/query?query=${encodeURIComponent(query)}`;
  const { result } = await apiData<{ result: { value: [number, string] }[] }>(process.url, path);
  return result[0]?.value[1];
}

async function hashOf(process: HaltwatchProcess): Promise<string | undefined> {
  const { result } = await apiData<{ result: { metric: Record<string, string> }[] }>(
    process.url,
    "/api/v1/query?query=haltwatch_config_info",
  );
  return result[0]?.metric["hash"];
}

async function firing(process: HaltwatchProcess): Promise<string[]> {
  return (await process.alerts())
    .filter(({ state }) => state === "firing")
    .map(({ labels }) => labels["alertname"] ?? "");
}

test("C5 changing fill_ratio_min in config/exec.yml changes when the alert fires, and C6 the hash, within a second and without a restart", async () => {
  await using haltwatch = haltwatchWith("# the bot's own\nfill_ratio_min: 0.9\nbot_only: [1, 2]\n");
  const process = await haltwatch.start();
  await process.until("the bot is seen", async () =>
    (await sampleOf(process, "fill_ratio")) === "0.92" ? true : undefined,
  );
  expect(await sampleOf(process, 'haltwatch_threshold{name="exec.fill_ratio_min"}')).toBe("0.9");
  expect(await firing(process)).not.toContain("FillRatioLow");
  const hash = await hashOf(process);

  const changedMs = Date.now();
  haltwatch.write("config/exec.yml.new", "# the bot's own\nfill_ratio_min: 0.95\nbot_only: [1, 2]\n");
  renameSync(join(haltwatch.folder, "config/exec.yml.new"), join(haltwatch.folder, "config/exec.yml")); // as editors do

  await process.until("it fires", async () => ((await firing(process)).includes("FillRatioLow") ? true : undefined));
  const [limit] = await process.samples('haltwatch_threshold{name="exec.fill_ratio_min"}[5m]');
  const takenOver = limit?.values.find(([, value]) => value === "0.95");
  expect((takenOver?.[0] ?? Number.POSITIVE_INFINITY) * 1000 - changedMs).toBeLessThan(TAKEN_OVER_MS);
  expect(await hashOf(process)).not.toBe(hash);
  const journal = await apiData<{ kind: string; data?: { changes?: string[] } }[]>(
    process.url,
    "/api/haltwatch/journal?kind=config-change",
  );
  expect(journal.map(({ data }) => data?.changes)).toEqual([
    ["thresholds.exec.fill_ratio_min: 0.9 ratio → 0.95 ratio"],
  ]);
});

test("C5 a broken edit is refused and named, and the limit of before stays until it is mended", async () => {
  await using haltwatch = haltwatchWith("fill_ratio_min: 0.9\n");
  const process = await haltwatch.start();
  const hash = await hashOf(process);

  haltwatch.write("config/exec.yml", "stake: 1\nfill_ratio_min: nine tenths\n");

  const refused = await process.until("it is refused", async () => process.logged("reload_failed")[0]);
  expect(refused["error"]).toMatch(/config\/exec\.yml:2:1: exec\.fill_ratio_min: "nine tenths" is no number/);
  expect(await sampleOf(process, 'haltwatch_threshold{name="exec.fill_ratio_min"}')).toBe("0.9");
  expect(await hashOf(process)).toBe(hash);
  const metrics = await (await fetch(`${process.url}/metrics`)).text();
  expect(metrics).toContain("haltwatch_config_last_reload_successful 0\n");
  expect(metrics).toContain('haltwatch_threshold{name="exec.fill_ratio_min"} 0.9\n');

  haltwatch.write("config/exec.yml", "fill_ratio_min: 0.8\n");

  await process.until("it is mended", async () =>
    (await sampleOf(process, 'haltwatch_threshold{name="exec.fill_ratio_min"}')) === "0.8" ? true : undefined,
  );
  expect(await (await fetch(`${process.url}/metrics`)).text()).toContain("haltwatch_config_last_reload_successful 1\n");
});

test("C5 a threshold that a rule names and nobody defines is an alert", async () => {
  await using haltwatch = haltwatchWith("fill_ratio_min: 0.9\n");
  const process = await haltwatch.start();

  const absent = await process.until("it fires", async () =>
    (await process.alerts()).find(({ labels }) => labels["alertname"] === "ThresholdAbsent"),
  );

  expect(absent).toMatchObject({ state: "firing", labels: { name: "exec.nobodys", severity: "critical" } });
  expect(await firing(process)).not.toContain("FillRatioLow");
});
