/** `haltwatch demo`, started as a user does, on a free port. */
import { type ChildProcessByStdio, execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { apiData, type ShownAlert, shownAlerts } from "../real-haltwatch.ts";

const PROGRAM = fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url));

/** How long it may take to start, or something to become true, milliseconds. */
const PATIENCE_MS = 30_000;

/** Rows A9 and A10: from the signal to the end of the process, milliseconds. */
export const STOP_WITHIN_MS = 2000;

/** Not one of the environment's, so that the demo shows its own. */
const ENV = Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== "HALTWATCH_CONTROL_TOKEN"));

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs it to its end. */
export async function haltwatch(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const options = { env: { ...ENV, ...env }, timeout: PATIENCE_MS };
  return promisify(execFile)(process.execPath, [PROGRAM, ...args], options).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: Ran) => ({ code: error.code, stdout: error.stdout, stderr: error.stderr }), // execFile's own
  );
}

export class RealDemo implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #closed: Promise<unknown>;
  #output = "";

  private constructor(args: readonly string[]) {
    // In a group of its own, as a terminal gives it.
    this.#child = spawn(process.execPath, [PROGRAM, "demo", "--port", "0", ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
      env: ENV,
    });
    this.#closed = once(this.#child, "close");
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        this.#output += chunk;
      });
  }

  /** Returns when it has said where to look. @throws {Error} with what it printed, if it does not: then it is ended */
  static async start(...args: string[]): Promise<RealDemo> {
    const demo = new RealDemo(args);
    try {
      await demo.until("it says where to look", async () => (demo.output.includes("What happens") ? true : undefined));
    } catch (error) {
      await demo.kill();
      throw error;
    }
    return demo;
  }

  /** What it has printed. */
  get output(): string {
    return this.#output;
  }

  get url(): string {
    return this.#printed(/Page +(http\S+)\/#token=/);
  }

  get token(): string {
    return this.#printed(/export HALTWATCH_CONTROL_TOKEN=(\S+)/);
  }

  /** The betting bot's own file. */
  get limitsFile(): string {
    return this.#printed(/Limits +(\S+)/);
  }

  /** Processes that it has started. */
  async children(): Promise<readonly number[]> {
    const { stdout } = await promisify(execFile)("ps", ["-o", "pid=", "--ppid", String(this.#child.pid)]);
    return stdout.trim().split(/\s+/).map(Number);
  }

  /** A command of another terminal. */
  run(...args: string[]): Promise<Ran> {
    return haltwatch([...args, "--url", this.url], { HALTWATCH_CONTROL_TOKEN: this.token });
  }

  alerts(): Promise<readonly ShownAlert[]> {
    return shownAlerts(this.url);
  }

  /** Values of an instant query, with their labels. */
  async query(
    query: string,
  ): Promise<readonly { readonly metric: Readonly<Record<string, string>>; readonly value: number }[]> {
    const path = `/api/v1/query?query=${encodeURIComponent(query)}`;
    const { result } = await apiData<{
      result: readonly { metric: Record<string, string>; value: [number, string] }[];
    }>(this.url, path);
    return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
  }

  /** Asks again until this gives something that is not `undefined`. */
  async until<T>(what: string, probe: () => Promise<T | undefined>): Promise<T> {
    const deadline = performance.now() + PATIENCE_MS;
    while (performance.now() < deadline) {
      const { exitCode, signalCode } = this.#child;
      if (exitCode !== null || signalCode !== null)
        throw new Error(`the demo ended with ${exitCode ?? signalCode}: ${this.#output}`);
      const found = await probe();
      if (found !== undefined) return found;
      await sleep(50); // a real process on a real clock: asked again, never waited for blindly
    }
    throw new Error(`not within ${PATIENCE_MS} ms: ${what}\n${this.#output}`);
  }

  /** What Ctrl-C in a terminal does: the whole group has the signal. @returns exit code, and how long it took, milliseconds */
  async interrupt(): Promise<{ readonly code: number | null; readonly tookMs: number }> {
    const sent = performance.now();
    process.kill(-(this.#child.pid ?? 0), "SIGINT");
    await this.#closed;
    return { code: this.#child.exitCode, tookMs: performance.now() - sent };
  }

  /** Ends it so that it cannot do anything any more. */
  async kill(): Promise<void> {
    const exited = once(this.#child, "exit");
    if (this.#child.kill("SIGKILL")) await exited; // else it has ended already
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill("SIGTERM");
    await this.#closed;
  }

  #printed(pattern: RegExp): string {
    return pattern.exec(this.#output)?.[1] ?? "";
  }
}

/** Whether a process is there, and not only its name that nobody has taken note of yet. */
export function isRunning(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return stdout.trim() !== "" && !stdout.startsWith("Z");
}
