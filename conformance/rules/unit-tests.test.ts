/** Rule tests: upstream's own files, and ours with promtool's verdict. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { MemoryStorage, parseSeries } from "@haltwatch/promql";
import { parseRuleFile, RuleGroup, ruleTestReport, runRuleTests } from "@haltwatch/rules";
import type { Labels } from "@haltwatch/store";
import fc from "fast-check";
import { expect } from "vitest";
import { testWithPeer } from "../peers.ts";
import { testOnInputs } from "../shared-inputs.ts";

const STEP_MS = 60_000;
const STEPS = 30;

/** Off the steps: a sample as old as the lookback counts for 2.42, and for Prometheus 3 and us it does not. */
const SAMPLES_MS = 61_000;

testOnInputs(
  "upstream's test files pass, histograms skipped by name",
  "promtool-rules/{no-test-group-interval,start-time-test,unittest}.yml",
  (files) => {
    for (const result of runRuleTests(files)) {
      expect(result.passed, ruleTestReport(result)).toBe(true);
      const skipped = result.tests.flatMap((test) => test.skipped.map(({ what }) => what));
      expect(skipped).toEqual(
        basename(result.file) === "unittest.yml"
          ? [
              'expr: "test_histogram", time: 1m',
              'expr: "test_histogram_repeat", time: 2m',
              'expr: "test_histogram_increase", time: 2m',
            ]
          : [],
      );
    }
  },
);

/** What must be said, by file. */
const FAILURES: Readonly<Record<string, readonly string[]>> = {
  "failing.yml": [
    "alertname: Test, time: 0s, expected 1, got none",
    '- labels {alertname="Test"}',
    'expr: "test", time: 0s, expected 1, got 1',
    "- test 1",
    "+ test 0",
    '+ labels {alertname="InstanceDown", job="test", severity="page"}',
    '+ labels {alertname="AlwaysFiring"}',
  ],
  "bad-promql.yml": [
    'expr: "join_1 + on(a) join_2", time: 0s, err: found duplicate series for the match group {a="1"}',
  ],
  "bad-rules-error-test.yml": ['rule: joined, time: 0s, err: found duplicate series for the match group {a="1"}'],
  "bad-rules-syntax-test.yml": [
    'bad-rules-syntax.yml: 7:22: group "bad-syntax", rule 1, "x": could not parse expression: 1:7: parse error: unexpected end of input',
  ],
  "bad-input-series.yml": ["1:48: parse error: unexpected character inside braces: '0'"],
};

testOnInputs(
  "upstream's failing test files fail, and say where and why",
  `promtool-rules/{${Object.keys(FAILURES).join(",")}}`,
  (files) => {
    expect(files.length).toBe(Object.keys(FAILURES).length);
    for (const result of runRuleTests(files)) {
      const report = ruleTestReport(result);
      expect(result.passed, report).toBe(false);
      for (const line of FAILURES[basename(result.file)] ?? ["?"]) expect(report).toContain(line);
    }
  },
);

const RULES = {
  groups: [
    {
      name: "first",
      rules: [
        { record: "level:max", expr: "max by (bot) (level)", labels: { kind: "max" } },
        {
          alert: "High",
          expr: "level:max > 5",
          for: "3m",
          labels: { severity: "{{ if gt $value 8.0 }}page{{ else }}ticket{{ end }}" },
        },
        { alert: "Low", expr: "level < 2" },
        { alert: "Gone", expr: "absent(level{bot='a'})", for: "1m", annotations: { text: "for {{ $labels.bot }}" } },
      ],
    },
    { name: "second", rules: [{ record: "alerts:count", expr: "count by (alertname, alertstate) (ALERTS)" }] },
  ],
};

/** What we find with these series at each step, as a test that promtool must pass. */
function asTestFile(series: readonly string[]): string {
  const storage = new MemoryStorage();
  const sink = {
    append: (labels: Labels, timeMs: number, value: number) => {
      storage.append(labels, timeMs, value);
      return undefined;
    },
    appendStale: (labels: Labels, timeMs: number) => {
      storage.append(labels, timeMs, "stale");
      return undefined;
    },
  };
  for (const text of series) {
    const { labels, samples } = parseSeries(text);
    for (const [index, sample] of samples.entries())
      if (sample !== "none") storage.append(labels, index * SAMPLES_MS, sample);
  }
  const groups = parseRuleFile(JSON.stringify(RULES), "rules.yml").groups.map(
    (config) => new RuleGroup("rules.yml", config, { reader: storage, sink, defaultIntervalMs: STEP_MS }),
  );
  const alertTests: unknown[] = [];
  for (const group of groups) group.startAfresh();
  for (let step = 0; step <= STEPS; step++) {
    for (const group of groups) group.evaluate(step * STEP_MS);
    for (const rule of groups.flatMap(({ alertingRules }) => alertingRules)) {
      const firing = rule.activeAlerts().filter(({ state }) => state === "firing");
      const alerts = firing.map(({ labels, annotations }) => ({
        exp_labels: labels.toObject(),
        exp_annotations: Object.fromEntries(annotations),
      }));
      alertTests.push({ eval_time: `${step}m`, alertname: rule.name, exp_alerts: alerts });
    }
  }
  const written = storage.select([
    { name: "__name__", operator: "=~", value: "ALERTS|ALERTS_FOR_STATE|level:max|alerts:count" },
  ]);
  const queryTests = Array.from({ length: STEPS + 1 }, (_, step) => ({
    expr: '{__name__=~"ALERTS|ALERTS_FOR_STATE|level:max|alerts:count"}',
    eval_time: `${step}m`,
    exp_samples: written.flatMap(({ labels, times, values, stale }) => {
      const at = times.indexOf(step * STEP_MS);
      return at === -1 || stale?.[at] === 1 ? [] : [{ labels: labels.toString(), value: values[at] }];
    }),
  }));
  const inputSeries = series.map((text) => ({
    series: text.slice(0, text.indexOf("}") + 1),
    values: text.slice(text.indexOf("}") + 2),
  }));
  const test = {
    interval: `${SAMPLES_MS / 1000}s`,
    input_series: inputSeries,
    alert_rule_test: alertTests,
    promql_expr_test: queryTests,
  };
  return JSON.stringify({
    rule_files: ["rules.yml"],
    group_eval_order: ["first", "second"],
    evaluation_interval: "1m",
    tests: [test],
  });
}

testWithPeer("promtool", "random series lead to the same alerts and series in promtool", (promtool) => {
  const dir = mkdtempSync(join(tmpdir(), "haltwatch-rules-"));
  writeFileSync(join(dir, "rules.yml"), JSON.stringify(RULES));
  const file = join(dir, "test.yml");
  const sample = fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0, max: 10 }).map(String) },
    fc.constantFrom("_", "stale"),
  );
  const samples = fc.array(sample, { minLength: 1, maxLength: STEPS });
  try {
    fc.assert(
      fc.property(samples, samples, fc.integer({ min: 0, max: 10 }), (a, b, c) => {
        writeFileSync(
          file,
          asTestFile([
            `level{bot="a"} _ ${a.join(" ")}`,
            `level{bot="b"} _ ${b.join(" ")}`,
            `level{bot="c",x="y"} _ ${c}x20`,
          ]),
        );
        const [ours] = runRuleTests([file]);
        expect(ours?.passed, ours && ruleTestReport(ours)).toBe(true);
        execFileSync(promtool, ["test", "rules", file], { stdio: "pipe" });
      }),
      { numRuns: 40 },
    );
  } finally {
    rmSync(dir, { recursive: true });
  }
});
