/**
 * The bot's own server for `/metrics`, `/healthz` and a page that leads there. On loopback unless told otherwise. Once it
 * listens, nothing that a client does can disturb the bot.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { isIP } from "node:net";
import { ConfigError, errorLine } from "../errors.ts";
import type { MetricSource } from "../registry/registry.ts";
import { Connections } from "./connections.ts";
import { landingPage } from "./landing-page.ts";
import { listenError, tlsError } from "./listen-error.ts";
import { isLoopback, namesThisMachine } from "./loopback.ts";
import { nodeHandler } from "./node-handler.ts";

/** Connections at a time; what exceeds it is closed at once. */
const MAX_CONNECTIONS = 64;

/** How long a client may take for its TLS handshake, and to send its request, milliseconds. */
const REQUEST_TIMEOUT_MS = 10_000;

/** How often Node looks for clients that take longer, milliseconds. */
const TIMEOUT_CHECK_MS = 2000;

/** A connection on which nothing moves for so long is cut, milliseconds: the client does not read. */
const STALLED_TIMEOUT_MS = 30_000;

/** Longest request head, bytes. */
const MAX_HEADER_BYTES = 16_384;

/** How long scrapes under way may take to end when the server is stopped, milliseconds. */
const STOP_GRACE_MS = 1500;

export interface MetricsServerOptions {
  readonly source: MetricSource;
  /** `127.0.0.1`, `::1` or `localhost` keep it on this machine. */
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** PEM texts. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** What `Authorization: Bearer …` must hold for `/metrics`. */
  readonly token?: string | undefined;
  /** The page's headline (default `Trading bot`). */
  readonly title?: string | undefined;
  /** HTML to answer `/` with, instead of the page that leads to `/metrics` and `/healthz`. */
  readonly landing?: (() => string) | undefined;
  /** What `/healthz` tells beside `status` and `uptime_seconds`; open to anyone who reaches the server. */
  readonly health?: (() => Record<string, unknown>) | undefined;
  /** Told, in one line, what is unsafe in this configuration, and what goes wrong later; not twice in a row the same. */
  readonly onWarning: (message: string) => void;
}

export interface MetricsServer extends AsyncDisposable {
  /** Of `/metrics`. */
  readonly url: string;
  readonly port: number;
  /** Answers what is under way, then leaves nothing listening, within 1.5 s. Any number of times. */
  stop(): Promise<void>;
}

/**
 * @throws {ListenError} `PORT_IN_USE`, `PORT_NOT_ALLOWED`, `BAD_PORT`, `ADDRESS_NOT_AVAILABLE`, `BAD_TLS`
 * @throws {ConfigError} `EMPTY_TOKEN`
 */
export async function startMetricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  const { host, port, tls, token } = options;
  if (token === "") {
    throw new ConfigError("EMPTY_TOKEN", "the token for /metrics is empty, which would let anyone in", {
      key: "token",
      hint: "Give one, or leave it out",
    });
  }
  const warn = notTwiceInARow(options.onWarning);
  const { server, connections } = httpServer(tls);
  await listen(server, host, port);
  // What a client breaks on its own connection is its own affair: Node answers 400 or closes, and the bot goes on.
  server.on("error", (error) => warn(`the metrics server met an error and goes on: ${errorLine(error)}`));
  const bound = server.address();
  const { address, port: boundPort } = typeof bound === "object" && bound !== null ? bound : { address: host, port };
  const onThisMachineOnly = isLoopback(address);
  if (!onThisMachineOnly && (tls === undefined || token === undefined)) warn(openToOthers(options));

  const answer = routes(options, { onThisMachineOnly, warn });
  server.on("request", (request, response) => {
    connections.track(request.socket, response);
    answer(request, response);
  });
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= connections.end(STOP_GRACE_MS);
    return stopping;
  };
  const url = `${tls === undefined ? "http" : "https"}://${urlHost(host)}:${boundPort}/metrics`;
  return { url, port: boundPort, stop, [Symbol.asyncDispose]: stop };
}

