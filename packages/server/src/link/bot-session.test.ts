import { Store } from "@haltwatch/store";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import type { Taken } from "./bot-samples.ts";
import { BotSession } from "./bot-session.ts";
import type { LinkContext } from "./link-context.ts";
import { DEFAULT_LINK_LIMITS } from "./link-limits.ts";
import { LinkRefusal } from "./link-refusal.ts";
import { PlainGuard } from "./testing/plain-guard.ts";

const START_MS = 1_764_000_000_000;

const HELLO = {
  type: "hello",
  protocol: 1,
  bot: "arb-1",
  instance: "vps",
  wall: START_MS,
  process: "p",
  token: "secret",
};

function setUp({ hello = HELLO as object, context: given = {} as Partial<LinkContext> } = {}) {
  let passedMs = 0;
  const store = new Store({ path: ":memory:", commitIntervalMs: 0, now: () => START_MS + passedMs });
  onTestFinished(() => store.close());
  const guard = new PlainGuard(10);
  const sent: Record<string, unknown>[] = [];
  const taken: Taken[] = [];
  const context: LinkContext = {
    store,
    guard,
    watched: () => new Set(["orders_failed_total"]),
    authorize: (_bot, token) => token === "secret",
    limits: DEFAULT_LINK_LIMITS,
    clock: { now: () => START_MS + passedMs, monotonic: () => passedMs, after: () => () => undefined },
    leaseMs: 3_000,
    renewMs: 1_000,
    intervalMs: 1_000,
    version: "test",
    ...given,
  };
  const link = () => {
    const session = new BotSession(
      context,
      {
        send: (text) => sent.push(JSON.parse(text)),
        admit: () => undefined,
        onSamples: (one) => taken.push(one),
        onBye: () => undefined,
      },
      undefined,
    );
    const tell = (frame: object): void => session.receive(JSON.stringify(frame));
    tell(hello);
    return { session, tell };
  };
  return {
    ...{ store, guard, sent, taken, link, ...link() },
    pass: (ms: number) => {
      passedMs += ms;
    },
    samples: (name: string) =>
      store
        .select([{ name: "__name__", operator: "=", value: name }], 0, START_MS + 3_600_000)
        .map(({ labels, times, values, stale }) => ({
          labels: labels.toObject(),
          times: [...times].map((time) => time - START_MS),
          values: [...values].map((value, i) => (stale?.[i] === 1 ? "stale" : value)),
        })),
  };
}

/** Of what is refused. */
function codeOf(act: () => void): string {
  try {
    act();
  } catch (error) {
    if (error instanceof LinkRefusal) return error.code;
    throw error;
  }
  return "";
}

const FAILED = { type: "series", series: [[1, "orders_failed_total", { venue: "cex" }, "counter"]] };

test("welcome says what is watched and allowed", () => {
  const { sent } = setUp();

  expect(sent).toEqual([
    {
      ...{ type: "welcome", protocol: 1, server: "test", names: ["orders_failed_total"], interval_ms: 1000 },
      ...{ lease_ms: 3000, renew_ms: 1000, epoch: 10 },
      limits: { frame_bytes: 1_048_576, series: 20_000, samples_per_second: 100_000, frames_per_second: 2_000 },
    },
  ]);
});

test.each([
  ["unauthenticated", { ...HELLO, token: "guess" }],
  ["unauthenticated", { ...HELLO, token: undefined }],
  ["unsupported_protocol", { ...HELLO, protocol: 9, oldest: 8 }],
  ["unsupported_protocol", { ...HELLO, protocol: 0 }],
  ["malformed", { ...HELLO, bot: "" }],
  ["malformed", { ...HELLO, wall: "now" }],
  ["malformed", { type: "renew", seq: 1 }],
])("a link that begins otherwise is refused: %s", (code, hello) => {
  expect(codeOf(() => void setUp({ hello }))).toBe(code);
});

test("a newer bot is answered in the version that is spoken here", () => {
  const { sent } = setUp({ hello: { ...HELLO, protocol: 7, oldest: 1 } });

  expect(sent[0]).toMatchObject({ type: "welcome", protocol: 1 });
});

