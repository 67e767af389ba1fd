import { expect, test } from "vitest";
import { readLiveEvent } from "./live-event.ts";

test("a beat's times are Unix milliseconds, and what is missing is unknown", () => {
  const data =
    '{"now":"2026-01-02T03:04:05.678Z","last_sample":null,"last_evaluation":"2026-01-02T03:04:05.000Z","worst":"odd"}';

  expect(readLiveEvent({ name: "beat", data })).toEqual({
    kind: "beat",
    nowMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    lastSampleMs: undefined,
    lastEvaluationMs: Date.UTC(2026, 0, 2, 3, 4, 5),
    worst: "unknown",
    firing: 0,
    paused: 0,
  });
});

test("what is not known, or not as agreed, is left out and breaks nothing", () => {
  for (const [name, data] of [
    ["beat", "{"],
    ["beat", "[]"],
    ["beat", "{}"],
    ["hello", '{"now":"yesterday"}'],
    ["pause", '{"pause":{"scope":1}}'],
    ["something-new", "{}"],
  ] as const)
    expect(readLiveEvent({ name, data })).toBeUndefined();
});

test("labels are texts, whatever is sent", () => {
  const data = '{"name":"A","labels":{"bot":"x","n":3,"o":null},"state":"firing","severity":"critical"}';

  expect(readLiveEvent({ name: "alert", data })).toMatchObject({ kind: "alert", labels: { bot: "x", n: "3", o: "" } });
});
