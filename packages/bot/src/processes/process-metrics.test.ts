import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as after } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { Registry } from "../registry/registry.ts";
import { collectProcessMetrics } from "./process-metrics.ts";
import { readExposition, seriesKey } from "./testing/exposition-samples.ts";

const collecting = () => {
  const registry = new Registry();
  const stop = collectProcessMetrics(registry);
  onTestFinished(stop);
  const read = async (name: string): Promise<number> => {
    const { samples } = readExposition(await registry.metrics());
    return samples.get(seriesKey(name)) ?? Number.NaN;
  };
  return { registry, stop, read };
};

test("names and types are prom-client's", async () => {
  const { registry } = collecting();

  const { metadata } = readExposition(await registry.metrics());

  const types = Object.fromEntries([...metadata].map(([name, [type]]) => [name, type]));
  expect(types).toEqual({
    nodejs_eventloop_lag_p50_seconds: "gauge",
    nodejs_eventloop_lag_p99_seconds: "gauge",
    nodejs_eventloop_lag_max_seconds: "gauge",
    process_resident_memory_bytes: "gauge",
    nodejs_heap_size_used_bytes: "gauge",
    process_cpu_user_seconds_total: "counter",
    process_cpu_system_seconds_total: "counter",
    process_cpu_seconds_total: "counter",
    process_start_time_seconds: "gauge",
    ...(process.platform === "linux" ? { process_open_fds: "gauge" } : {}),
    nodejs_version_info: "gauge",
  });
});

test("CPU time is what the system says, at each scrape", async () => {
  const { read } = collecting();
  for (let scrape = 0; scrape < 3; scrape++) {
    const before = process.cpuUsage();
    const seconds = await read("process_cpu_seconds_total");
    const then = process.cpuUsage();

    expect(seconds).toBeGreaterThanOrEqual((before.user + before.system) / 1e6 - 1e-9);
    expect(seconds).toBeLessThanOrEqual((then.user + then.system) / 1e6 + 1e-9);
  }
});

test("memory, start and version are the process's", async () => {
  const { read, registry } = collecting();

  expect(await read("process_resident_memory_bytes")).toBeGreaterThan(1e7);
  expect(await read("nodejs_heap_size_used_bytes")).toBeGreaterThan(1e6);
  expect(await read("process_start_time_seconds")).toBeCloseTo(Date.now() / 1000 - process.uptime(), 0);
  expect(await registry.metrics()).toContain(`nodejs_version_info{version="${process.version}",major="`);
});

test.runIf(process.platform === "linux")("open files are counted, without the one that counts them", async () => {
  const { read } = collecting();
  const before = await read("process_open_fds");
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");

  const open = await read("process_open_fds");
  server.close();
  await once(server, "close");

  expect(open - before).toBe(1);
});

test("the event loop's lag is about 0 when idle, shows a block, and begins anew with each scrape", async () => {
  const { read } = collecting();
  await after(100);
  await read("nodejs_eventloop_lag_max_seconds");
  // At once: also what begins right after a scrape is seen.
  const blockedUntil = performance.now() + 300;
  while (performance.now() < blockedUntil);
  await after(50);

  const blocked = await read("nodejs_eventloop_lag_max_seconds");
  const afterReset = await read("nodejs_eventloop_lag_max_seconds");

  expect(blocked).toBeGreaterThan(0.25);
  expect(afterReset).toBeLessThan(0.25);
});

test("stopping takes all of it out, and it can be started again", async () => {
  const { registry, stop } = collecting();

  stop();
  stop();

  expect(await registry.metrics()).toBe("");
  collectProcessMetrics(registry)();
});
