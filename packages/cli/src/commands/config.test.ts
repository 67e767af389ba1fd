import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

const PROGRAM = fileURLToPath(new URL("../main.ts", import.meta.url));

const EXAMPLES = fileURLToPath(new URL("../../../../examples/config/", import.meta.url));

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "haltwatch-config-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function haltwatch(...args: readonly string[]): Promise<Ended> {
  const env = { ...process.env, HALTWATCH_CONTROL_TOKEN: "hunter2", HALTWATCH_ENV: "" };
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, ...args], { cwd: folder, env }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr }),
    );
  });
}

test("D9 C6 the examples for dev and prod are valid, and differ in limits by configuration alone", async () => {
  const prod = await haltwatch("config", "explain", "thresholds", "-c", `${EXAMPLES}haltwatch.toml`);
  const dev = await haltwatch("config", "explain", "thresholds", "-c", `${EXAMPLES}haltwatch.toml`, "--env", "dev");

  expect(prod.stdout).toMatch(/arbitrage\.latency_ms_max +500 ms +haltwatch\.toml:\d+:1\n/);
  expect(dev.stdout).toMatch(/arbitrage\.latency_ms_max +1000 ms +haltwatch\.dev\.toml:\d+:1\n/);
  expect(dev.stdout).toMatch(/arbitrage\.quote_age_seconds_max +10 seconds +the pack arbitrage\n/);
  expect(/hash (\w+)/.exec(dev.stdout)?.[1]).not.toBe(/hash (\w+)/.exec(prod.stdout)?.[1]);
});

test("D9 limits of scrapers differ between dev and prod, and what dev does not say stays as it is", async () => {
  const file = `${EXAMPLES}../scraper/haltwatch.toml`;

  const [prod, dev] = await Promise.all([
    haltwatch("config", "explain", "thresholds", "-c", file),
    haltwatch("config", "explain", "thresholds", "-c", file, "--env", "dev"),
  ]);

  expect(prod.stdout).toMatch(/scraper\.opportunities_per_day_min +50 count +haltwatch\.toml:\d+:1\n/);
  expect(dev.stdout).toMatch(/scraper\.opportunities_per_day_min +5 count +haltwatch\.dev\.toml:\d+:1\n/);
  expect(prod.stdout).toMatch(/health\.cpu_percent_max +80 percent +haltwatch\.toml:\d+:1\n/);
  expect(dev.stdout).toMatch(/health\.cpu_percent_max +95 percent +haltwatch\.dev\.toml:\d+:1\n/);
  expect(dev.stdout).toMatch(/health\.disk_percent_max +90 percent +haltwatch\.toml:\d+:1\n/);
});

test("C6 config explain shows where a secret is kept and never the secret", async () => {
  const { stdout } = await haltwatch("config", "explain", "web", "-c", `${EXAMPLES}haltwatch.toml`);

  expect(stdout).toContain('"env:HALTWATCH_CONTROL_TOKEN"');
  expect(stdout).not.toContain("hunter2");
});

test("C6 config validate names what is wrong with its place; config diff says what differs", async () => {
  writeFileSync(join(folder, "a.toml"), '[packs]\nenabled = ["arbitrage"]\n');
  writeFileSync(
    join(folder, "b.toml"),
    '[packs]\nenabled = ["arbitrage"]\n[thresholds]\narbitrage.latency_ms_max = 200\n',
  );
  writeFileSync(
    join(folder, "bad.toml"),
    '[packs]\nenabled = ["arbitrage"]\n[thresholds]\narbitrage.latency_ms_max = "x"\n',
  );

  const [good, bad, differs, same] = await Promise.all([
    haltwatch("config", "validate", "b.toml"),
    haltwatch("config", "validate", "bad.toml"),
    haltwatch("config", "diff", "a.toml", "b.toml"),
    haltwatch("config", "diff", "a.toml", "a.toml"),
  ]);

  expect([good.code, good.stderr]).toEqual([0, ""]);
  expect([bad.code, bad.stderr]).toEqual([
    2,
    expect.stringContaining('bad.toml:4:1: arbitrage.latency_ms_max: "x" is no number'),
  ]);
  expect([differs.code, differs.stdout]).toEqual([1, "thresholds.arbitrage.latency_ms_max: 500 ms → 200 ms\n"]);
  expect([same.code, same.stdout]).toEqual([0, "They say the same.\n"]);
});

test("a pack of one's own is written from the template, is good, is enabled, and runs", async () => {
  const written = await haltwatch("pack", "new", "my-bot");
  const checked = await haltwatch("pack", "check", "./my-bot");
  const enabled = await haltwatch("pack", "enable", "./my-bot");
  const valid = await haltwatch("config", "validate", "haltwatch.toml");

  expect([written.code, checked.code, enabled.code, valid.code]).toEqual([0, 0, 0, 0]);
  expect(checked.stdout).toContain("my-bot: good.");
  expect(readFileSync(join(folder, "haltwatch.toml"), "utf8")).toBe('[packs]\nenabled = ["./my-bot"]\n');
});

test("a pack with faults is told, and exits with 1", async () => {
  await haltwatch("pack", "new", "my-bot");
  writeFileSync(join(folder, "my-bot/RUNBOOK.md"), "# nothing\n");

  const { code, stderr } = await haltwatch("pack", "check", "./my-bot");

  expect([code, stderr]).toEqual([1, expect.stringContaining('RUNBOOK.md has no section "## MyBotErrorsHigh"')]);
});

test("the packs are listed and shown", async () => {
  const list = await haltwatch("pack", "list");
  const show = await haltwatch("pack", "show", "arbitrage");

  expect(list.stdout).toMatch(/^arbitrage +An arbitrage bot/m);
  for (const part of ["orders_total{venue}", "arbitrage.latency_ms_max", "OrdersFailingInARow", "rejected-orders"])
    expect(show.stdout).toContain(part);
});
