/** A Haltwatch with much to draw: 200 series that have had a sample each second for a while, and go on, and a dashboard of them. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export const PANELS = 20;
export const SERIES_A_PANEL = 10;
export const POINTS = 1_000;

/** Of the dashboard, in the page's address. */
export const DASHBOARD_UID = "bench-page";

const PROGRAM = fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url));

/** The dashboard is 24 columns wide. */
const COLUMNS = 4;

const PATIENCE_MS = 30_000;

export class WatchedSeries implements AsyncDisposable {
  readonly url: string;
  readonly #folder: string;
  readonly #target: Server;
  readonly #haltwatch: ChildProcess;

  private constructor(url: string, folder: string, target: Server, haltwatch: ChildProcess) {
    this.url = url;
    this.#folder = folder;
    this.#target = target;
    this.#haltwatch = haltwatch;
  }

  static async start(): Promise<WatchedSeries> {
    const folder = mkdtempSync(join(tmpdir(), "haltwatch-bench-page-"));
    const target = createServer((_, response) => {
      response.setHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8").end(exposed(Date.now() / 1000));
    });
    const [targetPort, port] = [await listening(target), await freePort()];
    const address = `127.0.0.1:${targetPort}`;
    writeFileSync(join(folder, "haltwatch.toml"), settings(address));
    writeFileSync(join(folder, "dashboard.json"), JSON.stringify(dashboard()));
    writeFileSync(join(folder, "history.om"), history(address));
    const store = join(folder, "haltwatch.db");
    execFileSync(process.execPath, [PROGRAM, "import", join(folder, "history.om"), "--into", store]);
    const args = ["run", "-c", join(folder, "haltwatch.toml"), "--listen", `127.0.0.1:${port}`, "--storage", store];
    const haltwatch = spawn(process.execPath, [PROGRAM, ...args], { stdio: ["ignore", "ignore", "inherit"] });
    const watched = new WatchedSeries(`http://localhost:${port}`, folder, target, haltwatch);
    await watched.#ready();
    return watched;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#haltwatch, "exit");
    this.#haltwatch.kill("SIGTERM");
    await ended;
    this.#target.closeAllConnections();
    this.#target.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #ready(): Promise<void> {
    for (const endMs = Date.now() + PATIENCE_MS; Date.now() < endMs; await sleep(100)) {
      const ready = await fetch(`${this.url}/-/ready`).catch(() => undefined);
      if (ready?.ok === true) return;
    }
    throw new Error(`Haltwatch was not ready within ${PATIENCE_MS / 1000} s`);
  }
}

function settings(target: string): string {
  return `[dashboards]
paths = ["dashboard.json"]
[log]
level = "error"
[[scrape_configs]]
job_name = "bench"
scrape_interval = "1s"
scrape_timeout = "1s"
static_configs = [{ targets = ["${target}"] }]
`;
}

function exposed(seconds: number): string {
  return `# TYPE bench_value gauge\n${sampleLines("", seconds, "").join("\n")}\n`;
}

function history(instance: string): string {
  const end = Math.floor(Date.now() / 1000);
  const lines = ["# TYPE bench_value gauge"];
  const more = `,instance="${instance}",job="bench"`;
  for (let seconds = end - POINTS; seconds < end; seconds++) lines.push(...sampleLines(more, seconds, ` ${seconds}`));
  return `${lines.join("\n")}\n# EOF\n`;
}

/** Waves of many lengths, with digits like a price's. */
function sampleLines(labels: string, seconds: number, time: string): string[] {
  return Array.from({ length: PANELS * SERIES_A_PANEL }, (_, index) => {
    const [panel, series] = [Math.floor(index / SERIES_A_PANEL), index % SERIES_A_PANEL];
    const value = 100 + series * 10 + Math.sin(seconds / (20 + index)) * 20 + Math.sin(seconds * 1.7 + index);
    return `bench_value{panel="${panel}",series="${series}"${labels}} ${value.toFixed(4)}${time}`;
  });
}

function dashboard(): object {
  return {
    uid: DASHBOARD_UID,
    title: "Many series",
    schemaVersion: 39,
    time: { from: `now-${POINTS}s`, to: "now" },
    refresh: "1s",
    panels: Array.from({ length: PANELS }, (_, id) => ({
      id: id + 1,
      type: "timeseries",
      title: `Panel ${id + 1}`,
      datasource: { type: "prometheus", uid: "haltwatch" },
      // So wide that each point has a pixel, and so many in view that all are drawn.
      gridPos: { x: (id % COLUMNS) * 6, y: Math.floor(id / COLUMNS) * 4, w: 6, h: 4 },
      maxDataPoints: POINTS,
      interval: "1s",
      targets: [{ refId: "A", expr: `bench_value{panel="${id}"}`, legendFormat: "{{series}}" }],
    })),
  };
}

async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port; // of a TCP server that listens
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  server.close();
  await once(server, "close");
  return port;
}
