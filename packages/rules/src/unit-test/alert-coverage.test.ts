import { expect, test } from "vitest";
import { alertCoverage } from "./alert-coverage.ts";

const FIRING = "exp_alerts: [{ exp_labels: {} }]";

/** @param states by evaluation time in seconds: whether the alert is expected to fire */
function coverageOf(...states: readonly (readonly [seconds: number, fires: boolean])[]) {
  const cases = states.map(
    ([seconds, fires]) => `{ eval_time: ${seconds}s, alertname: A${fires ? `, ${FIRING}` : ""} }`,
  );
  return alertCoverage(`tests: [{ alert_rule_test: [${cases.join(", ")}] }]`).get("A");
}

test.each([
  [
    "quiet, firing and over",
    [
      [0, false],
      [5, true],
      [9, false],
    ],
    { quiet: true, fires: true, resolves: true },
  ],
  [
    "in any order",
    [
      [9, false],
      [5, true],
      [0, false],
    ],
    { quiet: true, fires: true, resolves: true },
  ],
  [
    "never over",
    [
      [0, false],
      [5, true],
    ],
    { quiet: true, fires: true, resolves: false },
  ],
  [
    "firing from the start",
    [
      [0, true],
      [5, false],
    ],
    { quiet: false, fires: true, resolves: true },
  ],
  [
    "never firing",
    [
      [0, false],
      [5, false],
    ],
    { quiet: false, fires: false, resolves: false },
  ],
  [
    "over in between, and firing at the end",
    [
      [0, true],
      [5, false],
      [9, true],
    ],
    { quiet: false, fires: true, resolves: false },
  ],
] as const)("what tests show of an alert: %s", (_, states, shown) => {
  expect(coverageOf(...states)).toEqual(shown);
});

test("what tests of several groups show adds up, and a file that cannot be read shows nothing", () => {
  const quiet = `{ alert_rule_test: [{ eval_time: 0s, alertname: A }, { eval_time: 1s, alertname: A, ${FIRING} }] }`;
  const over = `{ alert_rule_test: [{ eval_time: 0s, alertname: A, ${FIRING} }, { eval_time: 1s, alertname: A }] }`;

  expect(alertCoverage(`tests: [${quiet}, ${over}]`).get("A")).toEqual({ quiet: true, fires: true, resolves: true });
  expect(alertCoverage("tests: [").size).toBe(0);
});
