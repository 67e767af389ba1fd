import { expect, test } from "vitest";
import { xxhash64 } from "./xxhash64.ts";

/** From the specification's and its libraries' test vectors; the last two have whole stripes. */
test.each([
  ["", 0xef46db3751d8e999n],
  ["a", 0xd24ec4f1a98c6e5bn],
  ["as", 0x1c330fb2d66be179n],
  ["asd", 0x631c37ce72a97393n],
  ["asdf", 0x415872f599cea71en],
  ["abc", 0x44bc2cf5ad770999n],
  ["Call me Ishmael. Some years ago--never mind how long precisely-", 0x02a2e85470d6fd96n],
  ["Nobody inspects the spammish repetition", 0xfbcea83c8a378bf1n],
])("the xxHash64 of %j", (text, hash) => {
  expect(xxhash64(new TextEncoder().encode(text))).toBe(hash);
});
