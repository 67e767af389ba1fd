/**
 * Where the programs that read an export find what is not in it: secrets, certificates, files of targets. Each program has its own,
 * and is given no more than it asks for.
 */
import { isAbsolute, join, resolve } from "node:path";
import { parseSecretReference, type SecretReference } from "../secrets/index.ts";
import type { NeededSecret } from "./exported-file.ts";

/** A file on this machine, under a name that stands for it. */
export interface NamedFile {
  readonly name: string;
  readonly path: string;
}

export interface ExportPlacesOptions {
  /** Where relative paths of the configuration begin. */
  readonly configFolder: string;
  /** The path under which the program sees a secret of this name. */
  readonly secretPath: (name: string) => string;
  /** Whether secrets that are files already stay where they are; else they are handed over under their name. */
  readonly keepsFiles: boolean;
}

export class ExportPlaces {
  readonly #options: ExportPlacesOptions;
  readonly #needed = new Map<string, NeededSecret>();
  readonly #handed = new Map<string, NamedFile>();
  readonly #files = new Set<string>();

  constructor(options: ExportPlacesOptions) {
    this.#options = options;
  }

  /** Those that must be in the export's `secrets/`. */
  get needed(): readonly NeededSecret[] {
    return [...this.#needed.values()];
  }

  /** Secret files of the configuration's own that are handed over. */
  get handed(): readonly NamedFile[] {
    return [...this.#handed.values()];
  }

  /** Other files that the program reads, by their whole paths. */
  get files(): readonly string[] {
    return [...this.#files].sort();
  }

  /**
   * The path of a secret, as the program sees it.
   *
   * @param reference where the configuration says that it is kept; `undefined` for one that is made for this export
   */
  secret(reference: SecretReference | string | undefined, name: string, what: string): string {
    const kept = typeof reference === "string" ? parseSecretReference(reference) : reference;
    const isFile = kept?.kind === "file";
    if (isFile && this.#options.keepsFiles) return this.#whole(kept.path);
    const where =
      kept === undefined ? undefined : isFile ? `file:${this.#whole(kept.path)}` : `${kept.kind}:${kept.name}`;
    const free = this.#freeName(name, where);
    if (isFile) this.#handed.set(free, { name: free, path: this.#whole(kept.path) });
    else this.#needed.set(free, { name: free, what, reference: where });
    return this.#options.secretPath(free);
  }

  /** A file that is no secret of ours: a certificate, a list of targets. */
  file(path: string): string {
    const whole = this.#whole(path);
    this.#files.add(whole);
    return whole;
  }

  /** Names are made of people's, and two of those may become the same. */
  #freeName(name: string, where: string | undefined, count = 1): string {
    const free = count === 1 ? name : `${name}-${count}`;
    const handed = this.#handed.get(free);
    const needed = this.#needed.get(free);
    if (handed === undefined && needed === undefined) return free;
    const other = handed === undefined ? needed?.reference : `file:${handed.path}`;
    return other === where ? free : this.#freeName(name, where, count + 1);
  }

  #whole(path: string): string {
    return isAbsolute(path) ? path : resolve(join(this.#options.configFolder, path));
  }
}
