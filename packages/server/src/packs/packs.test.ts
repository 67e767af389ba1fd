import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PACKS } from "@haltwatch/packs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkPack } from "./check-pack.ts";
import { enablePack, withPackEnabled } from "./enable-pack.ts";
import { packTemplate } from "./pack-template.ts";
import { readPackFolder } from "./read-pack-folder.ts";

let folder: string;

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "haltwatch-packs-")), "my-bot");
  mkdirSync(folder);
  for (const [file, text] of Object.entries(packTemplate("my-bot"))) writeFileSync(join(folder, file), text);
});
afterEach(() => rmSync(join(folder, ".."), { recursive: true, force: true }));

/** Replaces a text of one of its files. */
function edit(file: string, from: string, to: string): void {
  const path = join(folder, file);
  const before = readFileSync(path, "utf8");
  if (!before.includes(from)) throw new Error(`${file} has no ${from}`);
  writeFileSync(path, before.replaceAll(from, to));
}

test("the template is a pack without faults", () => {
  expect(checkPack(readPackFolder(folder))).toEqual([]);
});

test.each([
  [
    "a metric that is not defined",
    "rules.yml",
    "increase(my_bot_errors_total",
    "increase(my_bot_erors_total",
    /rules\.yml:7: MyBotErrorsHigh: my_bot_erors_total is no metric of this pack/,
  ],
  [
    "a selector without a metric",
    "rules.yml",
    "increase(my_bot_errors_total[1m])",
    'increase({a="b"}[1m])',
    /a selector does not name its metric/,
  ],
  [
    "a threshold that is not defined",
    "rules.yml",
    "errors_per_minute_max",
    "errors_max",
    /the threshold my_bot\.errors_max is not defined/,
  ],
  [
    "a threshold that is not used",
    "rules.yml",
    'scalar(haltwatch_threshold{name="my_bot.errors_per_minute_max"})',
    "5",
    /threshold my_bot\.errors_per_minute_max: no rule uses it/,
  ],
  [
    "an alert without severity",
    "rules.yml",
    "severity: warning",
    "team: mine",
    /MyBotErrorsHigh: it has no label severity/,
  ],
  ["an alert without description", "rules.yml", "description:", "text:", /it has no annotation description/],
  ["an alert without runbook", "rules.yml", "runbook_url:", "runbook:", /it has no annotation runbook_url/],
  [
    "an alert that the runbook does not know",
    "RUNBOOK.md",
    "## MyBotErrorsHigh",
    "## Other",
    /RUNBOOK\.md has no section "## MyBotErrorsHigh"/,
  ],
  ["a test that fails", "rules.test.yml", "10 errors of api", "11 errors of api", /the rule tests fail/],
  [
    "an alert that no test shows over",
    "rules.test.yml",
    "- { eval_time: 2m30s, alertname: MyBotErrorsHigh }",
    "",
    /no rule test shows that it is over/,
  ],
  [
    "an alert that no test shows quiet",
    "rules.test.yml",
    "- { eval_time: 55s, alertname: MyBotErrorsHigh }",
    "",
    /no rule test shows it not firing/,
  ],
  [
    "rules that cannot be read",
    "rules.yml",
    "increase(",
    "increase((",
    /rules\.yml:\d+:\d+: could not parse expression/,
  ],
  ["an action that is not known", "rules.yml", "severity: warning", "{severity: warning, action: stop}", /rules\.yml/],
  ["a default out of range", "pack.toml", "min = 0", "min = 6", /its default is out of its range/],
])("%s is told", (_, file, from, to, fault) => {
  edit(file, from, to);

  expect(checkPack(readPackFolder(folder)).join("\n")).toMatch(fault);
});

test("a pack.toml that is wrong is refused with its place", () => {
  edit("pack.toml", "series_budget = 50 ", 'series_budget = "many" ');

  expect(() => readPackFolder(folder)).toThrow(expect.objectContaining({ line: 4, key: "series_budget" }));
});

test.each([
  ["", '[packs]\nenabled = ["betting"]\n'],
  ["# mine\n[web]\nlisten = 'x' # here", `# mine\n[web]\nlisten = 'x' # here\n\n[packs]\nenabled = ["betting"]\n`],
  ["[packs] # which\n[web]\n", '[packs] # which\nenabled = ["betting"]\n[web]\n'],
  ['[packs]\nenabled = ["a"] # both\n', '[packs]\nenabled = ["a", "betting"] # both\n'],
  ['[packs]\nenabled = [\n  "a",\n]\n', '[packs]\nenabled = [\n  "a", "betting"\n]\n'],
  ["[packs]\nenabled = []\n", '[packs]\nenabled = ["betting"]\n'],
  ["[packs]\nenabled = ['betting']\n", "[packs]\nenabled = ['betting']\n"],
  ["packs = { enabled = [] }\n", undefined],
  ['[packs]\nenabled = [\n  "a", # first\n]\n', undefined],
])("enabling a pack changes one line, and keeps comments: %j", (before, after) => {
  expect(withPackEnabled(before, "betting")).toBe(after);
});

test("a pack that is not there is not enabled, and nothing is written", () => {
  const file = join(folder, "haltwatch.toml");

  expect(() => enablePack(file, "no-such")).toThrow(/there is no pack of this name/);
  expect(() => enablePack(file, "./none")).toThrow(/this folder holds no pack/);
  expect(existsSync(file)).toBe(false);
  const [ours] = PACKS;
  expect([enablePack(file, ours?.name ?? ""), enablePack(file, ours?.name ?? "")]).toEqual([true, false]);
});
