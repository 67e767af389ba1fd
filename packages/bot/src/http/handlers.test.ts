import { once } from "node:events";
import { createServer, request as httpRequest, type Server } from "node:http";
import { gunzipSync } from "node:zlib";
import express from "express";
import Fastify from "fastify";
import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { OPENMETRICS_CONTENT_TYPE, TEXT_CONTENT_TYPE } from "../exposition/format.ts";
import { type MetricSource, Registry } from "../registry/registry.ts";
import { fastifyHandler } from "./fastify-handler.ts";
import { fetchHandler, honoHandler } from "./fetch-handler.ts";
import { nodeHandler } from "./node-handler.ts";
import type { ScrapeOptions } from "./scrape.ts";
import { endlessSource, failingSource, heldSource, LONG_CHUNK } from "./testing/held-source.ts";

/** A real server with the handler on `/metrics`, closed with all its connections when it goes out of scope. */
interface Mounted extends AsyncDisposable {
  readonly url: string;
}

async function mounted(server: Server): Promise<Mounted> {
  if (!server.listening) await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}/metrics`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const MOUNTS: Record<string, (source: MetricSource, options?: ScrapeOptions) => Promise<Mounted>> = {
  "node:http": (source, options) => mounted(createServer(nodeHandler(source, options)).listen(0, "127.0.0.1")),
  Express: (source, options) => {
    const app = express().disable("x-powered-by");
    return mounted(app.all("/metrics", nodeHandler(source, options)).listen(0, "127.0.0.1"));
  },
  Fastify: async (source, options) => {
    const app = Fastify();
    app.addHook("onSend", async (_request, reply) => {
      reply.header("x-hook", "ran");
    });
    app.route({
      method: ["GET", "HEAD", "POST"],
      url: "/metrics",
      exposeHeadRoute: false,
      handler: fastifyHandler(source, options),
    });
    await app.listen({ port: 0, host: "127.0.0.1" });
    return mounted(app.server);
  },
};

function registryWithOrders(): Registry {
  const registry = new Registry();
  registry.counter({ name: "orders_total", help: "Orders.", labelNames: ["venue"] }).inc({ venue: "cex" });
  return registry;
}

/** Of several hundred lines, so that it is streamed. */
function largeRegistry(): Registry {
  const registry = new Registry();
  const gauge = registry.gauge({ name: "depth", help: "Depth.", labelNames: ["level"] });
  for (let level = 0; level < 500; level++) gauge.labels(level).set(level);
  return registry;
}

describe.each(Object.entries(MOUNTS))("E2 on %s", (_name, mount) => {
  test("GET is what the registry has, in the format that was asked for", async () => {
    const registry = registryWithOrders();
    await using server = await mount(registry);

    const plain = await fetch(server.url);
    const open = await fetch(server.url, { headers: { accept: "application/openmetrics-text;version=1.0.0" } });

    expect([plain.status, plain.headers.get("content-type"), await plain.text()]).toEqual([
      200,
      TEXT_CONTENT_TYPE,
      await registry.metrics(),
    ]);
    expect(plain.headers.get("vary")).toBe("Accept, Accept-Encoding");
    expect([open.headers.get("content-type"), await open.text()]).toEqual([
      OPENMETRICS_CONTENT_TYPE,
      await registry.metrics("openmetrics"),
    ]);
  });

  test("a large scrape is streamed, with gzip and without, and its content is the same", async () => {
    const registry = largeRegistry();
    await using server = await mount(registry);

    const zipped = await fetch(server.url, { headers: { "accept-encoding": "gzip" } });
    const plain = await fetch(server.url, { headers: { "accept-encoding": "identity" } });

    expect([zipped.headers.get("content-encoding"), plain.headers.get("content-encoding")]).toEqual(["gzip", null]);
    expect(await zipped.text()).toBe(await registry.metrics());
    expect(await plain.text()).toBe(await registry.metrics());
  });

  test("HEAD tells no length and has no body, and POST is refused with what is allowed", async () => {
    await using server = await mount(registryWithOrders());

    const head = await fetch(server.url, { method: "HEAD" });
    const post = await fetch(server.url, { method: "POST" });

    expect([
      head.status,
      head.headers.get("content-type"),
      head.headers.get("content-length"),
      await head.text(),
    ]).toEqual([200, TEXT_CONTENT_TYPE, null, ""]);
    expect([post.status, post.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  });

  test("a scrape too many is told to come back", async () => {
    const source = heldSource();
    await using server = await mount(source, { maxConcurrent: 1 });
    const first = await fetch(server.url);

    const second = await fetch(server.url);

    expect([second.status, second.headers.get("retry-after")]).toEqual([503, "1"]);
    source.letGo();
    expect(await first.text()).toBe(`${LONG_CHUNK}b_total 2\n`);
    expect((await fetch(server.url)).status).toBe(200);
  });

  test("a client that goes away midway ends the rendering", async () => {
    const source = endlessSource();
    await using server = await mount(source);
    const away = new AbortController();
    const response = await fetch(server.url, { signal: away.signal });
    await response.body?.getReader().read();

    away.abort();

    await source.ended;
  });

  test("a client that does not read is cut off at the time limit", async () => {
    const source = endlessSource();
    await using server = await mount(source, { timeoutMs: 50 });

    const cut = await new Promise((resolve, reject) => {
      const request = httpRequest(server.url, (response) => {
        response.on("error", resolve); // and nothing is read until then
        void source.ended.then(() => response.resume());
      });
      request.on("error", reject).end();
    });

    expect(cut).toMatchObject({ code: "ECONNRESET" });
  });

  test("a rendering that fails is status 500, or a cut connection once it had begun, and never more", async () => {
    const told: unknown[] = [];
    const options = { onError: (error: unknown) => told.push(error) };
    await using early = await mount(failingSource(), options);
    await using late = await mount(failingSource(LONG_CHUNK), options);

    expect((await fetch(early.url)).status).toBe(500);
    await expect(fetch(late.url).then((response) => response.text())).rejects.toThrow();
    expect((await fetch(early.url)).status).toBe(500);
    expect(told).toHaveLength(3);
  });
});

test("E2 on Fastify the application's hooks run, and its own HEAD route works too", async () => {
  await using hooked = await (MOUNTS["Fastify"]?.(largeRegistry()) ?? expect.fail());
  const app = Fastify();
  app.get("/metrics", fastifyHandler(registryWithOrders()));

  const head = await app.inject({ method: "HEAD", url: "/metrics" });

  expect((await fetch(hooked.url)).headers.get("x-hook")).toBe("ran");
  expect([head.statusCode, head.headers["content-length"], head.body]).toEqual([200, undefined, ""]);
  await app.close();
});

test("an answer that somebody else has begun is left alone", async () => {
  const handle = nodeHandler(registryWithOrders());
  const server = createServer((request, response) => {
    response.writeHead(204).end();
    handle(request, response);
  }).listen(0, "127.0.0.1");
  await using on = await mounted(server);

  expect((await fetch(on.url)).status).toBe(204);
});

test("an onError that throws costs one scrape its connection, and nothing else", async () => {
  const handle = nodeHandler(failingSource(), {
    onError: () => {
      throw new Error("and the log too");
    },
  });
  await using on = await mounted(createServer(handle).listen(0, "127.0.0.1"));

  expect((await fetch(on.url)).status).toBe(500);
  expect((await fetch(on.url)).status).toBe(500);
});

describe.each([
  ["fetch", (source: MetricSource) => fetchHandler(source)],
  [
    "Hono",
    (source: MetricSource) => {
      const app = new Hono().all("/metrics", honoHandler(source));
      return async (request: Request) => app.fetch(request);
    },
  ],
])("E2 with %s", (_name, handlerOf) => {
  const request = (init?: RequestInit) => new Request("http://localhost/metrics", init);

  test("GET is what the registry has, in the format that was asked for", async () => {
    const registry = registryWithOrders();
    const handle = handlerOf(registry);

    const plain = await handle(request());
    const open = await handle(request({ headers: { accept: "application/openmetrics-text" } }));

    expect([plain.status, plain.headers.get("content-type"), await plain.text()]).toEqual([
      200,
      TEXT_CONTENT_TYPE,
      await registry.metrics(),
    ]);
    expect([open.headers.get("content-type"), await open.text()]).toEqual([
      OPENMETRICS_CONTENT_TYPE,
      await registry.metrics("openmetrics"),
    ]);
  });

  test("a large scrape takes gzip, and its content is the same", async () => {
    const registry = largeRegistry();

    const response = await handlerOf(registry)(request({ headers: { "accept-encoding": "gzip" } }));

    expect(response.headers.get("content-encoding")).toBe("gzip");
    expect(gunzipSync(Buffer.from(await response.arrayBuffer())).toString()).toBe(await registry.metrics());
  });

  test("HEAD has no body, POST is refused, and a rendering that fails is status 500", async () => {
    const handle = handlerOf(registryWithOrders());

    const head = await handle(request({ method: "HEAD" }));
    const post = await handle(request({ method: "POST" }));

    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect([post.status, post.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
    expect((await handlerOf(failingSource())(request())).status).toBe(500);
  });

  test("a client that goes away ends the rendering", async () => {
    const source = endlessSource();
    const response = await handlerOf(source)(request());

    await response.body?.cancel();

    await source.ended;
  });
});

test("E2 with fetch a client that is gone before the answer begins ends the rendering", async () => {
  const source = endlessSource();

  await fetchHandler(source)(new Request("http://localhost/metrics", { signal: AbortSignal.abort() }));

  await source.ended;
});
