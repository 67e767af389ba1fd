import { once } from "node:events";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import type { HaltwatchError } from "../errors.ts";
import { Registry } from "../registry/registry.ts";
import { RegistryPool, type RegistryPoolOptions } from "./registry-pool.ts";
import { readExposition, seriesKey } from "./testing/exposition-samples.ts";
import { endAll, forkProcess, startProcess, startThread } from "./testing/worker-bots.ts";

const ORDERS = seriesKey("orders_total", { bot: "arb-1", venue: "cex" });
const PROCESSES = seriesKey("haltwatch_bot_processes", { bot: "arb-1" });

afterEach(endAll);

/** The main process's registry, with three orders of its own, and its pool. */
function mainProcess(options: RegistryPoolOptions = { timeoutMs: 10_000 }) {
  const mistakes: HaltwatchError[] = [];
  const registry = new Registry({ mistakes: (error) => mistakes.push(error), defaultLabels: { bot: "arb-1" } });
  const orders = registry.counter({ name: "orders_total", help: "Orders.", labelNames: ["venue"] });
  orders.inc({ venue: "cex" }, 3);
  const latency = registry.histogram({ name: "latency_ms", help: "Latency.", buckets: [10, 100] });
  latency.observe(5);
  const pool = new RegistryPool(registry, options);
  onTestFinished(() => pool.stop());
  return { registry, orders, pool, mistakes };
}

async function scrape(pool: RegistryPool): Promise<ReadonlyMap<string, number>> {
  return readExposition(await pool.metrics()).samples;
}

/** Scrapes until the exposition is as expected; the test's own time limit ends it otherwise. */
async function scrapeUntil(
  pool: RegistryPool,
  isExpected: (samples: ReadonlyMap<string, number>) => boolean,
): Promise<ReadonlyMap<string, number>> {
  for (;;) {
    const samples = await scrape(pool);
    if (isExpected(samples)) return samples;
  }
}

