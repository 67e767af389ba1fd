/**
 * A request's parameters: of the URL, and of a form that was posted. What is in the form comes first, as in Go's
 * `Request.Form`. Source: Go, net/url (`ParseQuery`), net/http (`ParseForm`).
 */
import { quoted } from "./go-text.ts";

export class Parameters {
  readonly #url: ReadonlyMap<string, readonly string[]>;
  readonly #all: ReadonlyMap<string, readonly string[]>;
  /** What of them could not be read; those are left out. */
  readonly fault: string | undefined;

  /**
   * @param query what follows the `?`
   * @param form a posted `application/x-www-form-urlencoded` body
   */
  constructor(query: string, form = "") {
    const posted = parsePairs(form);
    const url = parsePairs(query);
    this.#url = url.values;
    const all = new Map(posted.values);
    for (const [name, values] of url.values) all.set(name, [...(all.get(name) ?? []), ...values]);
    this.#all = all;
    this.fault = posted.fault ?? url.fault;
  }

  /** The first value; empty if there is none. */
  get(name: string): string {
    return this.#all.get(name)?.[0] ?? "";
  }

  /** All values of a parameter that may be repeated: `match[]`. */
  all(name: string): readonly string[] {
    return this.#all.get(name) ?? [];
  }

  /** The first value of those in the URL: some are read only there. */
  fromUrl(name: string): string {
    return this.#url.get(name)?.[0] ?? "";
  }
}

function parsePairs(text: string): { values: Map<string, string[]>; fault: string | undefined } {
  const values = new Map<string, string[]>();
  let fault: string | undefined;
  for (const pair of text.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const [name, value] = equals === -1 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
    const parts = pair.includes(";") ? undefined : [unescaped(name), unescaped(value)];
    const [readName, readValue] = parts ?? [];
    if (readName === undefined || readValue === undefined) {
      fault ??= faultOf(pair);
      continue;
    }
    const known = values.get(readName);
    if (known === undefined) values.set(readName, [readValue]);
    else known.push(readValue);
  }
  return { values, fault };
}

/** Bytes that are no UTF-8 become U+FFFD, as JSON would show them. */
function unescaped(text: string): string | undefined {
  const spaced = text.replaceAll("+", " ");
  if (!spaced.includes("%")) return spaced;
  if (/%(?![0-9a-fA-F]{2})/.test(spaced)) return undefined;
  try {
    return decodeURIComponent(spaced);
  } catch {
    const latin1 = Buffer.from(spaced, "utf8")
      .toString("latin1")
      .replaceAll(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    return Buffer.from(latin1, "latin1").toString("utf8");
  }
}

function faultOf(pair: string): string {
  if (pair.includes(";")) return "invalid semicolon separator in query";
  const broken = /%(?![0-9a-fA-F]{2}).{0,2}/s.exec(pair)?.[0] ?? "";
  return `invalid URL escape ${quoted(broken)}`;
}
