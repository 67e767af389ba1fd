/** A real Prometheus takes on what Haltwatch holds, from `/federate`, as it does from another Prometheus. */
import { PACKS } from "@haltwatch/packs";
import { expect } from "vitest";
import { LiveBot } from "./packs/live-bot.ts";
import { testWithPeer } from "./peers.ts";
import { apiData, RealHaltwatch, type ShownSeries } from "./real-haltwatch.ts";
import { startPrometheusWithConfig } from "./real-prometheus.ts";

/** What the bot and the rules make. */
const TAKEN = '{job="ai-trading"}';

/** Samples of each series that are compared. */
const SAMPLES = 3;

testWithPeer(
  "prometheus",
  "E8 a real Prometheus federates what Haltwatch has: same series, times and values",
  async (binary) => {
    const pack = PACKS.find(({ name }) => name === "ai-trading");
    if (pack === undefined) throw new Error("there is no such pack");
    await using bot = await LiveBot.start(pack, { seed: 5, pace: 20 });
    await using real = new RealHaltwatch({
      "haltwatch.toml": `[packs]
enabled = ["ai-trading"]
[[scrape_configs]]
job_name = "ai-trading"
scrape_interval = "500ms"
scrape_timeout = "500ms"
static_configs = [{ targets = ["${bot.address}"], labels = { bot = "ai-1" } }]
`,
    });
    const ours = await real.start();
    await using theirs = await startPrometheusWithConfig(
      binary,
      JSON.stringify({
        global: { scrape_interval: "1s", scrape_timeout: "1s" },
        scrape_configs: [
          {
            ...{ job_name: "haltwatch", metrics_path: "/federate", honor_labels: true },
            params: { "match[]": [TAKEN] },
            static_configs: [{ targets: [new URL(ours.url).host] }],
          },
        ],
      }),
    );
    const path = `/api/v1/query?query=${encodeURIComponent(`${TAKEN}[1m]`)}`;

    const taken = await theirs.until("it has taken on some samples of each", async () => {
      const { result } = await apiData<{ result: readonly ShownSeries[] }>(theirs.url, path);
      return result.length > 0 && result.every(({ values }) => values.length >= SAMPLES) ? result : undefined;
    });

    const own = new Map((await ours.samples(`${TAKEN}[2m]`)).map((one) => [keyOf(one), new Map(one.values)]));
    expect(taken.map(keyOf).filter((key) => !own.has(key))).toEqual([]);
    expect(taken.map(keyOf).join()).toContain("ai_decision_total");
    const wrong = taken.flatMap((one) =>
      one.values.filter(([time, value]) => own.get(keyOf(one))?.get(time) !== value),
    );
    expect(wrong).toEqual([]);
    const samples = taken.reduce((sum, { values }) => sum + values.length, 0);
    process.stdout.write(`federated: ${taken.length} series, ${samples} samples, all the same\n`);
  },
);

function keyOf({ metric }: ShownSeries): string {
  return JSON.stringify(Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1)));
}
