/**
 * JSON-RPC over HTTP, for reading only: other methods are refused before anything is sent. Answers are bounded and checked; what
 * they say wrong is a value.
 */
import * as http from "node:http";
import * as https from "node:https";
import type { Fault } from "../heartbeat/reading.ts";
import { httpExchange } from "../http/http-exchange.ts";
import { ProbeError } from "../probe-error.ts";
import { isReadMethod, type ReadMethod } from "./read-methods.ts";

/** Largest answer, bytes: a block's head with the hashes of its transactions, or a multicall over all wallets. */
const MAX_BYTES = 1_048_576;

/** Shorter parts of an address are words, characters. */
const LEAST_SECRET = 12;

export type RpcOutcome =
  | { readonly kind: "result"; readonly result: unknown; readonly latencyMs: number }
  | { readonly kind: "fault"; readonly fault: Fault; readonly error?: RpcErrorObject };

/** As the node wrote it, shortened. */
export interface RpcErrorObject {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

export interface JsonRpcOptions {
  readonly url: URL;
  readonly signal: AbortSignal;
  /** Milliseconds since some moment. */
  readonly monotonic: () => number;
}

/** Calls to one node, over one connection while it lasts. */
export class JsonRpc implements Disposable {
  readonly #options: JsonRpcOptions;
  readonly #agent: http.Agent;
  #id = 0;

  constructor(options: JsonRpcOptions) {
    this.#options = options;
    const { Agent } = options.url.protocol === "https:" ? https : http;
    this.#agent = new Agent({ keepAlive: true, maxSockets: 1 });
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }

  /**
   * @throws {ProbeError} `NOT_READ_ONLY` for a method that does more than read: nothing has been sent
   * @returns everything else, also that nobody answers
   */
  async call(method: ReadMethod, params: readonly unknown[] = []): Promise<RpcOutcome> {
    if (!isReadMethod(method)) {
      const named = typeof method === "string" ? String(method).slice(0, 60) : "what is no text";
      throw new ProbeError(
        "NOT_READ_ONLY",
        `${named} is no method that only reads`,
        "Haltwatch never sends anything else",
      );
    }
    const { url, signal, monotonic } = this.#options;
    const id = ++this.#id;
    const begin = monotonic();
    const outcome = await httpExchange({
      url,
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id, method, params }),
      maxBytes: MAX_BYTES,
      maxRedirects: 0,
      signal,
      agent: this.#agent,
    });
    if (outcome.kind === "failed") return fault(outcome.fault, outcome.detail);
    const latencyMs = monotonic() - begin;
    const { status, body } = outcome;
    if (status === 429) return fault("rate-limited", "it allows no more requests now (status 429)");
    const answer = answerIn(body, id, secretsIn(url));
    const isWell = status >= 200 && status < 300;
    if (typeof answer === "string") return isWell ? fault("bad-answer", answer) : fault(...statusFault(status));
    // Nodes send their errors with all kinds of statuses; a result with one that is not well is somebody else's.
    if ("result" in answer && !isWell) return fault(...statusFault(status));
    if ("result" in answer) return { kind: "result", result: answer.result, latencyMs };
    return { ...errorFault(answer.error), error: answer.error };
  }
}

function answerIn(
  body: string,
  id: number,
  secrets: readonly string[],
): string | { readonly result: unknown } | { readonly error: RpcErrorObject } {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    return "its answer is no JSON";
  }
  if (typeof answer !== "object" || answer === null || Array.isArray(answer)) return "its answer is no JSON-RPC";
  const error: unknown = Reflect.get(answer, "error");
  if (typeof error === "object" && error !== null) {
    const [code, message, data] = ["code", "message", "data"].map((name): unknown => Reflect.get(error, name));
    const text = typeof message === "string" ? message : "";
    return { error: { code: typeof code === "number" ? code : 0, message: shown(text, secrets), data } };
  }
  // Gateways before nodes write it so.
  if (typeof error === "string") return { error: { code: 0, message: shown(error, secrets) } };
  // Of an error's answer the id may be null: the node could not read the request. A result is somebody's.
  if (Reflect.get(answer, "id") !== id) return "its answer is to another request";
  if (!("result" in answer)) return "its answer has neither a result nor an error";
  return { result: answer.result };
}

function statusFault(status: number): ["redirect" | "status", string] {
  return status >= 300 && status < 400
    ? ["redirect", "it redirects elsewhere"]
    : ["status", `it answers with status ${status}`];
}

/** -32005 is "limit exceeded" in EIP-1474; some say it in words alone. */
function errorFault({ code, message }: RpcErrorObject): RpcOutcome & { readonly kind: "fault" } {
  const isLimited =
    code === -32005 || code === 429 || /rate.?limit|too many requests|capacity|throughput/i.test(message);
  if (isLimited) return fault("rate-limited", "it allows no more requests now");
  return fault("rpc-error", `it answers with error ${code}: ${message === "" ? "no message" : message}`);
}

function fault(kind: Fault["kind"], detail: string): RpcOutcome & { readonly kind: "fault" } {
  return { kind: "fault", fault: { kind, detail } };
}

/** Some say the key back that they do not know. @returns what may be one in the node's address, the longest first */
function secretsIn({ username, password, pathname, searchParams }: URL): string[] {
  const parts = [username, password, ...pathname.split("/"), ...searchParams.values()];
  return parts.filter((part) => part.length >= LEAST_SECRET).sort((a, b) => b.length - a.length);
}

/** Nobody's text in our log breaks its lines, is longer than it, or has our key in it. */
function shown(text: string, secrets: readonly string[]): string {
  const hidden = secrets.reduce((rest, secret) => rest.replaceAll(secret, "…"), text);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not get into a terminal
  return hidden.replaceAll(/[\s\u0000-\u001f\u007f-\u009f]+/g, " ").slice(0, 120);
}
