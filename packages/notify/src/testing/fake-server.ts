/** A local HTTP server that plays an API, and misbehaves as real ones do. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface FakeRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer<ArrayBuffer>;
}

export interface FakeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export type Misbehaviour =
  | "none"
  /** HTTP 500, nothing taken. */
  | "error"
  /** HTTP 429 with `Retry-After`, nothing taken. */
  | "limited"
  /** The connection is reset, nothing taken. */
  | "reset"
  /** Taken, but the connection is reset before the answer. */
  | "lost"
  /** Taken, but the answer never comes. */
  | "hang"
  /** Taken, and the answer comes late. */
  | "slow";

/** How late a slow answer is, milliseconds. */
const SLOW_MS = 50;

export class FakeServer implements AsyncDisposable {
  /** What it does with the next request. */
  misbehave: (request: FakeRequest) => Misbehaviour = () => "none";
  /** What `Retry-After` says, seconds. */
  retryAfterSeconds = 1;
  readonly requests: FakeRequest[] = [];
  readonly #server: Server;
  readonly #answer: (request: FakeRequest) => FakeAnswer | Promise<FakeAnswer>;

  constructor(answer: (request: FakeRequest) => FakeAnswer | Promise<FakeAnswer>) {
    this.#answer = answer;
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        response.writeHead(599).end(String(error));
      });
    });
  }

  /** @returns itself */
  async start(): Promise<this> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo; // it listens on TCP
    return `http://127.0.0.1:${port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer); // no encoding is set
    const request: FakeRequest = {
      method: incoming.method ?? "",
      path: incoming.url ?? "",
      headers: Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])),
      body: Buffer.concat(chunks),
    };
    this.requests.push(request);
    const misbehaviour = this.misbehave(request);
    if (misbehaviour === "error") return reply(response, { status: 500, body: "internal error" });
    if (misbehaviour === "limited")
      return reply(response, {
        status: 429,
        headers: { "retry-after": String(this.retryAfterSeconds) },
        body: "rate_limited",
      });
    if (misbehaviour === "reset") return void incoming.socket.resetAndDestroy();
    const answer = await this.#answer(request);
    if (misbehaviour === "lost") return void incoming.socket.resetAndDestroy();
    if (misbehaviour === "hang") return;
    if (misbehaviour === "slow") await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
    reply(response, answer);
  }
}

function reply(response: ServerResponse, { status, headers = {}, body = "" }: FakeAnswer): void {
  response.writeHead(status, headers).end(body);
}
