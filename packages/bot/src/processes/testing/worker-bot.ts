/** A bot that runs as a worker thread, a cluster process or a forked process, and does as it is told by messages of its own. */
import http from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as after } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { HaltwatchError } from "../../errors.ts";
import { Registry } from "../../registry/registry.ts";
import { collectProcessMetrics } from "../process-metrics.ts";
import { type SharedRegistry, shareRegistry } from "../share-registry.ts";

/** What it can be told to do. */
export type Command =
  | { readonly do: "count"; readonly orders: number; readonly latencyMs?: number }
  | {
      readonly do: "gauge";
      readonly name: string;
      readonly rule?: "sum" | "min" | "max" | "average" | "first" | "omit";
      readonly value: number | string;
    }
  | { readonly do: "state"; readonly state: "active" | "halted"; readonly version: string }
  | { readonly do: "histogram"; readonly buckets: readonly number[] }
  | { readonly do: "hang" }
  | { readonly do: "block"; readonly gate: Int32Array }
  | { readonly do: "post"; readonly message: unknown }
  | { readonly do: "count-and-exit"; readonly orders: number; readonly flush: boolean }
  | { readonly do: "stop" | "share" | "render" | "serve" | "process-metrics" | "echo" };

interface Setup {
  readonly intervalMs?: number;
  readonly timeoutMs?: number;
  /** Shares and then does nothing else: ends by itself if sharing lets it. */
  readonly idle?: boolean;
}

const setup: Setup = parentPort === null ? JSON.parse(process.env["WORKER_BOT"] ?? "{}") : workerData;
const registry = new Registry({ mistakes: () => undefined, defaultLabels: { bot: "arb-1" } });
const orders = registry.counter({ name: "orders_total", help: "Orders.", labelNames: ["venue"] });
const latency = registry.histogram({ name: "latency_ms", help: "Latency.", buckets: [10, 100] });
let shared: SharedRegistry = shareRegistry(registry, {
  intervalMs: setup.intervalMs ?? 1000,
  timeoutMs: setup.timeoutMs ?? 10_000,
});

async function obey(command: Command): Promise<unknown> {
  switch (command.do) {
    case "count":
      orders.inc({ venue: "cex" }, command.orders);
      if (command.latencyMs !== undefined) latency.observe(command.latencyMs);
      return undefined;
    case "gauge":
      registry.gauge({ name: command.name, help: "Gauge.", aggregation: command.rule }).set(Number(command.value));
      return undefined;
    case "state":
      registry.stateSet({ name: "trading_state", help: "State.", states: ["active", "halted"] }).set(command.state);
      registry.info({ name: "bot_info", help: "Build.", labelNames: ["version"] }).set({ version: command.version });
      return undefined;
    case "histogram":
      registry.histogram({ name: "spread_bps", help: "Spread.", buckets: command.buckets }).observe(1);
      return undefined;
    case "hang":
      registry.gauge({ name: "slow", help: "Slow.", collect: () => after(60_000, undefined, { ref: false }) });
      return undefined;
    case "block":
      return undefined; // blocks once it has answered
    case "post":
      post(command.message);
      return undefined;
    case "count-and-exit":
      orders.inc({ venue: "cex" }, command.orders);
      if (command.flush) await shared.flush();
      return process.exit(0);
    case "stop":
      shared.stop();
      return undefined;
    case "share":
      shared = shareRegistry(registry);
      return undefined;
    case "render":
      return render();
    case "serve":
      return serve();
    case "process-metrics":
      collectProcessMetrics(registry);
      return undefined;
    case "echo":
      return "echo";
  }
}

async function render(): Promise<string> {
  try {
    let text = "";
    for await (const chunk of shared.renderChunks("text")) text += chunk;
    return text;
  } catch (error) {
    return error instanceof HaltwatchError ? error.code : String(error);
  }
}

/** @returns the port */
async function serve(): Promise<number> {
  const server = http.createServer((_, response) => {
    void render().then((text) => response.end(text));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port; // it listens on a port
}

function post(message: unknown): void {
  if (parentPort === null) process.send?.(message);
  else parentPort.postMessage(message);
}

/** As bots do: a listener for messages of their own, which leaves ours alone. */
function onMessage(received: { readonly command?: Command; readonly id?: number }): void {
  if (received.command === undefined) return;
  const { command, id } = received;
  void obey(command).then((result) => {
    post({ id, result });
    if (command.do === "block") Atomics.wait(command.gate, 0, 0);
  });
}

if (setup.idle !== true) {
  if (parentPort === null) process.on("message", onMessage);
  else parentPort.on("message", onMessage);
}
post("ready");
