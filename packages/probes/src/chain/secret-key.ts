/**
 * Finds what looks like a private key, a mnemonic or a keystore in a configuration. Haltwatch reads chains, and can use none of them:
 * one that stands in a file or an environment by mistake is refused, and never shown.
 */

type SecretKeyKind = "a private key" | "a mnemonic" | "a keystore" | "an extended key";

export interface FoundSecretKey {
  /** Of the value: `balances.wallets[0].address`. */
  readonly key: string;
  readonly path: readonly string[];
  readonly kind: SecretKeyKind;
}

/** Numbers of words of a mnemonic. Source: BIP-39. */
const MNEMONIC_LENGTHS: ReadonlySet<number> = new Set([12, 15, 18, 21, 24]);

/** Names under which only a secret key can stand, whatever its value. */
const SECRET_NAMES =
  /^(?:private_?keys?|secret_?keys?|signer_?keys?|mnemonic|seed(?:_?phrase)?|recovery_?phrase|keystore)$/i;

/** The first one, depth first; `undefined` if there is none. @param value as it was read, tables and lists among it */
export function findSecretKey(value: unknown, path: readonly string[] = []): FoundSecretKey | undefined {
  const last = path.at(-1) ?? "";
  if (SECRET_NAMES.test(last)) return { ...placeOf(path), kind: "a private key" };
  if (typeof value === "string") {
    const kind = kindOfText(value);
    return kind === undefined ? undefined : { ...placeOf(path), kind };
  }
  if (typeof value === "bigint") {
    return value >= 2n ** 200n ? { ...placeOf(path), kind: "a private key" } : undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  if (isKeystore(value)) return { ...placeOf(path), kind: "a keystore" };
  for (const [name, part] of Object.entries(value)) {
    // Names of tables can be texts as well.
    const kind = kindOfText(name);
    if (kind !== undefined) return { ...placeOf(path), kind };
    const found = findSecretKey(part, [...path, name]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function kindOfText(text: string): SecretKeyKind | undefined {
  // Behind a slash it is a file's or a resource's name: a container's id, a digest.
  if (/(?<![0-9a-fA-F/])(?:0[xX])?[0-9a-fA-F]{64}(?![0-9a-fA-F])/.test(text)) return "a private key";
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) return "a private key";
  if (/\b[xyzt]prv[1-9A-HJ-NP-Za-km-z]{90,}/.test(text)) return "an extended key";
  if (/"(?:crypto|Crypto)"\s*:/.test(text) && /"ciphertext"\s*:/.test(text)) return "a keystore";
  const words = text.trim().split(/[\s,]+/);
  // Every word of every wordlist in Latin letters that BIP-39 has is of 3 to 8 letters.
  if (MNEMONIC_LENGTHS.has(words.length) && words.every((word) => /^[a-z]{3,8}$/i.test(word))) return "a mnemonic";
  return undefined;
}

function isKeystore(value: object): boolean {
  const [crypto] = Object.entries(value).flatMap(([name, part]: [string, unknown]) =>
    /^crypto$/i.test(name) ? [part] : [],
  );
  return typeof crypto === "object" && crypto !== null && "ciphertext" in crypto;
}

function placeOf(path: readonly string[]): { readonly key: string; readonly path: readonly string[] } {
  // A name that is itself the secret is not among them: it ends the search before.
  return { key: path.join(".").replaceAll(/\.(\d+)/g, "[$1]"), path };
}
