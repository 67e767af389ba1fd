/**
 * A real Prometheus and our ScrapeManager scrape the same target, whose behaviour changes stage by stage; after each they hold the
 * same series with the same values, and lack the same ones: what is stale is not there.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { readPrometheusYml, ScrapeManager } from "@haltwatch/server";
import { Store } from "@haltwatch/store";
import { expect } from "vitest";
import { testWithPeer } from "./peers.ts";
import { labelsKey, type RealPrometheus, startPrometheusWithConfig } from "./real-prometheus.ts";

/** How long both may take to agree after a change, milliseconds. */
const PATIENCE_MS = 15_000;

/** Of those in the configuration, all but `crowded`, which is over its limit. */
const SCRAPED_JOBS = 11;

const NAMES = ["steady", "series gone", "failing", "back", "garbage", "back again"] as const;

/** What is exposed in each stage, by the path's first part: the second is the job's. `undefined`: the target fails. */
function bodyAt(path: string, stage: number): string | undefined {
  if (stage === 2) return undefined;
  // At the beginning: of series that stand before it, Prometheus forgets to mark as stale those that it had, and we do not.
  if (stage === 4) return "this is { garbage\n";
  const hasAll = stage !== 1;
  switch (path.split("/")[1]) {
    case "labels":
      return `a{job="own",instance="i",exported_job="e"} 1\nb{x="1",exported_instance=""} 2\n`;
    case "timestamps": {
      const old = hasAll ? `with_time 3 ${Date.now() - 500}\n` : "";
      return `${old}without_time 4\n`;
    }
    case "relabelled":
      return `${hasAll ? RELABELLED : ""}kept{zone="EU",env="a"} 7\n`;
    case "duplicates":
      return `d 1\nd 2\n${hasAll ? 'e{x="1"} 3\ne{x="1",} 3\n' : ""}`;
    case "numbers":
      return `n1 NaN\nn2 +Inf\nn3 -Inf\nn4 1e-300\nn5 0.1\nn6 -0\n${hasAll ? "n7 17\n" : ""}`;
    default:
      return `s1 1\ns2 2\n${hasAll ? "s3 3\n" : ""}`;
  }
}

const RELABELLED = ['kept{zone="EU",env="b"} 1', "dropped_one 2", 'same{a="x",b="x"} 3', 'other{a="x",b="y"} 4']
  .map((line) => `${line}\n`)
  .join("");

function configOf(target: string): string {
  const targets = `static_configs: [{ targets: ["${target}"], labels: { env: prod } }]`;
  return `
global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs:
  - { job_name: honest, metrics_path: /labels/honest, honor_labels: true, ${targets} }
  - { job_name: renamed, metrics_path: /labels/renamed, ${targets} }
  - { job_name: timed, metrics_path: /timestamps/timed, ${targets} }
  - { job_name: untimed, metrics_path: /timestamps/untimed, honor_timestamps: false, ${targets} }
  - { job_name: duplicates, metrics_path: /duplicates/duplicates, ${targets} }
  - { job_name: numbers, metrics_path: /numbers/numbers, ${targets} }
  - { job_name: limited, metrics_path: /limited/limited, sample_limit: 1, ${targets} }
  - { job_name: labelled, metrics_path: /labels/labelled, label_limit: 4, ${targets} }
  - { job_name: within, metrics_path: /within/within, sample_limit: 3, target_limit: 1, label_limit: 10, ${targets} }
  - job_name: crowded
    target_limit: 1
    static_configs: [{ targets: ["${target}", "${target.replace("127.0.0.1", "localhost")}"] }]
  - job_name: metrics
    metrics_path: /relabelled/metrics
    static_configs: [{ targets: ["${target}"] }]
    metric_relabel_configs:
      - { source_labels: [__name__], regex: "dropped_.*", action: drop }
      - { source_labels: [a], target_label: b, regex: "(.+)", replacement: "$1-$$", action: replace }
      - { source_labels: [zone], target_label: lower, action: lowercase }
      - { source_labels: [env], target_label: upper, action: uppercase }
      - { source_labels: [__name__, env], target_label: shard, modulus: 16, action: hashmod }
      - { regex: "zo(.*)", replacement: "map_$1", action: labelmap }
      - { regex: "instance|zone", action: labeldrop }
      - { source_labels: [none], target_label: none, action: keepequal }
      - { source_labels: [__name__], target_label: lower, action: dropequal }
  - job_name: targets
    metrics_path: /nowhere
    params: { a: [one, two], b: ["x y"] }
    static_configs:
      - { targets: ["${target}", "other:1"], labels: { __meta_region: EU, __meta_path: /numbers/targets, keep: "yes" } }
    relabel_configs:
      - { source_labels: [__address__], regex: "other:.*", action: drop }
      - { source_labels: [__meta_path], target_label: __metrics_path__ }
      - { regex: __meta_(.+), action: labelmap }
      - { source_labels: [__address__], target_label: shard, modulus: 1000, action: hashmod }
      - { source_labels: [__param_b], target_label: asked }
      - { regex: "path", action: labeldrop }
      - { source_labels: [keep], regex: "y.s", action: keep }
    metric_relabel_configs:
      - { regex: "__name__|job|shard|asked|region", action: labelkeep }
`;
}

