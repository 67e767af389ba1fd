import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SYSTEM_CLOCK } from "../clock/clock.ts";
import { JsonRpc, type RpcOutcome } from "./json-rpc.ts";

const KEY = "k3y0f4nAlchemyAccount-9d8c7b6a";

let server: Server;
/** What the node says. */
let status: number;
let body: string;

beforeEach(async () => {
  server = createServer((_, response) => response.writeHead(status).end(body)).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

async function answered(saysStatus: number, says: object): Promise<RpcOutcome> {
  status = saysStatus;
  body = JSON.stringify({ jsonrpc: "2.0", id: 1, ...says });
  const { port } = server.address() as AddressInfo; // of a TCP server
  const url = new URL(`http://127.0.0.1:${port}/v2/${KEY}?token=${KEY}x`);
  using rpc = new JsonRpc({ url, signal: new AbortController().signal, monotonic: SYSTEM_CLOCK.monotonic });
  return await rpc.call("eth_chainId"); // the connection is closed behind it
}

test("C3 a node that says our key back does not bring it into a log", async () => {
  const outcome = await answered(200, { error: { code: -32_600, message: `unknown key ${KEY},\n or ${KEY}x` } });

  expect(outcome).toMatchObject({
    fault: { kind: "rpc-error", detail: "it answers with error -32600: unknown key …, or …" },
  });
  expect(JSON.stringify(outcome)).not.toContain(KEY);
});

test("C3 a result with a status that is not well is none", async () => {
  expect(await answered(503, { result: "0x1" })).toMatchObject({ fault: { kind: "status" } });
  expect(await answered(200, { result: "0x1" })).toMatchObject({ result: "0x1" });
});

test("C3 a gateway's error in words is told as one", async () => {
  expect(await answered(200, { error: "rate limit exceeded" })).toMatchObject({ fault: { kind: "rate-limited" } });
  expect(await answered(403, { error: "no such project" })).toMatchObject({
    fault: { kind: "rpc-error", detail: "it answers with error 0: no such project" },
  });
});