describe("a pool of worker threads", () => {
  test("without workers is exactly its registry", async () => {
    const { registry, pool } = mainProcess();
    registry.histogram({ name: "fill_ms", help: "Fill.", buckets: [1] }).observeWithExemplar(2, { order: "1" });

    for (const format of ["text", "openmetrics"] as const) {
      expect(await pool.metrics(format)).toBe(await registry.metrics(format));
    }
  });

  test("a worker that shares nothing changes nothing but the number of processes", async () => {
    const { registry, pool } = mainProcess();
    const alone = readExposition(await registry.metrics());
    const bot = await startThread(undefined);
    await bot.tell({ do: "stop" });
    pool.add(bot.worker);

    const { samples, metadata } = readExposition(await pool.metrics());

    expect(samples).toEqual(new Map([...alone.samples, [PROCESSES, 0]]));
    expect(metadata.get("haltwatch_bot_processes")?.[0]).toBe("gauge");
  });

  test("one scrape sums counters and histograms, and merges gauges by their rule", async () => {
    const { registry, pool } = mainProcess();
    const [one, two] = await Promise.all([startThread(pool), startThread(pool)]);
    for (const rule of ["sum", "min", "max", "average", "first", "omit"] as const) {
      registry.gauge({ name: `gauge_${rule}`, help: "Gauge.", aggregation: rule }).set(5);
      await one.tell({ do: "gauge", name: `gauge_${rule}`, rule, value: 1 });
      await two.tell({ do: "gauge", name: `gauge_${rule}`, rule, value: 9 });
    }
    await one.tell({ do: "count", orders: 4, latencyMs: 50 });
    await two.tell({ do: "count", orders: 5, latencyMs: 500 });
    await one.tell({ do: "state", state: "active", version: "1" });
    await two.tell({ do: "state", state: "halted", version: "1" });

    const samples = await scrape(pool);

    const of = (name: string, labels = {}): number | undefined =>
      samples.get(seriesKey(name, { bot: "arb-1", ...labels }));
    expect(samples.get(ORDERS)).toBe(3 + 4 + 5);
    expect(["10", "100", "+Inf"].map((le) => of("latency_ms_bucket", { le }))).toEqual([1, 2, 3]);
    expect([of("latency_ms_sum"), of("latency_ms_count")]).toEqual([555, 3]);
    expect(of("gauge_sum")).toBe(15);
    expect(of("gauge_min")).toBe(1);
    expect(of("gauge_max")).toBe(9);
    expect(of("gauge_average")).toBe(5);
    expect(of("gauge_first")).toBe(5);
    expect(of("gauge_omit")).toBe(5);
    expect(of("trading_state", { trading_state: "active" })).toBe(1);
    expect(of("trading_state", { trading_state: "halted" })).toBe(1);
    expect(of("bot_info", { version: "1" })).toBe(1);
    expect(samples.get(PROCESSES)).toBe(2);
  });

  test("OpenMetrics shows when the oldest part of a series was born, and ends in EOF", async () => {
    const { registry, pool } = mainProcess();
    const bot = await startThread(pool);
    await bot.tell({ do: "count", orders: 1 });
    const alone = /^orders_created.*$/m.exec(await registry.metrics("openmetrics"))?.[0];

    const text = await pool.metrics("openmetrics");

    expect(/^orders_created.*$/m.exec(text)?.[0]).toBe(alone);
    expect(text.endsWith("# EOF\n")).toBe(true);
    expect(text).toContain('orders_total{bot="arb-1",venue="cex"} 4\n');
  });

  test("what a worker counted stays when it ends, its gauges go, and a new one adds on top", async () => {
    const { pool } = mainProcess();
    const first = await startThread(pool);
    await first.tell({ do: "count", orders: 10, latencyMs: 50 });
    await first.tell({ do: "gauge", name: "open_orders", value: 7 });
    const alive = await scrape(pool);

    await first.worker.terminate();
    const ended = await scrape(pool);
    const second = await startThread(pool);
    await second.tell({ do: "count", orders: 1 });
    const restarted = await scrape(pool);

    const gauge = seriesKey("open_orders", { bot: "arb-1" });
    expect([alive.get(ORDERS), alive.get(gauge), alive.get(PROCESSES)]).toEqual([13, 7, 1]);
    expect([ended.get(ORDERS), ended.get(gauge), ended.get(PROCESSES)]).toEqual([13, undefined, 0]);
    expect([restarted.get(ORDERS), restarted.get(PROCESSES)]).toEqual([14, 1]);
    expect(restarted.get(seriesKey("latency_ms_count", { bot: "arb-1" }))).toBe(2);
  });

  test.each([true, false])("a worker's last counts arrive when it exits at once, with a flush: %s", async (flush) => {
    const { pool } = mainProcess();
    const bot = await startThread(pool);

    await bot.tellToExit({ do: "count-and-exit", orders: 20, flush });

    expect((await scrape(pool)).get(ORDERS)).toBe(23);
  });

  test("a worker that is killed without having been scraped loses no more than since its last sending", async () => {
    const { pool } = mainProcess({ timeoutMs: 20 });
    const bot = await startThread(pool, { intervalMs: 10 });
    await bot.tell({ do: "hang" }); // it answers no scrape any more: what is shown, it sent by itself
    await bot.tell({ do: "count", orders: 40 });
    await scrapeUntil(pool, (samples) => samples.get(ORDERS) === 43);

    await bot.worker.terminate();

    expect((await scrape(pool)).get(ORDERS)).toBe(43);
  });

  test("a blocked worker is shown as last known, that is told once, and counted each time", async () => {
    const { pool, mistakes, orders } = mainProcess({ timeoutMs: 50 });
    const bot = await startThread(pool);
    await bot.tell({ do: "count", orders: 4 });
    await scrapeUntil(pool, (samples) => samples.get(PROCESSES) === 1);
    const gate = new Int32Array(new SharedArrayBuffer(4));
    await bot.tell({ do: "block", gate });
    orders.inc({ venue: "cex" });

    const blocked = [await scrape(pool), await scrape(pool)];
    Atomics.store(gate, 0, 1);
    Atomics.notify(gate, 0);
    const free = await scrapeUntil(pool, (samples) => samples.get(PROCESSES) === 1);

    for (const samples of blocked) expect([samples.get(ORDERS), samples.get(PROCESSES)]).toEqual([8, 0]);
    expect(mistakes.map(({ code }) => code)).toEqual(["MEMBER_SILENT"]);
    const counted = seriesKey("haltwatch_bot_mistakes_total", { bot: "arb-1", metric: "", code: "MEMBER_SILENT" });
    expect(free.get(counted)).toBeGreaterThanOrEqual(2);
  });

  test("several scrapes at the same time each show all", async () => {
    const { pool } = mainProcess();
    const bot = await startThread(pool);
    await bot.tell({ do: "count", orders: 4 });

    const scrapes = await Promise.all([scrape(pool), scrape(pool), scrape(pool)]);

    for (const samples of scrapes) expect([samples.get(ORDERS), samples.get(PROCESSES)]).toEqual([7, 1]);
  });

  test("a worker that stops sharing keeps its counts, and goes on from them when it shares again", async () => {
    const { pool, mistakes } = mainProcess();
    const bot = await startThread(pool);
    await bot.tell({ do: "gauge", name: "open_orders", value: 7 });
    await bot.tell({ do: "count", orders: 4 });

    await bot.tell({ do: "stop" });
    const stopped = await scrapeUntil(pool, (samples) => samples.get(PROCESSES) === 0);
    await bot.tell({ do: "share" });
    await bot.tell({ do: "count", orders: 1 });
    const again = await scrapeUntil(pool, (samples) => samples.get(PROCESSES) === 1);

    expect([stopped.get(ORDERS), stopped.has(seriesKey("open_orders", { bot: "arb-1" }))]).toEqual([7, false]);
    expect([again.get(ORDERS), again.get(seriesKey("open_orders", { bot: "arb-1" }))]).toEqual([8, 7]);
    expect(mistakes).toEqual([]);
  });

  test("a second registry of one worker is refused, and told", async () => {
    const { pool, mistakes } = mainProcess();
    const bot = await startThread(pool);

    await bot.tell({ do: "share" });
    await bot.tell({ do: "count", orders: 4 });
    const samples = await scrape(pool);

    expect([samples.get(ORDERS), samples.get(PROCESSES)]).toEqual([7, 1]);
    expect(mistakes.map(({ code }) => code)).toEqual(["ALREADY_SHARED"]);
  });

  test("what makes no sense is refused with one report; the bot's own messages pass untouched", async () => {
    const { pool, mistakes } = mainProcess();
    const bot = await startThread(pool);
    await bot.tell({ do: "count", orders: 4 });
    const own = [{ price: 1 }, "tick", null, 5, { haltwatched: true }];
    for (const message of [
      ...own,
      { haltwatch: 1 },
      { haltwatch: { kind: "snapshot", share: 5 } },
      { haltwatch: null },
    ]) {
      await bot.tell({ do: "post", message });
    }

    const samples = await scrape(pool);

    expect([samples.get(ORDERS), samples.get(PROCESSES)]).toEqual([7, 1]);
    expect(mistakes.map(({ code }) => code)).toEqual(["BAD_SNAPSHOT"]);
    expect(bot.received).toEqual(expect.arrayContaining(own));
  });

  test("once a worker is in, the bot sees no message of ours on the channel it shares", async () => {
    const { pool } = mainProcess();
    const bot = await startThread(pool, { intervalMs: 1 });
    const ours = (): number =>
      bot.received.filter((message) => typeof message === "object" && message !== null && "haltwatch" in message)
        .length;
    await bot.tell({ do: "count", orders: 1 });
    await scrapeUntil(pool, (samples) => samples.get(PROCESSES) === 1);
    await bot.tell({ do: "echo" });
    const before = ours();

    for (let orders = 1; orders < 5; orders++) {
      await bot.tell({ do: "count", orders });
      await scrape(pool);
    }

    expect(ours()).toBe(before);
  });

  test("different buckets or types between processes: the main one's are shown, the conflict told, no scrape lost", async () => {
    const { pool, mistakes, registry } = mainProcess();
    registry.histogram({ name: "spread_bps", help: "Spread.", buckets: [1, 2] }).observe(1);
    registry.gauge({ name: "latency_bps", help: "Latency." }).set(1);
    const bot = await startThread(pool);
    await bot.tell({ do: "histogram", buckets: [1, 3] });
    await bot.tell({ do: "count", orders: 1 });

    const samples = await scrape(pool);

    expect(samples.get(seriesKey("spread_bps_count", { bot: "arb-1" }))).toBe(1);
    expect(samples.get(ORDERS)).toBe(4);
    expect(mistakes.map(({ code, message }) => [code, message])).toEqual([
      ["MERGE_CONFLICT", 'metric "spread_bps" cannot be merged: its buckets differ between processes'],
    ]);
  });

  test("a worker that only shares ends by itself", async () => {
    const { pool } = mainProcess();
    const bot = await startThread(pool, { idle: true }).catch(() => undefined);

    // Either it had said it was ready and ends now, or it has ended already.
    if (bot !== undefined && bot.worker.threadId !== -1) await once(bot.worker, "exit");
  });

  test("a worker's own listener keeps it alive, and still hears the bot", async () => {
    const { pool } = mainProcess();
    const bot = await startThread(pool, { intervalMs: 1 });
    for (let turn = 0; turn < 3; turn++) await scrape(pool);

    expect(await bot.tell({ do: "echo" })).toBe("echo");
  });

  test("stopping the pool lets go of the workers and leaves no listener behind", async () => {
    const { registry, pool } = mainProcess();
    const bot = await startThread(undefined);
    const before = ["message", "exit"].map((event) => bot.worker.listenerCount(event));
    pool.add(bot.worker);
    pool.add(bot.worker);

    pool.stop();
    pool.stop();

    expect(["message", "exit"].map((event) => bot.worker.listenerCount(event))).toEqual(before);
    expect(await pool.metrics()).toBe(await registry.metrics());
  });

  test("a worker that has ended before it is added is not waited for", async () => {
    const { registry, pool } = mainProcess();
    const bot = await startThread(undefined);
    await bot.worker.terminate();

    pool.add(bot.worker);

    expect(await pool.metrics()).toBe(await registry.metrics());
  });

  test("a worker that was there before the pool joins it when it next asks", async () => {
    const { pool } = mainProcess();
    const bot = await startThread(undefined, { intervalMs: 5 });
    await bot.tell({ do: "count", orders: 4 });

    pool.add(bot.worker);

    const samples = await scrapeUntil(pool, (all) => all.get(PROCESSES) === 1);
    expect(samples.get(ORDERS)).toBe(7);
  });

  test("a scrape that lands on a worker shows all; without a pool it fails, as its own numbers would look like a reset", async () => {
    const { pool } = mainProcess();
    const [one, two, lonely] = await Promise.all([
      startThread(pool),
      startThread(pool),
      startThread(undefined, { timeoutMs: 200 }),
    ]);
    await one.tell({ do: "count", orders: 4 });
    await two.tell({ do: "count", orders: 5 });

    const { samples } = readExposition(String(await one.tell({ do: "render" })));

    expect([samples.get(ORDERS), samples.get(PROCESSES)]).toEqual([12, 2]);
    expect(await lonely.tell({ do: "render" })).toBe("NO_POOL");
  });

  test("the process's own cost is not counted once more for each thread", async () => {
    const { pool } = mainProcess();
    const bot = await startThread(pool);
    await bot.tell({ do: "process-metrics" });

    const { metadata } = readExposition(await pool.metrics());

    expect(metadata.has("nodejs_heap_size_used_bytes")).toBe(true);
    expect(metadata.has("process_resident_memory_bytes")).toBe(false);
    expect(metadata.has("process_cpu_seconds_total")).toBe(false);
  });

  test("a large exposition gives way to the bot many times", async () => {
    const { registry, pool } = mainProcess();
    const wide = registry.counter({ name: "wide_total", help: "Wide.", labelNames: ["id"], maxSeries: 30_000 });
    for (let id = 0; id < 30_000; id++) wide.inc({ id });
    await startThread(pool);
    let turns = 0;
    let isOver = false;
    const count = (): void => {
      turns++;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);

    const samples = await scrape(pool);
    isOver = true;

    expect(samples.size).toBeGreaterThan(30_000);
    expect(turns).toBeGreaterThan(10);
  });

  test("times that are none are refused", () => {
    expect(() => mainProcess({ timeoutMs: 0 })).toThrow(
      expect.objectContaining({ code: "BAD_TIME", key: "timeoutMs" }),
    );
    expect(() => mainProcess({ timeoutMs: Number.NaN })).toThrow(expect.objectContaining({ code: "BAD_TIME" }));
  });
});

