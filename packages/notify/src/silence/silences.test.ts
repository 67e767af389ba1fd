import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Labels, Store } from "@haltwatch/store";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { HandClock } from "../testing/hand-clock.ts";
import type { SilenceRequest } from "./silence.ts";
import { silenceFromApi, silenceToApi } from "./silence-api.ts";
import { Silences } from "./silences.ts";

const NOW_MS = 1_760_000_000_000;
const HOUR = 3_600_000;

let folder: string;
let store: Store;
let clock: HandClock;
let silences: Silences;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "haltwatch-silences-"));
  store = new Store({ path: join(folder, "test.db") });
  clock = new HandClock(NOW_MS);
  silences = new Silences(store.tables, clock);
});

afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("silences", () => {
  test("one that was accepted is there after a restart", () => {
    const made = silences.set(asked());
    silences = new Silences(store.tables, clock);

    expect(silences.list()).toEqual([made]);
    expect(made).toMatchObject({ startsAtMs: NOW_MS, endsAtMs: NOW_MS + HOUR, createdBy: "ada", comment: "deploy" });
    expect(matching({ alertname: "A" })).toEqual([made.id]);
    expect(matching({ alertname: "B" })).toEqual([]);
  });

  test("it is pending, active and expired in turn", async () => {
    const { id } = silences.set(asked({ startsAtMs: NOW_MS + HOUR, endsAtMs: NOW_MS + 2 * HOUR }));
    expect(stateOf(id)).toBe("pending");
    expect(silences.isActive(id, clock.now())).toBe(false);

    await clock.turn(HOUR);
    expect(stateOf(id)).toBe("active");
    expect(silences.isActive(id, clock.now())).toBe(true);

    await clock.turn(HOUR);
    expect(stateOf(id)).toBe("expired");
    expect(matching({ alertname: "A" })).toEqual([]);
  });

  test("an end, a comment can be changed in place; matchers make another silence and end the first", async () => {
    const first = silences.set(asked());
    await clock.turn(1000);
    const longer = silences.set({
      ...asked({ endsAtMs: NOW_MS + 5 * HOUR, comment: "longer" }),
      id: first.id,
      startsAtMs: NOW_MS,
    });
    expect(longer).toMatchObject({ id: first.id, comment: "longer", startsAtMs: NOW_MS, updatedAtMs: NOW_MS + 1000 });

    const other = silences.set({ ...asked({ matchers: [{ name: "bot", operator: "=", value: "1" }] }), id: first.id });
    expect(other.id).not.toBe(first.id);
    expect(stateOf(first.id)).toBe("expired");
    expect(silences.list().map(({ id }) => id)).toEqual([other.id, first.id]);
  });

  test("one that is over cannot be taken up again: another is made", () => {
    const { id } = silences.set(asked());
    silences.expire(id);

    expect(silences.set({ ...asked(), id }).id).not.toBe(id);
    expect(silences.expire(id).endsAtMs).toBe(NOW_MS);
  });

  test("a pending one that is expired never was active", () => {
    const { id } = silences.set(asked({ startsAtMs: NOW_MS + HOUR, endsAtMs: NOW_MS + 2 * HOUR }));

    expect(silences.expire(id)).toMatchObject({ startsAtMs: NOW_MS, endsAtMs: NOW_MS });
    expect(stateOf(id)).toBe("expired");
  });

  test("those that are over for five days are forgotten", async () => {
    const { id } = silences.set(asked());
    const other = silences.set(asked({ endsAtMs: NOW_MS + 500 * HOUR }));
    await clock.turn(120 * HOUR);
    silences.collect();
    expect(silences.get(id)).toBeDefined();

    await clock.turn(HOUR);
    silences.collect();
    expect(silences.get(id)).toBeUndefined();
    expect(new Silences(store.tables, clock).list().map((each) => each.id)).toEqual([other.id]);
  });

  test.each<[string, Partial<SilenceRequest>]>([
    ["no matcher", { matchers: [] }],
    ["a matcher of everything", { matchers: [{ name: "a", operator: "=~", value: ".*" }] }],
    ["a pattern that is none", { matchers: [{ name: "a", operator: "=~", value: "[" }] }],
    ["an end before its beginning", { startsAtMs: NOW_MS + HOUR, endsAtMs: NOW_MS }],
    ["an end in the past", { startsAtMs: NOW_MS - HOUR, endsAtMs: NOW_MS - 1 }],
    ["no end", { endsAtMs: Number.NaN }],
  ])("%s is refused", (_, wrong) => {
    expect(() => silences.set(asked(wrong))).toThrow(expect.objectContaining({ code: "BAD_SILENCE" }));
    expect(silences.list()).toEqual([]);
  });

  test("one that is not there cannot be changed", () => {
    expect(() => silences.set({ ...asked(), id: "no" })).toThrow(
      expect.objectContaining({ code: "SILENCE_NOT_FOUND" }),
    );
    expect(() => silences.expire("no")).toThrow(expect.objectContaining({ code: "SILENCE_NOT_FOUND" }));
  });
});

describe("Alertmanager's API", () => {
  const BODY = {
    matchers: [
      { name: "alertname", value: "A", isRegex: false, isEqual: true },
      { name: "bot", value: "1|2", isRegex: true, isEqual: false },
    ],
    startsAt: "2025-10-09T08:53:20.000Z",
    endsAt: "2025-10-09T11:53:20.000+02:00",
    createdBy: "ada",
    comment: "deploy",
  };

  test("a silence is taken and given as there", () => {
    const made = silences.set(silenceFromApi(BODY));

    expect(silenceToApi(made, clock.now())).toEqual({
      ...BODY,
      id: made.id,
      endsAt: "2025-10-09T09:53:20.000Z",
      updatedAt: "2025-10-09T08:53:20.000Z",
      status: { state: "active" },
    });
    expect(matching({ alertname: "A", bot: "3" })).toEqual([made.id]);
    expect(matching({ alertname: "A", bot: "2" })).toEqual([]);
  });

  test.each([undefined, {}, { ...BODY, endsAt: "soon" }, { ...BODY, matchers: [{ name: "a" }] }])(
    "what is none is refused: %o",
    (body) => {
      expect(() => silenceFromApi(body)).toThrow(expect.objectContaining({ code: "BAD_SILENCE" }));
    },
  );
});

function asked(request: Partial<SilenceRequest> = {}): SilenceRequest {
  return {
    matchers: [{ name: "alertname", operator: "=", value: "A" }],
    endsAtMs: NOW_MS + HOUR,
    createdBy: "ada",
    comment: "deploy",
    ...request,
  };
}

function matching(labels: Record<string, string>): readonly string[] {
  return silences.matching(Labels.from(labels), clock.now());
}

function stateOf(id: string) {
  const silence = silences.get(id);
  return silence === undefined ? undefined : silenceToApi(silence, clock.now()).status.state;
}