test("samples get the bot's labels, and what it says under their names is kept apart", () => {
  const { tell, samples } = setUp();
  tell({ type: "series", series: [[1, "a", { bot: "other", instance: "vps", x: "y", e: "" }, "gauge"]] });

  tell({ type: "samples", time: START_MS, values: [[1, 4]] });

  expect(samples("a").map(({ labels }) => labels)).toEqual([
    { __name__: "a", bot: "arb-1", exported_bot: "other", instance: "vps", job: "link", x: "y" },
  ]);
});

test("whoever evaluates rules is told of watched and other names, and of the newest sample's time", () => {
  const { tell, taken, pass } = setUp();
  tell(FAILED);
  pass(10);

  tell({ type: "samples", time: START_MS + 9, values: [[1, 1]] });

  expect(taken).toEqual([{ samples: 1, names: new Set(["orders_failed_total"]), timeMs: START_MS + 9 }]);
});

test("two changes in a millisecond are both there, in their order", () => {
  const { tell, taken, samples } = setUp();
  tell(FAILED);

  for (const value of [1, 2, 2, 3]) tell({ type: "samples", time: START_MS, values: [[1, value]] });

  expect(samples("orders_failed_total")[0]).toMatchObject({ times: [0, 1, 2], values: [1, 2, 3] });
  expect(taken.at(-1)?.timeMs).toBe(START_MS + 2);
});

test("a snapshot is seen when its last frame is there, and not before", () => {
  const { tell, samples, pass } = setUp();
  tell(FAILED);
  tell({ type: "series", series: [[2, "other", {}, "gauge"]] });
  pass(5);

  tell({ type: "samples", time: START_MS + 1, all: true, more: true, values: [[1, 1]] });
  expect(samples("orders_failed_total")).toEqual([]);
  tell({ type: "samples", time: START_MS + 3, values: [[1, 2]] });
  tell({ type: "samples", time: START_MS + 1, all: true, values: [[2, "NaN"]] });

  expect(samples("other")[0]?.values).toEqual([Number.NaN]);
  expect(samples("orders_failed_total")[0]).toMatchObject({ times: [3], values: [2] });
  expect(samples("up")[0]).toMatchObject({ times: [1], values: [1], labels: { bot: "arb-1", job: "link" } });
});

test("a snapshot of the same millisecond as a change is newer, and not lost", () => {
  const { tell, samples } = setUp();
  tell(FAILED);
  tell({ type: "samples", time: START_MS, values: [[1, 1]] });

  tell({ type: "samples", time: START_MS, all: true, values: [[1, 2]] });

  expect(samples("orders_failed_total")[0]?.values).toEqual([1, 2]);
});

test("late samples fill a hole, and never come before what is there", () => {
  const { tell, samples, pass } = setUp();
  tell(FAILED);
  pass(5_000);
  tell({ type: "samples", time: START_MS + 1_000, late: true, values: [[1, 0]] });
  tell({ type: "samples", time: START_MS + 4_000, values: [[1, 4]] });

  tell({ type: "samples", time: START_MS + 2_000, late: true, values: [[1, 2]] });

  expect(samples("orders_failed_total")[0]).toMatchObject({ times: [1_000, 4_000], values: [0, 4] });
});

test.each([
  ["an hour behind", -3_600_000, 0],
  ["an hour ahead", 3_600_000, 0],
  ["half a second behind", -500, -500],
  ["half a second ahead", 500, 0],
])("a bot's clock that is %s: no sample is in the future, none is lost", (_, offMs, expectedMs) => {
  const { tell, samples } = setUp({ hello: { ...HELLO, wall: START_MS + offMs } });
  tell(FAILED);

  tell({ type: "samples", time: START_MS + offMs, values: [[1, 1]] });

  expect(samples("orders_failed_total")[0]).toMatchObject({ times: [expectedMs], values: [1] });
});