describe("a pool of cluster processes", () => {
  test("one scrape sums them; a killed one's counts stay, and its successor adds on top", async () => {
    const { pool } = mainProcess();
    const [one, two] = await Promise.all([startProcess(pool), startProcess(pool)]);
    await one.tell({ do: "count", orders: 10, latencyMs: 50 });
    await two.tell({ do: "count", orders: 20, latencyMs: 500 });
    await one.tell({ do: "gauge", name: "open_orders", value: 7 });
    const both = await scrape(pool);

    one.worker.process.kill("SIGKILL");
    await once(one.worker, "exit");
    const left = await scrape(pool);
    const three = await startProcess(pool);
    await three.tell({ do: "count", orders: 1 });
    const restarted = await scrape(pool);

    const gauge = seriesKey("open_orders", { bot: "arb-1" });
    const observed = seriesKey("latency_ms_count", { bot: "arb-1" });
    expect([both, left, restarted].map((samples) => samples.get(ORDERS))).toEqual([33, 33, 34]);
    expect([both, left, restarted].map((samples) => samples.get(observed))).toEqual([3, 3, 3]);
    expect([both, left, restarted].map((samples) => samples.get(gauge))).toEqual([7, undefined, undefined]);
    expect([both, left, restarted].map((samples) => samples.get(PROCESSES))).toEqual([2, 1, 2]);
  });

  test("a scrape that lands on any worker shows all", async () => {
    const { pool } = mainProcess();
    const bots = await Promise.all([startProcess(pool), startProcess(pool)]);
    for (const bot of bots) await bot.tell({ do: "count", orders: 10 });

    for (const bot of bots) {
      const response = await fetch(`http://127.0.0.1:${await bot.tell({ do: "serve" })}/metrics`);
      const { samples } = readExposition(await response.text());

      expect([samples.get(ORDERS), samples.get(PROCESSES)]).toEqual([23, 2]);
    }
  });

  test("a process that is killed without ever having been scraped has sent its counts, each time they changed", async () => {
    const { pool } = mainProcess();
    const bot = await startProcess(pool, { intervalMs: 5 });
    // On the channel of processes the bot sees what is sent; the pool has read it before.
    const isSent = (orders: number): Promise<void> =>
      new Promise((resolve) => {
        bot.worker.on("message", (message) => {
          if (JSON.stringify(message).includes(`"value":${orders},`)) resolve();
        });
      });
    for (const orders of [10, 20, 30]) {
      const sent = isSent(orders);
      await bot.tell({ do: "count", orders: 10 });
      await sent;
    }

    bot.worker.process.kill("SIGKILL");
    await once(bot.worker, "exit");

    expect((await scrape(pool)).get(ORDERS)).toBe(33);
  });

  test("what is no finite number arrives, though messages between processes are JSON", async () => {
    const { pool } = mainProcess();
    const bot = await startProcess(pool);
    await bot.tell({ do: "gauge", name: "best_price", value: "-Infinity" });
    await bot.tell({ do: "gauge", name: "spread_bps", value: "NaN" });

    const samples = await scrape(pool);

    expect(samples.get(seriesKey("best_price", { bot: "arb-1" }))).toBe(Number.NEGATIVE_INFINITY);
    expect(samples.get(seriesKey("spread_bps", { bot: "arb-1" }))).toBeNaN();
  });

  test("a process's last counts arrive when it flushes before it exits", async () => {
    const { pool } = mainProcess();
    const bot = await startProcess(pool);

    await bot.tellToExit({ do: "count-and-exit", orders: 20, flush: true });

    expect((await scrape(pool)).get(ORDERS)).toBe(23);
  });

  test("a process that disconnects is not waited for, and its counts stay", async () => {
    const { pool, mistakes } = mainProcess();
    const bot = await startProcess(pool);
    await bot.tell({ do: "count", orders: 20 });
    await scrape(pool);

    bot.worker.disconnect();
    await once(bot.worker, "disconnect");
    const samples = await scrape(pool);

    expect([samples.get(ORDERS), samples.get(PROCESSES)]).toEqual([23, 0]);
    expect(mistakes).toEqual([]);
  });

  test("a forked process that only shares ends by itself", async () => {
    const child = forkProcess({ idle: true });

    const [code] = await once(child, "exit");

    expect(code).toBe(0);
  });

  test("a forked process's own listener keeps it alive, also after it has stopped sharing", async () => {
    const child = forkProcess();
    const answer = (command: object): Promise<unknown> =>
      new Promise((resolve, reject) => {
        child.once("exit", () => reject(new Error("it has ended")));
        child.on("message", (message: { id?: number; result?: unknown }) => {
          if (message.id === 1) resolve(message.result);
        });
        child.send({ id: 1, command });
      });

    await answer({ do: "stop" });

    expect(await answer({ do: "echo" })).toBe("echo");
    expect(child.exitCode).toBe(null);
  });
});
