/** What can go wrong between a bot and Haltwatch, done for real, and mended again. */
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Forked } from "../link/processes.ts";
import { freePort, type HaltwatchProcess, RealHaltwatch } from "../real-haltwatch.ts";
import type { FromProxy, ToProxy } from "./cut-proxy.ts";
import { monotonicMs } from "./monotonic.ts";

export interface Fault extends AsyncDisposable {
  /** Where bots link. */
  readonly url: string;
  /** @returns when, {@link monotonicMs} */
  strike(): Promise<number>;
  /** Everything is as it was before, or will be in a moment. */
  heal(): Promise<void>;
}

const RULES = `
groups:
  - name: limits
    rules:
      - alert: OrdersFailing
        expr: increase(orders_failed_total[1m]) > 0
        labels: { action: pause }
`;

/** A Haltwatch on one port, which can be started again. */
class OnePort implements AsyncDisposable {
  readonly #haltwatch: RealHaltwatch;
  readonly port: number;
  process: HaltwatchProcess;

  private constructor(haltwatch: RealHaltwatch, port: number) {
    this.#haltwatch = haltwatch;
    this.port = port;
    this.process = haltwatch.spawn(port);
  }

  /** @param storage where samples are kept */
  static async start(storage = "haltwatch.db"): Promise<OnePort> {
    const toml = `[storage]\npath = ${JSON.stringify(storage)}\n[rules]\nfiles = ["rules.yml"]\n`;
    const haltwatch = new RealHaltwatch({ "haltwatch.toml": toml, "rules.yml": RULES });
    const started = new OnePort(haltwatch, await freePort());
    await started.#ready();
    return started;
  }

  get url(): string {
    return this.process.url;
  }

  async again(): Promise<void> {
    await this.process.ended();
    this.process = this.#haltwatch.spawn(this.port);
    await this.#ready();
  }

  async #ready(): Promise<void> {
    await this.process.until("it is ready", async () => {
      const answer = await fetch(`${this.url}/-/ready`).catch(() => undefined);
      return answer?.ok === true ? true : undefined;
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#haltwatch[Symbol.asyncDispose]();
  }
}

export async function killed(): Promise<Fault> {
  const haltwatch = await OnePort.start();
  return {
    url: haltwatch.url,
    strike: async () => signalled(haltwatch.process, "SIGKILL"),
    heal: () => haltwatch.again(),
    [Symbol.asyncDispose]: () => haltwatch[Symbol.asyncDispose](),
  };
}

export async function stopped(): Promise<Fault> {
  const haltwatch = await OnePort.start();
  return {
    url: haltwatch.url,
    strike: async () => signalled(haltwatch.process, "SIGSTOP"),
    heal: async () => haltwatch.process.signal("SIGCONT"),
    [Symbol.asyncDispose]: () => haltwatch[Symbol.asyncDispose](),
  };
}

/** @param way `silent`: nobody is told, as by a pulled cable; `reset`: connections are reset, and so is each attempt at one */
export async function cutOff(way: "silent" | "reset"): Promise<Fault> {
  const haltwatch = await OnePort.start();
  const script = fileURLToPath(new URL("cut-proxy.ts", import.meta.url));
  const proxy = new Forked<FromProxy, ToProxy>(script, [String(haltwatch.port)]);
  const ready = await proxy.until(({ kind }) => kind === "ready", "the proxy listens");
  type Done = Extract<FromProxy, { readonly kind: "done" }>;
  return {
    url: `http://127.0.0.1:${ready.kind === "ready" ? ready.port : 0}`,
    strike: async () => (await proxy.ask<Done>({ kind: "cut", way })).atMs,
    heal: async () => void (await proxy.ask<Done>({ kind: "heal" })),
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await haltwatch[Symbol.asyncDispose]();
    },
  };
}

/**
 * No space is left where Haltwatch keeps its file.
 *
 * @param disk a small file system of its own
 */
export async function diskFull(disk: string): Promise<Fault> {
  const filler = join(disk, "filler");
  const haltwatch = await OnePort.start(join(disk, "haltwatch.db"));
  return {
    url: haltwatch.url,
    strike: async () => fill(filler),
    heal: async () => rmSync(filler),
    [Symbol.asyncDispose]: () => haltwatch[Symbol.asyncDispose](),
  };
}

function signalled(process: HaltwatchProcess, signal: NodeJS.Signals): number {
  const atMs = monotonicMs(); // before: it may act at once
  process.signal(signal);
  return atMs;
}

/** Until nothing more goes in. @returns when there was space for the last time, {@link monotonicMs} */
function fill(path: string): number {
  const file = openSync(path, "a");
  const block = Buffer.alloc(65_536, 1);
  let [beforeMs, lastMs] = [monotonicMs(), monotonicMs()];
  try {
    for (;;) {
      [beforeMs, lastMs] = [lastMs, monotonicMs()];
      writeSync(file, block);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error; // writeSync throws these
    return beforeMs;
  } finally {
    closeSync(file);
  }
}
