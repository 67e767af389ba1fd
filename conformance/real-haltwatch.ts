/** A real Haltwatch, started by its command line on a free loopback port, with a folder of its own. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../packages/cli/src/main.ts", import.meta.url));

/** How long it may take to start, or something to become true, milliseconds. */
const PATIENCE_MS = 30_000;

/** An alert as both Haltwatch and Prometheus show it in `/api/v1/alerts`. */
export interface ShownAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: "pending" | "firing";
  readonly activeAt: string;
  readonly value: string;
}

/** A series with its samples, as a query's answer has it. */
export interface ShownSeries {
  readonly metric: Readonly<Record<string, string>>;
  /** Seconds, and the value as text. */
  readonly values: readonly (readonly [number, string])[];
}

/** A folder with `haltwatch.toml` and rule files, and the processes that run on it, one after the other. */
export class RealHaltwatch implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), "haltwatch-process-"));
  readonly #env: Readonly<Record<string, string>>;
  readonly #processes = new Set<HaltwatchProcess>();

  /**
   * @param files by name, among them `haltwatch.toml`
   * @param env beside the test's own
   */
  constructor(files: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}) {
    this.#env = env;
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  /** Starts it, and waits until it is ready. @throws {Error} with what it printed, if it ends before */
  async start(): Promise<HaltwatchProcess> {
    const port = await freePort();
    const process = this.spawn(port);
    await process.until("it is ready", async () => {
      const ready = await fetch(`${process.url}/-/ready`).catch(() => undefined);
      return ready?.ok === true ? true : undefined;
    });
    return process;
  }

  /** Starts it, and does not wait. */
  spawn(port: number): HaltwatchProcess {
    const started = new HaltwatchProcess(this.folder, port, this.#env);
    this.#processes.add(started);
    return started;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#processes].map((process) => process.end("SIGKILL")));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export class HaltwatchProcess {
  readonly url: string;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #closed: Promise<unknown>;
  #stderr = "";

  constructor(folder: string, port: number, env: Readonly<Record<string, string>>) {
    this.url = `http://127.0.0.1:${port}`;
    const args = ["run", "-c", join(folder, "haltwatch.toml"), "--listen", `127.0.0.1:${port}`];
    this.#child = spawn(process.execPath, [PROGRAM, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
    });
    this.#closed = once(this.#child, "close");
    this.#child.stdout.resume();
    this.#child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      this.#stderr += chunk;
    });
  }

  /** What it has written to stderr. */
  get stderr(): string {
    return this.#stderr;
  }

  /** The lines of its log with this event. */
  logged(event: string): Readonly<Record<string, unknown>>[] {
    return this.#stderr
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line): Record<string, unknown> => JSON.parse(line))
      .filter((line) => Object.values(line).includes(event));
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** @returns its exit code; `null` if a signal ended it */
  async end(name: NodeJS.Signals): Promise<number | null> {
    if (this.#child.exitCode === null) this.signal(name);
    return this.ended();
  }

  /** Waits for it to end by itself. */
  async ended(): Promise<number | null> {
    await this.#closed;
    return this.#child.exitCode;
  }

  /** Most memory that it has had so far, bytes. */
  peakMemory(): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, "utf8");
    return Number(/VmHWM:\s*(\d+) kB/.exec(status)?.[1]) * 1024;
  }

  alerts(): Promise<readonly ShownAlert[]> {
    return shownAlerts(this.url);
  }

  /** Series of a query for a range vector: `up[1m]`. */
  async samples(query: string): Promise<readonly ShownSeries[]> {
    const path = `/api/v1/query?query=${encodeURIComponent(query)}`;
    const { result } = await apiData<{ result: readonly ShownSeries[] }>(this.url, path);
    return result;
  }

  /** Asks again until this gives something that is not `undefined`. */
  async until<T>(what: string, probe: () => Promise<T | undefined>, patienceMs = PATIENCE_MS): Promise<T> {
    const deadline = performance.now() + patienceMs;
    while (performance.now() < deadline) {
      const { exitCode, signalCode } = this.#child;
      if (exitCode !== null || signalCode !== null)
        throw new Error(`Haltwatch ended with ${exitCode ?? signalCode}: ${this.#stderr.slice(-2000)}`);
      const found = await probe();
      if (found !== undefined) return found;
      await sleep(50); // a real process on a real clock: asked again, never waited for blindly
    }
    throw new Error(`not within ${patienceMs} ms: ${what}\n${this.#stderr.slice(-2000)}`);
  }
}

export async function shownAlerts(url: string): Promise<readonly ShownAlert[]> {
  const { alerts } = await apiData<{ alerts: readonly ShownAlert[] }>(url, "/api/v1/alerts");
  return alerts;
}

/** `data` of an answer of Prometheus's HTTP API, whose shape the caller knows. */
export async function apiData<T>(url: string, path: string): Promise<T> {
  const response = await fetch(`${url}${path}`);
  const body = (await response.json()) as { status: string; error?: string; data: T }; // Prometheus's HTTP API
  if (body.status !== "success") throw new Error(`${path}: ${body.error}`);
  return body.data;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
