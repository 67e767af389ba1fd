import { expect, test } from "vitest";
import { tokenInHash } from "./tokens.ts";

test.each([
  ["#token=abc", { token: "abc", rest: "" }],
  ["#/alerts?token=a%2Bb&search=x", { token: "a+b", rest: "#/alerts?search=x" }],
  ["#/alerts?search=x&token=abc", { token: "abc", rest: "#/alerts?search=x" }],
  ["#token=50%", { token: "50%", rest: "" }],
  ["#/explore?expr=up", undefined],
])("E6 %s: the token is taken out of the address, whatever is in it", (hash, taken) => {
  expect(tokenInHash(hash)).toEqual(taken);
});
