/** For tests: what of a script did not pass. */
import { runScript } from "./run-script.ts";

/** Queries with what is wrong. */
export function faults(script: string): string[] {
  return runScript(script).flatMap(({ query, outcome }) =>
    outcome.kind === "passed" ? [] : [`${query}: ${outcome.why}`],
  );
}
