import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SYSTEM_CLOCK } from "../clock/clock.ts";
import { Heartbeat } from "../heartbeat/heartbeat.ts";
import type { Service } from "../heartbeat/service.ts";
import { ProbeError } from "../probe-error.ts";
import { httpService } from "./http-service.ts";

const TIMEOUT_MS = 1_500;

let server: Server;
let base: string;

const answers: Readonly<Record<string, (response: ServerResponse) => void>> = {
  "/well": (response) => response.end('{"status":"success","n":[{"a/b":1}]}'),
  "/hangs": () => undefined,
  "/half": (response) => void response.write("{"),
  "/drips": (response) => {
    const timer = setInterval(() => response.write(" "), 20);
    response.on("close", () => clearInterval(timer));
  },
  "/endless": (response) => {
    const more = (): void => {
      while (!response.destroyed && response.write(" ".repeat(65_536)));
    };
    response.on("drain", more).on("error", () => undefined);
    more();
  },
  "/loop": (response) => response.writeHead(302, { Location: "/loop" }).end(),
  "/away": (response) => response.writeHead(302, { Location: "http://example.com/" }).end(),
  "/file": (response) => response.writeHead(302, { Location: "file:///etc/passwd" }).end(),
  "/moved": (response) => response.writeHead(301, { Location: "/well" }).end(),
  "/busy": (response) => response.writeHead(429).end(),
  "/broken": (response) => response.writeHead(500).end("stack"),
  "/cut": (response) => {
    response.writeHead(200, { "Content-Length": "100" }).write("x");
    setTimeout(() => response.destroy(), 20);
  },
  "/upgrades": (response) => {
    response.socket?.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  },
  "/huge": (response) => response.end(`{"status":${"9".repeat(10_000)}}`),
  "/deep": (response) => response.end("[".repeat(60_000)),
};

