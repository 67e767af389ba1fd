import { array, assert, constantFrom, integer, property, tuple } from "fast-check";
import { describe, expect, test } from "vitest";
import { BOT_STATES, type BotState, rankOf } from "./bot-state.ts";
import { SLOT_MS, StateStrip } from "./state-strip.ts";

const DAY_MS = 86_400_000;
const NOW_MS = 20_000 * DAY_MS + 7 * SLOT_MS + 1_234;

/** The worst of these marks in the time from then to then. */
function worstOf(marks: readonly (readonly [number, BotState])[], fromMs: number, toMs: number): BotState {
  const ranks = marks.filter(([timeMs]) => timeMs >= fromMs && timeMs < toMs).map(([, state]) => rankOf(state));
  return BOT_STATES[Math.max(0, ...ranks)] ?? "unknown";
}

describe("a bot's strip", () => {
  test("has the worst state of each part, whatever the order in which they came", () => {
    const mark = tuple(
      integer({ min: 0, max: 40 * DAY_MS }).map((agoMs) => NOW_MS - agoMs),
      constantFrom(...BOT_STATES),
    );
    assert(
      property(array(mark, { maxLength: 60 }), (marks) => {
        const strip = new StateStrip();
        for (const [timeMs, state] of marks) strip.mark(state, timeMs);
        strip.mark("unknown", NOW_MS);

        const end = Math.floor(NOW_MS / SLOT_MS) * SLOT_MS + SLOT_MS;
        const parts = (from: number, count: number, partMs: number): BotState[] =>
          Array.from({ length: count }, (_, part) => worstOf(marks, from + part * partMs, from + (part + 1) * partMs));
        const halfHours = parts(end - 30 * DAY_MS, 30 * 48, SLOT_MS);
        const first = halfHours.findIndex((state) => state !== "unknown");
        expect(strip.lastDay(NOW_MS)).toEqual(halfHours.slice(-48));
        expect(strip.lastDays(NOW_MS)).toEqual(
          parts(end - 30 * DAY_MS, 30, DAY_MS).map((worst, day) => {
            const isSilent = halfHours.some(
              (state, slot) =>
                state === "unknown" && Math.floor(slot / 48) === day && slot > first && slot < halfHours.length - 1,
            );
            return worst === "ok" && isSilent ? "unknown" : worst;
          }),
        );
      }),
      { numRuns: 200 },
    );
  });

  test("shows no day as good in which nothing was heard for half an hour", () => {
    const strip = new StateStrip();

    strip.markAll("ok", NOW_MS - 2.5 * DAY_MS, NOW_MS - 10 * SLOT_MS);
    strip.markAll("ok", NOW_MS - 8 * SLOT_MS, NOW_MS);

    expect(strip.lastDays(NOW_MS).slice(-4)).toEqual(["unknown", "ok", "ok", "unknown"]);
  });

  test("forgets what is older than it is long", () => {
    const strip = new StateStrip();

    strip.mark("critical", NOW_MS);
    strip.mark("ok", NOW_MS + 31 * DAY_MS);

    expect(strip.lastDays(NOW_MS + 31 * DAY_MS)).toEqual([...Array<BotState>(29).fill("unknown"), "ok"]);
  });

  test("has every part between two times", () => {
    const strip = new StateStrip();

    strip.markAll("paused", NOW_MS - 3 * SLOT_MS, NOW_MS - SLOT_MS);
    strip.markAll("paused", NOW_MS - 400 * DAY_MS, NOW_MS - 29 * DAY_MS);

    expect(strip.lastDay(NOW_MS).slice(-5)).toEqual(["unknown", "paused", "paused", "paused", "unknown"]);
    expect(strip.lastDays(NOW_MS).slice(0, 3)).toEqual(["paused", "unknown", "unknown"]);
  });
});
