/** Every pack that there is: its rules are good and do what their tests say, here and in a real Prometheus's own tools. */
import { execFile } from "node:child_process";
import { globSync } from "node:fs";
import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { PACKS } from "@haltwatch/packs";
import { ruleTestReport, runRuleTests } from "@haltwatch/rules";
import { checkPack } from "@haltwatch/server";
import { expect, test } from "vitest";
import { testWithPeer } from "./peers.ts";

const run = promisify(execFile);

const FOLDER = fileURLToPath(new URL("../packages/packs/", import.meta.url));

/** Folders that hold rules, whether they are whole packs or not. */
const FOLDERS = globSync("*/rules.test.yml", { cwd: FOLDER }).map((file) => `${FOLDER}${dirname(file)}`);

test.each(PACKS.map((pack) => [pack.name, pack] as const))(
  "F1 A8 the pack %s passes every check: its runbook knows each alert, its tests show each one",
  (_, pack) => {
    expect(checkPack(pack)).toEqual([]);
  },
);

for (const folder of FOLDERS) {
  const pack = basename(folder);

  if (!PACKS.some(({ name }) => name === pack)) {
    // Those of whole packs are among their checks.
    test(`F1 the rule tests of ${pack} pass`, () => {
      const report = runRuleTests(globSync("*.test.yml", { cwd: folder }).map((file) => `${folder}/${file}`))
        .map(ruleTestReport)
        .join("");

      expect(report).toContain("SUCCESS");
      expect(report).not.toContain("FAILED");
    });
  }

  testWithPeer("promtool", `F1 rules and rule tests of ${pack} pass in promtool`, async (promtool) => {
    const files = globSync(["rules.yml", "ops/alerts/*.yaml"], { cwd: folder });
    const checked = await run(promtool, ["check", "rules", ...files], { cwd: folder });
    const tested = await run(promtool, ["test", "rules", ...globSync("*.test.yml", { cwd: folder })], { cwd: folder });

    expect(checked.stdout).toContain("SUCCESS");
    expect(tested.stdout).toContain("SUCCESS");
    expect(tested.stdout).not.toContain("FAILED");
  });
}
