import { expect, test } from "vitest";
import { ServerClock } from "./server-clock.ts";

test("ages are counted by Haltwatch's clock, however wrong the computer's is", () => {
  let [monotonic, wall] = [1000, 9_000_000];
  const clock = new ServerClock(
    () => monotonic,
    () => wall,
  );
  expect(clock.now()).toBe(9_000_000);

  clock.heard(5_000_000);
  monotonic += 250;
  wall += 250;
  expect(clock.now()).toBe(5_000_250);
  expect(clock.skewMs()).toBe(4_000_000);

  // The computer's clock is set back: the ages go on.
  wall = 0;
  expect(clock.now()).toBe(5_000_250);
});