testWithPeer("prometheus", "Prometheus and ScrapeManager hold the same of the same target", async (binary) => {
  let stage = 0;
  const asked = { theirs: new Map<string, number>(), ours: new Map<string, number>() };
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const url = request.url ?? "";
    const by = request.headers["user-agent"]?.startsWith("Haltwatch") === true ? asked.ours : asked.theirs;
    by.set(url, (by.get(url) ?? 0) + 1);
    const body = bodyAt(url, stage);
    response.writeHead(body === undefined ? 500 : 200, { "Content-Type": "text/plain; version=0.0.4" }).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // of a server that listens on TCP
  const config = configOf(`127.0.0.1:${port}`);

  await using prometheus = await startPrometheusWithConfig(binary, config);
  using store = new Store({ path: ":memory:" });
  await using manager = new ScrapeManager({ store });
  await manager.apply(readPrometheusYml(config, "prometheus.yml").scrapeConfigs);
  try {
    for (const [index, name] of NAMES.entries()) {
      stage = index;
      for (const by of Object.values(asked)) by.clear();
      // Two scrapes each, of everything: then nothing that was there before counts.
      await prometheus.until(`two scrapes by each (${name})`, async () => {
        const isDone = [asked.theirs, asked.ours].every(
          (by) => by.size === SCRAPED_JOBS && [...by.values()].every((n) => n >= 2),
        );
        return isDone ? true : undefined;
      });
      await agree(prometheus, store, name);
    }
    expect([...asked.ours.keys()].sort()).toEqual([...asked.theirs.keys()].sort());
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

/** Waits until both hold the same; tells the difference if they never do. */
async function agree(prometheus: RealPrometheus, store: Store, stage: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const theirs = (await heldByPrometheus(prometheus)).filter(isComparable);
    const ours = heldByUs(store).filter(isComparable);
    const isSame = JSON.stringify(theirs) === JSON.stringify(ours);
    if (!isSame && performance.now() < deadline) {
      await sleep(200); // a real peer on a real clock: asked again, never waited for blindly
      continue;
    }
    expect({ stage, held: ours }).toEqual({ stage, held: theirs });
    expect(theirs.length).toBeGreaterThan(40);
    return;
  }
}

/** Of a body that is refused, Prometheus counts what it had read until then, and Haltwatch nothing. */
function isComparable(line: string): boolean {
  return !line.includes('"scrape_s') || !line.includes('"labelled"');
}

/** How long a scrape took differs; the rest does not. */
const INCOMPARABLE = "scrape_duration_seconds";

async function heldByPrometheus(prometheus: RealPrometheus): Promise<string[]> {
  const path = `/api/v1/query?query=${encodeURIComponent(`{job=~".+",__name__!="${INCOMPARABLE}"}`)}`;
  const answer = await prometheus.answer(path);
  if ("error" in answer) throw new Error(answer.error);
  const { result } = answer.data as { result: { metric: Record<string, string>; value: [number, string] }[] }; // a vector
  return result
    .map(({ metric, value }) => `${labelsKey(metric)} ${shown(Number(value[1].replace("Inf", "Infinity")))}`)
    .sort();
}

function heldByUs(store: Store): string[] {
  const all = [{ name: "__name__", operator: "!=", value: INCOMPARABLE }] as const;
  const nowMs = Date.now();
  return store
    .select(all, nowMs - 300_000, nowMs)
    .filter(({ times, stale }) => times.length > 0 && stale?.[times.length - 1] !== 1)
    .map(({ labels, values }) => `${labelsKey(labels.toObject())} ${shown(values.at(-1))}`)
    .sort();
}

function shown(value: number | undefined): string {
  return Object.is(value, -0) ? "-0" : String(value);
}
