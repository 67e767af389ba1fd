import fc from "fast-check";
import { expect, test } from "vitest";
import { safeRegExp } from "./safe-reg-exp.ts";

test.each(["(a+)+$", "(a|a)*b", "((x*)y)*z", "(?:a{1,50}){1,50}", "(a)\\1", "[", "a".repeat(2000)])(
  "%j is refused",
  (pattern) => {
    expect(safeRegExp(pattern)).toBeUndefined();
  },
);

test.each([
  ["/^Instance (.*)$/i", "instance 7", "7"],
  ["(?<text>.*):.*", "name:scope", "name"],
  [".*cpu.*", "node_cpu_seconds", undefined],
])("%s takes its part of %s", (pattern, text, part) => {
  expect(safeRegExp(pattern)?.exec(text)?.[1]).toBe(part);
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
