/** The betting pack in a real Haltwatch, over a simulated bot that is scraped: what halts its orchestrator, and what only warns. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { PACKS } from "@haltwatch/packs";
import { expect, test } from "vitest";
import { BettingOrchestrator, bettingConfig } from "../guard/betting-orchestrator.ts";
import { apiData, freePort, type HaltwatchProcess, RealHaltwatch } from "../real-haltwatch.ts";
import { LiveBot } from "./live-bot.ts";

const TOKENS = { CONTROL_TOKEN: "control-s3cret", BETTING_TOKEN: "betting-s3cret" };

/** Bets come so many times as fast as usual, so that there are enough of them in seconds. */
const PACE = 10;

/** From the alert to the orchestrator's being asked, milliseconds: RTS 6 allows five seconds. */
const AT_ONCE_MS = 1000;

/** The bot's own limits. */
const EXEC = "fill_ratio_min: 0.85\np95_accept_time_ms_max: 2500\nbets_min: 10\n";

async function started() {
  const pack = PACKS.find(({ name }) => name === "betting");
  if (pack === undefined) throw new Error("there is no betting pack");
  const bot = await LiveBot.start(pack, { seed: 3, pace: PACE });
  const orchestrator = new BettingOrchestrator(await freePort(), TOKENS.BETTING_TOKEN);
  await orchestrator.start();
  const toml = `[web]
control_token = "env:CONTROL_TOKEN"
[rules]
system = false
[packs]
enabled = ["betting"]
[[scrape_configs]]
job_name = "betting"
scrape_interval = "200ms"
scrape_timeout = "200ms"
static_configs = [{ targets = ["${bot.address}"], labels = { bot = "betting-1" } }]
${bettingConfig(orchestrator.url)}`;
  const real = new RealHaltwatch({ "haltwatch.toml": toml }, TOKENS);
  mkdirSync(join(real.folder, "config"));
  real.write("config/exec.yml", EXEC);
  real.write("config/risk.yml", "stake_pct_cap: 2\nbank_source: all\n");
  return { bot, orchestrator, real };
}

async function firing(process: HaltwatchProcess): Promise<readonly string[]> {
  return (await process.alerts())
    .filter(({ state }) => state === "firing")
    .map(({ labels }) => labels["alertname"] ?? "");
}

test("C8 a void spike only warns; a fill ratio under its limit in exec.yml pauses the orchestrator at once", {
  timeout: 90_000,
}, async () => {
  const { bot, orchestrator, real } = await started();
  await using _bot = bot;
  await using _orchestrator = orchestrator;
  await using _real = real;
  const process = await real.start();
  const enough = 'min(betting:bets_decided:5m) >= scalar(haltwatch_threshold{name="exec.bets_min"})';
  await process.until("there are enough bets", async () => {
    const path = `/api/v1/query?query=${encodeURIComponent(enough)}`;
    const { result } = await apiData<{ result: unknown[] }>(process.url, path);
    return result.length > 0 ? true : undefined;
  });
  expect(await firing(process)).toEqual([]);

  bot.faults.add("void-spike");
  await process.until("the voids are told", async () =>
    (await firing(process)).includes("VoidRateHigh") ? true : undefined,
  );
  expect(await firing(process)).toEqual(["VoidRateHigh"]);
  expect(orchestrator.status).toBe("running");
  expect(await apiData(process.url, "/api/haltwatch/pauses")).toEqual([]);

  bot.faults.add("rejected-orders");
  await process.until("the bot is paused", async () => (orchestrator.status === "paused" ? true : undefined));

  const [pause] = await apiData<readonly { readonly time: string }[]>(process.url, "/api/haltwatch/pauses");
  const request = orchestrator.seen.find(({ path }) => path === "/api/pause");
  const tookMs = (request?.timeMs ?? Number.POSITIVE_INFINITY) - Date.parse(pause?.time ?? "");
  globalThis.process.stdout.write(`fill ratio's alert to the orchestrator's pause: ${tookMs} ms\n`);
  expect(tookMs).toBeLessThan(AT_ONCE_MS);
  const said: unknown = JSON.parse(request?.body ?? "");
  expect(said).toMatchObject({ rule: "FillRatioLow", state: "HALTED" });
  expect(await firing(process)).toContain("FillRatioLow");
});
