/** Serves the built package's metrics with the runtime's own web server, scrapes them, and prints what it saw as JSON. */
import { createServer } from "node:http";
import process from "node:process";

const [index] = process.argv.slice(2);
const { fetchHandler, nodeHandler, Registry } = await import(index);

/** More than sockets hold, so that a client that goes away is noticed while it is rendered. */
const SERIES = 100_000;
const registry = new Registry();
const gauge = registry.gauge({ name: "depth", help: "Depth.", labelNames: ["level"], maxSeries: SERIES });
for (let level = 0; level < SERIES; level++) gauge.labels(`level-${level}-${"x".repeat(60)}`).set(level);

let rendering = 0;
const source = {
  async *renderChunks(format) {
    rendering += 1;
    try {
      yield* registry.renderChunks(format);
    } finally {
      rendering -= 1;
    }
  },
};
const handler = fetchHandler(source, { maxConcurrent: 1 });
const url = await serve();

const whole = await (await fetch(url)).text();
const head = await fetch(url, { method: "HEAD" });
const post = await fetch(url, { method: "POST" });
const away = new AbortController();
const left = await fetch(url, { signal: away.signal });
await left.body.getReader().read();
away.abort();
const deadline = performance.now() + 10_000;
while (rendering > 0 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));

const seen = {
  whole: whole === (await registry.metrics()),
  head: [head.status, await head.text()],
  post: post.status,
  gone: rendering === 0,
  after: (await fetch(url)).status,
};
process.stdout.write(JSON.stringify(seen));
process.exit(0);

async function serve() {
  const listen = { hostname: "127.0.0.1", port: 0 };
  if (globalThis.Bun) return `http://127.0.0.1:${globalThis.Bun.serve({ ...listen, fetch: handler }).port}/`;
  if (globalThis.Deno) {
    const server = globalThis.Deno.serve({ ...listen, onListen: () => undefined }, handler);
    return `http://127.0.0.1:${server.addr.port}/`;
  }
  const server = createServer(nodeHandler(source, { maxConcurrent: 1 }));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${server.address().port}/`;
}
