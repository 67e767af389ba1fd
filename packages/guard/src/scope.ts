/**
 * What a pause is about: everything, a bot, a venue, a strategy, or some of these together. As text: `all`, `bot:arb-1`,
 * `venue:cex`, `strategy:mm`, `bot:arb-1,venue:cex`.
 */
import { GuardError } from "./guard-error.ts";

/** Longest name of a bot, a venue or a strategy, UTF-16 code units. */
export const MAX_SCOPE_NAME_LENGTH = 200;

/** In the order in which they are printed. */
const DIMENSIONS = ["bot", "venue", "strategy"] as const;

type Dimension = (typeof DIMENSIONS)[number];

/** What is not named is all of its kind: `{}` is everything, `{ venue: "cex" }` all bots' trading there. */
export interface Scope {
  readonly bot?: string | undefined;
  readonly venue?: string | undefined;
  readonly strategy?: string | undefined;
}

/** Where an order would go. What is not named is not known. */
export type TradingRequest = Scope;

export const EVERYTHING: Scope = Object.freeze({});

/**
 * Reads `all`, or `dimension:name` joined by commas, each dimension once. In names `%2C` stands for a comma and `%25` for a
 * percent sign, as in URLs; names are told apart by case.
 *
 * @throws {GuardError} `BAD_SCOPE`
 */
export function parseScope(text: string): Scope {
  const trimmed = text.trim();
  if (trimmed === "all") return EVERYTHING;
  const named: Partial<Record<Dimension, string>> = {};
  for (const part of trimmed.split(",")) {
    const colon = part.indexOf(":");
    const dimension = DIMENSIONS.find((known) => known === part.slice(0, Math.max(0, colon)).trim());
    if (dimension === undefined)
      throw badScope(text, `${JSON.stringify(part.trim())} names nothing that is known here`);
    if (named[dimension] !== undefined) throw badScope(text, `it names two of ${dimension}: make one pause for each`);
    const name = decoded(part.slice(colon + 1).trim());
    if (name === undefined) throw badScope(text, `a percent sign in a name is written %25`);
    if (name === "") throw badScope(text, `the name after "${dimension}:" is missing`);
    if (name.length > MAX_SCOPE_NAME_LENGTH)
      throw badScope(text, `a name has at most ${MAX_SCOPE_NAME_LENGTH} characters`);
    named[dimension] = name;
  }
  return named;
}

/** The scope as text: alike for scopes that are alike, and read by {@link parseScope}. */
export function printScope(scope: Scope): string {
  const parts: string[] = [];
  for (const dimension of DIMENSIONS) {
    const name = scope[dimension];
    if (name !== undefined) parts.push(`${dimension}:${encoded(name)}`);
  }
  return parts.length === 0 ? "all" : parts.join(",");
}

/**
 * Whether a pause of the scope holds for the request. A request that does not say where it goes may go anywhere: a pause of
 * one venue stops what names no venue, too.
 */
export function touches(scope: Scope, request: TradingRequest): boolean {
  return DIMENSIONS.every(
    (dimension) =>
      scope[dimension] === undefined || request[dimension] === undefined || scope[dimension] === request[dimension],
  );
}

/** Whether all that the inner scope is about belongs to the outer one. */
export function contains(outer: Scope, inner: Scope): boolean {
  return DIMENSIONS.every((dimension) => outer[dimension] === undefined || outer[dimension] === inner[dimension]);
}

/** The scope without names that no text can hold: it is wider then, as a pause must not fail for a name. */
export function keepable(scope: Scope): Scope {
  const kept: Partial<Record<Dimension, string>> = {};
  for (const dimension of DIMENSIONS) {
    const name = scope[dimension];
    if (name !== undefined && name !== "" && name.length <= MAX_SCOPE_NAME_LENGTH && name.isWellFormed())
      kept[dimension] = name;
  }
  return kept;
}

/** Only what could be misread is written otherwise. */
function encoded(name: string): string {
  return name.replaceAll(/[%,\s\p{Cc}]/gu, (character) => encodeURIComponent(character));
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // a percent sign that begins no code
  }
}

function badScope(text: string, why: string): GuardError {
  const shown = JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
  const hint = "Write all, bot:NAME, venue:NAME or strategy:NAME, or several with commas between: bot:arb-1,venue:cex";
  return new GuardError("BAD_SCOPE", `${shown} is no scope: ${why}`, hint);
}
