/** An exporter whose values move each second: `node exporter-case.ts SERIES`. Prints its port. */
import { createServer } from "node:http";
import { Workload } from "./workload.ts";

const workload = new Workload(Number(process.argv[2]));
const heads = workload.series.map(({ name, labels }) => {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return `${name}{${pairs.join(",")}} `;
});

let body = "";
function moveOn(): void {
  workload.advance();
  const types = ["latency_ms_bucket", "orders_total", "volume_total", "spread_net_bps", "balance_usd", "limit_usd"];
  const lines = new Map(types.map((name) => [name, [`# TYPE ${name} untyped\n`]]));
  for (const [index, { name }] of workload.series.entries())
    lines.get(name)?.push(`${heads[index]}${workload.values[index]}\n`);
  body = [...lines.values()].map((of) => of.join("")).join("");
}

moveOn();
setInterval(moveOn, 1_000);
const server = createServer((_, response) => {
  response.setHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  response.end(body);
}).listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address !== null && typeof address !== "string") process.stdout.write(`${address.port}\n`);
});
