/** What is malformed, oversized, replayed or unauthenticated is refused and counted, and no other bot notices. */
import { once } from "node:events";
import { connect } from "node:net";
import { text as readText } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import { BotProcess, ServerProcess } from "./processes.ts";

const TIMEOUT = { timeout: 120_000 };

const PATH = "/api/haltwatch/link";

const HELLO = { type: "hello", protocol: 1, bot: "evil", wall: 1, token: "secret" };

const RUNS = Number(process.env["HALTWATCH_HOSTILE_RUNS"] ?? 150);

/** By their codes: what is sent after a good hello, unless it says another one. */
const REFUSED: Readonly<Record<string, { readonly frames: readonly unknown[]; readonly close?: number }>> = {
  "malformed: no JSON": { frames: ["{"], close: 1007 },
  "malformed: no object": { frames: ["[]"], close: 1007 },
  "malformed: a deep array": { frames: ["[".repeat(100_000)], close: 1007 },
  "malformed: an unknown type": { frames: [{ type: "constructor" }], close: 1007 },
  "malformed: an unknown reference": { frames: [{ type: "samples", time: 1, values: [[7, 1]] }], close: 1007 },
  "malformed: a pause that was never told": { frames: [{ type: "ack", epoch: 99, stage: "received" }], close: 1007 },
  "malformed: a name that is none": { frames: [{ type: "series", series: [[1, "a b", {}, "counter"]] }], close: 1007 },
  "malformed: another metric by a label": {
    frames: [{ type: "series", series: [[1, "a", { __name__: "b" }, "counter"]] }],
    close: 1007,
  },
  "replayed: a second hello": { frames: [HELLO], close: 1008 },
  "replayed: a renewal": {
    frames: [
      { type: "renew", seq: 5 },
      { type: "renew", seq: 5 },
    ],
    close: 1008,
  },
  "replayed: a reference": {
    frames: [1, 2].map(() => ({ type: "series", series: [[1, "a", {}, "counter"]] })),
    close: 1008,
  },
  "oversized: a frame": { frames: ["x".repeat(2_000_000)], close: 1009 },
  "too_many_series: more than the limit": {
    frames: [0, 1, 2].map((part) => ({
      type: "series",
      series: Array.from({ length: 10_000 }, (_, i) => [part * 10_000 + i, "many", { i: `${part}-${i}` }, "gauge"]),
    })),
  },
};

test("each kind of bad frame is refused, and the link with it where it must", TIMEOUT, async () => {
  await using server = await ServerProcess.start();
  await using bot = await BotProcess.start(server.url);
  for (const [name, { frames, close }] of Object.entries(REFUSED)) {
    const from = server.heard.length;
    const code = name.split(":")[0] ?? "";

    const { socket, ended } = await linked(server);
    for (const frame of frames) socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));

    const refusal = await server.until((one) => one.kind === "refused" && one.code === code, name, from);
    expect(refusal, name).toMatchObject({ bot: "evil" });
    if (close === undefined) socket.close();
    expect((await ended).code, name).toBe(close ?? 1005);
    await server.until((one) => one.kind === "link" && one.state === "gone", `${name}: it is gone`, from);
  }
  expect(await bot.tell({ kind: "allowed" })).toMatchObject({ open: true });
  expect(bot.heard.filter((one) => one.kind === "changed" && !one.open)).toEqual([]);
  expect(server.heard.filter(({ kind }) => kind === "error")).toEqual([]);
});

test("who has no token, comes from a web page or asks for another name stays outside", TIMEOUT, async () => {
  await using server = await ServerProcess.start();

  const wrong = new WebSocket(`${server.url.replace("http", "ws")}${PATH}`);
  await once(wrong, "open");
  wrong.send(JSON.stringify({ ...HELLO, token: "guess" }));
  expect((await closed(wrong)).code).toBe(4401);
  expect(await handshake(server.port, ["Origin: https://evil.example"])).toMatch(/^HTTP\/1\.1 403 /);
  expect(await handshake(server.port, [], "evil.example")).toMatch(/^HTTP\/1\.1 403 /);
  expect(await handshake(server.port, [], undefined, "/api/haltwatch/other")).toMatch(/^HTTP\/1\.1 404 /);

  const codes = server.heard.flatMap((one) => (one.kind === "refused" ? [one.code] : []));
  expect(codes).toEqual(["unauthenticated", "foreign_origin"]);
});

test("another process with a bot's name is refused while the bot is there, and the bot goes on", TIMEOUT, async () => {
  await using server = await ServerProcess.start();
  await using bot = await BotProcess.start(server.url);

  const thief = new WebSocket(`${server.url.replace("http", "ws")}${PATH}`);
  await once(thief, "open");
  thief.send(JSON.stringify({ ...HELLO, bot: "arb-1", instance: "test" }));

  expect((await closed(thief)).code).toBe(4409);
  expect(await bot.tell({ kind: "allowed" })).toMatchObject({ open: true });
});

