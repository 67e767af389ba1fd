/** Rule files of others: loaded or refused as Prometheus does, and fast. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { duplicateRules, parseRuleFile, RuleFileError } from "@haltwatch/rules";
import { expect } from "vitest";
import { peer } from "../peers.ts";
import { testOnInputs } from "../shared-inputs.ts";

/** Longest that 10,000 rules may take, milliseconds. */
const LARGE_FILE_MS = 2000;

function accepts(file: string): boolean {
  try {
    parseRuleFile(readFileSync(file, "utf8"), file);
    return true;
  } catch (error) {
    if (error instanceof RuleFileError) return false;
    throw error;
  }
}

function promtoolAccepts(promtool: string, file: string): boolean {
  try {
    execFileSync(promtool, ["check", "rules", file], { stdio: "pipe", maxBuffer: 256 * 1024 * 1024 });
    return true;
  } catch {
    return false;
  }
}

testOnInputs("rule files get promtool's verdict", "{rules,promtool-rules}/**/*.{yml,yaml}", (files) => {
  const promtool = peer("promtool");
  for (const file of files) {
    // promtool does not read what is wrapped for Kubernetes; in a cluster the operator takes the wrapping off.
    const isWrapped = file.includes("kube-prometheus/manifests");
    if (promtool === undefined && !isWrapped) continue;
    const expected = isWrapped || (promtool !== undefined && promtoolAccepts(promtool, file));
    expect({ file, accepted: accepts(file) }).toEqual({ file, accepted: expected });
  }
});

testOnInputs("ten thousand rules load in time", "rules/prometheus/rules_large.yml", ([file = ""]) => {
  const text = readFileSync(file, "utf8");
  const start = performance.now();

  const { groups } = parseRuleFile(text, file);

  expect(performance.now() - start).toBeLessThan(LARGE_FILE_MS);
  expect(groups.reduce((sum, { rules }) => sum + rules.length, 0)).toBeGreaterThanOrEqual(10_000);
});

testOnInputs(
  "duplicate rules are found as promtool finds them",
  "rules/prometheus/rules_duplicates.yml",
  ([file = ""]) => {
    const duplicates = duplicateRules(parseRuleFile(readFileSync(file, "utf8"), file));

    expect(duplicates.map(({ name, positions }) => [name, positions.length])).toEqual([
      ["job:test:count_over_time1m", 3],
    ]);
  },
);
