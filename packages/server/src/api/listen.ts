/** A node:http or node:https server that listens, or says in one line why it cannot, and what to do. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { errorLine, ListenError } from "@haltwatch/bot";
import { isLoopback } from "./loopback.ts";

/** Connections at a time; what exceeds it is closed at once. */
const MAX_CONNECTIONS = 256;

/** How long a client may take for its TLS handshake, and to send its request, milliseconds. */
const REQUEST_TIMEOUT_MS = 15_000;

/** How often Node looks for clients that take longer, milliseconds. */
const TIMEOUT_CHECK_MS = 2000;

/** How long a connection waits for its next request, milliseconds: longer than a dashboard's usual refresh. */
const KEEP_ALIVE_MS = 75_000;

/** A connection on which nothing moves for so long is cut, milliseconds: longer than the longest query. */
const STALLED_TIMEOUT_MS = 150_000;

/** Longest request head, bytes: queries come in URLs, too. */
const MAX_HEADER_BYTES = 128 * 1024;

/** PEM texts. */
export interface Tls {
  readonly cert: string;
  readonly key: string;
}

export interface Place {
  /** `127.0.0.1`, `::1` or `localhost` keep it on this machine. */
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
}

/** @throws {ListenError} `BAD_TLS` */
export function httpServer(tls: Tls | undefined): Server {
  const limits = {
    requestTimeout: REQUEST_TIMEOUT_MS,
    headersTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: TIMEOUT_CHECK_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
  };
  let server: Server;
  try {
    server =
      tls === undefined
        ? createServer(limits)
        : createTlsServer({ ...limits, ...tls, minVersion: "TLSv1.2", handshakeTimeout: REQUEST_TIMEOUT_MS });
  } catch (error) {
    throw new ListenError("BAD_TLS", `the TLS certificate and key cannot be used: ${errorLine(error)}`, {
      hint: "Name a PEM certificate and the key that belongs to it",
      cause: error,
    });
  }
  server.maxConnections = MAX_CONNECTIONS;
  server.timeout = STALLED_TIMEOUT_MS;
  return server;
}

/** @throws {ListenError} `PORT_IN_USE`, `PORT_NOT_ALLOWED`, `BAD_PORT`, `ADDRESS_NOT_AVAILABLE` */
export async function listen(server: Server, { host, port }: Place): Promise<{ address: string; port: number }> {
  try {
    server.listen({ host, port });
    await once(server, "listening");
  } catch (error) {
    throw listenError(error, { host, port });
  }
  const bound = server.address();
  return typeof bound === "object" && bound !== null ? bound : { address: host, port };
}

/**
 * Refuses what would let others read, or listen in.
 *
 * @throws {ListenError} `UNPROTECTED`
 */
export function checkProtection(
  host: string,
  has: { readonly tls: boolean; readonly token: boolean; readonly insecure: boolean },
): void {
  if (isLoopback(host) || has.insecure || (has.tls && has.token)) return;
  const missing = [...(has.tls ? [] : ["TLS"]), ...(has.token ? [] : ["a read token"])].join(" and ");
  throw new ListenError("UNPROTECTED", `the API on ${host}, beyond this machine, needs ${missing}`, {
    hint: `Give it ${missing}, listen on 127.0.0.1, or say that it may be insecure`,
    key: "host",
  });
}

function listenError(error: unknown, { host, port }: Place): ListenError {
  const at = `port ${port} on ${host}`;
  switch (error instanceof Error && "code" in error ? error.code : undefined) {
    case "EADDRINUSE":
      return new ListenError("PORT_IN_USE", `${at} is in use by another process`, {
        hint: "End that process, or choose another port",
        cause: error,
      });
    case "EACCES":
    case "EPERM":
      return new ListenError("PORT_NOT_ALLOWED", `${at} may not be used by this user`, {
        hint: "Choose a port above 1023",
        cause: error,
      });
    case "ERR_SOCKET_BAD_PORT":
      return new ListenError("BAD_PORT", `port ${port} is not a port`, {
        hint: "Choose one from 1 to 65535, or 0 for any that is free",
        cause: error,
      });
    default:
      return new ListenError("ADDRESS_NOT_AVAILABLE", `cannot listen on ${at}: ${errorLine(error)}`, {
        hint: "Give an address of this machine: 127.0.0.1 for this machine alone",
        cause: error,
      });
  }
}
