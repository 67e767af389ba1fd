/**
 * Reads secrets from where references say that they are: the environment, files, systemd's credentials, the keyring. They are
 * read when they are needed: who changes one need not restart anything. Each one that was read is taken out of texts.
 */
import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Keyring, systemKeyring } from "./keyring.ts";
import { Redactor } from "./redactor.ts";
import { SecretError } from "./secret-error.ts";
import { type SecretReference, secretReference } from "./secret-reference.ts";

/** A process's. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface SecretsOptions {
  readonly env: Environment;
  /** Where relative paths begin: the configuration's folder (default: where the process runs). */
  readonly folder?: string;
  /** Told once of each file that others may read. */
  readonly onWarning?: (warning: string) => void;
  readonly keyring?: Keyring;
}

/** Set by systemd for a service with `LoadCredential=`. */
const CREDENTIALS_FOLDER = "CREDENTIALS_DIRECTORY";

/** Largest file, bytes: what is larger is not the file that was meant. */
const MAX_BYTES = 65_536;

export class Secrets {
  readonly #options: SecretsOptions;
  readonly #keyring: Keyring;
  readonly #redactor = new Redactor();
  readonly #warned = new Set<string>();

  constructor(options: SecretsOptions) {
    this.#options = options;
    this.#keyring = options.keyring ?? systemKeyring();
  }

  /**
   * The secret itself, without spaces and line ends around it.
   *
   * @param reference as the configuration has it, or already read
   * @param what it is, for errors: `web.read_token`
   * @throws {SecretError} `SECRET_MISSING`, `KEYRING_UNAVAILABLE`, or `LITERAL_SECRET` for a text that is no reference
   * @example
   * const token = await secrets.read("env:TELEGRAM_TOKEN", "the bot's token");
   */
  async read(reference: string | SecretReference, what: string): Promise<string> {
    const where = typeof reference === "string" ? secretReference(reference, what) : reference;
    // A keyring may wait for somebody to unlock it; the others are small files at most.
    if (where.kind !== "keyring") return this.readNow(where, what);
    return this.#known(inKeyring(where.name, await this.#keyring.get(where.name), what));
  }

  /** The same at once, for the start: of a keyring that has to be unlocked first, it waits for that, and all else with it. */
  readNow(reference: string | SecretReference, what: string): string {
    return this.#known(this.#find(typeof reference === "string" ? secretReference(reference, what) : reference, what));
  }

  /** The text without any secret that was read; those shorter than six characters stay. */
  redact(text: string): string {
    return this.#redactor.redact(text);
  }

  #known(secret: string): string {
    this.#redactor.add(secret);
    return secret;
  }

  #find(reference: SecretReference, what: string): string {
    switch (reference.kind) {
      case "env": {
        const { name } = reference;
        const secret = this.#options.env[name]?.trim() ?? "";
        if (secret !== "") return secret;
        throw missing(`${what} is kept in the environment variable ${name}, which is not set`, {
          hint: `Set ${name} before you start Haltwatch`,
        });
      }
      case "file":
        return this.#file(resolve(this.#options.folder ?? "", reference.path), what);
      case "credential": {
        const folder = this.#options.env[CREDENTIALS_FOLDER];
        if (folder !== undefined) return this.#file(resolve(folder, reference.name), what);
        throw missing(`${what} is kept in systemd's credential ${reference.name}, and systemd gave none`, {
          hint: `Write LoadCredential=${reference.name}:PATH into the service's unit`,
        });
      }
      case "keyring":
        return inKeyring(reference.name, this.#keyring.getNow(reference.name), what);
      default:
        return reference satisfies never;
    }
  }

  #file(path: string, what: string): string {
    const hint = "Write it into that file, and let only Haltwatch's user read it";
    let secret: string;
    try {
      secret = this.#content(path).trim();
    } catch (cause) {
      throw missing(`${what} is kept in ${path}, which cannot be read`, { hint, cause });
    }
    if (secret === "") throw missing(`${what} is kept in ${path}, which is empty`, { hint });
    return secret;
  }

  #content(path: string): string {
    const descriptor = openSync(path, "r");
    try {
      const { mode, size } = fstatSync(descriptor);
      if (size > MAX_BYTES) throw new RangeError(`it has ${size} bytes, more than ${MAX_BYTES}`);
      // Windows has other rules, of which the mode says nothing.
      if (process.platform !== "win32" && (mode & 0o077) !== 0) this.#warn(path, mode);
      return readFileSync(descriptor, "utf8");
    } finally {
      closeSync(descriptor);
    }
  }

  #warn(path: string, mode: number): void {
    if (this.#warned.has(path)) return;
    this.#warned.add(path);
    const others = (mode & 0o777).toString(8).padStart(4, "0");
    this.#options.onWarning?.(
      `${path} holds a secret, and others than its owner may use it (${others}): chmod 600 ${path}`,
    );
  }
}

function inKeyring(name: string, found: string | undefined, what: string): string {
  const secret = found?.trim() ?? "";
  if (secret !== "") return secret;
  throw missing(`${what} is kept in the keyring as ${name}, where there is none`, {
    hint: `Run haltwatch secret set ${name} as the user that runs Haltwatch`,
  });
}

function missing(message: string, { hint, cause }: { readonly hint: string; readonly cause?: unknown }): SecretError {
  return new SecretError("SECRET_MISSING", message, { hint, cause });
}
