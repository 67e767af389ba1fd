/** What a route, an inhibition rule or a silence matches by. Source: Alertmanager, pkg/labels/matcher.go. */
import { compileMatcher, type LabelMatcher, patternFault } from "@haltwatch/store/labels";
import { goQuote } from "./go-quote.ts";

/** Matches if each of its matchers does; one without any matches everything. */
export class Matchers {
  /** As they are written, sorted where {@link sorted} was asked for. */
  readonly list: readonly LabelMatcher[];
  readonly #tests: readonly { readonly name: string; readonly test: (value: string) => boolean }[];

  /** @param list whose patterns compile: see {@link matcherFault} */
  constructor(list: readonly LabelMatcher[]) {
    this.list = list;
    this.#tests = list.map((matcher) => ({ name: matcher.name, test: compileMatcher(compilable(matcher)) }));
  }

  /** By name, value and operator, as group keys have them. */
  static sorted(list: readonly LabelMatcher[]): Matchers {
    return new Matchers([...list].sort(compare));
  }

  /** An absent label is an empty one. */
  matches(labels: { get(name: string): string | undefined }): boolean {
    return this.#tests.every(({ name, test }) => test(labels.get(name) ?? ""));
  }

  /** `{job="bot",severity=~"critical|warning"}` */
  toString(): string {
    return `{${this.list.map(printMatcher).join(",")}}`;
  }
}

/** What is wrong with its regular expression, or `undefined`. */
export function matcherFault(matcher: LabelMatcher): string | undefined {
  const isPattern = matcher.operator === "=~" || matcher.operator === "!~";
  return isPattern ? patternFault(compilable(matcher).value) : undefined;
}

export function printMatcher({ name, operator, value }: LabelMatcher): string {
  // A name that the older syntax cannot have is quoted, and its value then as Go does.
  if (/[\s{}!=~,\\"'`]/u.test(name)) return `${goQuote(name)}${operator}${goQuote(value)}`;
  return `${name}${operator}"${value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"')}"`;
}

/** In Alertmanager the dot matches no line break; in Prometheus, whose patterns these are, it does. */
function compilable(matcher: LabelMatcher): LabelMatcher {
  const isPattern = matcher.operator === "=~" || matcher.operator === "!~";
  return isPattern ? { ...matcher, value: `(?-s:${matcher.value})` } : matcher;
}

const OPERATORS = ["=", "!=", "=~", "!~"];

function compare(a: LabelMatcher, b: LabelMatcher): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  if (a.value !== b.value) return a.value < b.value ? -1 : 1;
  return OPERATORS.indexOf(a.operator) - OPERATORS.indexOf(b.operator);
}
