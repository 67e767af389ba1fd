/** Asks a running Haltwatch, or any Prometheus, over its HTTP API. */
import { CommandError } from "./command-error.ts";

export interface ApiSeries {
  readonly metric: Readonly<Record<string, string>>;
  /** Of an instant: seconds, and the value as text. */
  readonly value?: readonly [number, string];
  /** Of a range. */
  readonly values?: readonly (readonly [number, string])[];
}

/** A query's answer, as Prometheus gives it. */
type ApiResult =
  | { readonly resultType: "vector"; readonly result: readonly ApiSeries[] }
  | { readonly resultType: "matrix"; readonly result: readonly ApiSeries[] }
  | { readonly resultType: "scalar" | "string"; readonly result: readonly [number, string] };

export interface ApiAnswer {
  readonly data: ApiResult;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

export interface Asked {
  /** Where the server is: `http://localhost:9898`. */
  readonly url: string;
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Bearer token. */
  readonly token: string | undefined;
}

/** @throws {CommandError} if nobody answers, or the query is refused */
export async function askServer({ url, path, parameters, token }: Asked): Promise<ApiAnswer> {
  const response = await answered(new URL(path, url), parameters, token);
  const body = await response.json().catch(() => undefined);
  if (!isAnswer(body)) {
    throw new CommandError(`${url} answered ${response.status}, and not as a Prometheus does`, "Give another --url");
  }
  if (body.status === "error") throw new CommandError(body.error ?? "refused", "Correct the query");
  return { data: body.data as ApiResult, warnings: body.warnings ?? [], infos: body.infos ?? [] }; // Prometheus's HTTP API
}

async function answered(
  url: URL,
  parameters: Readonly<Record<string, string>>,
  token: string | undefined,
): Promise<Response> {
  try {
    return await fetch(url, {
      method: "POST",
      body: new URLSearchParams(parameters),
      headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
    });
  } catch (error) {
    const why = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new CommandError(`nobody answers at ${url.origin}: ${why}`, "Start haltwatch run, or give another --url");
  }
}

interface Body {
  readonly status: string;
  readonly error?: string;
  readonly data?: unknown;
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
}

function isAnswer(body: unknown): body is Body {
  return typeof body === "object" && body !== null && "status" in body;
}
