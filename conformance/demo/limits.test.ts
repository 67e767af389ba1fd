/** The betting bot's own limits under a running demo: changed in its file, they hold at once; a broken edit changes nothing. */
import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { apiData } from "../real-haltwatch.ts";
import { RealDemo } from "./real-demo.ts";

/** From the file's change until it holds, milliseconds. */
const HOLDS_WITHIN_MS = 1000;

/** Nothing is below it. */
const LAX = 0;
const USUAL = 0.85;

const LIMIT = 'haltwatch_threshold{name="exec.fill_ratio_min"}';

test("C5 C6 a changed fill_ratio_min moves alert, line and hash within a second, and a broken edit moves nothing", {
  timeout: 60_000,
}, async () => {
  await using demo = await RealDemo.start("--pack", "betting", "--speed", "10", "--seed", "3");
  const started = await startTime(demo);
  const before = readFileSync(demo.limitsFile, "utf8");
  const limit = async () => (await demo.query(LIMIT))[0]?.value;
  const hash = async () => (await demo.query("haltwatch_config_info"))[0]?.metric["hash"];
  const setTo = (value: number | string) =>
    writeFileSync(demo.limitsFile, before.replace(/^fill_ratio_min: .*$/m, `fill_ratio_min: ${value}`));
  const isFiring = async () => (await demo.alerts()).some(({ labels }) => labels["alertname"] === "FillRatioLow");
  const usualHash = await hash();

  // A lax limit: fills that are far too few fire nothing.
  setTo(LAX);
  const laxMs = performance.now();
  await demo.until("the lax limit holds", async () => ((await limit()) === LAX ? true : undefined));
  expect(performance.now() - laxMs).toBeLessThan(HOLDS_WITHIN_MS);
  const laxHash = await hash();
  expect(laxHash).not.toBe(usualHash);
  await demo.run("fault", "on", "rejected-orders");
  const enough = `betting:fill_ratio:5m < ${USUAL - 0.1} and betting:bets_decided:5m >= 20`;
  await demo.until("fills are few", async () => ((await demo.query(enough)).length > 0 ? true : undefined));
  expect(await isFiring()).toBe(false);

  // A broken edit is refused and named, and nothing changes.
  setTo('"many"');
  await demo.until("it is refused", async () => (demo.output.includes("settings REFUSED") ? true : undefined));
  expect(demo.output).toMatch(
    /settings REFUSED, those of before stay: \S+config\/exec\.yml:\d+:\d+: exec\.fill_ratio_min/,
  );
  expect([await limit(), await hash(), await isFiring()]).toEqual([LAX, laxHash, false]);

  // The usual limit again: it fires and pauses at once, on the same data and the same process.
  setTo(USUAL);
  const setMs = performance.now();
  await demo.until("it fires", async () => ((await isFiring()) ? true : undefined));
  const tookMs = performance.now() - setMs;
  process.stdout.write(`file changed to alert: ${Math.round(tookMs)} ms\n`);
  expect(tookMs).toBeLessThan(HOLDS_WITHIN_MS);
  expect([await limit(), await hash()]).toEqual([USUAL, usualHash]);
  const pauses = await apiData<readonly { scope: string; rule: string }[]>(demo.url, "/api/haltwatch/pauses");
  expect(pauses).toEqual([expect.objectContaining({ scope: "bot:betting-1", rule: "FillRatioLow" })]);
  await demo.until("its orchestrator has paused it", async () =>
    demo.output.includes("betting-1: sends no more orders") ? true : undefined,
  );
  const drawn = (await demo.query(`count_values("limit", max_over_time(${LIMIT}[5m:1s]))`)).length;
  expect(drawn).toBeGreaterThan(0);
  expect(await startTime(demo)).toBe(started);
});

async function startTime(demo: RealDemo): Promise<string> {
  const { startTime } = await apiData<{ startTime: string }>(demo.url, "/api/v1/status/runtimeinfo");
  return startTime;
}
