import { Labels } from "@haltwatch/store/labels";
import { expect, test } from "vitest";
import { isWithinRatio, ratioPlace } from "./sample-ratio.ts";
import { xxhash64 } from "./xxhash64.ts";

test("a series' place is the hash of its labels, each text after its length", () => {
  const laidOut = new TextEncoder().encode("\u0008__name__\u0002up\u0003job\u0003bot");

  expect(ratioPlace(Labels.from({ __name__: "up", job: "bot" }))).toBe(Number(xxhash64(laidOut)) / 2 ** 64);
});

test("a text of 255 bytes or more has its length in three", () => {
  const long = "é".repeat(150);
  const laidOut = Uint8Array.from([1, 0x61, 255, 0x2c, 0x01, 0x00, ...new TextEncoder().encode(long)]);

  expect(ratioPlace(Labels.from({ a: long }))).toBe(Number(xxhash64(laidOut)) / 2 ** 64);
});

test("a ratio and its complement make the whole", () => {
  for (const place of [0, 0.1, 0.25, 0.3, 0.7, 0.999]) {
    expect(isWithinRatio(0.25, place)).toBe(!isWithinRatio(-0.75, place));
  }
});
