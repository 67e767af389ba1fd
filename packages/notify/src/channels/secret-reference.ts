/** A secret in a configuration: a reference to where it is kept, never the secret itself. */
import { z } from "zod";

const REFERENCE = /^(?:keyring:.+|env:[A-Za-z_][A-Za-z0-9_]*|file:.+|credential:[A-Za-z0-9_.-]+)$/;

/** Longest reference, characters. */
const MAX_LENGTH = 4_096;

const FORMS = "write keyring:NAME, env:NAME, file:PATH or credential:NAME here, and keep the secret there";

/** The text itself is never repeated in the error. */
export const secretReference = z
  .string()
  .max(MAX_LENGTH)
  .refine(isSecretReference, { error: `this is not a reference to a secret: ${FORMS}`, abort: true });

/** Alertmanager's `…_file` keys. */
export const secretFile = z
  .string()
  .min(1)
  .max(MAX_LENGTH)
  .transform((path) => `file:${path}`);

/** An address that may hold a secret: a reference to it, or the address itself if there is nothing secret in it. */
export const urlOrReference = z
  .string()
  .max(MAX_LENGTH)
  .refine((text) => isSecretReference(text) || isPlainUrl(text), {
    error: `this is neither an http(s) address without credentials nor a reference to one: ${FORMS}`,
    abort: true,
  });

/** An address with nothing secret in it. */
export const plainUrl = z.string().max(MAX_LENGTH).refine(isPlainUrl, "an http(s) address without credentials");

export function isSecretReference(text: string): boolean {
  return REFERENCE.test(text);
}

function isPlainUrl(text: string): boolean {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === "" && password === "";
}
