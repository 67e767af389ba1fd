/** Writes answers. Large ones go out in chunks, compressed if the client takes that, as fast as it reads them. */
import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { constants, createGzip } from "node:zlib";
import type { Answer, EventLine } from "./answer.ts";
import type { ApiError } from "./api-error.ts";
import { encoded, encodedError } from "./json-codec.ts";
import { isLoopback } from "./loopback.ts";

/** Below this size, bytes, compressing takes longer than sending. */
const MIN_GZIP_BYTES = 8 * 1024;

/** After so long, milliseconds, whatever else waits has its turn. */
const TURN_MS = 2;

/** @returns when it is sent, or the client has gone */
export async function respond(response: ServerResponse, answer: Answer): Promise<void> {
  if (response.destroyed || response.headersSent) return;
  switch (answer.kind) {
    case "nothing":
      response.writeHead(204).end();
      return;
    case "text":
      respondText(response, answer.status, answer.text, answer.headers);
      return;
    case "bytes":
      response.writeHead(200, { "Content-Length": answer.bytes.length, ...answer.headers }).end(answer.bytes);
      return;
    case "unchanged":
      response.writeHead(304, answer.headers).end();
      return;
    case "events":
      response.once("close", answer.open(eventLine(response)));
      return;
    case "data":
    case "result":
      await respondJson(response, encoded(answer));
      return;
    default:
      answer satisfies never;
  }
}

export function respondError(response: ServerResponse, error: ApiError): void {
  if (response.destroyed) return;
  if (response.headersSent)
    response.destroy(); // half an answer must not look like a whole one
  else {
    const headers = error.type === "unauthorized" ? { "WWW-Authenticate": 'Bearer realm="haltwatch"' } : {};
    respondText(response, error.status, encodedError(error), { ...headers, "Content-Type": "application/json" });
  }
}

export function respondText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const length = Buffer.byteLength(text);
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", "Content-Length": length, ...headers });
  response.end(text);
}

async function respondJson(response: ServerResponse, chunks: Generator<Uint8Array>): Promise<void> {
  response.setHeader("Content-Type", "application/json");
  response.setHeader("Vary", "Accept-Encoding");
  const first = chunks.next().value ?? Buffer.alloc(0);
  const second = chunks.next();
  const isSmall = second.done === true && first.length < MIN_GZIP_BYTES;
  if (isSmall) {
    response.setHeader("Content-Length", first.length);
    response.writeHead(200).end(first);
    return;
  }
  const all = Readable.from(paced(second.done === true ? [first] : joined([first, second.value], chunks)));
  if (!isWorthGzip(response)) {
    response.writeHead(200);
    await pipeline(all, response);
    return;
  }
  response.writeHead(200, { "Content-Encoding": "gzip" });
  await pipeline(all, createGzip({ level: constants.Z_BEST_SPEED }), response);
}

/** Heads are sent with the first event. No proxy between may keep what it is to hand on. */
function eventLine(response: ServerResponse): EventLine {
  response.writeHead(200, { "Content-Type": "text/event-stream", "X-Accel-Buffering": "no" });
  return {
    send: (text) => void response.write(text),
    get waitingBytes() {
      return response.writableLength;
    },
    end: () => void response.end(),
    cut: () => void response.destroy(),
  };
}

function* joined(first: readonly Uint8Array[], rest: Iterable<Uint8Array>): Generator<Uint8Array> {
  yield* first;
  yield* rest;
}

/** A socket that takes all at once would else not let go of the event loop until the end. */
async function* paced(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let turn = performance.now();
  for (const chunk of chunks) {
    yield chunk;
    if (performance.now() - turn < TURN_MS) continue;
    await new Promise((resolve) => setImmediate(resolve));
    turn = performance.now();
  }
}

/** Within this machine compressing takes longer than it saves: 5 MB arrive in 25 ms instead of 90. */
function isWorthGzip({ req }: ServerResponse): boolean {
  if (isLoopback(req.socket.remoteAddress ?? "")) return false;
  return String(req.headers["accept-encoding"] ?? "")
    .split(",")
    .some((part) => /^\s*(?:gzip|\*)\s*(?:;(?!\s*q=0(?:\.0*)?\s*$).*)?$/i.test(part));
}
