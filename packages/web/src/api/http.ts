/**
 * The only place that asks Haltwatch anything (but the event stream, which is read by `live/`): token, time limit, and faults as
 * {@link ApiError}. Answers come as they are in JSON, without the `{"status":"success","data":…}` around them.
 */
import { ApiError, isAbort } from "./api-error.ts";

/** `undefined` is left out, of a list each is sent. */
export type ApiParams = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export interface ApiOptions {
  readonly signal?: AbortSignal | undefined;
}

/** @throws {ApiError} and, if `signal` says so, `DOMException` `AbortError` */
export interface Api {
  /** @param path `/api/v1/query`. A query too long for an address goes as a form, where the API takes it so. */
  get(path: string, params?: ApiParams, options?: ApiOptions): Promise<unknown>;
  /** Changes something: wants the control token. @param body sent as JSON */
  post(path: string, body: unknown, options?: ApiOptions): Promise<unknown>;
  delete(path: string, options?: ApiOptions): Promise<unknown>;
  /** What is not JSON: a report, a picture. */
  text(path: string, options?: ApiOptions): Promise<string>;
}

/** What a request is about: looking, or changing something. */
export type Access = "read" | "control";

export interface HttpApiOptions {
  /** Sent if there is one. */
  readonly token: (access: Access) => string | undefined;
  /** Told when Haltwatch wants another token than it got. */
  readonly onUnauthorized?: (access: Access) => void;
  readonly fetch?: typeof fetch;
  readonly timeoutMs?: number;
}

/** Longer than Haltwatch itself lets a query take. */
const TIMEOUT_MS = 12_000;

/** Longer addresses are refused by servers and proxies. */
const MAX_ADDRESS_LENGTH = 6000;

/** Prometheus takes these as a form, too. */
const TAKES_FORM = /^\/api\/v1\/(?:query|query_range|query_exemplars|series|labels|format_query|parse_query)$/;

export function httpApi({
  token,
  onUnauthorized,
  fetch: send = (...args) => fetch(...args),
  timeoutMs = TIMEOUT_MS,
}: HttpApiOptions): Api {
  const ask = async (
    access: Access,
    path: string,
    init: RequestInit,
    { signal }: ApiOptions = {},
  ): Promise<Response> => {
    const limit = AbortSignal.timeout(timeoutMs);
    const headers = new Headers(init.headers);
    const bearer = token(access);
    if (bearer !== undefined) headers.set("Authorization", `Bearer ${bearer}`);
    let response: Response;
    try {
      response = await send(path, {
        ...init,
        headers,
        cache: "no-store",
        credentials: "omit",
        signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
      });
    } catch (error) {
      throw faultOf(error, timeoutMs);
    }
    if (response.ok) return response;
    if (response.status === 401) onUnauthorized?.(access);
    throw await refusalOf(response);
  };

  const bodyOf = async (response: Response): Promise<string> => {
    try {
      return await response.text();
    } catch (error) {
      throw faultOf(error, timeoutMs);
    }
  };

  const json = async (
    access: Access,
    path: string,
    init: RequestInit,
    options: ApiOptions | undefined,
  ): Promise<unknown> => {
    const response = await ask(access, path, init, options);
    const text = await bodyOf(response);
    if (text === "") return undefined;
    return dataOf(parsed(text, response.status));
  };

  return {
    get: (path, params = {}, options) => {
      const query = encoded(params);
      if (query.length > MAX_ADDRESS_LENGTH && TAKES_FORM.test(path)) {
        const headers = { "Content-Type": "application/x-www-form-urlencoded" };
        return json("read", path, { method: "POST", headers, body: query }, options);
      }
      return json("read", query === "" ? path : `${path}?${query}`, { method: "GET" }, options);
    },
    post: (path, body, options) => {
      const headers = { "Content-Type": "application/json" };
      return json("control", path, { method: "POST", headers, body: JSON.stringify(body) }, options);
    },
    delete: (path, options) => json("control", path, { method: "DELETE" }, options),
    text: async (path, options) => bodyOf(await ask("read", path, { method: "GET" }, options)),
  };
}

function encoded(params: ApiParams): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined) continue;
    if (typeof value === "object") for (const one of value) query.append(name, one);
    else query.append(name, String(value));
  }
  return query.toString();
}

function parsed(text: string, status: number): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ApiError("failed", "the answer is not JSON: is something else than Haltwatch at this address?", {
      status,
      cause,
    });
  }
}

/** Alertmanager's API has nothing around its answers. */
function dataOf(answer: unknown): unknown {
  if (typeof answer !== "object" || answer === null || !("status" in answer) || !("data" in answer)) return answer;
  return answer.status === "success" ? answer.data : answer;
}

function faultOf(error: unknown, timeoutMs: number): unknown {
  if (isAbort(error)) return error;
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return new ApiError("slow", `Haltwatch did not answer within ${timeoutMs / 1000} s`, { cause: error });
  }
  return new ApiError("unreachable", "Haltwatch cannot be reached", { cause: error });
}

async function refusalOf(response: Response): Promise<ApiError> {
  const { status } = response;
  const said = refusalText(await response.text().catch(() => ""));
  const cause = said.errorType === undefined ? {} : { errorType: said.errorType };
  const kind = status === 401 ? "unauthorized" : status === 403 ? "forbidden" : status >= 500 ? "failed" : "refused";
  return new ApiError(kind, said.error ?? `Haltwatch answered ${status} ${response.statusText}`.trim(), {
    status,
    ...cause,
  });
}

/** `{"status":"error","errorType":…,"error":…}`, or a text for people. */
function refusalText(text: string): { readonly error?: string; readonly errorType?: string } {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== "object" || body === null) return {};
    const { error, errorType } = body as { readonly error?: unknown; readonly errorType?: unknown };
    return {
      ...(typeof error === "string" ? { error } : {}),
      ...(typeof errorType === "string" ? { errorType } : {}),
    };
  } catch {
    return {};
  }
}
