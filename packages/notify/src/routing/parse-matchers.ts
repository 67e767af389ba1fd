/**
 * Reads matchers: in the newer syntax (names and values of UTF-8, quoted where they have to be), else in the older one, as
 * Alertmanager since 0.27 does. Source: Alertmanager, matchers/compat/parse.go.
 */
import type { LabelMatcher } from "@haltwatch/store/labels";
import { parseClassicMatchers } from "./classic-matchers.ts";
import { matcherFault } from "./matcher.ts";
import { parseUtf8Matchers } from "./utf8-matchers.ts";

/** Longest text that is read, characters. */
const MAX_LENGTH = 65_536;

export type ParsedMatchers =
  | { readonly kind: "matchers"; readonly matchers: readonly LabelMatcher[] }
  | { readonly kind: "fault"; readonly fault: string };

/** @param text `{foo="bar", dings!="bums"}`, `foo=bar` or `"a label"=~".+"` */
export function parseMatchers(text: string): ParsedMatchers {
  if (text.length > MAX_LENGTH) return { kind: "fault", fault: `it is longer than ${MAX_LENGTH} characters` };
  const newer = parseUtf8Matchers(text);
  const parsed = newer.kind === "matchers" ? newer : parseClassicMatchers(text);
  if (parsed.kind === "fault") return parsed;
  for (const matcher of parsed.matchers) {
    const fault = matcherFault(matcher);
    if (fault !== undefined) return { kind: "fault", fault: `${JSON.stringify(matcher.value)}: ${fault}` };
  }
  return parsed;
}
