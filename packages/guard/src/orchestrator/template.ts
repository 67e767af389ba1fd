/**
 * URLs and bodies with placeholders: `{{reason}}`. No language, only names; what stands for them is escaped for the place where it
 * stands, so that no reason that a person writes can change what is asked of an orchestrator.
 */
import { GuardError } from "../guard-error.ts";

const PLACEHOLDERS = ["scope", "bot", "venue", "strategy", "state", "reason", "rule", "epoch"] as const;

type Placeholder = (typeof PLACEHOLDERS)[number];

export type PlaceholderValues = Readonly<Record<Placeholder, string>>;

/** How values are escaped: inside of JSON strings, as a part of a URL or a form, or not at all. */
export type Escaping = "json" | "url" | "none";

/** Longest value in a URL, UTF-16 code units before it is escaped: servers refuse long URLs. */
const MAX_URL_VALUE_LENGTH = 200;

export interface Template {
  /** The placeholders that it has. */
  readonly names: ReadonlySet<Placeholder>;
  fill(values: PlaceholderValues): string;
}

/** @throws {GuardError} `INVALID` for a placeholder that is not known or not closed */
export function parseTemplate(text: string, escaping: Escaping): Template {
  const names = new Set<Placeholder>();
  const parts: ((values: PlaceholderValues) => string)[] = [];
  let end = 0;
  for (const match of text.matchAll(/\{\{(.*?)\}\}/gs)) {
    const written = match[1]?.trim() ?? "";
    const name = PLACEHOLDERS.find((known) => known === written);
    if (name === undefined) {
      const hint = `Known are ${PLACEHOLDERS.map((known) => `{{${known}}}`).join(", ")}`;
      throw new GuardError("INVALID", `there is no placeholder {{${written.slice(0, 60)}}}`, hint);
    }
    names.add(name);
    parts.push(constant(text.slice(end, match.index)), (values) => escaped(values[name], escaping));
    end = match.index + match[0].length;
  }
  const rest = text.slice(end);
  if (rest.includes("{{")) {
    throw new GuardError("INVALID", "a placeholder begins with {{ and does not end", "Close it with }}");
  }
  parts.push(constant(rest));
  return { names, fill: (values) => parts.map((part) => part(values)).join("") };
}

function constant(text: string): () => string {
  return () => text;
}

function escaped(value: string, escaping: Escaping): string {
  switch (escaping) {
    case "json":
      return JSON.stringify(value).slice(1, -1);
    case "url": {
      const short = value.slice(0, MAX_URL_VALUE_LENGTH).toWellFormed();
      // These two mean another folder in a URL's path, also when they are written %2E.
      return short === "." || short === ".." ? "-" : encodeURIComponent(short);
    }
    case "none":
      return value;
    default:
      return escaping satisfies never;
  }
}
