/** Regular expressions in matchers: RE2 syntax, anchored. Source: Prometheus, model/labels/regexp.go. */
import { RE2JS } from "re2js";

/** Prometheus's regular expressions are RE2's, anchored at both ends, and the dot matches a line break, too. */
export function anchored(pattern: string): RE2JS {
  return RE2JS.compile(`^(?s:${pattern})$`);
}

/** What is wrong with a pattern, or `undefined`. */
export function patternFault(pattern: string): string | undefined {
  try {
    anchored(pattern);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
