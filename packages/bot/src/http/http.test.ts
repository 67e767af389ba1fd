import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { gunzipSync } from "node:zlib";
import express from "express";
import Fastify from "fastify";
import { Hono } from "hono";
import { expect, test } from "vitest";
import { OPENMETRICS_CONTENT_TYPE, TEXT_CONTENT_TYPE } from "../exposition/format.ts";
import { type MetricSource, Registry } from "../registry/registry.ts";
import { fastifyHandler } from "./fastify-handler.ts";
import { fetchHandler, honoHandler } from "./fetch-handler.ts";
import { type MetricsServer, type MetricsServerOptions, startMetricsServer } from "./metrics-server.ts";
import { acceptsGzip, preferredFormat } from "./negotiate.ts";
import { nodeHandler } from "./node-handler.ts";
import { MAX_CONCURRENT_SCRAPES } from "./scrape.ts";

const PROMETHEUS_ACCEPT =
  "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

function registryWithOrders(): Registry {
  const registry = new Registry();
  registry.counter({ name: "orders_total", help: "Orders.", labelNames: ["venue"] }).inc({ venue: "cex" });
  return registry;
}

async function start(options: Partial<MetricsServerOptions> = {}): Promise<MetricsServer & { warnings: string[] }> {
  const warnings: string[] = [];
  const server = await startMetricsServer({
    source: registryWithOrders(),
    host: "127.0.0.1",
    port: 0,
    onWarning: (message) => warnings.push(message),
    ...options,
  });
  return { ...server, warnings };
}

/** A source whose render waits until it is let go on. */
function heldSource(): { source: MetricSource; letGo: () => void; begun: Promise<void> } {
  let letGo = (): void => undefined;
  let begin = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const source: MetricSource = {
    async *renderChunks() {
      begin();
      yield "a_total 1\n";
      await held;
      yield "b_total 2\n";
    },
  };
  return { source, letGo, begun };
}

test.each([
  [undefined, "text"],
  ["", "text"],
  ["*/*", "text"],
  [PROMETHEUS_ACCEPT, "openmetrics"],
  ["application/openmetrics-text", "openmetrics"],
  ["application/openmetrics-text; version=2.0.0, text/plain;version=0.0.4;q=0.1", "text"],
  ["application/openmetrics-text;version=0.0.1", "openmetrics"],
  ["text/plain;version=0.0.4, application/openmetrics-text;version=1.0.0;q=0.9", "text"],
  ["application/openmetrics-text;q=0", "text"],
  ["text/html,application/xhtml+xml,*/*;q=0.8", "text"],
  ['Application/OpenMetrics-Text; Version="1.0.0"', "openmetrics"],
])("Accept: %s is answered in %s", (accept, format) => {
  expect(preferredFormat(accept)).toBe(format);
});

test("gzip is used where it is accepted, and not where its quality is 0", () => {
  expect(["gzip", "br, gzip;q=0.5", "*"].map(acceptsGzip)).toEqual([true, true, true]);
  expect([undefined, "", "identity", "gzip;q=0", "*, gzip;q=0"].map(acceptsGzip)).toEqual([
    false,
    false,
    false,
    false,
    false,
  ]);
});

