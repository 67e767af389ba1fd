/** A real Prometheus on a free loopback port, with a directory of its own, stopped and gone afterwards. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** How long Prometheus may take to start, or a query to hold, milliseconds. */
const PATIENCE_MS = 30_000;

export interface RealPrometheus extends AsyncDisposable {
  /** `http://host:port` */
  readonly url: string;
  readonly pid: number | undefined;
  /** Writes all that it has, also what it would keep in memory for hours, as compressed blocks. @returns their folder */
  snapshot(): Promise<string>;
  /** Samples of an instant query, by their labels as JSON without the name. */
  query(expr: string): Promise<Map<string, number>>;
  /** An answer of its HTTP API: `data`, or what it says is wrong. */
  answer(path: string): Promise<{ readonly data: unknown } | { readonly error: string }>;
  /** The metadata of one metric: type, help, unit. */
  metadata(metric: string): Promise<{ type: string; help: string; unit: string } | undefined>;
  /** Waits until this gives something that is not `undefined`. */
  until<T>(what: string, probe: () => Promise<T | undefined>): Promise<T>;
}

/** @param target `host:port` that it scrapes each second as `job="bot"` */
export async function startPrometheus(binary: string, target: string): Promise<RealPrometheus> {
  const scrape = `{ job_name: bot, scrape_interval: 1s, scrape_timeout: 1s, static_configs: [{ targets: ["${target}"] }] }`;
  return start(binary, `scrape_configs:\n  - ${scrape}\n`, () => undefined);
}

/** @param paths of the target, each scraped every second as a job that is named as the path */
export async function startPrometheusOnPaths(
  binary: string,
  target: string,
  paths: readonly string[],
): Promise<RealPrometheus> {
  // Times are Prometheus's own: else what is exposed with old ones could not be asked for.
  const common = `honor_timestamps: false, static_configs: [{ targets: ["${target}"] }]`;
  const jobs = paths.map((path) => `  - { job_name: "${path}", metrics_path: "${path}", ${common} }\n`).join("");
  const interval = "{ scrape_interval: 1s, scrape_timeout: 1s }";
  return start(binary, `global: ${interval}\nscrape_configs:\n${jobs}`, () => undefined);
}

/** @param config its whole configuration file */
export async function startPrometheusWithConfig(binary: string, config: string): Promise<RealPrometheus> {
  return start(binary, config, () => undefined);
}

/** @param openMetrics samples with their times, which it holds from the start */
export async function startPrometheusWith(
  binary: string,
  promtool: string,
  openMetrics: string,
): Promise<RealPrometheus> {
  return start(binary, "", (dir) => {
    const file = join(dir, "samples.om");
    writeFileSync(file, openMetrics);
    execFileSync(promtool, ["tsdb", "create-blocks-from", "openmetrics", file, join(dir, "data")], { stdio: "ignore" });
  });
}

async function start(binary: string, config: string, prepare: (dir: string) => void): Promise<RealPrometheus> {
  const dir = mkdtempSync(join(tmpdir(), "haltwatch-prometheus-"));
  const configFile = join(dir, "prometheus.yml");
  writeFileSync(configFile, config);
  prepare(dir);
  const address = `127.0.0.1:${await freePort()}`;
  const output: string[] = [];
  const server = spawn(
    binary,
    [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${join(dir, "data")}`,
      "--storage.tsdb.retention.time=100y",
      `--web.listen-address=${address}`,
      "--web.enable-admin-api",
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  server.stderr.on("data", (chunk: Buffer) => output.push(chunk.toString()));

  const until = async <T>(what: string, probe: () => Promise<T | undefined>): Promise<T> => {
    const deadline = performance.now() + PATIENCE_MS;
    while (performance.now() < deadline) {
      if (server.exitCode !== null)
        throw new Error(`Prometheus ended with ${server.exitCode}: ${output.join("").slice(-2000)}`);
      const found = await probe();
      if (found !== undefined) return found;
      await sleep(100); // a real peer on a real clock: asked again, never waited for blindly
    }
    throw new Error(`not within ${PATIENCE_MS} ms: ${what}`);
  };
  const answer = async (path: string): Promise<{ data: unknown } | { error: string }> => {
    const response = await fetch(`http://${address}${path}`);
    const body = (await response.json()) as { status: string; error?: string; data: unknown }; // Prometheus's HTTP API
    return body.status === "success" ? { data: body.data } : { error: body.error ?? "" };
  };
  const get = async (path: string): Promise<unknown> => {
    const given = await answer(path);
    if ("error" in given) throw new Error(`${path}: ${given.error}`);
    return given.data;
  };

  await until("Prometheus is ready", async () => {
    const ready = await fetch(`http://${address}/-/ready`).catch(() => undefined);
    return ready?.ok === true ? true : undefined;
  });
  return {
    url: `http://${address}`,
    pid: server.pid,
    async snapshot() {
      const response = await fetch(`http://${address}/api/v1/admin/tsdb/snapshot`, { method: "POST" });
      const { data } = (await response.json()) as { data: { name: string } }; // Prometheus's HTTP API
      return join(dir, "data/snapshots", data.name);
    },
    until,
    answer,
    async query(expr) {
      const data = (await get(`/api/v1/query?query=${encodeURIComponent(expr)}`)) as {
        result: { metric: Record<string, string>; value: [number, string] }[];
      }; // an instant query's answer
      return new Map(
        data.result.map(({ metric: { __name__, instance, job, ...labels }, value }) => [
          labelsKey(labels),
          Number(value[1]),
        ]),
      );
    },
    async metadata(metric) {
      const data = (await get(`/api/v1/metadata?metric=${metric}`)) as Record<
        string,
        { type: string; help: string; unit: string }[]
      >;
      return data[metric]?.[0];
    },
    async [Symbol.asyncDispose]() {
      await end(server);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** The same text for the same labels, in whatever order. */
export function labelsKey(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "exit");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
