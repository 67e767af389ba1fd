import { expect, test } from "vitest";
import { isLoopback, namesThisMachine } from "./loopback.ts";

test.each(["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1", "localhost", "LOCALHOST"])(
  "%s is loopback",
  (address) => {
    expect(isLoopback(address)).toBe(true);
  },
);

test.each(["0.0.0.0", "::", "10.0.0.1", "127.0.0.1.evil.example", "localhost.evil.example", "", "128.0.0.1"])(
  "%s is not loopback",
  (address) => {
    expect(isLoopback(address)).toBe(false);
  },
);

test.each([
  undefined,
  "localhost",
  "localhost:9898",
  "127.0.0.1:9898",
  "127.1.2.3",
  "[::1]:9898",
  "[::1]",
  "Bot.Local:1",
])("E6 Host: %s names this machine", (header) => {
  expect(namesThisMachine(header, "bot.local")).toBe(true);
});

test.each([
  "evil.example",
  "evil.example:9898",
  "127.0.0.1.evil.example",
  "localhost@evil.example",
  "",
  "[::2]",
  "::1",
])("E6 Host: %s does not", (header) => {
  expect(namesThisMachine(header, "bot.local")).toBe(false);
});
