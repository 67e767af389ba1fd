import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contains, keepable, parseScope, printScope, touches } from "./scope.ts";
import { allowed, isStricter, strictest } from "./state.ts";

describe("as text", () => {
  test.each([
    ["all", {}],
    ["bot:arb-1", { bot: "arb-1" }],
    ["venue:cex", { venue: "cex" }],
    ["strategy:mm", { strategy: "mm" }],
    ["bot:arb-1,venue:cex", { bot: "arb-1", venue: "cex" }],
    ["bot:a:b", { bot: "a:b" }],
    ["bot:a%2Cb%20c%25", { bot: "a,b c%" }],
  ])("%s", (text, scope) => {
    expect(parseScope(text)).toEqual(scope);
    expect(printScope(scope)).toBe(text);
  });

  test("order and white space around the parts do not matter", () => {
    expect(printScope(parseScope(" venue: cex , bot:arb-1 "))).toBe("bot:arb-1,venue:cex");
  });

  test.each([
    ["", "names nothing that is known here"],
    ["everything", "names nothing that is known here"],
    ["Bot:a", "names nothing that is known here"],
    ["all,bot:a", '"all" names nothing that is known here'],
    ["bot:", "is missing"],
    ["bot:a,bot:b", "it names two of bot"],
    ["bot:50%", "%25"],
    [`bot:${"x".repeat(201)}`, "at most 200"],
  ])("refuses %s", (text, why) => {
    expect(() => parseScope(text)).toThrow(
      expect.objectContaining({ code: "BAD_SCOPE", message: expect.stringContaining(why) }),
    );
  });

  test("what can be kept is read as it was printed", () => {
    const name = fc.option(fc.string({ unit: "binary", maxLength: 210 }), { nil: undefined });
    fc.assert(
      fc.property(fc.record({ bot: name, venue: name, strategy: name }), (any) => {
        const scope = keepable(any);
        expect(parseScope(printScope(scope))).toEqual(scope);
        expect(contains(scope, keepable(any))).toBe(true);
      }),
    );
  });
});

describe("what a pause touches", () => {
  test.each([
    ["all", { bot: "a", venue: "cex" }, true],
    ["bot:a", { bot: "a", venue: "cex" }, true],
    ["bot:b", { bot: "a", venue: "cex" }, false],
    ["bot:a,venue:cex", { bot: "a", venue: "cex" }, true],
    ["bot:a,venue:cex", { bot: "a", venue: "dex" }, false],
    ["venue:cex", { bot: "b", venue: "cex", strategy: "mm" }, true],
  ])("%s, %o: %s", (scope, request, isTouched) => {
    expect(touches(parseScope(scope), request)).toBe(isTouched);
  });

  test("F7 an order that does not say where it goes may go to what is paused", () => {
    expect(touches({ venue: "cex" }, { bot: "a" })).toBe(true);
    expect(touches({ venue: "cex" }, {})).toBe(true);
  });

  test("a scope belongs to another if all of it does", () => {
    expect(contains({}, { bot: "a" })).toBe(true);
    expect(contains({ bot: "a" }, { bot: "a", venue: "cex" })).toBe(true);
    expect(contains({ bot: "a", venue: "cex" }, { bot: "a" })).toBe(false);
    expect(contains({ bot: "a" }, { venue: "cex" })).toBe(false);
  });
});

describe("states", () => {
  test("F7 REDUCING lets positions be closed and none be opened; HALTED neither", () => {
    expect(
      (["ACTIVE", "REDUCING", "HALTED"] as const).map((state) => [allowed(state, "open"), allowed(state, "close")]),
    ).toEqual([
      [true, true],
      [false, true],
      [false, false],
    ]);
  });

  test("the strictest wins", () => {
    expect(strictest([])).toBe("ACTIVE");
    expect(strictest(["ACTIVE", "HALTED", "REDUCING"])).toBe("HALTED");
    expect(isStricter("REDUCING", "ACTIVE")).toBe(true);
    expect(isStricter("HALTED", "HALTED")).toBe(false);
  });
});
