/** Healthy trading goes on, however busy the machine is. The hour is `npm run soak -- --hours 1`. */
import { availableParallelism } from "node:os";
import { expect, test } from "vitest";
import { soakTrading } from "./soak-trading.ts";

const SECONDS = Number(process.env["HALTWATCH_SOAK_SECONDS"] ?? 15);

test(`F3 ${SECONDS} s of 1,000 orders a second on a busy machine: no pause, no lease lost`, {
  timeout: 60_000 + SECONDS * 1_000,
}, async () => {
  const soaked = await soakTrading({
    seconds: SECONDS,
    ordersPerSecond: 1_000,
    hogs: availableParallelism(),
    tellEverySeconds: 5,
    onStanding: () => undefined,
  });

  expect(soaked).toMatchObject({ refused: 0, stops: 0, pauses: [] });
  expect(soaked.orders).toBeGreaterThan(SECONDS * 500); // less than were due where the machine stood still
});
