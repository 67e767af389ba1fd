/** Prometheus's own test scripts: every evaluation on floats passes, and what is skipped is on native histograms. */
import { readFileSync } from "node:fs";
import { runScript } from "@haltwatch/promql";
import { expect } from "vitest";
import { testOnInputs } from "../shared-inputs.ts";

testOnInputs("Prometheus's own test scripts pass", "promqltest/*.test", (files) => {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const failures: string[] = [];
  for (const file of files) {
    for (const { line, query, outcome } of runScript(readFileSync(file, "utf8"))) {
      counts[outcome.kind] += 1;
      if (outcome.kind === "failed") failures.push(`${file}:${line}: ${query}: ${outcome.why}`);
      if (outcome.kind === "skipped") expect(outcome.why).toBe("native histograms");
    }
  }

  expect(failures).toEqual([]);
  expect(counts.passed).toBeGreaterThan(700);
});