test("bytes and frames at random disturb no other bot", TIMEOUT, async () => {
  await using server = await ServerProcess.start();
  await using bot = await BotProcess.start(server.url);
  const json = fc.oneof(
    fc.record({
      type: fc.constantFrom("hello", "series", "samples", "renew", "ack", "bye", "x"),
      seq: fc.anything(),
      time: fc.oneof(fc.integer(), fc.double(), fc.constant(1e300)),
      series: fc.oneof(fc.constant([[1, "a", {}, "counter"]]), fc.anything()),
      values: fc.oneof(fc.constant([[1, 1]]), fc.array(fc.tuple(fc.anything(), fc.anything()))),
      epoch: fc.anything(),
      all: fc.boolean(),
      more: fc.boolean(),
    }),
    fc.anything(),
  );

  await fc.assert(
    fc.asyncProperty(fc.array(json, { maxLength: 6 }), fc.uint8Array({ maxLength: 200 }), async (frames, bytes) => {
      const { socket, ended } = await linked(server);
      for (const frame of frames) socket.send(textOf(frame));
      socket.close();
      await ended;
      const raw = connect(server.port, "127.0.0.1");
      raw.on("error", () => undefined); // it is refused: that is the point
      raw.write(`${head(PATH, `127.0.0.1:${server.port}`, [])}\r\n\r\n`);
      raw.write(bytes);
      raw.end();
      raw.resume();
      await once(raw, "close");
    }),
    { numRuns: RUNS, interruptAfterTimeLimit: 60_000 },
  );

  expect(await bot.tell({ kind: "allowed" })).toMatchObject({ open: true });
  expect(bot.heard.filter((one) => one.kind === "changed" && !one.open)).toEqual([]);
  expect(server.heard.filter(({ kind }) => kind === "error")).toEqual([]);
  await expect
    .poll(async () => (await server.ask({ kind: "links" })) satisfies unknown)
    .toMatchObject({
      links: [{ bot: "arb-1" }],
    });
});

test("a bot that floods Haltwatch is cut off, and another one's pauses come in time", TIMEOUT, async () => {
  await using server = await ServerProcess.start();
  await using bot = await BotProcess.start(server.url);
  const { socket: flood, ended } = await linked(server);
  const frame = JSON.stringify({ type: "samples", time: 1, values: [] });

  for (let i = 0; i < 20_000; i++) flood.send(frame);
  const from = bot.heard.length;
  await server.pause({ scope: {}, state: "HALTED" });
  await bot.changed(false, from);

  expect((await ended).code).toBe(1008);
  const codes = server.heard.flatMap((one) => (one.kind === "refused" ? [one.code] : []));
  expect(codes).toEqual(["too_many_frames"]);
});

test("a connection that says nothing is ended", TIMEOUT, async () => {
  await using server = await ServerProcess.start();

  const mute = new WebSocket(`${server.url.replace("http", "ws")}${PATH}`);
  await once(mute, "open");
  expect((await closed(mute)).code).toBe(4408);

  const silent = await linked(server);
  expect((await silent.ended).code).toBe(4408);
});

/** A connection whose hello was good. */
async function linked(server: ServerProcess): Promise<{ socket: WebSocket; ended: Promise<CloseEvent> }> {
  for (;;) {
    const socket = new WebSocket(`${server.url.replace("http", "ws")}${PATH}`);
    await once(socket, "open");
    const ended = closed(socket);
    socket.send(JSON.stringify({ ...HELLO, wall: Date.now() }));
    const first = await Promise.race([once(socket, "message"), ended]);
    if (Array.isArray(first)) return { socket, ended };
    await sleep(5); // the last one of this name has not been cleared away
  }
}

function closed(socket: WebSocket): Promise<CloseEvent> {
  return new Promise((resolve) => socket.addEventListener("close", resolve, { once: true }));
}

async function handshake(port: number, headers: readonly string[], host?: string, path = PATH): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(`${head(path, host ?? `127.0.0.1:${port}`, headers)}\r\n\r\n`);
  return readText(socket);
}

function head(path: string, host: string, headers: readonly string[]): string {
  return [
    ...[`GET ${path} HTTP/1.1`, `Host: ${host}`, "Connection: Upgrade", "Upgrade: websocket"],
    ...["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13", ...headers],
  ].join("\r\n");
}

function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "undefined";
  } catch {
    return String(Object.prototype.toString.call(value)); // a cycle, a bigint
  }
}
