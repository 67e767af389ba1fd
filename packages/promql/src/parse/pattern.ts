/** Regular expressions in matchers: RE2 syntax, anchored. Source: Prometheus, model/labels/regexp.go. */
import { RE2JS } from "re2js";
import type { LabelMatcher } from "../ast.ts";

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

export function matchesEmpty(matcher: LabelMatcher): boolean {
  return compileMatcher(matcher)("");
}

/** Tells whether a label's value is matched; an absent label's value is empty. */
export function compileMatcher({ operator, value }: LabelMatcher): (text: string) => boolean {
  switch (operator) {
    case "=":
      return (text) => text === value;
    case "!=":
      return (text) => text !== value;
    case "=~": {
      const pattern = anchored(value);
      return (text) => pattern.matches(text);
    }
    case "!~": {
      const pattern = anchored(value);
      return (text) => !pattern.matches(text);
    }
    default:
      return operator satisfies never;
  }
}
