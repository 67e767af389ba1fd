import { expect, test } from "vitest";
import { orchestratorLine } from "./orchestrator-line.ts";

const TIMES = { since: "2026-03-01T12:03:09.900Z", confirmed: "2026-03-01T12:03:10.123Z" };

test.each([
  [{ wanted: "pause", confirmation: "confirmed" }, "betting-1: PAUSED, confirmed 12:03:10 UTC by its orchestrator"],
  [{ wanted: "reduce", confirmation: "confirmed" }, "betting-1: REDUCING, confirmed 12:03:10 UTC by its orchestrator"],
  [
    { wanted: "pause", confirmation: "sent" },
    "betting-1: PAUSED, sent 12:03:10 UTC, not confirmed: it cannot be asked",
  ],
  [
    { wanted: "pause", confirmation: "unconfirmed", lastError: "connection refused" },
    "betting-1: NOT CONFIRMED: connection refused; stop it by hand",
  ],
  [
    { wanted: "pause", confirmation: "pending" },
    "betting-1: NOT CONFIRMED: asked since 12:03:09 UTC, no answer yet; stop it by hand",
  ],
  [
    { wanted: "resume", confirmation: "unconfirmed", lastError: "it answers 503" },
    "betting-1: NOT RESUMED: it answers 503; resume it by hand",
  ],
  [{ wanted: "resume", confirmation: "confirmed" }, undefined],
  [{}, undefined],
] as const)("of %o a trader reads: %s", (state, line) => {
  expect(orchestratorLine({ name: "betting-1", ...TIMES, ...state })).toBe(line);
});
