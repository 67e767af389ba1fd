/** What a file of rule tests shows of each alert: that it fires, that it does not, and that it is over. */
import { parseTestFile } from "./test-file.ts";

/** What the tests of one alert show. */
export interface AlertCoverage {
  /** It does not fire, before it does in the same test. */
  readonly quiet: boolean;
  readonly fires: boolean;
  /** It does not fire any more, after it did in the same test. */
  readonly resolves: boolean;
}

/**
 * By the alert's name. Says what the tests claim, not that they pass.
 *
 * @param text of a test file; if it cannot be read as one, nothing is shown
 */
export function alertCoverage(text: string): ReadonlyMap<string, AlertCoverage> {
  const parsed = parseTestFile(text);
  const coverage = new Map<string, AlertCoverage>();
  if ("faults" in parsed) return coverage;
  for (const { alertTests } of parsed.tests) {
    for (const name of new Set(alertTests.map(({ alertName }) => alertName))) {
      const states = alertTests
        .filter(({ alertName }) => alertName === name)
        .sort((a, b) => a.evalMs - b.evalMs)
        .map(({ alerts }) => alerts.length > 0);
      const before = coverage.get(name);
      const [first, last] = [states.indexOf(true), states.lastIndexOf(true)];
      coverage.set(name, {
        fires: before?.fires === true || first !== -1,
        quiet: before?.quiet === true || (first !== -1 && states.slice(0, first).includes(false)),
        resolves: before?.resolves === true || (last !== -1 && states.lastIndexOf(false) > last),
      });
    }
  }
  return coverage;
}
