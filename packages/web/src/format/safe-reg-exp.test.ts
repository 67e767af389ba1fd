import fc from "fast-check";
import { expect, test } from "vitest";
import { safeRegExp } from "./safe-reg-exp.ts";

test.each([
  "(a+)+$",
  "(a|a)*b",
  "(a?)+b",
  "((x*)y)*z",
  "(?:a{1,50}){1,50}",
  "(a)\\1",
  "[",
  "a".repeat(2000),
  `${"a?".repeat(30)}b`,
  `${"a*".repeat(9)}b`,
])("%j is refused", (pattern) => {
  expect(safeRegExp(pattern)).toBeUndefined();
});

test.each([
  ["/^Instance (.*)$/i", "instance 7", "7"],
  ["(?<text>.*):.*", "name:scope", "name"],
  [".*cpu.*", "node_cpu_seconds", undefined],
  ['/.*instance="([^"]*)",job="([^"]*)".*/', `up{${"x".repeat(1000)}instance="a",job="b"} 1`, "a"],
  ["/^([\\w-]+)-(\\d+)$/", "bot-7-12", "bot-7"],
])("%s takes its part of %s", (pattern, text, part) => {
  expect(safeRegExp(pattern)?.exec(text)?.[1]).toBe(part);
});

test("patterns whose tries grow with a high power of the length have a short time together", () => {
  const text = `${"a".repeat(5000)}!`;
  const began = performance.now();
  for (let count = 2; count < 8; count++) {
    for (let other = 0; other < 20; other++) safeRegExp(`${"a*".repeat(count)}[b${other}]`)?.test(text);
  }
  expect(performance.now() - began).toBeLessThan(1500);
});

test("no pattern that is taken needs long", () => {
  const alphabet = fc.constantFrom("a", "b", "(", ")", "+", "*", "|", ".", "?", "{2,9}", "[ab]", "$");
  fc.assert(
    fc.property(fc.array(alphabet, { maxLength: 14 }), (parts) => {
      const pattern = safeRegExp(parts.join(""));
      const began = performance.now();
      pattern?.test(`${"a".repeat(300)}!`);
      expect(performance.now() - began).toBeLessThan(1000);
    }),
    { numRuns: 500 },
  );
});
