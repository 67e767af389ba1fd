import { expect, test } from "vitest";
import { type KeyPress, Shortcuts } from "./shortcuts.ts";

function press(key: string, timeMs: number, more: Partial<KeyPress> = {}): KeyPress {
  return { key, timeMs, ctrlKey: false, altKey: false, metaKey: false, isTyping: false, ...more };
}

test("g and a letter goes to a page", () => {
  const shortcuts = new Shortcuts();

  expect(shortcuts.press(press("g", 0))).toBeUndefined();
  expect(shortcuts.press(press("a", 300))).toEqual({ kind: "go", page: "alerts" });
});

test("a letter that comes late, or without g, does nothing", () => {
  const shortcuts = new Shortcuts();

  shortcuts.press(press("g", 0));

  expect(shortcuts.press(press("a", 5000))).toBeUndefined();
  expect(shortcuts.press(press("a", 5100))).toBeUndefined();
});

test("keys that somebody writes, or that are the browser's, are left alone", () => {
  const shortcuts = new Shortcuts();

  expect(shortcuts.press(press("?", 0, { isTyping: true }))).toBeUndefined();
  expect(shortcuts.press(press("P", 0, { ctrlKey: true }))).toBeUndefined();
  expect(shortcuts.press(press("?", 0))).toEqual({ kind: "help" });
});
