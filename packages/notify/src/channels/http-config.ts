/** `http_config` of Alertmanager: who asks. Proxies and certificates of one's own are not among it yet. */
import { z } from "zod";
import { secretFile, secretReference } from "./secret-reference.ts";
import type { Secrets } from "./secrets.ts";

/** A header's name (RFC 9110, 5.1). */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Most headers that are added. */
const MAX_HEADERS = 50;

const headers = z.record(
  z.string().regex(HEADER_NAME),
  z.strictObject({
    /** Not secret. */
    values: z.array(z.string().regex(/^[\t\x20-\x7e]*$/, "only printable ASCII characters")).optional(),
    secrets: z.array(secretReference).optional(),
    files: z.array(secretFile).optional(),
  }),
);

export const httpConfig = z.strictObject({
  authorization: z
    .strictObject({
      type: z.string().regex(HEADER_NAME).default("Bearer"),
      credentials: secretReference.optional(),
      credentials_file: secretFile.optional(),
    })
    .optional(),
  basic_auth: z
    .strictObject({
      username: z.string().min(1),
      password: secretReference.optional(),
      password_file: secretFile.optional(),
    })
    .optional(),
  http_headers: headers
    .refine((given) => Object.keys(given).length <= MAX_HEADERS, `at most ${MAX_HEADERS} headers`)
    .optional(),
  /** They never are: a redirect would carry credentials to another place. */
  follow_redirects: z.boolean().optional(),
});

export type HttpConfig = z.output<typeof httpConfig>;

/** The headers that it asks for. @throws {SecretError} */
export async function configuredHeaders(
  config: HttpConfig | undefined,
  secrets: Secrets,
): Promise<Record<string, string>> {
  if (config === undefined) return {};
  const { authorization, basic_auth, http_headers } = config;
  const headers: Record<string, string> = {};
  for (const [name, { values = [], secrets: references = [], files = [] }] of Object.entries(http_headers ?? {})) {
    const all = [...values];
    for (const reference of [...references, ...files]) all.push(await secrets.get(reference));
    headers[name.toLowerCase()] = all.join(", ");
  }
  const credentials = authorization?.credentials ?? authorization?.credentials_file;
  if (authorization !== undefined && credentials !== undefined)
    headers["authorization"] = `${authorization.type} ${await secrets.get(credentials)}`;
  const password = basic_auth?.password ?? basic_auth?.password_file;
  if (basic_auth !== undefined && password !== undefined) {
    const pair = `${basic_auth.username}:${await secrets.get(password)}`;
    headers["authorization"] = `Basic ${Buffer.from(pair).toString("base64")}`;
  }
  return headers;
}
