/**
 * Foreign JSON, made harmless: a copy within bounds, and readers that give a value of the type asked for or what stands in for it.
 * After {@link boundedJson} nothing in a dashboard is deeper, longer or wider than the page can take.
 */

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

export interface JsonBounds {
  readonly depth: number;
  readonly textLength: number;
  /** Of each list and each object. */
  readonly width: number;
  /** Values in all. */
  readonly values: number;
}

/** Far above what Grafana's largest published dashboards have. */
const DASHBOARD_BOUNDS: JsonBounds = { depth: 40, textLength: 100_000, width: 5_000, values: 400_000 };

/** Why a file is not shown. */
export class DashboardError extends Error {
  readonly code: "TOO_LARGE" | "NO_DASHBOARD" | "NEW_SCHEMA";
  readonly hint: string;

  constructor(code: DashboardError["code"], message: string, hint: string) {
    super(message);
    this.name = "DashboardError";
    this.code = code;
    this.hint = hint;
  }
}

/**
 * A copy that is as deep, long and wide as the bounds allow: what is beyond is left out, numbers that are not finite become `null`, and
 * keys that mean something to JavaScript (`__proto__`) are dropped.
 *
 * @throws {DashboardError} `TOO_LARGE` if there are too many values in all
 */
export function boundedJson(value: unknown, bounds: JsonBounds = DASHBOARD_BOUNDS): Json {
  let left = bounds.values;
  const copy = (from: unknown, depth: number): Json => {
    left--;
    if (left < 0) {
      throw new DashboardError("TOO_LARGE", `more than ${bounds.values} values`, "Split the dashboard into several");
    }
    switch (typeof from) {
      case "string":
        return from.length > bounds.textLength ? from.slice(0, bounds.textLength) : from;
      case "number":
        return Number.isFinite(from) ? from : null;
      case "boolean":
        return from;
      case "object":
        break;
      default:
        return null;
    }
    if (from === null || depth >= bounds.depth) return null;
    if (Array.isArray(from)) return from.slice(0, bounds.width).map((one: unknown) => copy(one, depth + 1));
    const result: Record<string, Json> = Object.create(null) as Record<string, Json>;
    let count = 0;
    for (const [key, one] of Object.entries(from)) {
      if (count >= bounds.width) break;
      if (key === "__proto__" || key.length > 1000) continue;
      result[key] = copy(one, depth + 1);
      count++;
    }
    return result;
  };
  return copy(value, 0);
}

const NOTHING: JsonObject = Object.freeze(Object.create(null) as JsonObject);

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An empty object for what is none. */
export function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : NOTHING;
}

/** What is reached by the keys, one in the other. */
export function at(value: Json | undefined, ...keys: readonly string[]): Json | undefined {
  let found = value;
  for (const key of keys) {
    if (!isObject(found)) return undefined;
    found = found[key];
  }
  return found;
}

export function listOf(value: Json | undefined, limit = 1000): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]).slice(0, limit) : [];
}

/** The objects of a list: what is none is left out. */
export function objectsOf(value: Json | undefined, limit = 1000): readonly JsonObject[] {
  return listOf(value, limit).filter(isObject);
}

/** @returns `undefined` for what is no text; numbers are written out */
export function textOf(value: Json | undefined, limit = 20_000): string | undefined {
  if (typeof value === "number") return String(value);
  if (typeof value !== "string") return undefined;
  return value.length > limit ? value.slice(0, limit) : value;
}

/** Numbers, and texts that are one: old dashboards write `"2"`. */
export function numberOf(value: Json | undefined): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || value.trim() === "") return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** A whole number within bounds. */
export function countOf(
  value: Json | undefined,
  { least, most, otherwise }: { least: number; most: number; otherwise: number },
): number {
  const number = numberOf(value);
  return number === undefined ? otherwise : Math.max(least, Math.min(most, Math.round(number)));
}

export function flagOf(value: Json | undefined, otherwise = false): boolean {
  return typeof value === "boolean" ? value : otherwise;
}

/** The texts of a list. */
export function textsOf(value: Json | undefined, limit = 1000): readonly string[] {
  return listOf(value, limit).flatMap((one) => textOf(one, 2000) ?? []);
}

/** One of a few words, or what stands in for it. */
export function wordOf<Word extends string>(value: Json | undefined, words: readonly Word[], otherwise: Word): Word {
  return words.find((word) => word === value) ?? otherwise;
}