function httpServer(tls: MetricsServerOptions["tls"]): { server: Server; connections: Connections } {
  const limits = {
    requestTimeout: REQUEST_TIMEOUT_MS,
    headersTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: TIMEOUT_CHECK_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
  };
  let server: Server;
  try {
    server =
      tls === undefined
        ? createServer(limits)
        : createTlsServer({
            ...limits,
            cert: tls.cert,
            key: tls.key,
            minVersion: "TLSv1.2",
            handshakeTimeout: REQUEST_TIMEOUT_MS,
          });
  } catch (error) {
    throw tlsError(error); // nothing else can be wrong before it listens
  }
  server.maxConnections = MAX_CONNECTIONS;
  server.timeout = STALLED_TIMEOUT_MS;
  return { server, connections: new Connections(server, { isTls: tls !== undefined }) };
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  try {
    server.listen({ host, port });
    await once(server, "listening");
  } catch (error) {
    throw listenError(error, host, port);
  }
}

function routes(
  options: MetricsServerOptions,
  { onThisMachineOnly, warn }: { readonly onThisMachineOnly: boolean; readonly warn: (message: string) => void },
): RequestListener {
  const { host, token, title = "Trading bot", health } = options;
  const startedAt = new Date();
  const bornAt = performance.now(); // the wall clock may be set while we run
  const landing = options.landing ?? (() => landingPage({ title, startedAt }));
  const metrics = nodeHandler(options.source, { onError: (error) => warn(`a scrape failed: ${errorLine(error)}`) });
  const answer: RequestListener = (request, response) => {
    response.setHeader("X-Content-Type-Options", "nosniff");
    if (onThisMachineOnly && !namesThisMachine(request.headers.host, host)) {
      say(response, 403, "Ask for this server by localhost or 127.0.0.1.\n");
      return;
    }
    const path = (request.url ?? "/").split("?", 1)[0];
    if (path === "/metrics") {
      if (token === undefined || isAuthorized(request, token)) metrics(request, response);
      else say(response, 401, "Send the token: Authorization: Bearer …\n", { "WWW-Authenticate": "Bearer" });
      return;
    }
    if (path !== "/healthz" && path !== "/") {
      say(response, 404, "Nothing here. Try /metrics or /healthz.\n");
    } else if (request.method !== "GET" && request.method !== "HEAD") {
      say(response, 405, `${request.method} is not allowed here. Use GET.\n`, { Allow: "GET, HEAD" });
    } else if (path === "/healthz") {
      const uptime = Math.round((performance.now() - bornAt) / 100) / 10;
      const state = { status: "ok", uptime_seconds: uptime, ...health?.() };
      say(response, 200, `${JSON.stringify(state)}\n`, { "Content-Type": "application/json" });
    } else {
      say(response, 200, landing(), {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
      });
    }
  };
  return (request, response) => {
    try {
      answer(request, response);
    } catch (error) {
      // `health` or `landing`, which are the application's.
      warn(`${request.url} could not be answered: ${errorLine(error)}`);
      say(response, 500, "This could not be answered. The bot's log has why.\n");
    }
  };
}

function say(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    "Content-Type": "text/plain; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Length": Buffer.byteLength(text),
    ...headers,
  });
  response.end(response.req.method === "HEAD" ? undefined : text);
}

/** Compared by digest, so that the time it takes tells nothing of the token. */
function isAuthorized(request: IncomingMessage, token: string): boolean {
  const given = /^Bearer +(.+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";
  return timingSafeEqual(sha256(given), sha256(token));
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function openToOthers({ host, tls, token }: MetricsServerOptions): string {
  const missing = tls === undefined && token === undefined ? "TLS and a token" : tls === undefined ? "TLS" : "a token";
  return (
    `metrics are served on ${host}, beyond this machine, without ${missing}: anyone who reaches it can read them. ` +
    "Set tls_cert_file, tls_key_file and token, or prometheus_bind_addr to 127.0.0.1"
  );
}

/** What to write in a URL so that it works here: a wildcard address is for listening only. */
function urlHost(host: string): string {
  if (["localhost", "127.0.0.1", "::1", "0.0.0.0", "::"].includes(host)) return "localhost";
  return isIP(host) === 6 ? `[${host}]` : host;
}

function notTwiceInARow(tell: (message: string) => void): (message: string) => void {
  let last: string | undefined;
  return (message) => {
    if (message === last) return;
    last = message;
    tell(message);
  };
}
