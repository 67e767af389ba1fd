/** The example of a betting bot: its limits stand in the bot's own files, once. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { PACKS } from "@haltwatch/packs";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PROGRAM = `${ROOT}packages/cli/src/main.ts`;
const EXAMPLE = `${ROOT}examples/betting/haltwatch.toml`;

async function explained(what: string): Promise<string> {
  const env = { ...process.env, HALTWATCH_CONTROL_TOKEN: "control-s3cret", BETTING_TOKEN: "betting-s3cret" };
  const args = [PROGRAM, "config", "explain", what, "-c", EXAMPLE];
  return (await promisify(execFile)(process.execPath, args, { env })).stdout;
}

test("C5 the limits of config/exec.yml and config/risk.yml hold from there, and each says so", async () => {
  const text = await explained("thresholds");

  expect(text).toMatch(/exec\.fill_ratio_min +0\.85 ratio +config\/exec\.yml:\d+:1\n/);
  expect(text).toMatch(/exec\.p95_accept_time_ms_max +2500 ms +config\/exec\.yml:\d+:1\n/);
  expect(text).toMatch(/risk\.stake_pct_cap +1\.5 percent +config\/risk\.yml:\d+:1\n/);
  expect(text).toMatch(/risk\.balance_usd_min +15 usd +config\/risk\.yml:\d+:1\n/);
  expect(text).toMatch(/risk\.unhedged_usd_max +50 usd +the pack betting\n/);
});

test("C5 C2 bank_source is read from the bot's file as it is", async () => {
  expect(await explained("settings")).toMatch(/risk\.bank_source +"all" +config\/risk\.yml:\d+:1\n/);
});

test("C7 each limit that C names is a series by the name it has in the bot's file", () => {
  const names = PACKS.find(({ name }) => name === "betting")?.thresholds.map(({ name }) => name);

  expect(names).toEqual(
    expect.arrayContaining(["exec.fill_ratio_min", "exec.p95_accept_time_ms_max", "risk.stake_pct_cap"]),
  );
});
