/** The demo as a user starts it: a process of its own, on a free port. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url));

/** How long it may take to start, or something to become true, milliseconds. */
const PATIENCE_MS = 120_000;

const LOOK_MS = 200;

export interface DemoBotView {
  readonly bot: string;
  readonly pack: string;
  readonly faults: readonly { readonly name: string; readonly alerts: readonly string[] }[];
}

export class DemoProcess implements AsyncDisposable {
  /** `http://localhost:40123` */
  readonly url: string;
  /** The control token. */
  readonly token: string;
  readonly #child: ChildProcessByStdio<null, Readable, null>;

  private constructor(child: ChildProcessByStdio<null, Readable, null>, url: string, token: string) {
    this.#child = child;
    this.url = url;
    this.token = token;
  }

  /** @throws {Error} if it ends before it says where it is */
  static async start(packs: readonly string[]): Promise<DemoProcess> {
    const args = ["demo", "--pack", ...packs, "--port", "0", "--seed", "1"];
    const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    const place = await until("the demo says where it is", async () => {
      if (child.exitCode !== null) throw new Error(`the demo ended with code ${child.exitCode}:\n${output}`);
      return /(http:\/\/\S+?)\/#token=(\S+)/.exec(output) ?? undefined;
    });
    const [, url = "", token = ""] = place;
    return new DemoProcess(child, url, token);
  }

  /** The `data` of what it answers. @throws {Error} if it refuses */
  async get<T>(path: string): Promise<T> {
    const response = await fetch(`${this.url}${path}`);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    const { data }: { data: T } = JSON.parse(await response.text());
    return data;
  }

  /** @throws {Error} if there is no such fault */
  async suffer(bot: string, fault: string): Promise<void> {
    const response = await fetch(`${this.url}/api/haltwatch/demo/fault`, {
      method: "POST",
      headers: { Authorization: `Bearer ${this.token}`, "Content-Type": "application/json" },
      body: JSON.stringify({ bot, fault, on: true }),
    });
    if (!response.ok) throw new Error(`${bot} ${fault}: ${response.status} ${await response.text()}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    await ended;
  }
}

/** @throws {Error} if it has not come true in two minutes */
export async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (const endMs = Date.now() + PATIENCE_MS; Date.now() < endMs; await sleep(LOOK_MS)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error(`not within ${PATIENCE_MS / 1000} s: ${what}`);
}
