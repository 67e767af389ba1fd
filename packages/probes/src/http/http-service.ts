/** A venue's HTTP API: whether it answers, with the right status and the right content. */
import type { Fault, ServiceReading } from "../heartbeat/reading.ts";
import type { Service } from "../heartbeat/service.ts";
import { ProbeError } from "../probe-error.ts";
import { httpExchange } from "./http-exchange.ts";
import { faultOfReadRequest, graphqlBody } from "./read-request.ts";

/** A venue must answer itself, not a cache before it. Some refuse whoever does not say who it is. */
const HEADERS = { Accept: "*/*", "Cache-Control": "no-cache", "User-Agent": "Haltwatch" } as const;

export interface HttpServiceOptions {
  readonly name: string;
  readonly url: URL;
  /** Label `venue` of the venue whose API it is. */
  readonly venue?: string | undefined;
  readonly method: "GET" | "HEAD" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  /** A GraphQL query, with POST. */
  readonly body?: string | undefined;
  /** Statuses that are well; without any, 200 to 299. */
  readonly statuses: readonly number[];
  /** What the body must have in it. */
  readonly contains?: string | undefined;
  /** The body must be JSON with these values at these JSON pointers (RFC 6901). */
  readonly json?: ReadonlyMap<string, string> | undefined;
  readonly maxBytes: number;
  readonly maxRedirects: number;
  readonly timeoutMs: number;
  readonly attempts: number;
  /** Milliseconds since some moment. */
  readonly monotonic: () => number;
}

/** @throws {ProbeError} `NOT_READ_ONLY` for a request that could do more than read */
export function httpService(options: HttpServiceOptions): Service {
  const { name, url, venue, timeoutMs, attempts } = options;
  const refused = faultOfReadRequest(options);
  if (refused !== undefined) {
    throw new ProbeError("NOT_READ_ONLY", `${name}: ${refused}`, "Haltwatch never sends anything but what reads");
  }
  return {
    ...{ name, kind: "http", target: url.host, timeoutMs, attempts, unanswered: { kind: "http", venue } },
    look: (signal) => look(options, signal),
  };
}

async function look(options: HttpServiceOptions, signal: AbortSignal): Promise<ServiceReading> {
  const { url, venue, method, headers, body, maxBytes, maxRedirects, monotonic } = options;
  const begin = monotonic();
  const outcome = await httpExchange({
    ...{ url, method, headers: headersOf(headers, body), maxBytes, maxRedirects, signal },
    ...(body === undefined ? {} : { body: graphqlBody(body) }),
  });
  if (outcome.kind === "failed") {
    const fault = { kind: outcome.fault, detail: outcome.detail };
    return { fault, latencyMs: undefined, facts: { kind: "http", venue } };
  }
  const latencyMs = monotonic() - begin;
  const { status } = outcome;
  return { fault: answerFault(options, status, outcome.body), latencyMs, facts: { kind: "http", venue, status } };
}

/** Those that are written stand instead of ours, in whatever case. */
function headersOf(written: HttpServiceOptions["headers"], body: string | undefined): Readonly<Record<string, string>> {
  const names = new Set(Object.keys(written).map((name) => name.toLowerCase()));
  const ours = { ...HEADERS, ...(body === undefined ? {} : { "Content-Type": "application/json" }) };
  const missing = Object.entries(ours).filter(([name]) => !names.has(name.toLowerCase()));
  return { ...Object.fromEntries(missing), ...written };
}

function answerFault(
  { statuses, contains, json }: HttpServiceOptions,
  status: number,
  body: string,
): Fault | undefined {
  const isExpected = statuses.length === 0 ? status >= 200 && status < 300 : statuses.includes(status);
  if (!isExpected) {
    if (status === 429) return { kind: "rate-limited", detail: "it allows no more requests now (status 429)" };
    return { kind: "status", detail: `it answers with status ${status}` };
  }
  if (contains !== undefined && !body.includes(contains)) {
    return { kind: "content", detail: "its answer has not the text that it should have" };
  }
  return json === undefined ? undefined : jsonFault(json, body);
}

function jsonFault(expected: ReadonlyMap<string, string>, body: string): Fault | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return { kind: "content", detail: "its answer is no JSON" };
  }
  for (const [pointer, text] of expected) {
    if (String(valueAt(value, pointer)) !== text) {
      return { kind: "content", detail: `its answer has not ${JSON.stringify(text)} at ${pointer}` };
    }
  }
  return undefined;
}

function valueAt(value: unknown, pointer: string): unknown {
  let at = value;
  for (const part of pointer.split("/").slice(1)) {
    if (typeof at !== "object" || at === null) return undefined;
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    at = Object.hasOwn(at, name) ? Reflect.get(at, name) : undefined;
  }
  return at;
}
