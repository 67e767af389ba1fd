/** Exporters whose values move each second: `node exporters-case.ts EXPORTERS SERIES`. Prints their ports, a space between. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Workload } from "../store/workload.ts";

const [exporters = 0, series = 0] = process.argv.slice(2).map(Number);

/** How long one body serves, milliseconds. */
const MOVES_EACH_MS = 1_000;

function startExporter(seed: number): Promise<number> {
  const workload = new Workload(series, seed);
  const heads = workload.series.map(({ name, labels }) => {
    const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
    return `${name}{${pairs.join(",")}} `;
  });
  const families = [...new Set(workload.series.map(({ name }) => name))];
  let body = "";
  let movedMs = 0;
  const server = createServer((_, response) => {
    // When it is asked only: this process is not what is measured, but shares the machine with it.
    if (performance.now() - movedMs > MOVES_EACH_MS) {
      movedMs = performance.now();
      workload.advance();
      const lines = new Map(families.map((name) => [name, [`# TYPE ${name} untyped\n`]]));
      for (const [index, { name }] of workload.series.entries())
        lines.get(name)?.push(`${heads[index]}${workload.values[index]}\n`);
      body = [...lines.values()].map((of) => of.join("")).join("");
    }
    response.setHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    response.end(body);
  });
  server.keepAliveTimeout = 60_000;
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)); // of a server that listens on TCP
  });
}

const ports = await Promise.all(Array.from({ length: exporters }, (_, index) => startExporter(index + 1)));
process.stdout.write(`${ports.join(" ")}\n`);
