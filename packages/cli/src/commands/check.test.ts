import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "haltwatch-cli-check-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function run(args: readonly string[], input = "") {
  return spawnSync(process.execPath, [MAIN, ...args], { cwd: dir, input, encoding: "utf8" });
}

function write(name: string, content: unknown): void {
  writeFileSync(join(dir, name), JSON.stringify(content));
}

const GOOD = {
  groups: [
    {
      name: "bots",
      rules: [
        { record: "a:b", expr: "up" },
        { record: "a:b", expr: "up" },
        { alert: "C", expr: "up" },
      ],
    },
    { name: "none", rules: [] },
  ],
}; // prettier-ignore

test("good rule files are counted, duplicates are warned of, and --lint none keeps quiet about them", () => {
  write("good.yml", GOOD);

  const checked = run(["check", "rules", "good.yml"]);
  const quiet = run(["check", "rules", "--lint", "none", "good.yml"]);

  const stdout = "Checking good.yml\n  SUCCESS: 3 rules found\n    bots: 3\n    none: 0\n\n";
  expect(checked).toMatchObject({ status: 0, stdout });
  expect(checked.stderr).toMatch(/^ {2}WARNING: good\.yml:1:\d+: duplicate rule a:b, again at 1:\d+: .*\n$/);
  expect(quiet).toMatchObject({ status: 0, stdout, stderr: "" });
});

test("every fault is named with file, line and column, and the exit code is 1", () => {
  write("good.yml", GOOD);
  writeFileSync(
    join(dir, "bad.yml"),
    "groups:\n  - name: g\n    colour: red\n    rules:\n      - record: x\n        expr: up +\n",
  );

  const { status, stdout, stderr } = run(["check", "rules", "bad.yml", "good.yml"]);

  expect(status).toBe(1);
  expect(stdout).toContain("SUCCESS: 3 rules found");
  expect(stderr).toMatch(
    /^ {2}FAILED:\nbad\.yml:3:5: field colour not found in a rule group\nbad\.yml:6:\d+: group "g", rule 1, "x": could not parse/,
  );
});

test("rule tests pass with exit code 0, fail with 1 and say what came instead", () => {
  write("rules.yml", { groups: [{ name: "g", rules: [{ alert: "Down", expr: "up == 0" }] }] });
  const testOf = (value: number, name: string) => ({
    name,
    input_series: [{ series: "up", values: `${value}` }],
    alert_rule_test: [{ eval_time: "0m", alertname: "Down", exp_alerts: [{ exp_labels: {} }] }],
  });
  write("good.test.yml", { rule_files: ["rules.yml"], tests: [testOf(0, "is down")] });
  write("bad.test.yml", { rule_files: ["rules.yml"], tests: [testOf(0, "is down"), testOf(1, "is up")] });

  expect(run(["test", "rules", "good.test.yml"])).toMatchObject({
    status: 0,
    stdout: "Unit Testing:  good.test.yml\n  SUCCESS\n\n",
  });
  expect(run(["test", "rules", "good.test.yml", "bad.test.yml"])).toMatchObject({
    status: 1,
    stdout: expect.stringMatching(/SUCCESS.*FAILED:.*bad\.test\.yml:1:\d+: test "is up".*alertname: Down/s),
  });
  expect(run(["test", "rules", "--run", "down$", "bad.test.yml"]).status).toBe(0);
});

test("metrics that are as they should be leave nothing to say", () => {
  const body = '# HELP orders_total Orders.\n# TYPE orders_total counter\norders_total{venue="cex"} 1\n';

  expect(run(["check", "metrics"], body)).toMatchObject({ status: 0, stdout: "", stderr: "" });
  expect(run(["check", "metrics"], "")).toMatchObject({ status: 0, stdout: "", stderr: "" });
});

test("remarks come in the order of metrics, a fault with its place; both with exit code 1", () => {
  const body = '# TYPE wait_ms counter\nwait_ms{botId="1"} 1\nwait_ms{botId="1"} 2\na_minutes 1\n';

  expect(run(["check", "metrics"], body)).toMatchObject({
    status: 1,
    stderr: [
      "a_minutes no help text",
      'a_minutes use base unit "seconds" instead of "minutes"',
      'wait_ms counter metrics should have "_total" suffix',
      "wait_ms label names should be written in 'snake_case' not 'camelCase'",
      "wait_ms metric names should not contain abbreviated units",
      "wait_ms metric not unique",
      "wait_ms no help text",
      "",
    ].join("\n"),
  });
  expect(run(["check", "metrics"], "a 1\n# TYPE a gauge\n")).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(
      /^error while linting: stdin:2:1: a second TYPE line for "a", or one after its samples\. .*\n$/,
    ),
  });
});

test.each([
  [["check"]],
  [["check", "nothing"]],
  [["check", "rules"]],
  [["check", "rules", "none.yml"]],
  [["check", "rules", "--lint", "all", "x.yml"]],
  [["test", "rules", "none.yml"]],
  [["test", "rules", "--run", "(", "x.yml"]],
])("%j is wrong use", (args) => {
  expect(run(args).status).toBe(2);
});
