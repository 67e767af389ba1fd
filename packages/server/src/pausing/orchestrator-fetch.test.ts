import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { OutgoingRequest } from "@haltwatch/guard";
import { afterEach, expect, test } from "vitest";
import { orchestratorFetch } from "./orchestrator-fetch.ts";

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  }
});

async function serving(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return `http://127.0.0.1:${address.port}`;
}

function asked(url: string, changes: Partial<OutgoingRequest> = {}): OutgoingRequest {
  const headers = { Authorization: "Bearer s3cret" };
  return {
    method: "POST",
    url,
    headers,
    body: '{"é":1}',
    readsBody: true,
    signal: new AbortController().signal,
    ...changes,
  };
}

test("method, headers and body arrive as they were given, and the answer comes back", async () => {
  let seen: unknown;
  const url = await serving((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => {
      body += chunk;
    });
    request.on("end", () => {
      seen = { method: request.method, authorization: request.headers.authorization, body };
      response.writeHead(202).end('{"status":"paused"}');
    });
  });

  expect(await orchestratorFetch(asked(url, { method: "PUT" }))).toEqual({ status: 202, body: '{"status":"paused"}' });
  expect(seen).toEqual({ method: "PUT", authorization: "Bearer s3cret", body: '{"é":1}' });
});

test("a redirect is not followed: nobody else gets the credentials", async () => {
  let visits = 0;
  const other = await serving((_, response) => {
    visits++;
    response.end();
  });
  const url = await serving((_, response) => response.writeHead(307, { Location: other }).end());

  expect(await orchestratorFetch(asked(url, { readsBody: false }))).toMatchObject({ status: 307 });
  expect(visits).toBe(0);
});

test("an endless body is not read to its end", async () => {
  const url = await serving((_, response) => {
    response.writeHead(200);
    const more = (): void => {
      while (!response.destroyed && response.write("x".repeat(10_000)));
    };
    response.on("drain", more);
    more();
  });

  await expect(orchestratorFetch(asked(url))).rejects.toThrow("its answer has more than 65536 bytes");
  expect(await orchestratorFetch(asked(url, { readsBody: false }))).toEqual({ status: 200, body: "" });
});

test("nobody listens, nobody answers, somebody hangs up: an error in words, without the address", async () => {
  const gone = await serving(() => undefined);
  const [server] = servers.splice(0, 1);
  server?.close();
  await expect(orchestratorFetch(asked(`${gone}/?token=s3cret`))).rejects.toThrow(
    /^connection refused: nothing listens there$/,
  );

  const silent = await serving(() => undefined);
  const aborting = new AbortController();
  const waiting = orchestratorFetch(asked(silent, { signal: aborting.signal }));
  aborting.abort();
  await expect(waiting).rejects.toThrow("aborted");

  const rude = await serving((request) => request.socket.destroy());
  await expect(orchestratorFetch(asked(rude))).rejects.toThrow("the connection was closed without an answer");
  const half = await serving((_, response) => {
    response.writeHead(200, { "Content-Length": 100 }).write("half");
    setImmediate(() => response.destroy());
  });
  await expect(orchestratorFetch(asked(half))).rejects.toThrow(/closed|aborted/);
});

test("a header that cannot be sent is an error without its value", async () => {
  const headers = { Authorization: "Bearer s3\ncret" };

  await expect(orchestratorFetch(asked("http://127.0.0.1:1", { headers }))).rejects.toThrow(
    /^(?!.*s3).*Invalid character/,
  );
});
