/**
 * The keyring of the user that Haltwatch runs as: the Keychain, the Credential Manager, or a Secret Service such as GNOME
 * Keyring and KWallet. Few servers have one. Its library is loaded only when it is asked for.
 */
import { createRequire } from "node:module";
import { SecretError } from "./secret-error.ts";

/** All entries are kept under this name. */
const SERVICE = "haltwatch";

/** A keyring, or in tests something like it. @throws {SecretError} `KEYRING_UNAVAILABLE` from each of them */
export interface Keyring {
  /** `undefined` if there is none. While it asks, which may be long where somebody has to unlock it, nothing else runs. */
  readonly getNow: (name: string) => string | undefined;
  /** The same, and everything else goes on. */
  readonly get: (name: string) => Promise<string | undefined>;
  readonly set: (name: string, secret: string) => void;
  /** False if there was none. */
  readonly delete: (name: string) => boolean;
  /** Names, sorted. */
  readonly list: () => readonly string[];
}

type Library = typeof import("@napi-rs/keyring");

/**
 * On Linux the Secret Service and nothing else: the library would put secrets into the kernel's keyring where there is none, and
 * they would be gone with the next restart of the machine.
 */
const OPTIONS = { linux: { store: "secret-service" } } as const;

export function systemKeyring(): Keyring {
  const require = createRequire(import.meta.url);
  const asked = <T>(act: (library: Library) => T): T => {
    try {
      // It is what the type's own package exports.
      return act(require("@napi-rs/keyring") as Library);
    } catch (error) {
      throw unavailable(error);
    }
  };
  return {
    get: async (name) => {
      const entry = asked(({ AsyncEntry }) => new AsyncEntry(SERVICE, name, OPTIONS));
      try {
        return (await entry.getPassword()) ?? undefined;
      } catch (error) {
        throw unavailable(error);
      }
    },
    getNow: (name) => asked(({ Entry }) => new Entry(SERVICE, name, OPTIONS).getPassword() ?? undefined),
    set: (name, secret) => asked(({ Entry }) => new Entry(SERVICE, name, OPTIONS).setPassword(secret)),
    delete: (name) => asked(({ Entry }) => new Entry(SERVICE, name, OPTIONS).deletePassword()),
    list: () =>
      asked(({ findCredentials }) =>
        findCredentials(SERVICE)
          .map(({ account }) => account)
          .sort(),
      ),
  };
}

function unavailable(cause: unknown): SecretError {
  return new SecretError("KEYRING_UNAVAILABLE", "the system's keyring cannot be used here", {
    hint: "On a server, keep the secret in a file (file:PATH), a systemd credential (credential:NAME) or the environment (env:NAME); on a desktop, unlock the keyring",
    cause,
  });
}
