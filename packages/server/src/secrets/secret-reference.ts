/**
 * A secret in a configuration is a reference to where it is kept, never the secret itself: files are copied, committed and
 * shown in screenshots.
 */
import { SecretError } from "./secret-error.ts";

/** Where a secret is kept. */
export type SecretReference =
  | { readonly kind: "env"; readonly name: string }
  | { readonly kind: "file"; readonly path: string }
  /** Handed over by systemd (`LoadCredential=`), see systemd.exec(5). */
  | { readonly kind: "credential"; readonly name: string }
  | { readonly kind: "keyring"; readonly name: string };

const ENVIRONMENT_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** No slash: a credential is a file in one folder, and in no other. */
const NAME = /^(?!\.)[A-Za-z0-9._-]{1,128}$/;

/** Whether a secret can be kept under it in the keyring. */
export function isSecretName(name: string): boolean {
  return NAME.test(name);
}

/** Reads `env:NAME`, `file:PATH`, `credential:NAME` or `keyring:NAME`; `undefined` for anything else. */
export function parseSecretReference(text: string): SecretReference | undefined {
  const match = /^(env|file|credential|keyring):(.+)$/s.exec(text.trim());
  const rest = match?.[2]?.trim() ?? "";
  switch (match?.[1]) {
    case "env":
      return ENVIRONMENT_NAME.test(rest) ? { kind: "env", name: rest } : undefined;
    case "file":
      return rest === "" ? undefined : { kind: "file", path: rest };
    case "credential":
      return NAME.test(rest) ? { kind: "credential", name: rest } : undefined;
    case "keyring":
      return NAME.test(rest) ? { kind: "keyring", name: rest } : undefined;
    default:
      return undefined;
  }
}

/**
 * The same, where there has to be one.
 *
 * @param key where it stands: `web.read_token`
 * @throws {SecretError} `LITERAL_SECRET`; the text itself is never repeated in the message
 */
export function secretReference(text: string, key: string): SecretReference {
  const reference = parseSecretReference(text);
  if (reference !== undefined) return reference;
  throw new SecretError("LITERAL_SECRET", `${key} holds a literal value, and secrets do not belong in a file`, {
    key,
    hint: "Write env:NAME, file:PATH, credential:NAME or keyring:NAME there, and keep the secret where that says",
  });
}
