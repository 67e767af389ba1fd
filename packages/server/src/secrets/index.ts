/** Secrets: where they are kept, reading them, and keeping them out of what is shown. */
export { type Keyring, systemKeyring } from "./keyring.ts";
export { isSecretName, parseSecretReference, type SecretReference, secretReference } from "./secret-reference.ts";
export { type Environment, Secrets } from "./secrets.ts";
