/**
 * Queries beside a real Prometheus with the same samples: ours in process, parsed anew each time, and Prometheus's over HTTP,
 * less what `1+1` takes there (what its own engine says that it took stands beside it); then both over HTTP, as Grafana asks.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { queryInstant, queryRange } from "@haltwatch/promql";
import { Store } from "@haltwatch/store";
import { requiredPeer } from "../../conformance/peers.ts";
import { startPrometheusWith } from "../../conformance/real-prometheus.ts";
import { median, rounded } from "../median.ts";
import { printTable } from "../table.ts";
import { type DataSeries, dataOf, FIRST_MS, INTERVAL_MS, LAST_MS, openMetricsOf } from "./data.ts";
import { QUERIES } from "./queries.ts";

const SERIES_COUNTS = [1_000, 5_000];
/** The first runs, in which the compiler learns, count on neither side. */
const RUNS = { instant: { warmUp: 30, counted: 15 }, "1 h": { warmUp: 6, counted: 7 } } as const;
const STEP_MS = 15_000;
const HOUR_MS = 3_600_000;

/** Off the samples' own times, where Prometheus 2's closed windows hold the same samples as Prometheus 3's. */
const END_MS = LAST_MS - 2_345;

/** Shorter than what a clock and a network between processes can tell, milliseconds. */
const LEAST_MS = 0.02;

interface Times {
  readonly query: string;
  readonly kind: "instant" | "1 h";
  readonly series: number;
  readonly oursMs: number;
  readonly theirsMs: number;
  readonly theirEngineMs: number;
  /** Both over HTTP, all of it. */
  readonly oursHttpMs: number;
  readonly theirsHttpMs: number;
}

export async function promql(): Promise<object> {
  const all: Times[] = [];
  for (const count of SERIES_COUNTS) all.push(...(await measure(count)));
  const ratios = all.map(({ theirsMs, oursMs }) => theirsMs / oursMs);
  const engineRatios = all.map(({ theirEngineMs, oursMs }) => theirEngineMs / oursMs);
  return {
    ratio_median: rounded(median(ratios)),
    ratio_min: rounded(Math.min(...ratios)),
    queries: QUERIES.length,
    engine_ratio_median: rounded(median(engineRatios)),
    engine_ratio_min: rounded(Math.min(...engineRatios)),
    http_ratio_median: rounded(median(all.map(({ theirsHttpMs, oursHttpMs }) => theirsHttpMs / oursHttpMs))),
    http_ratio_min: rounded(Math.min(...all.map(({ theirsHttpMs, oursHttpMs }) => theirsHttpMs / oursHttpMs))),
    slower: ratios.filter((ratio) => ratio < 1).length,
    measured: all.length,
  };
}

async function measure(count: number): Promise<Times[]> {
  const data = dataOf(count);
  const dir = mkdtempSync(join(tmpdir(), "haltwatch-bench-"));
  process.stderr.write(`promql: ${count} series, loading\n`);
  const prometheus = await startPrometheusWith(
    requiredPeer("prometheus"),
    requiredPeer("promtool"),
    openMetricsOf(data),
  );
  try {
    using store = new Store({ path: join(dir, "bench.db"), commitIntervalMs: 0, now: () => LAST_MS });
    fill(store, data);
    const served = join(dir, "served.db");
    {
      using copy = new Store({ path: served, commitIntervalMs: 0, now: () => LAST_MS });
      fill(copy, data);
    }
    await using haltwatch = await startHaltwatch(dir, served);
    const times: Times[] = [];
    for (const query of QUERIES) {
      for (const kind of ["instant", "1 h"] as const)
        times.push(await timesOf(store, haltwatch.url, prometheus.url, count, query, kind));
    }
    printTable(
      [`${count} series`, "", "ours ms", "Prometheus ms", "its engine", "ratio", "both HTTP: ours", "theirs", "ratio"],
      times.map(({ query, kind, oursMs, theirsMs, theirEngineMs, oursHttpMs, theirsHttpMs }) => [
        query.length > 70 ? `${query.slice(0, 69)}…` : query,
        kind,
        oursMs.toFixed(2),
        theirsMs.toFixed(2),
        theirEngineMs.toFixed(2),
        (theirsMs / oursMs).toFixed(1),
        oursHttpMs.toFixed(2),
        theirsHttpMs.toFixed(2),
        (theirsHttpMs / oursHttpMs).toFixed(1),
      ]),
    );
    return times;
  } finally {
    await prometheus[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** A Haltwatch of its own, as users start it, on this file. */
async function startHaltwatch(dir: string, storage: string): Promise<AsyncDisposable & { readonly url: string }> {
  const config = join(dir, "haltwatch.toml");
  // The samples' time is long past.
  writeFileSync(config, '[web]\nlisten = "127.0.0.1:0"\n[storage]\nretention = "100y"\n');
  const main = fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url));
  const child = spawn(process.execPath, [main, "run", "-c", config, "--storage", storage], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      const found = /(http:\/\/localhost:\d+)\//.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once("exit", (code) => reject(new Error(`haltwatch ended with ${code}`)));
  });
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.removeAllListeners("exit");
      child.kill("SIGTERM");
      await once(child, "close");
    },
  };
}

