import { expect, test } from "vitest";
import { parseRuleFile } from "./parse-rule-file.ts";
import { RuleFileError } from "./rule-file-error.ts";

function faultsOf(text: string): string[] {
  try {
    parseRuleFile(text, "rules.yml");
    return [];
  } catch (error) {
    if (error instanceof RuleFileError) return error.message.split("\n");
    throw error;
  }
}

const rule = (fields: string): string =>
  `groups:\n  - name: g\n    rules:\n      - ${fields.replaceAll("\n", "\n        ")}\n`;

test("a file gives its groups with durations in milliseconds, and absent fields as Prometheus has them", () => {
  const text = `
groups:
  - name: bots
    interval: 15s
    query_offset: 1m
    limit: 3
    labels: { team: desk }
    rules:
      - record: fills:rate5m
        expr: rate(fills_total[5m])
        labels: { kind: rate }
      - alert: Stuck
        expr: fills:rate5m == 0
        for: 5m
        keep_firing_for: 1h30m
        annotations: { summary: "{{ $labels.bot }}" }
  - name: empty
    rules: []
`;

  const { groups } = parseRuleFile(text, "rules.yml");

  const [bots, empty] = groups;
  expect(bots).toMatchObject({ name: "bots", intervalMs: 15_000, queryOffsetMs: 60_000, limit: 3 });
  expect([...(bots?.labels ?? [])]).toEqual([["team", "desk"]]);
  expect(bots?.rules[0]).toMatchObject({ kind: "record", name: "fills:rate5m", expr: "rate(fills_total[5m])" });
  expect(bots?.rules[1]).toMatchObject({ kind: "alert", name: "Stuck", forMs: 300_000, keepFiringForMs: 5_400_000 });
  expect(empty).toMatchObject({ intervalMs: undefined, queryOffsetMs: undefined, limit: 0, rules: [] });
});

test("a file wrapped for Kubernetes is read as it is", () => {
  const text = `
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: { name: x }
spec:
  groups:
    - name: g
      partial_response_strategy: warn
      rules: [{ record: a, expr: b }]
`;

  expect(parseRuleFile(text, "x.yaml").groups[0]?.rules[0]).toMatchObject({ name: "a", expr: "b" });
  expect(() => parseRuleFile(text.replace("groups:", "group:"), "x.yaml")).toThrow("field group not found");
});

test("all mistakes of a file are told at once, each with its place", () => {
  const text = `
groups:
  - name: g
    intervall: 5m
    rules:
      - record: a
        alert: b
        expr: up
      - expr: up
      - record: "x{}"
        expr: up
        for: 5m
      - alert: c
        expr: sum(
        labels: { __name__: y }
        annotations: { text: "{{ $nope }}" }
      - alert: d
        for: 5 minutes
        expr: up
  - name: g
    rules: []
  - rules: []
`;

  expect(faultsOf(text)).toEqual([
    "rules.yml: 4:5: field intervall not found in a rule group",
    `rules.yml: 7:16: group "g", rule 1, "b": only one of 'record' and 'alert' must be set`,
    `rules.yml: 9:9: group "g", rule 2, "": one of 'record' or 'alert' must be set`,
    `rules.yml: 10:17: group "g", rule 3, "x{}": braces present in the recording rule name; should it be in expr?: x{}`,
    `rules.yml: 12:14: group "g", rule 3, "x{}": invalid field 'for' in recording rule`,
    expect.stringMatching(/^rules.yml: 14:\d+: group "g", rule 4, "c": could not parse expression: 1:5: parse error: /),
    `rules.yml: 15:19: group "g", rule 4, "c": invalid label name: __name__`,
    `rules.yml: 16:30: group "g", rule 4, "c": annotation "text": template: __alert_c:1: undefined variable "$nope"`,
    `rules.yml: 18:14: not a valid duration string: "5 minutes"; one is written like 1m30s`,
    'rules.yml: 20:5: groupname: "g" is repeated in the same file',
    "rules.yml: 22:5: Groupname must not be empty",
  ]);
});

test("a query's mistake is shown where it stands, however the YAML is written", () => {
  expect(faultsOf(rule("record: a\nexpr: up + + )"))[0]).toContain("rules.yml: 5:23:");
  expect(faultsOf(rule("record: a\nexpr: 'x == ''y'' )'"))[0]).toMatch(/rules.yml: 5:\d+:/);
  expect(faultsOf(rule("record: a\nexpr: |\n  up\n    + )"))[0]).toContain("rules.yml: 7:16:");
  expect(faultsOf(rule("record: a\nexpr: >-\n  up\n  + )"))[0]).toContain("rules.yml: 7:14:");
});

test("YAML's own mistakes are told, and duplicate keys are mistakes", () => {
  expect(faultsOf("groups: [")[0]).toMatch(/^rules.yml: \d+:\d+: yaml: /);
  expect(faultsOf("groups: []\ngroups: []\n")[0]).toMatch(/^rules.yml: 2:1: yaml: Map keys must be unique/);
  expect(faultsOf("- a\n")).toEqual(["rules.yml: 1:1: cannot read a list as a rule file"]);
});

test("numbers and truth are taken as text where text is wanted, and aliases and merges count as written out", () => {
  const text = `
groups:
  - name: 7
    rules:
      - &base { alert: A, expr: 1, labels: &l { n: 1, t: true } }
      - { <<: *base, alert: B }
`;

  const [group] = parseRuleFile(text, "r").groups;

  expect(group?.name).toBe("7");
  expect(group?.rules.map(({ name, expr, labels }) => [name, expr, ...labels])).toEqual([
    ["A", "1", ["n", "1"], ["t", "true"]],
    ["B", "1", ["n", "1"], ["t", "true"]],
  ]);
});

test("an empty file has no groups", () => {
  expect(parseRuleFile("", "r").groups).toEqual([]);
  expect(parseRuleFile("# nothing\n", "r").groups).toEqual([]);
  expect(parseRuleFile("groups:\n", "r").groups).toEqual([]);
});

test("one line tells the first mistake and how many there are", () => {
  const error = new RuleFileError("r", [
    { file: "r", line: 1, column: 2, message: "one" },
    { file: "r", line: 3, column: 4, message: "two" },
  ]);

  expect(error.oneLine()).toBe(
    "r: 1:2: one (and 1 more). Correct the file: nothing of it is loaded until all of it is right.",
  );
});
