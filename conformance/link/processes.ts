/** A bot and Haltwatch's end of the link, each in a real process on loopback. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { builtPackage } from "../built-package.ts";
import type { AskedPause, FromBot, FromServer, StoredSamples, ToBot, ToServer } from "./messages.ts";

const SERVER = fileURLToPath(new URL("server-process.ts", import.meta.url));
const BOT = fileURLToPath(new URL("bot-process.mjs", import.meta.url));

const PATIENCE_MS = 20_000;

type Unnumbered<T> = T extends unknown ? Omit<T, "id"> : never;
type Numbered = { readonly id: number };

/** A forked process, and what it has told so far. */
export class Forked<From extends object, To extends Numbered> implements AsyncDisposable {
  readonly heard: From[] = [];
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #nextId = 1;

  constructor(file: string, args: readonly string[]) {
    this.#child = fork(file, args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    this.#ended = once(this.#child, "exit");
    this.#child.on("message", (message) => this.heard.push(message as From)); // the script's only messages
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  get exit(): Promise<unknown> {
    return this.#ended;
  }

  async ask<Answer extends From & Numbered>(message: Unnumbered<To>): Promise<Answer> {
    const id = this.#nextId++;
    this.#child.send({ ...message, id });
    return (await this.until((one) => "id" in one && one.id === id, JSON.stringify(message))) as Answer; // by its number
  }

  /** Waits until it has told something, from the so-many-th message on. */
  async until(is: (message: From) => boolean, what: string, from = 0): Promise<From> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const found = this.heard.slice(from).find(is);
      if (found !== undefined) return found;
      if (this.#child.exitCode !== null) throw new Error(`the process ended with ${this.#child.exitCode}`);
      if (performance.now() > deadline) throw new Error(`not within ${PATIENCE_MS} ms: ${what}`);
      await sleep(2); // a real process on a real clock: asked again, never waited for blindly
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }
}

export type BotAnswer = Extract<FromBot, { readonly kind: "answer" }>;

export class ServerProcess extends Forked<FromServer, ToServer> {
  port = 0;

  static async start(port = 0, { watched = "orders_failed_total", epoch = 0 } = {}): Promise<ServerProcess> {
    const server = new ServerProcess(SERVER, [String(port), watched, String(epoch)]);
    const ready = await server.until(({ kind }) => kind === "ready", "the server is ready");
    if (ready.kind === "ready") server.port = ready.port;
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  pause(pause: AskedPause): Promise<unknown> {
    return this.ask({ kind: "pause", pause });
  }

  async samples(name: string): Promise<readonly StoredSamples[]> {
    const { series } = await this.ask<Extract<FromServer, { kind: "stored" }>>({ kind: "samples", name });
    return series;
  }
}

export class BotProcess extends Forked<FromBot, ToBot> {
  /** Starts it; it is ready when it has its first lease. */
  static spawn(url: string, bot = "arb-1", otherSeries = 0): BotProcess {
    const index = pathToFileURL(join(builtPackage(), "index.js")).href;
    return new BotProcess(BOT, [index, url, bot, String(otherSeries)]);
  }

  static async start(url: string, bot?: string, otherSeries?: number): Promise<BotProcess> {
    const started = BotProcess.spawn(url, bot, otherSeries);
    await started.until(({ kind }) => kind === "ready", "the bot has a lease");
    return started;
  }

  tell(message: Unnumbered<ToBot>): Promise<BotAnswer> {
    return this.ask<BotAnswer>(message);
  }

  /** When it first may open, or may not, Unix milliseconds. */
  async changed(open: boolean, from: number): Promise<number> {
    const change = await this.until((one) => one.kind === "changed" && one.open === open, `open is ${open}`, from);
    return change.kind === "changed" ? change.atMs : Number.NaN;
  }
}