test("null makes a series stale and frees its reference", () => {
  const { tell, samples, pass } = setUp();
  tell(FAILED);
  tell({ type: "samples", time: START_MS, values: [[1, 1]] });
  pass(1_000);

  tell({ type: "samples", time: START_MS + 1_000, all: true, values: [[1, null]] });
  tell({ type: "series", series: [[1, "other", {}, "gauge"]] });
  tell({ type: "samples", time: START_MS + 1_001, values: [[1, 7]] });

  expect(samples("orders_failed_total")[0]?.values).toEqual([1, "stale"]);
  expect(samples("other")[0]?.values).toEqual([7]);
});

test("F9 at the end of a link all of its series are stale, and up is 0", () => {
  const { tell, samples, session, pass } = setUp();
  tell(FAILED);
  tell({ type: "samples", time: START_MS, all: true, values: [[1, 1]] });
  pass(1_000);

  session.end();
  session.end();

  expect(samples("orders_failed_total")[0]).toMatchObject({ times: [0, 1_000], values: [1, "stale"] });
  expect(samples("up")[0]).toMatchObject({ values: [1, 0] });
});

test("F9 and so at an end in the very millisecond of the last sample", () => {
  const { tell, samples, session } = setUp();
  tell(FAILED);
  tell({ type: "samples", time: START_MS, all: true, values: [[1, 1]] });

  session.end();

  expect(samples("orders_failed_total")[0]?.values).toEqual([1, "stale"]);
  expect(samples("up")[0]?.values).toEqual([1, 0]);
});

test("F2 grants echo the renewal, and have all pauses that touch the bot", () => {
  const { tell, sent, guard } = setUp();
  guard.pause({ scope: { bot: "other" }, state: "HALTED" });
  guard.pause({ scope: { venue: "cex" }, state: "REDUCING", reason: "r", by: "b", rule: "R", timeMs: 5 });

  tell({ type: "renew", seq: 4 });

  expect(sent.at(-1)).toEqual({
    ...{ type: "grant", seq: 4, lease_ms: 3_000, epoch: 12 },
    pauses: [{ epoch: 12, scope: { venue: "cex" }, state: "REDUCING", reason: "r", by: "b", rule: "R", time: 5 }],
  });
});

test("a pause and an arm are told once, and not to bots that they do not touch", () => {
  const { sent, guard, session } = setUp();

  guard.pause({ scope: { bot: "other" }, state: "HALTED" });
  session.guardChanged();
  expect(sent.length).toBe(1);
  guard.pause({ scope: {}, state: "HALTED" });
  session.guardChanged();
  session.guardChanged();
  guard.arm();
  session.guardChanged();

  expect(sent.slice(1).map(({ type, epoch, pauses }) => [type, epoch, (pauses as unknown[]).length])).toEqual([
    ["pause", 12, 1],
    ["arm", 13, 0],
  ]);
});

test("no lease is granted while the guard cannot keep pauses, and the bot is told why", () => {
  const { tell, guard } = setUp();
  guard.noLease = "the disk is full";

  expect(codeOf(() => tell({ type: "renew", seq: 1 }))).toBe("no_lease");
  guard.noLease = undefined;
  tell({ type: "renew", seq: 2 });
});

test("what a bot did about a pause is handed on; about one that it was not told of, it is refused", () => {
  const { tell, guard, session } = setUp();
  const told: unknown[] = [];
  guard.onAcknowledged = (...acknowledged) => told.push(acknowledged);
  guard.pause({ scope: {}, state: "HALTED" });
  session.guardChanged();

  tell({ type: "ack", epoch: 11, stage: "received" });
  tell({
    type: "ack",
    epoch: 11,
    stage: "done",
    outcome: "failed",
    cancelled: 1,
    failed: 2,
    left_open: 3,
    took_ms: 4.5,
  });
  const refused = codeOf(() => tell({ type: "ack", epoch: 12, stage: "received" }));

  expect(told).toEqual([
    ["arb-1", 11, { stage: "received" }],
    [
      "arb-1",
      11,
      {
        ...{ stage: "done", outcome: "failed", cancelled: 1, failed: 2, leftOpen: 3, tookMs: 4.5 },
        ...{ flattened: undefined, note: undefined },
      },
    ],
  ]);
  expect(refused).toBe("malformed");
});

