/** Takes secrets out of texts that are logged, shown and sent. It knows those that were read, and no others. */

/** A shorter one would be found everywhere. */
const MIN_LENGTH = 6;

/** Most secrets that are known; where there are more, because they are changed again and again, the oldest are forgotten. */
const MAX_SECRETS = 500;

const REPLACEMENT = "[secret]";

export class Redactor {
  /** By secret, the forms in which it may stand somewhere. */
  readonly #forms = new Map<string, readonly string[]>();
  /** Longest first: one may be a part of another. */
  #sorted: readonly string[] = [];

  /** From now on it is taken out, and as it stands in addresses, in JSON and in Base64. */
  add(secret: string): void {
    if (secret.length < MIN_LENGTH || this.#forms.has(secret)) return;
    const [oldest] = this.#forms.keys();
    if (this.#forms.size >= MAX_SECRETS && oldest !== undefined) this.#forms.delete(oldest);
    this.#forms.set(secret, formsOf(secret));
    this.#sorted = [...new Set([...this.#forms.values()].flat())].sort((a, b) => b.length - a.length);
  }

  /** @example redactor.redact("GET /bot12:abcdef/sendMessage failed"); // "GET /bot[secret]/sendMessage failed" */
  redact(text: string): string {
    let clean = text;
    for (const form of this.#sorted) if (clean.includes(form)) clean = clean.replaceAll(form, REPLACEMENT);
    return clean;
  }
}

function formsOf(secret: string): readonly string[] {
  const well = secret.toWellFormed();
  const base64 = Buffer.from(secret).toString("base64");
  return [secret, encodeURIComponent(well), encodeURI(well), JSON.stringify(secret).slice(1, -1), base64];
}
