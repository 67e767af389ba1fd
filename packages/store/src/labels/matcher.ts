/** Which series a selector means. Source: Prometheus, model/labels/matcher.go. */
import { anchored } from "./pattern.ts";

export type MatchOperator = "=" | "!=" | "=~" | "!~";

/** `job=~"api.*"`. The metric's name is the label `__name__`. */
export interface LabelMatcher {
  readonly name: string;
  readonly operator: MatchOperator;
  /** Text, or for `=~` and `!~` a regular expression in RE2's syntax. */
  readonly value: string;
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
