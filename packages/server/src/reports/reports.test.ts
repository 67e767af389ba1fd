import { Store } from "@haltwatch/store";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readServerConfig } from "../config/server-config.ts";
import { Reports } from "./reports.ts";

const NINE_MS = Date.parse("2026-11-21T09:00:00Z");

let store: Store;
let told: string[];
beforeEach(() => {
  store = new Store({ path: ":memory:" });
  told = [];
});
afterEach(() => store.close());

function reports(sends: boolean, nowMs = NINE_MS): Reports {
  const schedule = { time_zone: "UTC", health: "", backup: "", report: "0 9 * * *", send_report: sends };
  const { web } = readServerConfig({ env: {} });
  return new Reports({
    ...{ store, now: () => nowMs, config: () => ({ packs: [], schedule, web }) },
    notifying: {
      drawReport: async () => undefined,
      tellReport: ({ id }) => told.push(id),
    },
  });
}

test("F11 a report that nobody has asked to be sent is kept, and goes nowhere", async () => {
  const all = reports(false);

  await all.scheduled(NINE_MS);

  expect(told).toEqual([]);
  expect(all.list()).toMatchObject([{ id: "daily-2026-11-20-utc", sentMs: undefined }]);
});

test("D4 the report of a day is sent once, also if the clock is set back; one of half the day does not count", async () => {
  const evening = Date.parse("2026-11-20T20:00:00Z");
  const early = reports(true, evening);
  await early.send({ date: "2026-11-20", timeZone: "UTC", fromMs: evening - 72_000_000, toMs: evening + 14_400_000 });
  const all = reports(true);

  await all.scheduled(NINE_MS);
  await all.scheduled(NINE_MS);

  expect(told).toEqual(["daily-2026-11-20-utc", "daily-2026-11-20-utc"]);
});
