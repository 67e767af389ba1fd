/**
 * The same rule file over the same targets in Haltwatch and in Prometheus 2.42: the same alerts, labels and annotations, and
 * each change of state within two intervals of the other's. Seeded: what differed once differs again.
 */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect } from "vitest";
import { type AlertScenario, alertScenarios } from "./alert-scenarios.ts";
import { AlertTimeline } from "./alert-timeline.ts";
import { testWithPeer } from "./peers.ts";
import { RealHaltwatch, shownAlerts } from "./real-haltwatch.ts";
import { startPrometheusWithConfig } from "./real-prometheus.ts";

/** The nightly run looks longer, and at others each time. */
const NIGHTLY_SECONDS = process.env["HALTWATCH_ALERT_SECONDS"];
const SECONDS = Number(NIGHTLY_SECONDS ?? 36);
const SEED = Number(
  process.env["HALTWATCH_ALERT_SEED"] ?? (NIGHTLY_SECONDS === undefined ? 20_261_121 : Date.now() % 1e9),
);

/** Both scrape and evaluate at it, milliseconds. */
const INTERVAL_MS = 1000;

/** How often it is looked, milliseconds. */
const LOOK_MS = 100;

describe("alerts beside Prometheus's", { timeout: 120_000 + SECONDS * 1500 }, () => {
  testWithPeer(
    "prometheus",
    `ten scenarios of ${SECONDS} s, seed ${SEED}: the same alerts, states within two intervals`,
    async (binary) => {
      const scenarios = alertScenarios(SEED, SECONDS);
      const clock = { startMs: Number.POSITIVE_INFINITY };
      const { server, address } = await serve(scenarios, () => (Date.now() - clock.startMs) / 1000);
      await using haltwatch = new RealHaltwatch({
        "haltwatch.toml": 'prometheus_config = "prometheus.yml"\n[rules]\nsystem = false\n',
        "rules.yml": JSON.stringify({ groups: scenarios.map(({ name, rules }) => ({ name, rules })) }),
      });
      const config = prometheusYml(address, `${haltwatch.folder}/rules.yml`, scenarios.length);
      haltwatch.write("prometheus.yml", config);
      const [ours, theirs] = await Promise.all([haltwatch.start(), startPrometheusWithConfig(binary, config)]);
      await using prometheus = theirs;
      const inexact = new Set(scenarios.flatMap((scenario) => scenario.inexact ?? []));
      const lines = [ours.url, prometheus.url].map((url) => ({
        url,
        timeline: new AlertTimeline((name) => !inexact.has(name)),
      }));
      for (const { url } of lines) {
        await ours.until(`${url} has scraped all and evaluated`, async () => {
          const up = await fetch(`${url}/api/v1/query?query=count(changes(up[3s])==0)`);
          const isUp = (await up.text()).includes(`"${scenarios.length}"`);
          return isUp && (await shownAlerts(url)).length === 0 ? true : undefined;
        });
      }

      clock.startMs = Date.now();
      const deadline = clock.startMs + SECONDS * 1000 + 30_000;
      const isOver = () =>
        Date.now() > clock.startMs + (SECONDS + 3) * 1000 && lines.every(({ timeline }) => timeline.isQuiet);
      while (!isOver() && Date.now() < deadline) {
        await Promise.all(
          lines.map(async ({ url, timeline }) => {
            const alerts = await shownAlerts(url);
            timeline.take(Date.now(), alerts);
          }),
        );
        await sleep(LOOK_MS); // real servers on a real clock
      }
      server.close();
      server.closeAllConnections();

      const [first, second] = lines.map(({ timeline }) => timeline);
      if (first === undefined || second === undefined) throw new Error("two were started");
      const { found, changes, furthestMs } = first.compare(second, 2 * INTERVAL_MS + LOOK_MS, clock.startMs);
      process.stdout.write(`${changes} changes of ${first.seen.size} states, at most ${furthestMs} ms apart\n`);
      expect(found.join("\n"), `seed ${SEED}`).toBe("");
      expect(missing(scenarios, first.seen)).toEqual([]);
    },
  );
});

/** Alerts that no phase of the scenarios has touched: then nothing was compared. */
function missing(scenarios: readonly AlertScenario[], seen: ReadonlySet<string>): string[] {
  const alerts = scenarios.flatMap(({ rules }) =>
    rules.flatMap((rule) => ("alert" in rule ? [String(rule.alert)] : [])),
  );
  return alerts.filter((name) => !seen.has(`${name} ${name === "NeverFires" ? "pending" : "firing"}`));
}

async function serve(
  scenarios: readonly AlertScenario[],
  seconds: () => number,
): Promise<{ server: Server; address: string }> {
  const server = createServer(({ url }, response) => {
    const text = scenarios[Number(url?.slice("/s".length))]?.exposition(seconds());
    if (text === undefined) response.destroy();
    else response.setHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8").end(text);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { server, address: `127.0.0.1:${address.port}` };
}

function prometheusYml(address: string, rules: string, jobs: number): string {
  return JSON.stringify({
    global: {
      scrape_interval: "1s",
      scrape_timeout: "1s",
      evaluation_interval: "1s",
      external_labels: { monitor: "desk" },
    },
    rule_files: [rules],
    scrape_configs: Array.from({ length: jobs }, (_, index) => ({
      job_name: `s${index}`,
      metrics_path: `/s${index}`,
      static_configs: [{ targets: [address] }],
    })),
  });
}
