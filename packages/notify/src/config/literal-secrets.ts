/** Finds secrets that stand in a configuration themselves: files are copied, committed and shown in screenshots. */
import { isSecretReference } from "../channels/secret-reference.ts";
import type { ConfigPath } from "./config-places.ts";

/** Keys of Alertmanager's whose value is a secret; with `_file` behind it, a key says where the secret is kept. */
const SECRET_KEY =
  /(?:^|_)(?:password|secret|token|api_key|user_key|routing_key|service_key|credentials|slack_api_url|webhook_url|access_key)$/;

/** Stands for what was taken out, where a reference has to stand. */
const PLACEHOLDER = "env:LITERAL_SECRET_LEFT_OUT";

/**
 * The same without its literal secrets, each of which is told of.
 *
 * @param path where the value stands
 */
export function withoutLiteralSecrets(value: unknown, found: (path: ConfigPath) => void, path: ConfigPath): unknown {
  if (Array.isArray(value)) {
    return value.map((entry, index) => withoutLiteralSecrets(entry, found, [...path, index]));
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([key, inner]) => [
      key,
      withoutLiteralSecrets(inner, found, [...path, key]),
    ]);
    return Object.fromEntries(entries);
  }
  if (typeof value !== "string" || value === "" || !isLiteralSecret(value, path)) return value;
  found(path);
  return PLACEHOLDER;
}

function isLiteralSecret(value: string, path: ConfigPath): boolean {
  const key = String(path.at(-1));
  if (isSecretReference(value)) return false;
  // Slack's address is all that is needed to write there.
  if (SECRET_KEY.test(key) || path.at(-2) === "secrets" || (key === "api_url" && path.includes("slack_configs")))
    return true;
  return /^[a-z]+:\/\/[^/?#]*@/i.test(value) && URL.canParse(value) && hasCredentials(new URL(value));
}

function hasCredentials({ username, password }: URL): boolean {
  return username !== "" || password !== "";
}
