/** Starts real worker bots and tells them what to do. Everything started here is ended by {@link endAll}. */
import { type ChildProcess, fork } from "node:child_process";
import cluster, { type Worker as ClusterProcess } from "node:cluster";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { RegistryPool } from "../registry-pool.ts";
import type { Command } from "./worker-bot.ts";

const SCRIPT = new URL("./worker-bot.ts", import.meta.url);

export interface Setup {
  readonly intervalMs?: number;
  readonly timeoutMs?: number;
  readonly idle?: boolean;
}

/** A running worker bot. */
export interface WorkerBot<W> {
  readonly worker: W;
  /** All messages the bot's own code receives from the worker, in order, ours among them. */
  readonly received: unknown[];
  /** Does it; @returns what came of it */
  tell(command: Command): Promise<unknown>;
  /** Does it, and ends. */
  tellToExit(command: Command): Promise<void>;
}

const endings: (() => Promise<unknown>)[] = [];

/** Ends all that still run. */
export async function endAll(): Promise<void> {
  await Promise.all(endings.splice(0).map((end) => end()));
}

/** @returns a thread that has shared its registry with `pool` */
export async function startThread(pool: RegistryPool | undefined, setup: Setup = {}): Promise<WorkerBot<Worker>> {
  const worker = new Worker(SCRIPT, { workerData: setup });
  pool?.add(worker);
  endings.push(() => worker.terminate());
  return botOf(worker, (message) => worker.postMessage(message));
}

/** @returns a cluster process that has shared its registry with `pool` */
export async function startProcess(
  pool: RegistryPool | undefined,
  setup: Setup = {},
): Promise<WorkerBot<ClusterProcess>> {
  cluster.setupPrimary({ exec: SCRIPT.pathname, execArgv: [] });
  const worker = cluster.fork({ WORKER_BOT: JSON.stringify(setup) });
  pool?.add(worker);
  endings.push(async () => {
    if (worker.isDead()) return;
    worker.process.kill("SIGKILL");
    await once(worker, "exit");
  });
  return botOf(worker, (message) => worker.send(message as object)); // commands are objects
}

/** @returns a process forked without a cluster, which nobody has taken into a pool */
export function forkProcess(setup: Setup = {}): ChildProcess {
  const child = fork(SCRIPT, { execArgv: [], env: { ...process.env, WORKER_BOT: JSON.stringify(setup) } });
  endings.push(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  });
  return child;
}

async function botOf<W extends Worker | ClusterProcess>(
  worker: W,
  send: (message: unknown) => void,
): Promise<WorkerBot<W>> {
  const received: unknown[] = [];
  const answers = new Map<number, (result: unknown) => void>();
  let lastId = 0;
  const emitter: NodeJS.EventEmitter = worker;
  await new Promise<void>((resolve, reject) => {
    emitter.on("error", reject);
    emitter.once("exit", (code) => reject(new Error(`the worker ended with ${code}`)));
    emitter.on("message", (message: unknown) => {
      received.push(message);
      if (message === "ready") resolve();
      if (typeof message !== "object" || message === null || !("id" in message)) return;
      const { id, result } = message as { id: number; result?: unknown }; // the bot's answers
      answers.get(id)?.(result);
    });
  });
  const tell = (command: Command): Promise<unknown> =>
    new Promise((resolve) => {
      const id = ++lastId;
      answers.set(id, resolve);
      send({ id, command });
    });
  return {
    worker,
    received,
    tell,
    tellToExit: async (command) => {
      const exit = once(emitter, "exit");
      void tell(command);
      await exit;
    },
  };
}
