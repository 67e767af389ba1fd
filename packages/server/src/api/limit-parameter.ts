/** Numbers of results in requests. Source: Prometheus, web/api/v1/api.go (`parseLimitParam`); Go, strconv (`Atoi`). */
import { ApiError, invalidParameter } from "./api-error.ts";
import { quoted } from "./go-text.ts";
import type { Parameters } from "./parameters.ts";

/** What is said where results were left out. */
const TRUNCATED = "results truncated due to limit";

/**
 * `limit`: how many results at most.
 *
 * @returns a whole number; 0 for all
 * @throws {ApiError} `bad_data`
 */
export function limitParameter(parameters: Parameters): number {
  const text = parameters.get("limit");
  if (text === "") return 0;
  const limit = wholeNumber(text, "strconv.Atoi");
  if (typeof limit !== "number") throw invalidParameter("limit", limit.fault);
  if (limit < 0) throw invalidParameter("limit", "limit must be non-negative");
  return limit;
}

/**
 * A limit where 0 means none, and absence means all.
 *
 * @throws {ApiError} `bad_data`: `limit must be a number`
 */
export function countParameter(parameters: Parameters, name: string): number | undefined {
  const text = parameters.get(name);
  if (text === "") return undefined;
  const count = wholeNumber(text, "strconv.Atoi");
  if (typeof count !== "number") throw new ApiError("bad_data", `${name} must be a number`);
  return count < 0 ? undefined : count;
}

/** The first of them, and a warning if there are more. */
export function truncated<T>(
  items: readonly T[],
  limit: number,
): { readonly items: readonly T[]; readonly warnings: readonly string[] } {
  return limit > 0 && items.length > limit
    ? { items: items.slice(0, limit), warnings: [TRUNCATED] }
    : { items, warnings: [] };
}

/**
 * @param by the Go function that upstream reads it with, which its message names
 * @param bits of the largest number
 */
export function wholeNumber(text: string, by: string, bits = 64): number | { readonly fault: string } {
  const fault = (reason: string) => ({ fault: `${by}: parsing ${quoted(text)}: ${reason}` });
  if (!/^[+-]?\d+$/.test(text)) return fault("invalid syntax");
  const value = BigInt(text.replace("+", ""));
  return BigInt.asIntN(bits, value) === value ? Number(value) : fault("value out of range");
}
