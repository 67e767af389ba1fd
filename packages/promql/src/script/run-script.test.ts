import { expect, test } from "vitest";
import { faults } from "./faults.ts";
import { runScript } from "./run-script.ts";

const DATA = `
load 1m
  load_average{host="a"} 1 2+1x2 _ stale 0x1
  evals 1 2 3
`;

test("series may be named like commands, and blocks end at an empty line", () => {
  expect(
    faults(`${DATA}
eval range from 0 to 7m step 1m load_average
  load_average{host="a"} 1 2 3 4 4 _ 0 0

eval instant at 2m evals + 1
  {} 4

eval instant at 1m 1 + 1
  2
clear
eval instant at 1m evals
`),
  ).toEqual([]);
});

test("what is expected and not met is a failure", () => {
  const expectations: readonly (readonly [script: string, fault: RegExp])[] = [
    ["eval instant at 0 evals\n  evals 2", /it is 1, not 2/],
    ["eval instant at 0 evals", /is not expected/],
    ["eval instant at 0 evals\n  evals 1\n  others 1", /others is missing/],
    ["eval range from 0 to 1m step 1m evals\n  evals 1 2 3", /more than the range has steps/],
    ["eval range from 0 to 1m step 1m evals\n  evals 1 _", /has 2 values, not 1/],
    ["eval instant at 0 evals\n  expect fail", /expected to fail/],
    ["eval instant at 0 rate(evals[5m])\n  expect no_info", /has a info|was/],
    ["eval instant at 2m rate(evals[5m])\n  expect info msg: other\n  {} 1", /is not met/],
    ["eval instant at 0 evals\n  expect warn\n  evals 1", /has no warn/],
    ["eval_warn instant at 0 evals\n  evals 1", /has no warn/],
    ['eval instant at 0 "a"\n  expect string `b`', /not "b"/],
    ["eval instant at 0 evals > 1 + on() evals\n  expect fail msg: no", /otherwise than expected|expected to fail/],
  ];
  for (const [script, fault] of expectations) {
    const found = faults(`${DATA}\n${script}\n`);
    expect(found, script).toHaveLength(1);
    expect(found[0]).toMatch(fault);
  }
});

test("messages are expected exactly or by a pattern, with their place or without", () => {
  const info = 'PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "evals"';

  expect(
    faults(`${DATA}
eval instant at 2m increase(evals[3m])
  expect info msg: ${info}
  expect no_warn
  {} 3

eval instant at 2m increase(evals[3m])
  expect info regex: counter.*\\(1:10\\)
  {} 3

eval_info instant at 2m increase(evals[3m])
  {} 3

eval_fail instant at 2m evals + on(x) {__name__=~"evals|load_average"}
  expected_fail_regexp many-to-many
`),
  ).toEqual([]);
});

test("range vectors and strings", () => {
  expect(
    faults(`${DATA}
eval instant at 2m evals[2m]
  expect range vector from 1m to 2m step 1m
  evals 2 3

eval instant at 0 "a\\tb"
  expect string "a\\tb"

eval_ordered instant at 3m topk(2, {__name__=~"evals|load_average"})
  load_average{host="a"} 4
  evals 3
`),
  ).toEqual([]);
});

test("an evaluation on native histograms is skipped, and counted so", () => {
  const outcomes = runScript(`
load_with_nhcb 1m
  latency_bucket{le="1"} 1
  latency_bucket{le="+Inf"} 2
  h {{schema:0 sum:1 count:1}}

eval instant at 0 latency

eval instant at 0 h
  h {{schema:0 sum:1 count:1}}

eval instant at 0 latency_bucket{le="1"}
  latency_bucket{le="1"} 1
`);

  expect(outcomes.map(({ outcome }) => outcome.kind)).toEqual(["skipped", "skipped", "passed"]);
});

test.each([
  ["nonsense", /no command/],
  ["eval sometimes up", /no eval command/],
  ["load soon\n  up 1", /no time/],
  ["eval range from 2m to 1m step 1m up", /before the start/],
  ["eval instant at 0 up\n  up 1 2", /one value/],
  ["eval instant at 0 up\n  expect nothing", /no expectation/],
  ["eval instant at 0 up\n  expect info\n  expect no_info", /at once/],
  ["eval instant at 0 up\n  expect fail\n  expect fail", /not several/],
  ["eval instant at 0 up\n  expect warn regex: (", /no regular expression/],
  ["eval instant at 0 up\n  expect string a", /not valid/],
  ["load 1m\n  up 1 what", /not a value/],
])("the script %j has a mistake", (script, message) => {
  expect(() => runScript(script)).toThrow(message);
});
