/** One entry of the journal, and how entries hang together: each one's hash covers the hash before it. */
import { hash } from "node:crypto";
import { GuardError } from "./guard-error.ts";

/** Largest entry as canonical JSON, UTF-16 code units. */
const MAX_ENTRY_LENGTH = 65_536;

/** What stands where the first entry's previous hash would. */
export const NO_HASH = "0".repeat(64);

export const JOURNAL_KINDS = [
  "pause",
  "arm",
  /** An arm although the rule still fired. */
  "forced-arm",
  "alert-change",
  "config-change",
  "token-use",
  /** Something was asked for that was not granted. */
  "refused",
  "start",
  "stop",
  "note",
] as const;

export type JournalKind = (typeof JOURNAL_KINDS)[number];

/** What JSON can say. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

export interface JournalNote {
  /** When, Unix milliseconds. */
  readonly timeMs: number;
  readonly kind: JournalKind;
  readonly who: string;
  readonly what: string;
  readonly why: string;
  /** What programs want to know of it. */
  readonly data?: { readonly [key: string]: JsonValue } | undefined;
}

export interface JournalEntry extends JournalNote {
  /** From 1, without gaps. */
  readonly seq: number;
  /** SHA-256, 64 hexadecimal digits, of the previous entry's hash followed by this entry's canonical JSON. */
  readonly hash: string;
}

/** Where a journal ends. Kept where the journal's writer cannot write, it shows whether entries were cut off. */
export interface JournalHead {
  /** 0 of an empty journal. */
  readonly seq: number;
  readonly hash: string;
}

export const EMPTY_HEAD: JournalHead = Object.freeze({ seq: 0, hash: NO_HASH });

/**
 * The entry as text, always the same for the same entry: RFC 8785 (JSON Canonicalization Scheme), with the keys `seq`, `time`
 * (ISO 8601, UTC, milliseconds), `kind`, `who`, `what`, `why` and, if there is any, `data`.
 *
 * @throws {GuardError} `INVALID` if it is too large, or has what JSON does not have
 */
export function entryText(seq: number, { timeMs, kind, who, what, why, data }: JournalNote): string {
  const time = new Date(timeMs).toISOString();
  const text = canonicalJson({ seq, time, kind, who, what, why, ...(data === undefined ? {} : { data }) });
  if (text.length <= MAX_ENTRY_LENGTH) return text;
  throw new GuardError(
    "INVALID",
    `a journal entry of ${text.length} characters is too large`,
    `Write at most ${MAX_ENTRY_LENGTH}, and name where the rest is`,
  );
}

/** @returns undefined if the text is no entry's */
export function entryFromText(text: string, entryHash: string): JournalEntry | undefined {
  const fields = parsedObject(text);
  const { seq, time, kind, who, what, why, data } = fields ?? {};
  const timeMs = typeof time === "string" ? Date.parse(time) : Number.NaN;
  const known = JOURNAL_KINDS.find((name) => name === kind);
  if (typeof seq !== "number" || !Number.isSafeInteger(seq) || Number.isNaN(timeMs) || known === undefined)
    return undefined;
  if (typeof who !== "string" || typeof what !== "string" || typeof why !== "string") return undefined;
  const entry = { seq, timeMs, kind: known, who, what, why, hash: entryHash };
  return isObject(data) ? { ...entry, data } : entry;
}

/** @param previous the hash before it, {@link NO_HASH} for the first */
export function entryHash(previous: string, text: string): string {
  return hash("sha256", previous + text);
}

/** RFC 8785: no white space, keys sorted by UTF-16 code units, numbers and strings as ECMAScript writes them. */
export function canonicalJson(value: JsonValue): string {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new GuardError("INVALID", `${value} cannot stand in a journal entry`, "Write it as text");
  }
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const members = Object.keys(value)
    .toSorted()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`);
  return `{${members.join(",")}}`;
}

/** @returns undefined if the text is no JSON object */
export function parsedObject(text: string): { readonly [key: string]: JsonValue } | undefined {
  try {
    const value = JSON.parse(text) as JsonValue; // what JSON.parse gives, without a reviver
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } {
  return typeof value === "object" && value !== null && !isArray(value);
}

/** Array.isArray does not tell read-only arrays from other objects. */
function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
