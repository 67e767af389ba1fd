import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JsonLog } from "@haltwatch/bot";
import { Store } from "@haltwatch/store";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readServerConfig } from "../config/server-config.ts";
import { HandClock } from "../rules/testing/hand-clock.ts";
import { ScheduledWork } from "./scheduled-work.ts";

const NINE_MS = Date.parse("2026-10-25T08:00:00Z");

let folder: string;
let store: Store;
let reports: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "haltwatch-work-"));
  store = new Store({ path: ":memory:", commitIntervalMs: 0 });
  reports = [];
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

function work(toml: string, clock: HandClock): ScheduledWork {
  const file = join(folder, "haltwatch.toml");
  writeFileSync(file, toml);
  readServerConfig({ file, env: {} });
  return new ScheduledWork({
    ...{ store, clock, log: JsonLog.silent(), config: () => readServerConfig({ file, env: {} }) },
    report: async (dueMs) => void reports.push(new Date(dueMs).toISOString()),
  });
}

async function settled(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 5));
}

test("D1 D3 what is found of machine and backups is in series that the rules know", async () => {
  writeFileSync(join(folder, "copy.db"), Buffer.alloc(3000));
  const clock = new HandClock(Date.now());
  await using scheduled = work(
    `[health]\nnetwork = ["127.0.0.1:1"]\n[[backups]]\nname = "daily"\npath = "*.db"\n[[backups]]\nname = "none"\npath = "none"\n`,
    clock,
  );

  scheduled.start();
  clock.turn(10_000);
  await settled(() => scheduled.health !== undefined && scheduled.backups.length === 2);
  let text = "";
  while (!/^health_cpu_percent /m.test(text)) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    text = await scheduled.series.registry.metrics();
  }
  for (const line of [
    /^health_cpu_percent [\d.]+$/m,
    /^health_memory_percent [\d.]+$/m,
    /^health_disk_percent\{path="\/"\} [\d.]+$/m,
    /^health_network_up\{target="127.0.0.1:1"\} 0$/m,
    /^health_check_up\{kind="network",target="127.0.0.1:1"\} 0$/m,
    /^health_backup_size_bytes\{backup="daily"\} 3000$/m,
    /^health_backup_timestamp_seconds\{backup="none"\} 0$/m,
  ])
    expect(text).toMatch(line);
  expect(text).not.toMatch(/^health_vault/m);
});

test("D1 after a start the machine is looked at when starting is over, also where a look was missed", async () => {
  const toml = '[schedule]\nreport = ""\nbackup = ""\n';
  const clock = new HandClock(NINE_MS - 30_000);
  const first = work(toml, clock);
  first.start();
  clock.turn(10_000);
  await settled(() => first.health !== undefined);
  await first[Symbol.asyncDispose]();
  clock.turn(3_600_000);

  await using second = work(toml, clock);
  second.start();
  await new Promise((resolve) => setTimeout(resolve, 1_300)); // the processors are looked at for a second
  const early = second.health;
  clock.turn(10_000);
  await settled(() => second.health !== undefined);

  expect(early).toBeUndefined();
});

test("D1 what is not looked at any more is not told as if it were", async () => {
  const clock = new HandClock(NINE_MS + 1_000);
  await using scheduled = work('[schedule]\nreport = ""\n', clock);
  scheduled.start();
  clock.turn(10_000);
  await settled(() => scheduled.health !== undefined);
  expect(await scheduled.series.registry.metrics()).toMatch(/^health_check_up\{/m);

  writeFileSync(join(folder, "haltwatch.toml"), '[schedule]\nreport = ""\nhealth = ""\n');
  scheduled.configured();

  expect(await scheduled.series.registry.metrics()).not.toMatch(/^health_(?!backup)/m);
  expect(scheduled.health).toBeUndefined();
});

test("D1 what is unhealthy is looked at again soon: one connection that failed is no alert of a minute", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // it listens on a port
  server.close();
  await once(server, "close");
  const clock = new HandClock(NINE_MS + 1_000);
  await using scheduled = work(
    `[schedule]\nreport = ""\n[health]\nnetwork = ["127.0.0.1:${port}"]\n[thresholds]\n${["cpu", "memory", "disk"]
      .map((name) => `health.${name}_percent_max = 100\n`)
      .join("")}`,
    clock,
  );
  scheduled.start();
  clock.turn(10_000);
  await settled(() => scheduled.health?.status === "unhealthy");

  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  clock.turn(20_000);
  await settled(() => scheduled.health?.status === "ok");
  server.close();

  expect(await scheduled.series.registry.metrics()).toMatch(/^health_network_up\{target="127.0.0.1:\d+"\} 1$/m);
});

test("D3 backups that are named while it runs are looked at soon, and those that are not any more are forgotten", async () => {
  const clock = new HandClock(NINE_MS + 1_000);
  await using scheduled = work('[schedule]\nhealth = ""\n[[backups]]\nname = "old"\npath = "old"\n', clock);
  scheduled.start();
  await settled(() => scheduled.backups.length === 1);

  writeFileSync(join(folder, "haltwatch.toml"), '[schedule]\nhealth = ""\n[[backups]]\nname = "new"\npath = "new"\n');
  scheduled.configured();
  await settled(() => scheduled.backups[0]?.name === "new");

  expect(await scheduled.series.registry.metrics()).not.toContain('backup="old"');
});

test("D2 the report is made at nine there, and after a restart not a second time", async () => {
  const toml = '[schedule]\ntime_zone = "Europe/Berlin"\nhealth = ""\nbackup = ""\n';
  const clock = new HandClock(NINE_MS - 30_000);
  const first = work(toml, clock);
  first.start();
  for (let second = 0; second < 60; second += 5) clock.turn(5_000);
  await first[Symbol.asyncDispose]();

  await using second = work(toml, clock);
  second.start();
  clock.turn(60_000);

  expect(reports).toEqual([new Date(NINE_MS).toISOString()]);
});

test.each([
  ['report = "at nine"', /schedule\.report: "at nine" is no cron expression/],
  ['time_zone = "Berlin"', /schedule\.time_zone: "Berlin" is no time zone/],
])("D2 a schedule that nobody can keep to is refused at the start: %s", (line, fault) => {
  expect(() => work(`[schedule]\n${line}\n`, new HandClock(0))).toThrow(fault);
});

test("D1 a URL with a password is refused, and not shown", () => {
  const toml = '[health]\nprometheus_url = "https://me:hunter2@prometheus.example"\n';

  expect(() => work(toml, new HandClock(0))).toThrow(
    /health\.prometheus_url: write the URL without a name and a password/,
  );
  expect(() => work(toml, new HandClock(0))).not.toThrow(/hunter2/);
});
