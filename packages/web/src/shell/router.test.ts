import { expect, test } from "vitest";
import { tokenInHash } from "../api/tokens.ts";
import { readRoute, routeHash } from "./router.ts";

test("an address without a page is the overview", () => {
  for (const hash of ["", "#", "#/", "#/overview"]) expect(readRoute(hash).page).toBe("overview");
});

test("a page, what stands after it, and its parameters are read", () => {
  const { page, rest, params } = readRoute("#/dashboards/a%2Fb?from=now-1h&var-bot=x&var-bot=y");

  expect(page).toBe("dashboards");
  expect(rest).toEqual(["a/b"]);
  expect(params.getAll("var-bot")).toEqual(["x", "y"]);
});

test("what was written is read back", () => {
  const hash = routeHash("dashboards", ["a/b?c#d %"], new URLSearchParams({ expr: 'up{a="b & c"}' }));

  expect(readRoute(hash).rest).toEqual(["a/b?c#d %"]);
  expect(readRoute(hash).params.get("expr")).toBe('up{a="b & c"}');
});

test("no such page is told apart from the overview", () => {
  expect(readRoute("#/nonsense").page).toBeUndefined();
  expect(readRoute("#/%E0%A4%A").page).toBeUndefined();
});

test("a token is taken out of the address, and the rest of it stays", () => {
  expect(tokenInHash("#token=abc")).toEqual({ token: "abc", rest: "" });
  expect(tokenInHash("#/alerts?token=a%20b&search=x")).toEqual({ token: "a b", rest: "#/alerts?search=x" });
  expect(tokenInHash("#/alerts?search=x&token=abc")).toEqual({ token: "abc", rest: "#/alerts?search=x" });
  expect(tokenInHash("#/alerts")).toBeUndefined();
});
