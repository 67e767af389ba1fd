/**
 * The tokens that this tab has been given. They live as long as the tab does (`sessionStorage`), and are never in an address that is
 * sent: `#token=…` is taken from the address once, as what stands after # stays in the browser.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Kept } from "../shell/kept.ts";
import type { Access } from "./http.ts";

const KEYS = { read: "haltwatch.read-token", control: "haltwatch.control-token" } as const;

export class Tokens {
  readonly #read = signal<string | undefined>(undefined);
  readonly #control = signal<string | undefined>(undefined);
  readonly #storage: Kept;

  constructor(storage: Kept) {
    this.#storage = storage;
    this.#read.value = storage.getItem(KEYS.read) ?? undefined;
    this.#control.value = storage.getItem(KEYS.control) ?? undefined;
  }

  get read(): ReadonlySignal<string | undefined> {
    return this.#read;
  }

  get control(): ReadonlySignal<string | undefined> {
    return this.#control;
  }

  /** The control token may read, too. */
  for(access: Access): string | undefined {
    return access === "control" ? this.#control.peek() : (this.#read.peek() ?? this.#control.peek());
  }

  /** @param token an empty one forgets */
  keep(access: Access, token: string): void {
    const kept = access === "read" ? this.#read : this.#control;
    kept.value = token === "" ? undefined : token;
    if (token === "") this.#storage.removeItem(KEYS[access]);
    else this.#storage.setItem(KEYS[access], token);
  }

  forget(): void {
    this.keep("read", "");
    this.keep("control", "");
  }

  /** The one that is not taken any more. */
  refused(access: Access): void {
    if (access === "control") this.keep("control", "");
    else this.keep(this.#read.peek() === undefined ? "control" : "read", "");
  }
}

/** `#token=…`, `#/alerts?token=…`: what is left of the address without it. */
export function tokenInHash(hash: string): { readonly token: string; readonly rest: string } | undefined {
  const found = /(?:^#|[?&])token=([^&]+)/.exec(hash);
  const token = found?.[1];
  if (found === null || token === undefined) return undefined;
  const before = hash.slice(0, found.index);
  const after = hash.slice(found.index + found[0].length).replace(/^&/, "");
  const separator = after === "" ? "" : (found[0][0] ?? "");
  return { token: decoded(token), rest: `${before}${separator}${after}` };
}

function decoded(token: string): string {
  try {
    return decodeURIComponent(token);
  } catch {
    return token; // a percent sign that begins no code: it was not encoded
  }
}
