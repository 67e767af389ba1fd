/** Queries that the documentation gives people: each is evaluated, with the value that it must give, here and in promtool. */
import { readFileSync } from "node:fs";
import { parseQuery, printQuery } from "@haltwatch/promql";
import { expect, test } from "vitest";

test("E5 every documented query for an AI trading bot has its tested values", () => {
  const documented = queriesOf("docs/queries/ai-trading.md", /^```promql\n(.+?)\n```$/gms);

  const tested = queriesOf("packages/packs/ai-trading/queries.test.yml", /^ +- expr: (.+)$/gm);

  expect(documented.length).toBeGreaterThanOrEqual(6);
  expect(tested).toEqual(documented);
});

/** However they are written. */
function queriesOf(file: string, pattern: RegExp): string[] {
  return [...readFileSync(file, "utf8").matchAll(pattern)].map(([, query = ""]) => printQuery(parseQuery(query)));
}