test("more series than allowed are passed over, and the samples of the others are kept", () => {
  const { tell, samples } = setUp({ context: { limits: { ...DEFAULT_LINK_LIMITS, series: 2 } } });

  const refused = codeOf(() =>
    tell({ type: "series", series: [1, 2, 3].map((ref) => [ref, "many", { i: String(ref) }, "gauge"]) }),
  );
  tell({ type: "samples", time: START_MS, values: [1, 2, 3].map((ref) => [ref, ref]) });

  expect(refused).toBe("too_many_series");
  expect(samples("many").map(({ values }) => values)).toEqual([[1], [2]]);
});

test("samples beyond the allowance are not kept; with time there is some again", () => {
  const { tell, samples, pass } = setUp({ context: { limits: { ...DEFAULT_LINK_LIMITS, samplesPerSecond: 1 } } });
  tell(FAILED);
  const send = (value: number): string =>
    codeOf(() => tell({ type: "samples", time: START_MS + value, values: [[1, value]] }));
  pass(10_000);

  const codes = [1, 2, 3, 4, 5, 6].map(send);
  pass(1_000);

  expect(codes).toEqual(["", "", "", "", "", "too_many_samples"]);
  expect(send(7)).toBe("");
  expect(samples("orders_failed_total")[0]?.values).toEqual([1, 2, 3, 4, 5, 7]);
});

test("property: whatever a bot sends is taken or refused, never an error of another kind", () => {
  const field = fc.oneof(
    fc.anything(),
    fc.constantFrom(0, 1, 2, -1, 1e300, START_MS, "a", "NaN", null, [[1, 1]], [[1, null]], [[1, "a", {}, "gauge"]]),
  );
  const frame = fc.record(
    {
      type: fc.constantFrom("hello", "series", "samples", "renew", "ack", "bye", "__proto__"),
      ...Object.fromEntries(
        ["time", "values", "series", "help", "seq", "epoch", "stage", "all", "more", "late", "cancelled"].map(
          (key) => [key, field] as const,
        ),
      ),
    },
    { requiredKeys: ["type"] },
  );
  const { session } = setUp({ context: { limits: { ...DEFAULT_LINK_LIMITS, framesPerSecond: 1e9 } } });

  fc.assert(
    fc.property(frame, (sent) => {
      let text: string;
      try {
        text = JSON.stringify(sent);
      } catch {
        return; // a cycle or a bigint
      }
      codeOf(() => session.receive(text));
    }),
    { numRuns: 2_000 },
  );
});

test("property: counts sent over any number of links, frames lost and doubled, never rise by more than they did", () => {
  const step = fc.record({
    grow: fc.nat(3),
    fate: fc.constantFrom("kept", "lost", "doubled"),
    isLinkLost: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const world = setUp();
      let { tell, session } = world;
      let count = 0;
      tell(FAILED);
      tell({ type: "samples", time: START_MS, values: [[1, 0]] });
      for (const [index, { grow, fate, isLinkLost }] of steps.entries()) {
        world.pass(1_000);
        count += grow;
        const timeMs = START_MS + (index + 1) * 1_000;
        const frame = { type: "samples", time: timeMs, all: true, values: [[1, count]] };
        if (fate !== "lost") tell(frame);
        if (fate === "doubled") tell(frame);
        if (!isLinkLost) continue;
        session.end();
        ({ tell, session } = world.link());
        tell(FAILED);
      }
      world.pass(1_000);
      tell({ type: "samples", time: START_MS + (steps.length + 1) * 1_000, all: true, values: [[1, count]] });

      const values = (world.samples("orders_failed_total")[0]?.values ?? []).filter((value) => value !== "stale");
      const increase = values.reduce<number>((sum, value, i) => sum + Number(value) - Number(values[i - 1] ?? 0), 0);
      expect(increase).toBe(count);
      expect(values.every((value, i) => i === 0 || Number(value) >= Number(values[i - 1]))).toBe(true);
    }),
    { numRuns: 60 },
  );
});
