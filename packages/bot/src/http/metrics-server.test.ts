import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { get, type IncomingMessage, type RequestOptions } from "node:http";
import { get as getTls } from "node:https";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text as textOf } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { errorLine } from "../errors.ts";
import { Registry } from "../registry/registry.ts";
import { type MetricsServer, type MetricsServerOptions, startMetricsServer } from "./metrics-server.ts";
import { endlessSource, failingSource, heldSource, LONG_CHUNK } from "./testing/held-source.ts";

/** It makes the certificates; where there is none, the tests with TLS are skipped. */
const OPENSSL = "openssl";

const LARGE_BOT = fileURLToPath(new URL("./testing/bot-with-large-scrape.ts", import.meta.url));

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

function at(server: MetricsServer, path: string): string {
  return new URL(path, server.url).href;
}

async function opened(server: MetricsServer): Promise<Socket> {
  const socket = connect(server.port, "127.0.0.1").on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}

async function responseTo(url: string, options: RequestOptions = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => get(url, options, resolve).on("error", reject));
}

async function isRefused(server: MetricsServer): Promise<boolean> {
  const socket = connect(server.port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return false;
  } catch {
    return true;
  } finally {
    socket.destroy();
  }
}

test("A1 the server has /metrics, /healthz and a page, and says where else to look", async () => {
  await using server = await start({ title: "arb <1>" });

  expect(server.url).toMatch(/^http:\/\/localhost:\d+\/metrics$/);
  expect(server.url).toContain(`:${server.port}/`);
  expect(await (await fetch(server.url)).text()).toContain('orders_total{venue="cex"} 1');
  const health = await fetch(at(server, "/healthz"));
  expect(await health.json()).toEqual({ status: "ok", uptime_seconds: expect.any(Number) });
  const page = await (await fetch(at(server, "/?from=mail"))).text();
  for (const part of [
    'href="/metrics"',
    'href="/healthz"',
    "arb &lt;1&gt;",
    "color-scheme: light dark",
    "width=device-width",
  ])
    expect(page).toContain(part);
  expect(page).not.toMatch(/https?:|src=|@import|url\(/);
  const nowhere = await fetch(at(server, "/metric"));
  expect([nowhere.status, await nowhere.text()]).toEqual([404, "Nothing here. Try /metrics or /healthz.\n"]);
  expect(server.warnings).toEqual([]);
});

test("the application may add to /healthz, and have a page of its own", async () => {
  await using server = await start({ health: () => ({ bot: "arb-1" }), landing: () => "<h1>mine</h1>" });

  expect(await (await fetch(at(server, "/healthz"))).json()).toMatchObject({ status: "ok", bot: "arb-1" });
  const page = await fetch(at(server, "/"));
  expect([page.headers.get("content-type"), await page.text()]).toEqual(["text/html; charset=utf-8", "<h1>mine</h1>"]);
});

test("what the application gives wrongly is status 500, told once in a row, and not the server's end", async () => {
  await using server = await start({
    health: () => ({ count: 1n }),
    landing: () => {
      throw new Error("no page");
    },
  });

  expect((await fetch(at(server, "/"))).status).toBe(500);
  expect((await fetch(at(server, "/"))).status).toBe(500);
  expect((await fetch(at(server, "/healthz"))).status).toBe(500);
  expect((await fetch(server.url)).status).toBe(200);
  expect(server.warnings).toEqual(["/ could not be answered: no page", expect.stringMatching(/^\/healthz could not/)]);
});

test("HEAD works on every path, and other methods are refused", async () => {
  await using server = await start();

  for (const path of ["/metrics", "/healthz", "/"]) {
    const head = await fetch(at(server, path), { method: "HEAD" });
    const post = await fetch(at(server, path), { method: "POST", body: "x" });

    expect([path, head.status, await head.text()]).toEqual([path, 200, ""]);
    expect([path, post.status, post.headers.get("allow")]).toEqual([path, 405, "GET, HEAD"]);
  }
});

test("E6 with a token, /metrics is for those who have it", async () => {
  await using server = await start({ token: "s3cret" });
  const ask = (authorization?: string) =>
    fetch(server.url, { headers: authorization === undefined ? {} : { authorization } });

  const stranger = await ask();
  expect([stranger.status, stranger.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
  for (const wrong of ["Bearer wrong", "Bearer s3cre", "Bearer s3cret2", "Basic s3cret", "Bearer ", "s3cret"])
    expect([wrong, (await ask(wrong)).status]).toEqual([wrong, 401]);
  expect((await ask("Bearer s3cret")).status).toBe(200);
  expect((await ask("bearer s3cret")).status).toBe(200);
  expect((await fetch(at(server, "/healthz"))).status).toBe(200);
});

test("E6 an empty token is an error, not an open door", async () => {
  await expect(start({ token: "" })).rejects.toMatchObject({ code: "EMPTY_TOKEN" });
});

test.each([
  [{ token: undefined }, /0\.0\.0\.0.*without TLS and a token.*Set tls_cert_file/],
  [{ token: "s3cret" }, /0\.0\.0\.0.*without TLS:.*Set tls_cert_file/],
])("B3 F11 beyond loopback without TLS and a token it warns, and says what to do: %o", async (options, warning) => {
  await using server = await start({ host: "0.0.0.0", ...options });

  expect(server.warnings).toEqual([expect.stringMatching(warning)]);
  expect(server.url).toBe(`http://localhost:${server.port}/metrics`);
});

test("B3 any loopback address is the machine's own: no warning, and a URL that works", async () => {
  await using server = await start({ host: "127.0.0.2" });

  expect(server.warnings).toEqual([]);
  expect(server.url).toBe(`http://127.0.0.2:${server.port}/metrics`);
  expect((await fetch(server.url)).status).toBe(200);
});

test("E6 a browser that was led here under another name is refused", async () => {
  await using server = await start();

  const led = await responseTo(server.url, { headers: { host: "evil.example" } });

  expect([led.statusCode, await textOf(led)]).toEqual([403, "Ask for this server by localhost or 127.0.0.1.\n"]);
});

test("E6 with TLS it speaks TLS only", async ({ skip }) => {
  const pair = selfSigned();
  if (pair === undefined) return skip("no openssl here");
  await using server = await start({ tls: pair, token: "s3cret" });

  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const options = { ca: pair.cert, headers: { authorization: "Bearer s3cret" }, agent: false };
    getTls(server.url, options, resolve).on("error", reject);
  });

  expect(server.url).toMatch(/^https:\/\/localhost:/);
  expect([response.statusCode, await textOf(response)]).toEqual([200, expect.stringContaining("orders_total")]);
  await expect(responseTo(server.url.replace("https:", "http:"))).rejects.toThrow();
});

test.each([
  ["PORT_IN_USE", (taken: number) => ({ port: taken })],
  ["BAD_PORT", () => ({ port: 70_000 })],
  ["ADDRESS_NOT_AVAILABLE", () => ({ host: "192.0.2.1" })],
  ["ADDRESS_NOT_AVAILABLE", () => ({ host: "no-such-host.invalid" })],
  ["BAD_TLS", () => ({ tls: { cert: "not", key: "PEM" } })],
])("what cannot be listened on is one line that says what to do: %s", async (code, optionsFor) => {
  await using server = await start();

  const error: unknown = await start(optionsFor(server.port)).catch((reason: unknown) => reason);

  expect(error).toMatchObject({ name: "ListenError", code });
  expect(errorLine(error)).toMatch(/^[^\n]+(METRICS_PORT|prometheus_bind_addr|tls_cert_file)[^\n]+$/);
});

test("a port in use is named, with where to choose another", async () => {
  await using server = await start();

  const error: unknown = await start({ port: server.port }).catch((reason: unknown) => reason);

  expect(errorLine(error)).toBe(
    `port ${server.port} on 127.0.0.1 is in use by another process. End that process, or choose another port with METRICS_PORT or prometheus_bind_addr.`,
  );
});

test.each([
  ["rubbish", (socket: Socket) => socket.end("\u0000rubbish\r\n\r\n")],
  ["a head without end", (socket: Socket) => socket.write(`GET / HTTP/1.1\r\nX: ${"x".repeat(20_000)}`)],
  ["no Host", (socket: Socket) => socket.end("GET /metrics HTTP/1.1\r\n\r\n")],
  ["a reset midway", (socket: Socket) => socket.write("GET /met", () => socket.resetAndDestroy())],
  ["CONNECT", (socket: Socket) => socket.end("CONNECT x:1 HTTP/1.1\r\nHost: localhost\r\n\r\n")],
])("what comes on the wire does not end the server: %s", async (_what, say) => {
  await using server = await start();
  const socket = await opened(server);
  const closed = once(socket.resume(), "close");

  say(socket);
  await closed;

  expect((await fetch(server.url)).status).toBe(200);
});

test("rubbish instead of a TLS handshake does not end the server", async ({ skip }) => {
  const pair = selfSigned();
  if (pair === undefined) return skip("no openssl here");
  await using server = await start({ tls: pair });
  const socket = await opened(server);
  const closed = once(socket.resume(), "close");

  socket.write("GET / HTTP/1.1\r\n\r\n");
  await closed;

  expect(server.warnings).toEqual([]);
});

test("a rendering that fails is told, and does not end the server", async () => {
  await using server = await start({ source: failingSource() });

  expect((await fetch(server.url)).status).toBe(500);
  expect((await fetch(server.url)).status).toBe(500);
  expect((await fetch(at(server, "/healthz"))).status).toBe(200);
  expect(server.warnings).toEqual(["a scrape failed: the database is gone"]);
});

test("A10 a scrape under way is answered while the server stops, and then nothing listens", async () => {
  const source = heldSource();
  const server = await start({ source });
  const scrape = await fetch(server.url);

  const stopped = server.stop();
  expect(await isRefused(server)).toBe(true);
  source.letGo();

  expect(await scrape.text()).toBe(`${LONG_CHUNK}b_total 2\n`);
  await stopped;
  expect(await isRefused(server)).toBe(true);
});

test("A10 a request that comes on an open connection while the server stops is answered, and the last there", async () => {
  const source = heldSource();
  // Its second request has come, before the first has its answer.
  const health = () => {
    source.letGo();
    return { stopping: true };
  };
  const server = await start({ source, health });
  const socket = await opened(server);
  let received = "";
  socket.setEncoding("utf8").on("data", (text: string) => {
    received += text;
  });
  const closed = once(socket, "close");
  socket.write("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await source.begun;

  const stopped = server.stop();
  socket.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await Promise.all([stopped, closed]);

  expect(received).toContain("b_total 2\n");
  expect(received.slice(received.indexOf("b_total 2\n"))).toMatch(/Connection: close\r\n.*"stopping":true\}\n$/s);
});

test("A10 connections on which nothing is under way are not waited for", async () => {
  const server = await start();
  const silent = await opened(server);
  const kept = await opened(server);
  kept.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n");
  await once(kept, "data");
  const closed = [silent, kept].map((socket) => once(socket.resume(), "close"));

  const stoppedAt = performance.now();
  await server.stop();
  await Promise.all(closed);

  expect(performance.now() - stoppedAt).toBeLessThan(1000); // far below the 1.5 s after which all is cut
});

test("A10 a scrape that does not end is cut off, and stopping twice is the same as once", async () => {
  const source = endlessSource();
  const server = await start({ source });
  const scrape = await fetch(server.url);
  const stoppedAt = performance.now();

  expect(server.stop()).toBe(server.stop());
  await expect(scrape.text()).rejects.toThrow();
  await Promise.all([server.stop(), source.ended]);

  expect(performance.now() - stoppedAt).toBeLessThan(1900);
  expect(await isRefused(server)).toBe(true);
});

test("A10 a client that never ends its TLS handshake does not hold up the stop", async ({ skip }) => {
  const pair = selfSigned();
  if (pair === undefined) return skip("no openssl here");
  const server = await start({ tls: pair });
  const socket = await opened(server);
  const closed = once(socket, "close");
  const stoppedAt = performance.now();

  await Promise.all([server.stop(), closed]);

  expect(performance.now() - stoppedAt).toBeLessThan(1900);
});

test("A10 SIGTERM in the middle of a large scrape: a slow reader gets all of it, and the code is 0 within 2 s", async () => {
  const bot = spawn(process.execPath, [LARGE_BOT], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const lines = createInterface({ input: bot.stdout })[Symbol.asyncIterator]();
    const exit = once(bot, "exit");
    const url = (await lines.next()).value ?? expect.fail("it did not start");
    const response = await responseTo(url, { headers: { accept: "application/openmetrics-text" } });
    const chunks = response[Symbol.asyncIterator]();
    let text = String((await chunks.next()).value); // and no more is read until the bot is stopping

    const signalledAt = performance.now();
    bot.kill("SIGTERM");
    expect((await lines.next()).value).toBe("stopping");
    for await (const chunk of { [Symbol.asyncIterator]: () => chunks }) text += String(chunk);

    expect(await exit).toEqual([0, null]);
    expect(performance.now() - signalledAt).toBeLessThan(2000);
    expect(text.match(/^depth\{/gm)).toHaveLength(120_000);
    expect(text.endsWith("\n# EOF\n")).toBe(true);
  } finally {
    bot.kill("SIGKILL");
  }
});

/** A certificate for localhost that lasts for a day. */
function selfSigned(): { cert: string; key: string } | undefined {
  const dir = mkdtempSync(join(tmpdir(), "haltwatch-tls-"));
  const [cert, key] = [join(dir, "cert.pem"), join(dir, "key.pem")];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const subject = ["-days", "1", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  try {
    execFileSync(OPENSSL, ["req", "-x509", ...curve, ...subject, "-keyout", key, "-out", cert], { stdio: "ignore" });
    return { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") };
  } catch {
    return undefined;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
