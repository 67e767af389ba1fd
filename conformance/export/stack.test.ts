/**
 * The exported configuration in Debian's real Prometheus and Alertmanager, of which only ports and places are rewritten: a fault of a
 * simulated betting bot goes from there to Haltwatch's webhook, and the bot is paused. Haltwatch itself does not see the bot here.
 */
import { mkdirSync } from "node:fs";
import { PACKS } from "@haltwatch/packs";
import { expect } from "vitest";
import { BettingOrchestrator, bettingConfig } from "../guard/betting-orchestrator.ts";
import { LiveBot } from "../packs/live-bot.ts";
import { requiredPeer, testWithPeer } from "../peers.ts";
import { apiData, freePort, RealHaltwatch, shownAlerts } from "../real-haltwatch.ts";
import { startPrometheusWithConfig } from "../real-prometheus.ts";
import { ExportFolder } from "./haltwatch-export.ts";
import { startAlertmanager } from "./real-alertmanager.ts";

const TOKENS = { CONTROL_TOKEN: "control-s3cret", BETTING_TOKEN: "betting-s3cret" };

/** Bets come so many times as fast as usual, so that there are enough of them in seconds. */
const PACE = 10;

/** The bot's own limits. */
const LIMITS = "[thresholds]\nexec.fill_ratio_min = 0.85\nexec.p95_accept_time_ms_max = 2500\nexec.bets_min = 10\n";

function settings(port: number, orchestrator: string): string {
  return `[web]
listen = "127.0.0.1:${port}"
control_token = "env:CONTROL_TOKEN"
[packs]
enabled = ["betting"]
${LIMITS}
${bettingConfig(orchestrator)}`;
}

function scraping(bot: string): string {
  return `[[scrape_configs]]
job_name = "betting"
scrape_interval = "500ms"
scrape_timeout = "500ms"
static_configs = [{ targets = ["${bot}"], labels = { bot = "betting-1" } }]
`;
}

testWithPeer(
  "prometheus",
  "E3 C8 F1 a fault goes from the exported Prometheus over the exported Alertmanager to Haltwatch, and the bot is paused; without limits it is told",
  async (prometheus) => {
    const pack = PACKS.find(({ name }) => name === "betting");
    if (pack === undefined) throw new Error("there is no betting pack");
    await using bot = await LiveBot.start(pack, { seed: 3, pace: PACE });
    await using orchestrator = new BettingOrchestrator(await freePort(), TOKENS.BETTING_TOKEN);
    await orchestrator.start();
    const [port, alertmanagerPort] = [await freePort(), await freePort()];
    const toml = settings(port, orchestrator.url);
    using folder = new ExportFolder({ "haltwatch.toml": toml + scraping(bot.address) }, TOKENS);
    await folder.export("prometheus");
    const prometheusYml = folder.text("prometheus.yml");
    await folder.export("alertmanager", "--with-secrets");
    mkdirSync(folder.path("alertmanager"));
    await using real = new RealHaltwatch({ "haltwatch.toml": toml }, TOKENS);
    const haltwatch = real.spawn(port);
    await using _alertmanager = startAlertmanager(requiredPeer("alertmanager"), {
      ...{ config: folder.path("alertmanager.yml"), storage: folder.path("alertmanager"), port: alertmanagerPort },
    });
    const placed = prometheusYml
      .replace("127.0.0.1:9093", `127.0.0.1:${alertmanagerPort}`)
      .replaceAll("- rules/", `- ${folder.path("rules")}/`);
    await using theirs = await startPrometheusWithConfig(prometheus, placed);
    const firing = async (): Promise<readonly string[]> =>
      (await shownAlerts(theirs.url))
        .filter(({ state }) => state === "firing")
        .map(({ labels }) => labels["alertname"] ?? "");
    await theirs.until("there are enough bets", async () => {
      const enough = 'min(betting:bets_decided:5m) >= scalar(haltwatch_threshold{name="exec.bets_min"})';
      return (await theirs.query(enough)).size > 0 ? true : undefined;
    });
    await theirs.until("nothing fires", async () => ((await firing()).length === 0 ? true : undefined));
    expect(orchestrator.status).toBe("running");

    const faultMs = Date.now();
    bot.faults.add("rejected-orders");
    await haltwatch.until("the bot is paused", async () => (orchestrator.status === "paused" ? true : undefined));

    const activeMs = Date.parse(
      (await shownAlerts(theirs.url)).find(({ labels }) => labels["alertname"] === "FillRatioLow")?.activeAt ?? "",
    );
    const askedMs = orchestrator.seen.find(({ path }) => path === "/api/pause")?.timeMs ?? Number.NaN;
    process.stdout.write(
      `from the fault to the alert in Prometheus ${activeMs - faultMs} ms, from there to the orchestrator's pause ${askedMs - activeMs} ms\n`,
    );
    const pauses = await apiData<readonly object[]>(haltwatch.url, "/api/haltwatch/pauses");
    expect(pauses).toMatchObject([{ scope: "bot:betting-1", by: "alertmanager", rule: "FillRatioLow" }]);

    await haltwatch.end("SIGKILL");
    await theirs.until("the limits are missed", async () =>
      (await firing()).includes("ThresholdAbsent") ? true : undefined,
    );
  },
);