/** As a scrape every few seconds would have. */
function fill(store: Store, data: readonly DataSeries[]): void {
  const appender = store.appender("bench");
  const series = data.map(({ labels }) => store.series(labels));
  const rows = data[0]?.values.length ?? 0;
  for (let row = 0; row < rows; row++) {
    appender.begin(FIRST_MS + row * INTERVAL_MS);
    for (const [index, one] of series.entries()) appender.append(one, data[index]?.values[row] ?? Number.NaN);
    appender.commit();
    if (row % 20 === 0) store.commit();
  }
  while (store.stats().blocks === 0) store.commit();
  store.commit();
}

async function timesOf(
  store: Store,
  oursUrl: string,
  theirsUrl: string,
  series: number,
  query: string,
  kind: Times["kind"],
): Promise<Times> {
  const range = { startMs: END_MS - HOUR_MS, endMs: END_MS, stepMs: STEP_MS };
  const ask = (): unknown =>
    kind === "instant" ? queryInstant(store, query, END_MS) : queryRange(store, query, range);
  const path = (expr: string): string =>
    kind === "instant"
      ? `/api/v1/query?query=${encodeURIComponent(expr)}&time=${END_MS / 1000}`
      : `/api/v1/query_range?query=${encodeURIComponent(expr)}&start=${range.startMs / 1000}&end=${END_MS / 1000}&step=${STEP_MS / 1000}`;
  const ours: number[] = [];
  const theirs: number[] = [];
  const engine: number[] = [];
  const oursHttp: number[] = [];
  const theirsHttp: number[] = [];
  const agent = new Agent({ keepAlive: true });
  const { warmUp, counted } = RUNS[kind];
  // Each by itself, one run after the other: neither finds its caches full of what the other has read.
  for (let run = -warmUp; run < counted; run++) {
    const overhead = await took(agent, theirsUrl, path("1+1"));
    const whole = await took(agent, theirsUrl, path(query));
    if (run < 0) continue;
    theirs.push(Math.max(LEAST_MS, whole - overhead));
    theirsHttp.push(whole);
  }
  for (let run = 0; run < counted; run++) engine.push(await engineMs(agent, theirsUrl, `${path(query)}&stats=all`));
  for (let run = -warmUp; run < counted; run++) {
    const served = await took(agent, oursUrl, path(query));
    if (run >= 0) oursHttp.push(served);
  }
  for (let run = -warmUp; run < counted; run++) {
    const begin = performance.now();
    ask();
    if (run >= 0) ours.push(performance.now() - begin);
  }
  agent.destroy();
  return {
    query,
    kind,
    series,
    oursMs: Math.max(LEAST_MS, median(ours)),
    theirsMs: median(theirs),
    theirEngineMs: median(engine),
    oursHttpMs: median(oursHttp),
    theirsHttpMs: median(theirsHttp),
  };
}

/** From asking to the answer's last byte, milliseconds. */
async function took(agent: Agent, url: string, path: string): Promise<number> {
  const begin = performance.now();
  await get(agent, url, path);
  return performance.now() - begin;
}

async function engineMs(agent: Agent, url: string, path: string): Promise<number> {
  const answer = JSON.parse(await get(agent, url, path)) as {
    data: { stats: { timings: { execTotalTime: number } } };
  }; // Prometheus's HTTP API with stats=all
  return answer.data.stats.timings.execTotalTime * 1000;
}

function get(agent: Agent, url: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}${path}`, { agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const body = Buffer.concat(chunks).toString();
        if (response.statusCode === 200) resolve(body);
        else reject(new Error(`${path}: ${response.statusCode} ${body.slice(0, 500)}`));
      });
    });
    asked.on("error", reject);
    asked.end();
  });
}