beforeEach(async () => {
  server = createServer((request, response) => answers[request.url ?? ""]?.(response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // of a TCP server
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

function service(path: string, more: Partial<Parameters<typeof httpService>[0]> = {}): Service {
  const common = { method: "GET", headers: {}, statuses: [], maxBytes: 65_536, maxRedirects: 3, attempts: 1 } as const;
  const url = new URL(path, base);
  return httpService({ name: path, url, timeoutMs: TIMEOUT_MS, monotonic: SYSTEM_CLOCK.monotonic, ...common, ...more });
}

async function faults(services: readonly Service[]): Promise<Record<string, string | undefined>> {
  await using heartbeat = new Heartbeat({ services, intervalMs: 30_000, clock: SYSTEM_CLOCK, onBeat: () => undefined });
  const { readings } = await heartbeat.once();
  return Object.fromEntries([...readings].map(([{ name }, { fault }]) => [name, fault?.kind]));
}

test("C3 targets that hang, lie and never end are each at fault, and those that are well are not delayed", async () => {
  const seenMs = new Map<string, number>();
  const services = [...Object.keys(answers).map((path) => service(path, { json: new Map([["/status", "success"]]) }))];
  const began = performance.now();
  await using heartbeat = new Heartbeat({
    services,
    intervalMs: 30_000,
    clock: SYSTEM_CLOCK,
    onReading: ({ name }) => seenMs.set(name, performance.now() - began),
    onBeat: () => undefined,
  });

  const { readings, durationMs } = await heartbeat.once();

  expect(Object.fromEntries([...readings].map(([{ name }, { fault }]) => [name, fault?.kind]))).toEqual({
    "/well": undefined,
    "/moved": undefined,
    "/hangs": "timeout",
    "/half": "timeout",
    "/drips": "timeout",
    "/endless": "too-large",
    "/loop": "redirect",
    "/away": "redirect",
    "/file": "redirect",
    "/busy": "rate-limited",
    "/broken": "status",
    "/cut": "unreachable",
    "/upgrades": "unreachable",
    "/huge": "content",
    "/deep": "content",
  });
  expect(seenMs.get("/well")).toBeLessThan(TIMEOUT_MS);
  expect(durationMs).toBeLessThan(5 * TIMEOUT_MS);
});

test("C3 status, text and values at JSON pointers are what is expected, or a fault", async () => {
  const { port } = server.address() as AddressInfo; // of a TCP server
  const found = await faults([
    service("/broken", { statuses: [500] }),
    service("/well", { contains: "success" }),
    service("/well", { name: "text", contains: "failure" }),
    service("/well", { name: "deep", json: new Map([["/n/0/a~1b", "1"]]) }),
    service("/well", { name: "inherited", json: new Map([["/constructor", "x"]]) }),
    service("/well", { name: "tls", url: new URL(`https://127.0.0.1:${port}/`) }),
    service("/well", { name: "name", url: new URL("http://host.invalid/"), timeoutMs: 5_000 }),
  ]);

  expect(found).toMatchObject({ "/broken": undefined, "/well": undefined, text: "content", deep: undefined });
  expect(found).toMatchObject({ inherited: "content", tls: "tls" });
  expect(["unreachable", "timeout"]).toContain(found["name"]);
});

test("C3 what a service does once does not keep it down: it is seen again in the next beat", async () => {
  const well = answers["/well"];
  const upgrades = answers["/upgrades"];
  let answer = upgrades;
  server.removeAllListeners("request");
  server.on("request", (_, response) => answer?.(response));
  await using heartbeat = new Heartbeat({
    ...{ services: [service("/well")], intervalMs: 30_000, clock: SYSTEM_CLOCK, onBeat: () => undefined },
  });

  const first = await heartbeat.once();
  answer = well;
  const second = await heartbeat.once();

  expect([first, second].map(({ readings }) => [...readings.values()][0]?.fault?.kind)).toEqual([
    "unreachable",
    undefined,
  ]);
});

test("C3 a service is asked past caches, and its own headers stand instead of ours", async () => {
  const seen: IncomingHttpHeaders[] = [];
  server.on("request", ({ headers }) => seen.push(headers));

  await faults([service("/well", { headers: { "user-agent": "mine" } })]);

  expect(seen).toMatchObject([{ "cache-control": "no-cache", "user-agent": "mine" }]);
});

test("C4 an HTTP probe can ask a GraphQL question, and send nothing else", async () => {
  const bodies: string[] = [];
  server.removeAllListeners("request");
  server.on("request", (request, response) => {
    request.setEncoding("utf8").on("data", (chunk: string) => bodies.push(chunk));
    request.on("end", () => response.end("{}"));
  });
  const post = { method: "POST" } as const;
  const signed = `0x02f8${"ab".repeat(110)}`;
  const rpc = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_sendRawTransaction", params: [signed] });
  const refused: Partial<Parameters<typeof httpService>[0]>[] = [
    { ...post, body: rpc },
    { ...post, body: `[${rpc}]` },
    { ...post, body: '{"METHOD":"eth_sendTransaction"}' },
    { ...post, body: '{"query":"mutation { placeBet }"}' },
    { ...post, body: '{"query":"query A { a } mutation B { b }","operationName":"B"}' },
    { ...post, body: '{"query":"\\u006dutation { b }"}' },
    { ...post, body: '{"extensions":{"persistedQuery":{"sha256Hash":"aa"}}}' },
    { ...post, body: '{"amount":1}' },
    { ...post, body: "amount=1" },
    post,
    { body: rpc },
    { headers: { "X-HTTP-Method-Override": "POST" } },
    { url: new URL(`${base}/api?module=proxy&action=eth_sendRawTransaction&hex=0x00`) },
    { url: new URL(`${base}/api?action=eth%5FsendRawTransaction`) },
    { url: new URL(`${base}/push?hex=${signed}`) },
    { headers: { "X-Transaction": signed } },
  ];

  for (const more of refused) expect(() => service("/", more)).toThrow(ProbeError);
  // What stands twice is sent once, as it was looked at.
  await faults([service("/", { ...post, body: '{"query":"mutation { b }","query":"{ bets { id } }"}' })]);

  expect(bodies).toEqual(['{"query":"{ bets { id } }"}']);
});
