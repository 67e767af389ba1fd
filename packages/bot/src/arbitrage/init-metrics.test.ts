import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readCsvRecords } from "../csv/read-csv-records.ts";
import { type ArbitrageMonitoring, initMetrics, recordLatency, recordOrder } from "./init-metrics.ts";

let dir: string;
const running: ArbitrageMonitoring[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "haltwatch-init-"));
});
afterEach(async () => {
  for (const monitoring of running.splice(0)) await monitoring.stop();
  rmSync(dir, { recursive: true, force: true });
});

async function start(...args: Parameters<typeof initMetrics>): Promise<ArbitrageMonitoring> {
  const monitoring = await initMetrics(args[0], { env: {}, ...args[1] });
  running.push(monitoring);
  return monitoring;
}

const QUIET = { prometheus_bind_addr: "127.0.0.1:0", process_metrics: false } as const;

async function scrape(monitoring: ArbitrageMonitoring): Promise<string> {
  return (await fetch(monitoring.url ?? "")).text();
}

/** The log's lines, after the end. */
async function logOf(monitoring: ArbitrageMonitoring, logDir: string): Promise<Record<string, unknown>[]> {
  await monitoring.stop();
  return readdirSync(logDir)
    .filter((name) => name.endsWith(".log"))
    .flatMap((name) => readFileSync(join(logDir, name), "utf8").trimEnd().split("\n"))
    .map((line) => JSON.parse(line));
}

test("A1 initMetrics starts the server and the JSON log; the module's functions record to it", async () => {
  const monitoring = await start({ ...QUIET, log: join(dir, "bot.log"), bot_name: "arb-1" });

  recordOrder({ status: "filled", volumeQuote: 10 }, "cex");
  recordOrder({ status: "rejected", orderId: "42", reason: "price moved" }, "dex");
  recordLatency("scanner", 5);
  const { recordOpportunity } = monitoring; // its methods may be taken off it
  recordOpportunity({ spreadGrossBps: 2, spreadNetBps: 1 });

  const text = await scrape(monitoring);
  expect(text).toContain('orders_total{venue="cex"} 1\n');
  expect(text).toContain('orders_failed_total{venue="dex"} 1\n');
  expect(text).toContain('latency_ms_count{metric="scanner"} 1\n');
  expect(text).toContain("opportunities_total 1\n");
  expect(await logOf(monitoring, dir)).toMatchObject([
    { level: "info", event: "metrics_started", bot: "arb-1", url: monitoring.url },
    { level: "warn", event: "order_failed", venue: "dex", order_id: "42", reason: "price moved" },
    { level: "info", event: "metrics_stopped" },
  ]);
});

test("A1 before initMetrics and after stop the functions do nothing", async () => {
  recordOrder({ status: "filled" }, "cex");
  const monitoring = await start({ ...QUIET, log_level: "error" });
  expect(await scrape(monitoring)).toContain('orders_total{venue="cex"} 0\n');

  await monitoring.stop();
  await monitoring.stop();

  recordOrder({ status: "filled" }, "cex");
  await expect(scrape(monitoring)).rejects.toThrow();
});

test("A1 A6 it reads config/monitoring.toml from where it is told", async () => {
  const file = join(dir, "monitoring.toml");
  writeFileSync(file, 'prometheus_bind_addr = "127.0.0.1:0"\nlatency_buckets_ms = [1, 2]\nlog_level = "error"\n');

  expect(await scrape(await start(file))).toContain('latency_ms_bucket{metric="scanner",le="2"} 0\n');
});

test("A3 CSV files are written beside the metrics, and are complete when it has stopped", async () => {
  const csv = join(dir, "csv");
  const monitoring = await start({ ...QUIET, csv_dir: csv, log_level: "error" });
  for (let i = 0; i < 1000; i++) monitoring.recordOrder({ status: "filled", orderId: `${i}` }, "cex");

  await monitoring.stop();

  let orders = 0;
  for await (const record of readCsvRecords([csv])) if (record.kind === "order") orders += 1;
  expect(orders).toBe(1000);
});

test("B3 METRICS_ENABLED=false serves, logs and writes nothing, and recording goes on without harm", async () => {
  const csv = join(dir, "csv");
  const monitoring = await start(
    { ...QUIET, csv_dir: csv, log: join(dir, "bot.log") },
    { env: { METRICS_ENABLED: "false" } },
  );

  recordOrder({ status: "rejected" }, "cex");
  await monitoring.stop();

  expect(monitoring.url).toBeUndefined();
  expect(readdirSync(dir)).toEqual([]);
});

test("B3 METRICS_PORT is where it is served", async () => {
  const first = await start({ ...QUIET, log_level: "error" });
  const port = new URL(first.url ?? "").port;
  await first.stop();

  const second = await start({ log_level: "error", process_metrics: false }, { env: { METRICS_PORT: port } });

  expect(second.url).toBe(`http://localhost:${port}/metrics`);
});

test("a port in use is one clear error, and nothing of the failed start is left", async () => {
  const first = await start({ ...QUIET, log_level: "error" });
  const taken = `127.0.0.1:${new URL(first.url ?? "").port}`;

  await expect(start({ prometheus_bind_addr: taken, csv_dir: join(dir, "csv") })).rejects.toMatchObject({
    code: "PORT_IN_USE",
  });

  await expect(start({ ...QUIET, log_level: "error" })).resolves.toBeDefined();
});

test("what is recorded wrongly is told once in the log, counted, and does not disturb the bot", async () => {
  const monitoring = await start({ ...QUIET, log: join(dir, "bot.log") });

  for (let i = 0; i < 5; i++) monitoring.recordOrder({ status: "filled", volumeQuote: -1 }, "cex");
  monitoring.recordOrder(undefined as never, "cex");
  monitoring.recordLatency("scanner", Number.NaN);
  monitoring.registry.gauge({ name: "mine", help: "h", labelNames: ["a"] }).set({ b: "x" } as never, 1);

  expect(await scrape(monitoring)).toContain(
    'haltwatch_bot_mistakes_total{metric="volume_total",code="BAD_VALUE"} 5\n',
  );
  const told = (await logOf(monitoring, dir)).filter(({ event }) => event === "metric_mistake").map(({ code }) => code);
  expect(told).toEqual(["BAD_VALUE", "BAD_REPORT", "BAD_VALUE", "BAD_LABELS"]);
});

test("B3 served beyond this machine it warns in the log", async () => {
  const monitoring = await start({
    prometheus_bind_addr: "0.0.0.0:0",
    process_metrics: false,
    log: join(dir, "bot.log"),
  });

  expect(await logOf(monitoring, dir)).toContainEqual(
    expect.objectContaining({
      level: "warn",
      event: "metrics_server",
      message: expect.stringContaining("without TLS and a token"),
    }),
  );
});

test("E6 a token is kept elsewhere, and asked for", async () => {
  const monitoring = await start(
    { ...QUIET, token: "env:SCRAPE_TOKEN", log_level: "error" },
    { env: { SCRAPE_TOKEN: "s3cret" } },
  );

  expect((await fetch(monitoring.url ?? "")).status).toBe(401);
  expect((await fetch(monitoring.url ?? "", { headers: { authorization: "Bearer s3cret" } })).status).toBe(200);
  await expect(start({ ...QUIET, token: "env:NOT_SET" })).rejects.toMatchObject({ code: "SECRET_MISSING" });
});
