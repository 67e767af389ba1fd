import { expect, test } from "vitest";
import { botOf, concerns, isOfPart, partText } from "./pause-scope.ts";

test("F7 a pause is about a bot if it names it, or names none", () => {
  expect(concerns("all", "a")).toBe(true);
  expect(concerns("venue:cex", "a")).toBe(true);
  expect(concerns("bot:a,venue:cex", "a")).toBe(true);
  expect(concerns("bot:b", "a")).toBe(false);
  expect(concerns("bot:a%2Cb%20c", "a,b c")).toBe(true);
  expect(botOf("strategy:mm")).toBeUndefined();
});

test("F7 a venue or a strategy is a part of a bot", () => {
  expect([isOfPart("all"), isOfPart("bot:a"), isOfPart("bot:a,venue:cex"), isOfPart("strategy:mm")]).toEqual([
    ...[false, false, true, true],
  ]);
  expect(partText("bot:a,venue:cex,strategy:mm")).toBe("venue:cex, strategy:mm");
});
