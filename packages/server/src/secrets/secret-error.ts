/** Why a secret is not at hand. No message has the secret itself, or what was found where it should be. */
import { HaltwatchError } from "@haltwatch/bot";

export type SecretErrorCode =
  /** The text is no reference: it may be the secret itself. */
  | "LITERAL_SECRET"
  /** It is not where the reference says. */
  | "SECRET_MISSING"
  /** This machine has no keyring, or it is locked. */
  | "KEYRING_UNAVAILABLE";

export class SecretError extends HaltwatchError {
  override readonly name = "SecretError";
  declare readonly code: SecretErrorCode;

  constructor(
    code: SecretErrorCode,
    message: string,
    { hint, key, cause }: { readonly hint: string; readonly key?: string; readonly cause?: unknown },
  ) {
    super(code, message, { hint, key, cause });
  }
}
