/**
 * What the process itself costs: processor, memory, event loop. Named as prom-client names them, so that dashboards made
 * for it work.
 *
 * A worker thread gives only what is its own, its heap and its event loop: the rest is its process's, and would be counted
 * once for each thread.
 */
import { readdirSync } from "node:fs";
import { readdir } from "node:fs/promises";
import * as perfHooks from "node:perf_hooks";
import { setTimeout } from "node:timers";
import { isMainThread } from "node:worker_threads";
import type { Registry } from "../registry/registry.ts";

/** How often the event loop is looked at, milliseconds: finer lags are not seen. */
const LAG_RESOLUTION_MS = 10;

/** Linux: one entry for each of this process's open files. */
const OPEN_FILES = "/proc/self/fd";

/**
 * Adds the process's metrics to a registry. Where a runtime does not know a number, its metric is left out.
 *
 * @throws {MetricError} `DUPLICATE_METRIC` if the registry has one of them
 * @returns a function that takes them out again. Any number of times
 */
export function collectProcessMetrics(registry: Registry): () => void {
  const names: string[] = [];
  const added = <M extends { readonly name: string }>(metric: M): M => {
    names.push(metric.name);
    return metric;
  };
  const stopLag = collectLag(registry, added);
  collectMemory(registry, added);
  if (isMainThread) {
    collectCpu(registry, added);
    collectProcess(registry, added);
  }
  let isStopped = false;
  return () => {
    if (isStopped) return;
    isStopped = true;
    stopLag();
    for (const name of names) registry.removeSingleMetric(name);
  };
}

/** Notes a metric, so that it can be taken out again. */
type Added = <M extends { readonly name: string }>(metric: M) => M;

function collectCpu(registry: Registry, added: Added): void {
  const user = added(
    registry.counter({
      name: "process_cpu_user_seconds_total",
      help: "User CPU time spent, in seconds.",
      unit: "seconds",
    }),
  );
  const system = added(
    registry.counter({
      name: "process_cpu_system_seconds_total",
      help: "System CPU time spent, in seconds.",
      unit: "seconds",
    }),
  );
  added(
    registry.counter({
      name: "process_cpu_seconds_total",
      help: "User and system CPU time spent, in seconds.",
      unit: "seconds",
      collect() {
        const usage = process.cpuUsage(); // microseconds since the process began
        raise(user, usage.user / 1e6);
        raise(system, usage.system / 1e6);
        raise(this, (usage.user + usage.system) / 1e6);
      },
    }),
  );
}

/** Brings a counter up to an absolute reading. */
function raise(counter: { get(): number; inc(by: number): void }, reading: number): void {
  counter.inc(Math.max(0, reading - counter.get()));
}

function collectMemory(registry: Registry, added: Added): void {
  const resident = isMainThread
    ? added(
        registry.gauge({
          name: "process_resident_memory_bytes",
          help: "Resident memory size in bytes.",
          unit: "bytes",
        }),
      )
    : undefined;
  added(
    registry.gauge({
      name: "nodejs_heap_size_used_bytes",
      help: "JavaScript heap in use, in bytes.",
      unit: "bytes",
      collect() {
        const usage = process.memoryUsage();
        resident?.set(usage.rss);
        this.set(usage.heapUsed);
      },
    }),
  );
}

function collectProcess(registry: Registry, added: Added): void {
  const startTime = Math.round(Date.now() - process.uptime() * 1000) / 1000;
  added(
    registry.gauge({
      name: "process_start_time_seconds",
      help: "When the process began, in seconds since the Unix epoch.",
      unit: "seconds",
      aggregation: "omit", // of several processes, the main one's
      collect() {
        this.set(startTime); // here, so that it comes back after a reset
      },
    }),
  );
  if (canCountFiles()) {
    added(
      registry.gauge({
        name: "process_open_fds",
        help: "Open file descriptors.",
        async collect() {
          const open = await readdir(OPEN_FILES);
          this.set(open.length - 1); // without the one that read them
        },
      }),
    );
  }
  // Bun and Deno tell the version of Node that they are like, which would mislead.
  if (process.versions["bun"] !== undefined || process.versions["deno"] !== undefined) return;
  const [major = "", minor = "", patch = ""] = process.version.slice(1).split(".");
  added(
    registry.info({
      name: "nodejs_version_info",
      help: "Version of Node.js.",
      labelNames: ["version", "major", "minor", "patch"],
      collect() {
        this.set({ version: process.version, major, minor, patch });
      },
    }),
  );
}

/** On Linux, and where the runtime lets it be read. */
function canCountFiles(): boolean {
  try {
    return process.platform === "linux" && readdirSync(OPEN_FILES).length > 0;
  } catch {
    return false;
  }
}

/**
 * How late the event loop was since the scrape before. A timer of {@link LAG_RESOLUTION_MS} measures it; its own wait is
 * taken off, so that an idle loop shows about 0 (prom-client shows the wait as lag).
 *
 * @returns what stops measuring
 */
function collectLag(registry: Registry, added: Added): () => void {
  const delays = monitorDelays();
  if (delays === undefined) return () => undefined;
  /** A reset monitor begins at its next look: this covers the block that begins before it, such as a scrape's own. */
  let lagAfterReset = 0;
  const measureAfterReset = (): void => {
    const due = performance.now() + LAG_RESOLUTION_MS;
    lagAfterReset = 0;
    setTimeout(() => {
      lagAfterReset = Math.max(0, performance.now() - due) / 1e3;
    }, LAG_RESOLUTION_MS).unref?.();
  };
  const lag = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e9 - LAG_RESOLUTION_MS / 1e3);
  const p50 = added(
    registry.gauge({
      name: "nodejs_eventloop_lag_p50_seconds",
      help: "Median lateness of the event loop since the last scrape, in seconds.",
      unit: "seconds",
      aggregation: "average",
    }),
  );
  const p99 = added(
    registry.gauge({
      name: "nodejs_eventloop_lag_p99_seconds",
      help: "99th percentile of the event loop's lateness since the last scrape, in seconds.",
      unit: "seconds",
      aggregation: "max", // an average would hide the one that lags
    }),
  );
  added(
    registry.gauge({
      name: "nodejs_eventloop_lag_max_seconds",
      help: "Greatest lateness of the event loop since the last scrape, in seconds.",
      unit: "seconds",
      aggregation: "max",
      collect() {
        p50.set(lag(delays.percentile(50)));
        p99.set(lag(delays.percentile(99)));
        this.set(Math.max(lag(delays.max), lagAfterReset));
        delays.reset();
        measureAfterReset();
      },
    }),
  );
  return () => delays.disable();
}

/** @returns `undefined` where the runtime cannot measure it */
function monitorDelays(): ReturnType<typeof perfHooks.monitorEventLoopDelay> | undefined {
  try {
    const delays = perfHooks.monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
    delays.enable();
    return delays;
  } catch {
    return undefined; // Bun and Deno: not there, or there and not implemented
  }
}
