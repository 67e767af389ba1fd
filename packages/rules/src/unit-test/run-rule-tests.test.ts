import { expect, test } from "vitest";
import { runRuleTests } from "./run-rule-tests.ts";
import { ruleTestReport } from "./test-result.ts";

/** Runs `test.yml` among these files. */
function report(files: Readonly<Record<string, string>>, run?: RegExp): string {
  const disk = {
    read: (file: string) => {
      const text = files[file];
      if (text === undefined) throw new Error(`${file} is not there`);
      return text;
    },
    glob: (pattern: string) => Object.keys(files).filter((file) => file === pattern),
  };
  return runRuleTests(["test.yml"], { files: disk, run }).map(ruleTestReport).join("");
}

const RULES = `
groups:
  - name: g
    rules:
      - alert: High
        expr: x > 5
        annotations: { text: "{{ $value }} in {{ $externalLabels.region }}" }
`;

test("an annotation that differs is shown beside what was expected", () => {
  const text = `
rule_files: [rules.yml]
tests:
  - name: t
    input_series: [{ series: 'x{bot="a"}', values: 7 }]
    external_labels: { region: eu }
    alert_rule_test:
      - alertname: High
        exp_alerts: [{ exp_labels: { bot: a }, exp_annotations: { text: 8 in eu } }]
`;

  expect(report({ "test.yml": text, "rules.yml": RULES })).toBe(`Unit Testing:  test.yml
  FAILED:
  test.yml:8:9: test "t"
    alertname: High, time: 0s, expected 1, got 1
        labels {alertname="High", bot="a"}
      -   annotation text: "8 in eu"
      +   annotation text: "7 in eu"
`);
});

test("neighbouring floats are the same with fuzzy_compare only", () => {
  const text = (fuzzy: boolean) => `
fuzzy_compare: ${fuzzy}
tests:
  - input_series: [{ series: x, values: 0.1 }]
    promql_expr_test:
      - { expr: x + 0.2, exp_samples: [{ value: 0.3 }] }
`;

  expect(report({ "test.yml": text(true) })).toContain("SUCCESS");
  expect(report({ "test.yml": text(false) })).toContain("+ {} 0.30000000000000004");
});

test("keys that are not known, repeated groups and missing names are refused with their place", () => {
  const text = `
group_eval_order: [a, a]
tests:
  - intervall: 1m
    start_timestamp: yesterday
    alert_rule_test: [{ eval_time: 1m }]
`;

  const lines = report({ "test.yml": text }).split("\n");

  expect(lines).toContain("test.yml:2:23: group name repeated in evaluation order: a");
  expect(lines).toContain("test.yml:4:5: field intervall not found in a test");
  expect(lines).toContain('test.yml:5:22: cannot parse "yesterday" to a valid timestamp');
  expect(lines).toContain("test.yml:6:23: an item under alert_rule_test misses required attribute alertname");
});

test("files that no pattern finds are a warning, and tests can be chosen by name", () => {
  const text = `
rule_files: [none.yml]
tests:
  - { name: good }
  - { name: bad, promql_expr_test: [{ expr: "1", exp_samples: [] }] }
`;

  expect(report({ "test.yml": text }, /good/)).toBe(
    "Unit Testing:  test.yml\n  WARNING: no file match pattern none.yml\n  SUCCESS\n",
  );
  expect(report({ "test.yml": text })).toContain("+ {} 1");
});

test("two rules that write the same series differently are an error, as in Prometheus's database", () => {
  const rules = "groups: [{ name: g, rules: [{ record: a, expr: 1 }, { record: a, expr: 2 }] }]";
  const text = "rule_files: [rules.yml]\ntests: [{}]";

  expect(report({ "test.yml": text, "rules.yml": rules })).toContain(
    "rule: a, time: 0s, err: duplicate sample for timestamp",
  );
});

test("a week of minutes is tested in seconds", () => {
  const text = `
rule_files: [rules.yml]
tests:
  - input_series: [{ series: x, values: 0+1x10080 }]
    promql_expr_test: [{ expr: count(ALERTS), eval_time: 1w, exp_samples: [{ value: 1 }] }]
`;
  const start = performance.now();

  expect(report({ "test.yml": text, "rules.yml": RULES })).toContain("SUCCESS");
  expect(performance.now() - start).toBeLessThan(10_000);
});
