/** The packs' rules do what their tests say, here and in a real Prometheus's own test runner. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ruleTestReport, runRuleTests } from "@haltwatch/rules";
import { expect, test } from "vitest";
import { testWithPeer } from "./peers.ts";

const run = promisify(execFile);

const TESTS = fileURLToPath(new URL("../packages/packs/arbitrage/rules.test.yml", import.meta.url));

test("A5 over one minute a failed order, or anything slower than 500 ms, is told", () => {
  const report = runRuleTests([TESTS]).map(ruleTestReport).join("");

  expect(report).toContain("SUCCESS");
  expect(report).not.toContain("FAILED");
});

testWithPeer("promtool", "A5 the same rules and tests pass in promtool", async (promtool) => {
  const { stdout } = await run(promtool, ["test", "rules", TESTS], { cwd: join(TESTS, "..") });

  expect(stdout).toContain("SUCCESS");
});
