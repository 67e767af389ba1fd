/** Uses the built package as a bot does, on whatever runtime this is; prints what it saw as JSON. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

const [index, dir] = process.argv.slice(2);
const { fetchHandler, initMetrics, readCsvRecords, recordLatency, recordOrder } = await import(index);

mkdirSync(dir, { recursive: true });
const config = join(dir, "monitoring.toml");
writeFileSync(
  config,
  `prometheus_bind_addr = "127.0.0.1:0"\ncsv_dir = ${JSON.stringify(join(dir, "csv"))}\nlog_level = "error"\n`,
);
const monitoring = await initMetrics(config, { env: {} });
recordOrder({ status: "filled", volumeQuote: 12.5, latency: 42n * 1_000_000n }, "cex");
recordLatency("scanner", 5);

const line = 'orders_total{venue="cex"} 1\n';
const text = await (await fetch(monitoring.url)).text();
const openmetrics = await (await fetch(monitoring.url, { headers: { accept: "application/openmetrics-text" } })).text();
const handler = fetchHandler(monitoring.registry);
const direct = await handler(new Request("http://localhost/metrics"));
const zipped = await handler(new Request("http://localhost/metrics", { headers: { "accept-encoding": "gzip" } }));
const unzipped = new Response(zipped.body.pipeThrough(new DecompressionStream("gzip")));
const gzip = (await unzipped.text()).includes(line);
await direct.text();
await monitoring.stop();
let stopped = false;
try {
  await fetch(monitoring.url);
} catch {
  stopped = true;
}
let csv = 0;
for await (const record of readCsvRecords([join(dir, "csv")])) if (record.kind === "order") csv += 1;

const seen = {
  text: text.includes(line),
  openmetrics: openmetrics.endsWith("# EOF\n"),
  fetch: direct.status,
  gzip,
  csv,
  stopped,
};
process.stdout.write(JSON.stringify(seen));
process.exit(0);
