import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
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
  const config = readServerConfig({ file, env: {} });
  return new ScheduledWork({
    ...{ store, clock, log: JsonLog.silent(), config: () => config },
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

  const text = await scheduled.series.registry.metrics();
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
