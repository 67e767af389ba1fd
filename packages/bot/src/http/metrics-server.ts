/**
 * The bot's own server for `/metrics`, `/healthz` and a page that leads there. On loopback unless told otherwise. Once it
 * listens, nothing that a client does can disturb the bot.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { isIP } from "node:net";
import { ListenError } from "../errors.ts";
import type { MetricSource } from "../registry/registry.ts";
import { landingPage } from "./landing-page.ts";
import { nodeHandler } from "./node-handler.ts";

/** Connections at a time; what exceeds it is closed at once. */
const MAX_CONNECTIONS = 64;

/** How long a client may take to send its request, milliseconds. */
const REQUEST_TIMEOUT_MS = 10_000;

/** Longest request head, bytes. */
const MAX_HEADER_BYTES = 16_384;

/** How long scrapes under way may take to end when the server is stopped, milliseconds. */
const STOP_GRACE_MS = 1500;

/** How often connections are looked at while the server stops, milliseconds. */
const IDLE_CHECK_MS = 20;

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
  /** Told, once, what is unsafe in this configuration. */
  readonly onWarning: (message: string) => void;
}

export interface MetricsServer extends AsyncDisposable {
  /** Of `/metrics`. */
  readonly url: string;
  readonly port: number;
  /** Answers what is under way, then leaves nothing listening. Any number of times. */
  stop(): Promise<void>;
}

/** @throws {ListenError} where the address cannot be had */
export async function startMetricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  const { host, port, tls, token, onWarning } = options;
  if (!isLoopback(host) && (tls === undefined || token === undefined)) {
    const missing =
      tls === undefined && token === undefined ? "TLS and a token" : tls === undefined ? "TLS" : "a token";
    onWarning(
      `metrics are served on ${host}, beyond this machine, without ${missing}: anyone who reaches it can read them. ` +
        "Set tls_cert_file, tls_key_file and token, or prometheus_bind_addr to 127.0.0.1",
    );
  }
  const limits = {
    requestTimeout: REQUEST_TIMEOUT_MS,
    headersTimeout: REQUEST_TIMEOUT_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
  };
  const answer = routes(options);
  const server =
    tls === undefined ? createServer(limits, answer) : createTlsServer({ ...limits, ...keyPair(tls) }, answer);
  server.maxConnections = MAX_CONNECTIONS;
  await listen(server, host, port);
  // What a client breaks on its own connection is its own affair: Node answers 400 or closes, and the bot goes on.
  server.on("error", (error) => onWarning(`the metrics server met an error and goes on: ${error.message}`));
  const address = server.address();
  const boundPort = typeof address === "object" && address !== null ? address.port : port;
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= close(server);
    return stopping;
  };
  const url = `${tls === undefined ? "http" : "https"}://${urlHost(host)}:${boundPort}/metrics`;
  return { url, port: boundPort, stop, [Symbol.asyncDispose]: stop };
}

function routes(options: MetricsServerOptions): RequestListener {
  const { host, token, title = "Trading bot" } = options;
  const metrics = nodeHandler(options.source);
  const startedAt = new Date();
  return (request, response) => {
    response.setHeader("X-Content-Type-Options", "nosniff");
    if (isLoopback(host) && !namesThisMachine(request.headers.host)) {
      // A page elsewhere that had its name resolve to 127.0.0.1 would otherwise read the metrics through the browser.
      say(response, 403, "Ask for this server by localhost or 127.0.0.1.\n");
      return;
    }
    switch ((request.url ?? "/").split("?", 1)[0]) {
      case "/metrics":
        if (token === undefined || isAuthorized(request, token)) metrics(request, response);
        else say(response, 401, "Send the token: Authorization: Bearer …\n", { "WWW-Authenticate": "Bearer" });
        return;
      case "/healthz": {
        const uptime = Math.round((Date.now() - startedAt.getTime()) / 100) / 10;
        say(response, 200, `${JSON.stringify({ status: "ok", uptime_seconds: uptime })}\n`, {
          "Content-Type": "application/json",
        });
        return;
      }
      case "/":
        say(response, 200, landingPage({ title, startedAt }), {
          "Content-Type": "text/html; charset=utf-8",
          "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
        });
        return;
      default:
        say(response, 404, "Nothing here. Try /metrics or /healthz.\n");
    }
  };
}

function say(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store", ...headers });
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

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

function namesThisMachine(hostHeader: string | undefined): boolean {
  if (hostHeader === undefined) return true; // HTTP/1.0: no browser sends that
  const name = hostHeader.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
  return isLoopback(name.toLowerCase());
}

function urlHost(host: string): string {
  if (isLoopback(host)) return "localhost";
  return isIP(host) === 6 ? `[${host}]` : host;
}

function keyPair(tls: { readonly cert: string; readonly key: string }) {
  return { cert: tls.cert, key: tls.key, minVersion: "TLSv1.2" } as const;
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  server.listen({ host, port });
  try {
    await once(server, "listening");
  } catch (error) {
    throw listenError(error as NodeJS.ErrnoException, host, port); // "error" of a server before it listens
  }
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): ListenError {
  const at = `port ${port} on ${host}`;
  switch (error.code) {
    case "EADDRINUSE":
      return new ListenError("PORT_IN_USE", `${at} is in use by another process`, {
        hint: "End that process, or choose another port with METRICS_PORT or prometheus_bind_addr",
        cause: error,
      });
    case "EACCES":
      return new ListenError("PORT_NOT_ALLOWED", `${at} may not be used by this user`, {
        hint: "Choose a port above 1023 with METRICS_PORT or prometheus_bind_addr",
        cause: error,
      });
    default:
      return new ListenError("ADDRESS_NOT_AVAILABLE", `cannot listen on ${at}: ${error.message}`, {
        hint: "Give an address of this machine in prometheus_bind_addr",
        cause: error,
      });
  }
}

async function close(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close(); // no new connections, and idle ones end
  // A connection that was busy then is kept alive by its client after its answer: it is idle now, and ends too.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  const grace = setTimeout(() => server.closeAllConnections(), STOP_GRACE_MS);
  await closed;
  clearInterval(idle);
  clearTimeout(grace);
}
