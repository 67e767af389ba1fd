/**
 * A secret in a configuration is a reference to where it is kept, never the secret itself: files are copied, committed
 * and shown in screenshots.
 */
import { readFileSync } from "node:fs";
import { ConfigError, type ErrorPlace } from "../errors.ts";

/** Where a secret is kept. */
export type SecretReference =
  | { readonly kind: "env"; readonly name: string }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "keyring"; readonly name: string };

const FORMS = "env:NAME, file:PATH or keyring:NAME";

/**
 * Reads `env:NAME`, `file:PATH` or `keyring:NAME`.
 *
 * @throws {ConfigError} `LITERAL_SECRET` for anything else; the text itself is never repeated in the message
 */
export function secretReference(text: string, place: ErrorPlace): SecretReference {
  const match = /^(env|file|keyring):(.+)$/s.exec(text.trim());
  const kind = match?.[1];
  const rest = match?.[2]?.trim() ?? "";
  if (kind === "env" && /^[A-Za-z_][A-Za-z0-9_]*$/.test(rest)) return { kind, name: rest };
  if (kind === "file" && rest !== "") return { kind, path: rest };
  if (kind === "keyring" && rest !== "") return { kind, name: rest };
  throw new ConfigError(
    "LITERAL_SECRET",
    `${place.key ?? "this secret"} holds a literal value, and secrets do not belong in a file`,
    {
      ...place,
      hint: `Keep it in an environment variable, a file or the system keyring, and write ${FORMS} here`,
    },
  );
}

/**
 * The secret itself.
 *
 * @param env the process's environment
 * @throws {ConfigError} `SECRET_MISSING` where it is not there, `SECRET_UNREADABLE` for a keyring, which needs Haltwatch
 */
export function readSecret(
  reference: SecretReference,
  env: Readonly<Record<string, string | undefined>>,
  place: ErrorPlace,
): string {
  const key = place.key ?? "the secret";
  switch (reference.kind) {
    case "env": {
      const value = env[reference.name];
      if (value !== undefined && value !== "") return value;
      throw new ConfigError(
        "SECRET_MISSING",
        `${key} is kept in the environment variable ${reference.name}, which is not set`,
        {
          ...place,
          hint: `Set ${reference.name} before you start the bot`,
        },
      );
    }
    case "file":
      try {
        const value = readFileSync(reference.path, "utf8").trim();
        if (value !== "") return value;
        throw new Error("the file is empty");
      } catch (error) {
        throw new ConfigError("SECRET_MISSING", `${key} is kept in ${reference.path}, which cannot be read`, {
          ...place,
          hint: "Write the secret into that file, and let only the bot's user read it",
          cause: error,
        });
      }
    case "keyring":
      throw new ConfigError(
        "SECRET_UNREADABLE",
        `${key} is kept in the system keyring, which the bot's library cannot read`,
        {
          ...place,
          hint: "For the bot itself, use env:NAME or file:PATH",
        },
      );
    default:
      return reference satisfies never;
  }
}
