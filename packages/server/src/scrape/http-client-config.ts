/** How targets are spoken to: credentials, certificates, redirects. Source: prometheus/common, config/http_config.go. */
import { z } from "zod";
import { parseSecretReference } from "../secrets/index.ts";
import { flag, optional, text } from "./config-values.ts";

/**
 * Where a secret is kept: `env:NAME`, `file:PATH`, `credential:NAME`, `keyring:NAME`. The secret itself in a file that is
 * copied, committed and shown is refused, though Prometheus takes it.
 */
function secretReference(key: string): z.ZodType<string, unknown> {
  return text.refine((written) => parseSecretReference(written) !== undefined, {
    error: `${key} holds a literal value, and secrets do not belong in a file: keep it in a file and name that as ${key}_file, or in an environment variable and write env:NAME`,
    params: { code: "LITERAL_SECRET" },
  });
}

const basicAuth = z
  .strictObject({
    username: optional(text),
    username_file: optional(text),
    password: optional(secretReference("password")),
    password_file: optional(text),
  })
  .refine(({ password, password_file }) => password === undefined || password_file === undefined, {
    error: "basic_auth has both password and password_file: keep one",
  })
  .refine(({ username, username_file }) => username === undefined || username_file === undefined, {
    error: "basic_auth has both username and username_file: keep one",
  });

const authorization = z
  .strictObject({
    type: optional(text),
    credentials: optional(secretReference("credentials")),
    credentials_file: optional(text),
  })
  .refine(({ credentials, credentials_file }) => credentials === undefined || credentials_file === undefined, {
    error: "authorization has both credentials and credentials_file: keep one",
  })
  .refine(({ type }) => type?.trim().toLowerCase() !== "basic", {
    error: 'authorization cannot be of type "basic": use basic_auth',
  });

const tlsConfig = z
  .strictObject({
    ca_file: optional(text),
    cert_file: optional(text),
    key_file: optional(text),
    server_name: optional(text),
    insecure_skip_verify: optional(flag),
  })
  .refine(({ cert_file, key_file }) => (cert_file === undefined) === (key_file === undefined), {
    error: "tls_config needs both cert_file and key_file, or neither",
  });

/** The keys of a scrape configuration that are about its HTTP client. */
export const HTTP_CLIENT_KEYS = {
  basic_auth: optional(basicAuth),
  authorization: optional(authorization),
  bearer_token: optional(secretReference("bearer_token")),
  bearer_token_file: optional(text),
  tls_config: optional(tlsConfig),
  follow_redirects: optional(flag),
};

/** As a whole: one way to authorize. */
export function httpClientFault(config: {
  readonly basic_auth?: unknown;
  readonly authorization?: unknown;
  readonly bearer_token?: unknown;
  readonly bearer_token_file?: unknown;
}): string | undefined {
  const ways = (["basic_auth", "authorization", "bearer_token", "bearer_token_file"] as const).filter(
    (key) => config[key] !== undefined,
  );
  return ways.length > 1 ? `${ways.join(" and ")} are both set: keep one` : undefined;
}