test("E2 /metrics on node:http, Express, Fastify, Hono and fetch gives the same", async () => {
  const registry = registryWithOrders();
  const expected = await registry.metrics();

  const node = createServer(nodeHandler(registry)).listen(0, "127.0.0.1");
  const onExpress = express().get("/metrics", nodeHandler(registry)).listen(0, "127.0.0.1");
  const fastify = Fastify().get("/metrics", fastifyHandler(registry));
  await fastify.listen({ port: 0, host: "127.0.0.1" });
  try {
    await Promise.all([node, onExpress].map(async (server) => server.listening || (await once(server, "listening"))));
    for (const server of [node, onExpress, fastify.server]) {
      const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`);
      expect(response.headers.get("content-type")).toBe(TEXT_CONTENT_TYPE);
      expect(await response.text()).toBe(expected);
    }
    const hono = new Hono().get("/metrics", honoHandler(registry));
    expect(await (await hono.request("/metrics")).text()).toBe(expected);
    const direct = fetchHandler(registry)(
      new Request("http://localhost/metrics", { headers: { accept: PROMETHEUS_ACCEPT } }),
    );
    expect(direct.headers.get("content-type")).toBe(OPENMETRICS_CONTENT_TYPE);
    expect(await direct.text()).toMatch(/# EOF\n$/);
  } finally {
    node.close();
    onExpress.close();
    await fastify.close();
  }
});

test("a scraper that takes gzip gets it, and the content is the same", async () => {
  const registry = registryWithOrders();
  const response = fetchHandler(registry)(new Request("http://x/metrics", { headers: { "accept-encoding": "gzip" } }));

  expect(response.headers.get("content-encoding")).toBe("gzip");
  expect(gunzipSync(Buffer.from(await response.arrayBuffer())).toString()).toBe(await registry.metrics());
});

test("HEAD has no body, and other methods are refused with what is allowed", async () => {
  const handle = fetchHandler(registryWithOrders());

  const head = handle(new Request("http://x/metrics", { method: "HEAD" }));
  const post = handle(new Request("http://x/metrics", { method: "POST" }));

  expect([head.status, await head.text()]).toEqual([200, ""]);
  expect([post.status, post.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
});

test("too many scrapes at once are told to come back, and a place is free again after one ends", async () => {
  const { source, letGo } = heldSource();
  const handle = fetchHandler(source);
  const answers = Array.from({ length: MAX_CONCURRENT_SCRAPES }, () => handle(new Request("http://x/metrics")));
  const readers = answers.map((answer) => answer.body?.getReader());
  await Promise.all(readers.map((reader) => reader?.read()));

  const refused = handle(new Request("http://x/metrics"));
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);

  letGo();
  for (const reader of readers) while (!(await reader?.read())?.done);
  expect(handle(new Request("http://x/metrics")).status).toBe(200);
});

test("A1 the server has /metrics, /healthz and a page, and says where else to look", async () => {
  await using server = await start();
  const base = server.url.slice(0, -"/metrics".length);

  expect(server.url).toMatch(/^http:\/\/localhost:\d+\/metrics$/);
  expect(await (await fetch(server.url)).text()).toContain('orders_total{venue="cex"} 1');
  expect(await (await fetch(`${base}/healthz`)).json()).toEqual({ status: "ok", uptime_seconds: expect.any(Number) });
  expect(await (await fetch(`${base}/`)).text()).toContain('href="/metrics"');
  const nowhere = await fetch(`${base}/metric`);
  expect([nowhere.status, await nowhere.text()]).toEqual([404, "Nothing here. Try /metrics or /healthz.\n"]);
  expect(server.warnings).toEqual([]);
});

test("E6 with a token, /metrics is for those who have it", async () => {
  await using server = await start({ token: "s3cret" });
  const ask = async (authorization?: string) =>
    (await fetch(server.url, { headers: authorization === undefined ? {} : { authorization } })).status;

  expect(await ask()).toBe(401);
  expect(await ask("Bearer wrong")).toBe(401);
  expect(await ask("Bearer s3cret")).toBe(200);
  expect((await fetch(server.url.replace("/metrics", "/healthz"))).status).toBe(200);
});

test("B3 F11 beyond loopback without TLS and a token it warns, and says what to do", async () => {
  await using server = await start({ host: "0.0.0.0" });

  expect(server.warnings).toEqual([expect.stringMatching(/0\.0\.0\.0.*without TLS and a token.*Set tls_cert_file/)]);
});

test("a browser that was led here under another name is refused", async () => {
  await using server = await start();

  const status = await new Promise((resolve) => {
    httpRequest({ port: server.port, path: "/metrics", headers: { host: "evil.example" } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).end();
  });

  expect(status).toBe(403);
});

test("a port in use is one clear error", async () => {
  await using server = await start();

  await expect(start({ port: server.port })).rejects.toMatchObject({
    code: "PORT_IN_USE",
    message: `port ${server.port} on 127.0.0.1 is in use by another process`,
    hint: expect.stringContaining("METRICS_PORT"),
  });
});

test("an address of another machine is one clear error", async () => {
  await expect(start({ host: "192.0.2.1" })).rejects.toMatchObject({ code: "ADDRESS_NOT_AVAILABLE" });
});

test("A10 a scrape under way is answered while the server stops, and then nothing listens", async () => {
  const { source, letGo, begun } = heldSource();
  const server = await start({ source });
  const scrape = fetch(server.url).then((response) => response.text());
  await begun;

  const stopped = server.stop();
  letGo();

  expect(await scrape).toBe("a_total 1\nb_total 2\n");
  await stopped;
  await expect(fetch(server.url)).rejects.toThrow();
});

test("A10 a scrape that does not end is cut off, and stopping twice is the same as once", async () => {
  const { source, begun } = heldSource();
  const server = await start({ source });
  const scrape = fetch(server.url).then((response) => response.text());
  await begun;
  const sent = performance.now();

  await Promise.all([server.stop(), server.stop(), expect(scrape).rejects.toThrow()]);

  expect(performance.now() - sent).toBeLessThan(2000);
});

test("rubbish on the wire, and a render that throws, do not end the server", async () => {
  let broken = true;
  const good = registryWithOrders();
  const source: MetricSource = {
    async *renderChunks(format) {
      if (broken) throw new Error("broken");
      yield* good.renderChunks(format);
    },
  };
  await using server = await start({ source });
  const socket = connect(server.port, "127.0.0.1").on("error", () => undefined);
  socket.resume().end("\u0000rubbish\r\n\r\n");
  await once(socket, "close");

  await expect(fetch(server.url).then((response) => response.text())).rejects.toThrow();
  broken = false;

  expect((await fetch(server.url)).status).toBe(200);
});

test("a scraper that goes away ends the rendering", async () => {
  const { source, begun } = heldSource();
  let ended = (): void => undefined;
  const over = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const watched: MetricSource = {
    async *renderChunks(format) {
      try {
        for await (const chunk of source.renderChunks(format)) yield chunk;
        while (true) {
          yield "x".repeat(65_536);
          await new Promise((resolve) => setImmediate(resolve));
        }
      } finally {
        ended();
      }
    },
  };
  await using server = await start({ source: { renderChunks: (format) => watched.renderChunks(format) } });
  const away = new AbortController();
  const scrape = fetch(server.url, { signal: away.signal }).then((response) => response.text());
  await begun;

  away.abort();
  await expect(scrape).rejects.toThrow();

  await expect(Promise.race([over, server.stop()])).resolves.toBeUndefined();
});
