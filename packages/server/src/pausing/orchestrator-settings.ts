/** What the configuration says of orchestrators, as the guard's package takes it: templates read, secrets at hand. */
import { createHash } from "node:crypto";
import { type OrchestratorRequest, type OrchestratorSettings, parseJsonPointer, parseTemplate } from "@haltwatch/guard";
import type { Secrets } from "../secrets/index.ts";
import { bodyEscaping, contentType, headerParts, type OrchestratorConfig } from "./orchestrator-config.ts";

type RequestConfig = Pick<OrchestratorConfig["pause"], "method" | "url" | "headers" | "body">;

/** @throws {SecretError} `SECRET_MISSING` if a secret that a header names is not there */
export function orchestratorSettings(config: OrchestratorConfig, secrets: Secrets): OrchestratorSettings {
  const { name, scope, pause, reduce, resume, state, on_arm, timeout, confirm_within } = config;
  const requestOf = (request: RequestConfig) => requestFrom(request, config.headers, secrets);
  return {
    name,
    scope,
    pause: requestOf(pause),
    ...(reduce === undefined ? {} : { reduce: requestOf(reduce) }),
    ...(resume === undefined || on_arm === "nothing" ? {} : { resume: requestOf(resume) }),
    ...(state === undefined
      ? {}
      : {
          state: {
            ...requestOf(state),
            pointer: parseJsonPointer(state.pointer) ?? [], // checked when the configuration was read
            pausedWhen: new Set(state.paused_when),
            reducingWhen: new Set(state.reducing_when),
            runningWhen: new Set(state.running_when),
            everyMs: state.every,
            withinMs: state.within,
            checkEveryMs: state.check_every,
          },
        }),
    timeoutMs: timeout,
    confirmWithinMs: confirm_within,
    identity: createHash("sha256").update(JSON.stringify(config)).digest("hex"),
  };
}

function requestFrom(
  { method, url, headers, body }: RequestConfig,
  shared: Readonly<Record<string, string>>,
  secrets: Secrets,
): OrchestratorRequest {
  const all = { ...shared, ...headers };
  return {
    method,
    url: parseTemplate(url, "url"),
    headers: headersOf(all, body !== undefined, secrets),
    ...(body === undefined ? {} : { body: parseTemplate(body, bodyEscaping(headers)) }),
  };
}

/**
 * Reads the secrets now, and again at each request, so that a new one needs no restart; but for a keyring, which may have to be
 * waited for. Where one cannot be read any more, the last one is sent: a disk that fails must not keep a pause from leaving.
 */
function headersOf(
  headers: Readonly<Record<string, string>>,
  hasBody: boolean,
  secrets: Secrets,
): () => Readonly<Record<string, string>> {
  const type = hasBody && contentType(headers) === undefined ? { "Content-Type": "application/json" } : {};
  const values = Object.entries(headers).map(([name, value]) => [name, headerValue(name, value, secrets)] as const);
  return () => ({
    "User-Agent": "Haltwatch",
    ...type,
    ...Object.fromEntries(values.map(([name, value]) => [name, value()])),
  });
}

function headerValue(name: string, value: string, secrets: Secrets): () => string {
  const { text, secret } = headerParts(value);
  if (secret === undefined) return () => text;
  const read = (): string => secrets.readNow(secret, `the header ${name}`);
  let last = read();
  return () => {
    if (secret.kind === "keyring") return `${text}${last}`;
    try {
      last = read();
    } catch {
      // The last one it is, see above.
    }
    return `${text}${last}`;
  };
}
