/** A bot without the link is paused through its orchestrator's HTTP API by a real Haltwatch, and stays paused. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { apiData, freePort, type HaltwatchProcess, RealHaltwatch } from "../real-haltwatch.ts";
import { BettingOrchestrator, bettingConfig } from "./betting-orchestrator.ts";

const PROGRAM = fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url));

const TIMEOUT = { timeout: 60_000 };

const TOKENS = { CONTROL_TOKEN: "control-s3cret", BETTING_TOKEN: "betting-s3cret" };

const RULES = `
groups:
  - name: betting
    interval: 200ms
    rules:
      - alert: OddsStale
        expr: betting_odds_age_seconds > 5
        labels: { action: pause, severity: critical }
        annotations: { summary: 'the odds are {{ $value }} s old, "stale"' }
`;

function config(orchestrator: BettingOrchestrator): string {
  return `[web]
control_token = "env:CONTROL_TOKEN"
[rules]
files = ["rules.yml"]
system = false
[[scrape_configs]]
job_name = "betting"
scrape_interval = "200ms"
scrape_timeout = "200ms"
static_configs = [{ targets = ["127.0.0.1:${orchestrator.port}"], labels = { bot = "betting-1" } }]
${bettingConfig(orchestrator.url)}`;
}

interface Shown {
  readonly confirmation?: string;
  readonly lastError?: string;
  readonly wanted?: string;
}

async function shown({ url }: HaltwatchProcess): Promise<Shown> {
  const [orchestrator = {}] = await apiData<readonly Shown[]>(url, "/api/haltwatch/orchestrators");
  return orchestrator;
}

function haltwatch({ url }: HaltwatchProcess, ...args: string[]): Promise<string> {
  const options = { env: { ...process.env, HALTWATCH_CONTROL_TOKEN: TOKENS.CONTROL_TOKEN } };
  return promisify(execFile)(process.execPath, [PROGRAM, ...args, "--url", url], options).then(
    ({ stdout }) => stdout,
    (error: { readonly stdout: string; readonly stderr: string }) => `${error.stdout}${error.stderr}`, // execFile's own
  );
}

async function started(): Promise<{ orchestrator: BettingOrchestrator; real: RealHaltwatch }> {
  const orchestrator = new BettingOrchestrator(await freePort(), TOKENS.BETTING_TOKEN);
  await orchestrator.start();
  return {
    orchestrator,
    real: new RealHaltwatch({ "haltwatch.toml": config(orchestrator), "rules.yml": RULES }, TOKENS),
  };
}

test(
  "C8 a rule that fires pauses the bot over HTTP, a person sees it, and only the person's arm resumes it",
  TIMEOUT,
  async () => {
    const { orchestrator, real } = await started();
    await using _orchestrator = orchestrator;
    await using _real = real;
    const process = await real.start();
    await process.until("it is scraped", async () =>
      (await process.samples("betting_odds_age_seconds[1m]")).length > 0 ? true : undefined,
    );

    const staleMs = Date.now();
    orchestrator.oddsAge = 60;
    await process.until("the bot is paused", async () => (orchestrator.status === "paused" ? true : undefined));
    const [{ time }] = await apiData<readonly [{ time: string }]>(process.url, "/api/haltwatch/pauses");
    const [pause] = orchestrator.seen.filter(({ path }) => path === "/api/pause");
    const tookMs = (pause?.timeMs ?? Infinity) - Date.parse(time);
    globalThis.process.stdout.write(
      `rule fired to request: ${tookMs} ms; stale to request, scraped each 200 ms: ${(pause?.timeMs ?? 0) - staleMs} ms\n`,
    );

    expect(tookMs).toBeLessThan(1000);
    expect(JSON.parse(pause?.body ?? "")).toMatchObject({
      ...{ reason: 'the odds are 60 s old, "stale"', rule: "OddsStale", state: "HALTED" },
    });
    await process.until("it is confirmed", async () =>
      (await shown(process)).confirmation === "confirmed" ? true : undefined,
    );
    expect(await haltwatch(process, "status")).toMatch(
      /^betting-1: PAUSED, confirmed \d\d:\d\d:\d\d UTC by its orchestrator$/m,
    );
    const metrics = await (await fetch(`${process.url}/metrics`)).text();
    expect(metrics).toContain('haltwatch_orchestrator_confirmed{orchestrator="betting-1"} 1');

    orchestrator.status = "running"; // somebody has started it again
    await process.until("it is paused again", async () => (orchestrator.status === "paused" ? true : undefined));

    orchestrator.oddsAge = 1;
    await process.until("the rule is over", async () => ((await process.alerts()).length === 0 ? true : undefined));
    expect(orchestrator.deeds).not.toContain("/api/resume");
    await haltwatch(process, "arm", "--scope", "bot:betting-1", "--reason", "odds flow again");
    await process.until("it runs again", async () => (orchestrator.status === "running" ? true : undefined));
    expect(await haltwatch(process, "status")).toContain("All is well");
    const journal = await haltwatch(process, "journal", "show");
    expect(journal).toMatch(/paused by betting-1, confirmed/);
    expect(journal).toMatch(/betting-1 was to stay paused, and does not/);
    expect(`${process.stderr}${journal}`).not.toMatch(/s3cret/);
  },
);

test("C8 one that lies, or does not listen, raises the alarm, and is not forgotten", TIMEOUT, async () => {
  const { orchestrator, real } = await started();
  await using _orchestrator = orchestrator;
  await using _real = real;
  const process = await real.start();
  orchestrator.isLying = true;
  await haltwatch(process, "pause", "--scope", "all", "--reason", "exchange is down");

  await process.until("the alarm", async () => process.logged("orchestrator_not_paused")[0]);
  expect(await haltwatch(process, "status")).toContain(
    'betting-1: NOT CONFIRMED: it says that its state is "running"; stop it by hand',
  );
  await orchestrator.stop();
  await process.until("it is gone", async () =>
    (await shown(process)).lastError?.startsWith("connection refused") ? true : undefined,
  );
  expect(await haltwatch(process, "status")).toMatch(
    /betting-1: NOT CONFIRMED: connection refused: .*; stop it by hand/,
  );

  orchestrator.isLying = false;
  await orchestrator.start();
  await process.until("it is paused", async () => (orchestrator.status === "paused" ? true : undefined));
});

test("F4 kill -9 in between: what is in force is asked again, and what was armed is made up for", TIMEOUT, async () => {
  const { orchestrator, real } = await started();
  await using _orchestrator = orchestrator;
  await using _real = real;
  const first = await real.start();
  await orchestrator.stop();
  await haltwatch(first, "pause", "--scope", "bot:betting-1", "--reason", "looks odd");
  await first.end("SIGKILL");
  await orchestrator.start();
  expect(orchestrator.status).toBe("running");

  const second = await real.start();
  await second.until("it is paused", async () => (orchestrator.status === "paused" ? true : undefined));
  await second.until("it is confirmed", async () =>
    (await shown(second)).confirmation === "confirmed" ? true : undefined,
  );
  await orchestrator.stop();
  await haltwatch(second, "arm", "--scope", "bot:betting-1", "--reason", "looks well");
  await second.end("SIGKILL");
  await orchestrator.start();

  const third = await real.start();
  await third.until("it runs again", async () => (orchestrator.status === "running" ? true : undefined));
});

test("a reload brings orchestrators in force whole, or not at all", TIMEOUT, async () => {
  const { orchestrator, real } = await started();
  await using _orchestrator = orchestrator;
  await using _real = real;
  real.write("haltwatch.toml", config(orchestrator).replace(/\[\[orchestrators\]\][\s\S]*/, ""));
  const process = await real.start();
  await haltwatch(process, "pause", "--scope", "all", "--reason", "why");
  const reload = () =>
    fetch(`${process.url}/-/reload`, { method: "POST", headers: { Authorization: `Bearer ${TOKENS.CONTROL_TOKEN}` } });

  real.write("haltwatch.toml", config(orchestrator).replace("env:BETTING_TOKEN", "env:NOWHERE"));
  expect((await reload()).ok).toBe(false);
  expect(orchestrator.seen).toEqual([]);
  real.write("haltwatch.toml", config(orchestrator));
  expect((await reload()).ok).toBe(true);
  await process.until("it is paused", async () => (orchestrator.status === "paused" ? true : undefined));
});
