/**
 * A heartbeat for hours, in real time, on services that do everything that services do: one is well, one hangs, one lies, one is dead.
 * What is wanted is that no beat is missing.
 */

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  BeatLog,
  type BeatVerdict,
  Heartbeat,
  httpService,
  printBeat,
  type Service,
  SYSTEM_CLOCK,
  verifyBeatLog,
} from "@haltwatch/probes";

/** As C3 wants it. */
const INTERVAL_MS = 30_000;

export interface SoakOptions {
  /** Milliseconds. */
  readonly durationMs: number;
  readonly intervalMs?: number;
  /** The log's path. */
  readonly path: string;
  /** Ends it early. */
  readonly signal: AbortSignal;
  readonly onBeat: (number: number) => void;
}

/** @throws {ProbeError} if the log cannot be written */
export async function soakHeartbeat({
  durationMs,
  path,
  signal,
  onBeat,
  ...options
}: SoakOptions): Promise<BeatVerdict> {
  const { intervalMs = INTERVAL_MS } = options;
  const beginMs = SYSTEM_CLOCK.now();
  await using targets = await startTargets();
  const errors: unknown[] = [];
  const log = await BeatLog.open({ path, keepMs: durationMs, onError: (error) => errors.push(error) });
  const run = `soak-${beginMs}`;
  await using heartbeat = new Heartbeat({
    ...{ services: servicesOf(targets, intervalMs), clock: SYSTEM_CLOCK, intervalMs },
    onBeat: (beat) => {
      log.append(beat.timeMs, printBeat(beat, run, intervalMs));
      onBeat(beat.number);
    },
  });
  heartbeat.start();
  await wait(durationMs, signal);
  await heartbeat.stop();
  await log[Symbol.asyncDispose]();
  if (errors.length > 0) throw errors[0];
  return verifyBeatLog(path, beginMs, SYSTEM_CLOCK.now());
}

interface Targets extends AsyncDisposable {
  readonly well: URL;
  readonly hanging: URL;
  readonly endless: URL;
  readonly dead: URL;
}

async function startTargets(): Promise<Targets> {
  const server = createServer((request, response) => {
    if (request.url === "/well") response.end("ok");
    if (request.url === "/endless") {
      response.writeHead(302, { Location: "/endless" });
      response.end();
    }
    // Anything else hangs.
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // of a TCP server
  const dead = createServer().listen(0, "127.0.0.1");
  await once(dead, "listening");
  const { port: deadPort } = dead.address() as AddressInfo; // of a TCP server
  dead.close();
  const at = (path: string): URL => new URL(`http://127.0.0.1:${port}/${path}`);
  return {
    ...{
      well: at("well"),
      hanging: at("hanging"),
      endless: at("endless"),
      dead: new URL(`http://127.0.0.1:${deadPort}/`),
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function servicesOf(targets: Targets, intervalMs: number): Service[] {
  const { monotonic } = SYSTEM_CLOCK;
  const timeoutMs = Math.min(5_000, intervalMs / 5);
  const common = { method: "GET", headers: {}, statuses: [], maxBytes: 65_536, maxRedirects: 3, attempts: 2 } as const;
  return (["well", "hanging", "endless", "dead"] as const).map((name) =>
    httpService({ ...common, name, url: targets[name], timeoutMs, monotonic }),
  );
}

async function wait(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    const end = (): void => {
      clearTimeout(timer);
      resolve();
    };
    signal.addEventListener("abort", end, { once: true });
  });
}
