import { expect, test } from "vitest";
import { keptOr } from "./kept.ts";

test("where storage is blocked, things are kept until the page is left", () => {
  const kept = keptOr(() => {
    throw new DOMException("The operation is insecure.", "SecurityError");
  });

  kept.setItem("theme", "dark");
  expect(kept.getItem("theme")).toBe("dark");
  kept.removeItem("theme");
  expect(kept.getItem("theme")).toBeNull();
});
