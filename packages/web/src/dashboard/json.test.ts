import fc from "fast-check";
import { expect, test } from "vitest";
import { at, boundedJson, numberOf, textOf } from "./json.ts";

const BOUNDS = { depth: 4, textLength: 5, width: 3, values: 50 };

test("what is too deep, long or wide is cut, and keys of JavaScript's own are dropped", () => {
  const hostile = JSON.parse(
    '{"__proto__":{"polluted":1},"a":{"b":{"c":{"d":{"e":1}}}},"t":"abcdefgh","l":[1,2,3,4,5]}',
  );

  const copy = boundedJson(hostile, BOUNDS);

  expect(JSON.stringify(copy)).toBe('{"a":{"b":{"c":{"d":null}}},"t":"abcde","l":[1,2,3]}');
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
});

test("too many values in all are refused", () => {
  const bomb = Array.from({ length: 3 }, () => Array.from({ length: 3 }, () => [1, 2, 3, 4, 5, 6]));

  expect(() => boundedJson([bomb, bomb], BOUNDS)).toThrow("more than 50 values");
});

test("any value becomes JSON within bounds", () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      const copy = boundedJson(value);
      expect(() => JSON.stringify(copy)).not.toThrow();
    }),
  );
});

test("readers give what is asked for or nothing", () => {
  expect(numberOf("2.5")).toBe(2.5);
  expect(numberOf("")).toBeUndefined();
  expect(numberOf({})).toBeUndefined();
  expect(textOf(3)).toBe("3");
  expect(textOf([])).toBeUndefined();
  expect(at({ a: { b: 1 } }, "a", "b")).toBe(1);
  expect(at(null, "a")).toBeUndefined();
});
