/**
 * Serves routes over HTTP: on loopback unless told otherwise, and elsewhere only with TLS and a token. Nothing that a client
 * sends disturbs what else runs in this process.
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { ApiError } from "./api-error.ts";
import { type ApiTokens, authorize, checkTokens } from "./auth.ts";
import { Connections } from "./connections.ts";
import { checkProtection, httpServer, listen, type Place, type Tls } from "./listen.ts";
import { isLoopback, namesThisMachine } from "./loopback.ts";
import { readRequest } from "./read-request.ts";
import { respond, respondError, respondText } from "./respond.ts";
import { type Route, Router } from "./router.ts";

/** How long answers under way may take to end when the server is stopped, milliseconds. */
const STOP_GRACE_MS = 1500;

const WRONG_NAME = "Ask for this server by localhost or 127.0.0.1, or add the name to its allowed hosts.\n";

/** An answer is of this moment, and is for whoever asked: for no cache, no frame and no other page. A page says its own. */
const SECURITY_HEADERS = {
  "Cache-Control": "no-store",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

export interface ApiOptions extends Place {
  readonly tls?: Tls | undefined;
  readonly tokens?: ApiTokens | undefined;
  /** Lets it listen beyond this machine without TLS or token: behind a proxy that has both. */
  readonly insecure?: boolean | undefined;
  /** Names by which clients reach it on loopback, beside `localhost`: that of a proxy before it. */
  readonly allowedHosts?: readonly string[] | undefined;
  readonly routes: readonly Route[];
  /** What answers requests to become another protocol's connection, by path; all others are refused. */
  readonly upgrades?: ReadonlyMap<string, UpgradeHandler> | undefined;
  /** Told of what went wrong here, and not with the request. */
  readonly onError?: ((error: unknown) => void) | undefined;
  /** Told of each request that may change something, and of each that shows no right token. */
  readonly onAccess?: ((use: AccessUse) => void) | undefined;
}

/** Somebody has used the control token, or was refused. */
export interface AccessUse {
  /** An IP address. */
  readonly address: string;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** `undefined`: it was done. */
  readonly refused: ApiError | undefined;
}

/**
 * Takes over a connection whose `Host` header has been checked, and is from then on the one to end it: before the server is
 * stopped. Tokens are its own business.
 */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

export interface ApiServer extends AsyncDisposable {
  /** `http://localhost:9099` */
  readonly url: string;
  readonly port: number;
  /** Answers what is under way, then leaves nothing listening, within 2 s. Any number of times. */
  stop(): Promise<void>;
}

/**
 * @throws {ListenError} `UNPROTECTED`, `PORT_IN_USE`, `PORT_NOT_ALLOWED`, `BAD_PORT`, `ADDRESS_NOT_AVAILABLE`, `BAD_TLS`
 * @throws {ConfigError} `EMPTY_TOKEN`, `SAME_TOKENS`
 * @example
 * ```ts
 * await using api = await startApi({ host: "127.0.0.1", port: 9099, routes: prometheusRoutes(sources) });
 * ```
 */
export async function startApi(options: ApiOptions): Promise<ApiServer> {
  const { host, tls, tokens = {}, insecure = false, onError = () => undefined } = options;
  checkTokens(tokens);
  checkProtection(host, { tls: tls !== undefined, token: tokens.read !== undefined, insecure });
  const server = httpServer(tls);
  const connections = new Connections(server);
  const bound = await listen(server, options);
  server.on("error", onError);
  serve(server, connections, { ...options, tokens, onError, isOnLoopback: isLoopback(bound.address) });
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= connections.end(STOP_GRACE_MS);
    return stopping;
  };
  const url = `${tls === undefined ? "http" : "https"}://${urlHost(host)}:${bound.port}`;
  return { url, port: bound.port, stop, [Symbol.asyncDispose]: stop };
}

interface Serving extends ApiOptions {
  readonly tokens: ApiTokens;
  readonly onError: (error: unknown) => void;
  readonly isOnLoopback: boolean;
}

function serve(server: Server, connections: Connections, serving: Serving): void {
  const router = new Router(serving.routes);
  serveUpgrades(server, serving);
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    connections.track(response);
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    answer(router, serving, request, response).catch((error: unknown) => {
      if (response.destroyed) return; // the client went away while it was written to
      if (!(error instanceof ApiError)) serving.onError(error);
      else if (error.type === "internal") serving.onError(error.cause ?? error);
      respondError(response, error instanceof ApiError ? error : new ApiError("internal", messageOf(error), error));
      if (!request.complete) request.resume(); // so that the client reads the refusal of what it still sends
    });
  });
}

function serveUpgrades(server: Server, serving: Serving): void {
  const { upgrades } = serving;
  if (upgrades === undefined) return; // then Node answers as if nothing had been asked
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy()); // the client went away: nothing is left to be told
    const { url = "/" } = request;
    const handler = upgrades.get(url.split("?", 1)[0] ?? "");
    if (!isAskedByName(request, serving)) refuseUpgrade(socket, "403 Forbidden", WRONG_NAME);
    else if (handler === undefined) refuseUpgrade(socket, "404 Not Found", "404 page not found\n");
    else handler(request, socket, head);
  });
}

function refuseUpgrade(socket: Duplex, status: string, text: string): void {
  const head = ["Connection: close", "Content-Type: text/plain; charset=utf-8", `Content-Length: ${text.length}`];
  socket.end(`HTTP/1.1 ${status}\r\n${head.join("\r\n")}\r\n\r\n${text}`);
}

/** Whether the request is for one of the server's own names: see {@link namesThisMachine}. */
function isAskedByName({ headers }: IncomingMessage, { isOnLoopback, allowedHosts = [], host }: Serving): boolean {
  return !isOnLoopback || namesThisMachine(headers.host, [host, ...allowedHosts]);
}

async function answer(
  router: Router,
  serving: Serving,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!isAskedByName(request, serving)) {
    respondText(response, 403, WRONG_NAME);
    return;
  }
  const { method = "GET", url = "/" } = request;
  const queryAt = url.indexOf("?");
  const [path, query] = queryAt === -1 ? [url, ""] : [url.slice(0, queryAt), url.slice(queryAt + 1)];
  const match = router.find(method, path);
  if (match.kind === "not-found") respondText(response, 404, "404 page not found\n");
  else if (match.kind === "other-method") {
    const allow = { Allow: match.methods.join(", ") };
    if (method === "OPTIONS") response.writeHead(204, allow).end();
    else respondText(response, 405, "Method Not Allowed\n", allow);
  } else {
    const { route, pathValue } = match;
    const tell = (refused: ApiError | undefined): void =>
      serving.onAccess?.({ address: request.socket.remoteAddress ?? "", method, path, refused });
    let isAuthorized = false;
    try {
      authorize(route.access, request.headers.authorization, serving.tokens);
      isAuthorized = true;
      const signal = abortedOnClose(response);
      const { parameters, body } = await readRequest(request, query);
      const { headers } = request;
      const result = await route.handle({ method, parameters, pathValue, body, headers, signal });
      if (route.access === "control") tell(undefined);
      await respond(response, result);
    } catch (error) {
      if (error instanceof ApiError && (route.access === "control" || !isAuthorized)) tell(error);
      throw error;
    }
  }
}

function abortedOnClose(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  return gone.signal;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What to write in a URL so that it works here: a wildcard address is for listening only. */
function urlHost(host: string): string {
  if (["localhost", "127.0.0.1", "::1", "0.0.0.0", "::"].includes(host)) return "localhost";
  return isIP(host) === 6 ? `[${host}]` : host;
}
