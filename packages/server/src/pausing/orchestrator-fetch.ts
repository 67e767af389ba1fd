/** Requests to orchestrators over node:http, which begins to connect in the turn in which it is asked to. */
import * as http from "node:http";
import * as https from "node:https";
import type { OrchestratorAnswer, OrchestratorFetch, OutgoingRequest } from "@haltwatch/guard";

/** Largest body of an answer, bytes. */
const MAX_BODY_BYTES = 64 * 2 ** 10;

/** How long the rest of an answer is listened to, of which only the status was wanted, milliseconds. */
const MAX_DRAIN_MS = 2000;

/**
 * A connection for each request: one that was kept may be dead just when a bot has to be paused. Redirects are not followed, so
 * that nobody else gets the credentials.
 */
export const orchestratorFetch: OrchestratorFetch = (request) =>
  new Promise((resolve, reject) => {
    const { method, url, headers, body, signal } = request;
    const target = new URL(url);
    const outgoing = (target.protocol === "https:" ? https : http).request(target, {
      method,
      headers: body === undefined ? headers : { ...headers, "Content-Length": Buffer.byteLength(body) },
      agent: false,
      signal,
    });
    outgoing.on("error", (error) => reject(new Error(reasonOf(error))));
    outgoing.on("response", (response) => {
      answerOf(response, request).then(resolve, reject);
    });
    outgoing.end(body);
  });

function answerOf(response: http.IncomingMessage, { readsBody }: OutgoingRequest): Promise<OrchestratorAnswer> {
  const status = response.statusCode ?? 0;
  if (!readsBody) {
    drain(response);
    return Promise.resolve({ status, body: "" });
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) response.destroy(new Error(`its answer has more than ${MAX_BODY_BYTES} bytes`));
      else chunks.push(chunk);
    });
    response.on("end", () => resolve({ status, body: Buffer.concat(chunks).toString("utf8") }));
    response.on("error", (error) => reject(new Error(reasonOf(error))));
    response.on("close", () => reject(new Error("the connection was closed in the middle of the answer")));
  });
}

/** Nobody waits for the rest; but some servers stop what they do when they are hung up on. */
function drain(response: http.IncomingMessage): void {
  let bytes = 0;
  const timer = setTimeout(() => response.destroy(), MAX_DRAIN_MS);
  response.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) response.destroy();
  });
  response.on("error", () => undefined);
  response.on("close", () => clearTimeout(timer));
}

/** In words, without the address, in which a secret may stand. */
function reasonOf(error: unknown): string {
  // Of several addresses tried in vain, Node's error has no text of its own.
  const [one = error] = error instanceof AggregateError ? (error.errors as readonly unknown[]) : [error];
  const code = one instanceof Error && "code" in one ? String(one.code) : "";
  return REASONS.get(code) ?? (one instanceof Error ? one.message : "the request failed");
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ["ECONNREFUSED", "connection refused: nothing listens there"],
  ["ECONNRESET", "the connection was closed without an answer"],
  ["ENOTFOUND", "its host name is not known"],
  ["EAI_AGAIN", "the name server does not answer"],
  ["ETIMEDOUT", "the host does not answer"],
  ["EHOSTUNREACH", "the host cannot be reached"],
  ["ENETUNREACH", "the network cannot be reached"],
  ["CERT_HAS_EXPIRED", "its certificate has expired"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "its certificate is signed by nobody that is trusted here"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "its certificate is signed by nobody that is trusted here"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "its certificate is signed by nobody that is trusted here"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "its certificate is for another name"],
]);
