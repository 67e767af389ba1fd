import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { Registry } from "../registry/registry.ts";
import { type LinkOptions, startLink } from "./start-link.ts";
import { FakeHaltwatch } from "./testing/fake-haltwatch.ts";
import { HandClock } from "./testing/hand-clock.ts";

/** What waits for promises alone has been done. */
async function settled(clock: HandClock): Promise<void> {
  for (let i = 0; i < 5; i++) {
    await nextTurn();
    clock.turn();
  }
}

async function setUp(options: Partial<LinkOptions> = {}) {
  const clock = new HandClock();
  const haltwatch = new FakeHaltwatch();
  const registry = new Registry({ now: () => clock.wall() });
  const logged: string[] = [];
  const note = (event: string): void => void logged.push(event);
  const link = startLink(
    { url: "http://127.0.0.1:9898", bot: "arb-1", registry, log: { info: note, warn: note, error: note }, ...options },
    { clock, openSocket: haltwatch.openSocket, random: () => 1 },
  );
  onTestFinished(() => link.stop());
  await settled(clock);
  const pass = async (ms: number): Promise<void> => {
    clock.pass(ms);
    await settled(clock);
  };
  return { clock, haltwatch, registry, link, guard: link.guard, logged, pass };
}

test("hello says who it is; the first grant makes it ready", async () => {
  const { haltwatch, link, guard, clock } = await setUp({ token: "secret", instance: "vps", version: "1.2" });
  const { connection } = haltwatch;

  connection.welcome();
  await settled(clock);
  expect(guard.allowed("open")).toBe(false);
  connection.grant();
  await link.ready;

  expect(connection.sent[0]).toMatchObject({
    ...{ type: "hello", protocol: 1, bot: "arb-1", instance: "vps", job: "link", version: "1.2", token: "secret" },
    wall: clock.wall(),
  });
  expect(guard.allowed("open")).toBe(true);
});

test("F3 the lease is renewed each second, and ends three after the last renewal that was granted", async () => {
  const { haltwatch, guard, pass } = await setUp();
  const { connection } = haltwatch;
  connection.welcome();
  connection.grant();

  await pass(1_000);
  connection.grant();
  await pass(2_999);
  expect(connection.of("renew").map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  expect(guard.allowed("open")).toBe(true);
  await pass(1);

  expect(guard.allowed("open")).toBe(false);
});

test("a grant of no renewal, or of one that was granted before, lengthens nothing", async () => {
  const { haltwatch, guard, pass } = await setUp();
  const { connection } = haltwatch;
  connection.welcome();
  connection.grant();
  await pass(1_000);
  connection.grant();
  const left = guard.leaseLeftMs;

  connection.tell({ type: "grant", seq: 2, lease_ms: 90_000, epoch: 0, pauses: [] });
  connection.tell({ type: "grant", seq: 77, lease_ms: 90_000, epoch: 0, pauses: [] });

  expect(guard.leaseLeftMs).toBe(left);
});

test("a change of a watched metric is sent at the end of the turn, once, and of no other", async () => {
  const { haltwatch, registry, clock, pass } = await setUp();
  const failed = registry.counter({ name: "orders_failed_total", help: "h", labelNames: ["venue"] });
  const other = registry.gauge({ name: "other", help: "h" });
  failed.labels("cex");
  haltwatch.connection.welcome(["orders_failed_total"]);
  await settled(clock);
  await pass(5);
  haltwatch.connection.sent.length = 0;

  for (let i = 0; i < 1_000; i++) failed.labels("cex").inc();
  other.set(1);
  expect(haltwatch.connection.sent).toEqual([]);
  clock.turn();

  expect(haltwatch.connection.sent).toEqual([
    { type: "samples", time: clock.wall(), values: [[expect.any(Number), 1_000]] },
  ]);
});

test("changes within a millisecond are sent in the next one: a series has one value at a time", async () => {
  const { haltwatch, registry, clock, pass } = await setUp();
  const failed = registry.counter({ name: "orders_failed_total", help: "h" });
  haltwatch.connection.welcome(["orders_failed_total"]);
  await settled(clock);
  await pass(5);
  haltwatch.connection.sent.length = 0;

  failed.inc();
  clock.turn();
  failed.inc();
  clock.turn();
  failed.inc();
  expect(haltwatch.connection.values("orders_failed_total").length).toBe(0); // announced before
  clock.pass(1);

  const samples = haltwatch.connection.of("samples").map(({ time, values }) => [time, values]);
  expect(samples.map(([, values]) => (values as [number, number][])[0]?.[1])).toEqual([1, 3]);
  expect(samples[1]?.[0]).toBe(Number(samples[0]?.[0]) + 1);
});

test("a count that is born with its first failure is told of at zero before, at the time of its birth", async () => {
  const { haltwatch, registry, clock, pass } = await setUp();
  const failed = registry.counter({ name: "orders_failed_total", help: "Failed.", labelNames: ["venue"] });
  haltwatch.connection.welcome(["orders_failed_total"]);
  await settled(clock);
  await pass(5);
  haltwatch.connection.sent.length = 0;

  failed.labels("dex").inc();
  clock.turn();

  const [series, zero, value] = haltwatch.connection.sent;
  const bornMs = clock.wall();
  expect(series).toMatchObject({
    type: "series",
    series: [[expect.any(Number), "orders_failed_total", { venue: "dex" }, "counter"]],
  });
  expect(zero).toMatchObject({ type: "samples", late: true, time: bornMs - 1, values: [[expect.any(Number), 0]] });
  expect(value).toMatchObject({ type: "samples", time: bornMs, values: [[expect.any(Number), 1]] });
});

test("a metric that is made later, and watched, is told of at once", async () => {
  const { haltwatch, registry, clock, pass } = await setUp();
  haltwatch.connection.welcome(["later_ms_bucket"]);
  await settled(clock);
  await pass(5);
  haltwatch.connection.sent.length = 0;

  const later = registry.histogram({ name: "later_ms", help: "h", buckets: [1, 10] });
  later.observe(5);
  clock.turn();

  expect(haltwatch.connection.values("later_ms_bucket")).toEqual([0, 0, 0, 1, 1]); // zeros of what is not 0, then values
  expect(haltwatch.connection.values("later_ms_sum")).toEqual([0, 5]);
});

test("once an interval everything is sent, and what is gone is said to be", async () => {
  const { haltwatch, registry, pass, clock } = await setUp();
  const gauge = registry.gauge({ name: "spread", help: "h", labelNames: ["pair"] });
  gauge.labels("a").set(Number.POSITIVE_INFINITY);
  gauge.labels("b").set(2);
  haltwatch.connection.welcome();
  await settled(clock);

  gauge.remove("b");
  await pass(1_000);
  await pass(1_000);

  expect(haltwatch.connection.values("spread")).toEqual(["+Inf", 2, "+Inf", null, "+Inf"]);
  const interval = haltwatch.connection.of("samples").filter(({ late }) => late !== true);
  expect(interval.map(({ all, more }) => [all, more])).toEqual([1, 2, 3].map(() => [true, undefined]));
});

test("after a reconnection all is announced anew, and what changed meanwhile is sent as late", async () => {
  const { haltwatch, registry, pass, clock, link } = await setUp();
  const failed = registry.counter({ name: "orders_failed_total", help: "h" });
  haltwatch.connection.welcome(["orders_failed_total"]);
  await settled(clock);
  failed.inc();
  await pass(10);

  haltwatch.connection.end();
  expect(link.isLinked).toBe(false);
  failed.inc(4);
  await pass(1_000); // further attempts fail meanwhile
  failed.inc();
  await pass(1_000);
  haltwatch.connection.welcome(["orders_failed_total"]);
  await settled(clock);

  const { connection } = haltwatch;
  const late = connection
    .of("samples")
    .filter((frame) => frame["late"] === true && JSON.stringify(frame).includes(",5]"));
  expect(late.length).toBe(1);
  expect(connection.values("orders_failed_total").at(-1)).toBe(6);
});

test("attempts are made at growing distances, up to five seconds, and at once after a good link", async () => {
  const { haltwatch, clock, pass } = await setUp();
  const waits: number[] = [];

  for (let attempt = 0; attempt < 8; attempt++) {
    const before = haltwatch.connections.length;
    haltwatch.connection.end("refused");
    const beganMs = clock.monotonic();
    while (haltwatch.connections.length === before) await pass(50);
    waits.push(clock.monotonic() - beganMs);
  }

  expect(waits).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
});

test("a fatal refusal is not asked for again at once, and is told in the log", async () => {
  const { haltwatch, pass, logged } = await setUp();
  haltwatch.connection.open();
  haltwatch.connection.tell({ type: "error", code: "unauthenticated", message: "no", fatal: true });
  haltwatch.connection.end();

  await pass(4_900);
  expect(haltwatch.connections.length).toBe(1);
  await pass(200);

  expect(haltwatch.connections.length).toBe(2);
  expect(logged).toContain("link_refused");
});

test("Haltwatch that is silent is given up for another attempt", async () => {
  const { haltwatch, pass } = await setUp();
  haltwatch.connection.welcome();

  await pass(5_100);

  expect(haltwatch.connections[0]?.isEnded).toBe(true);
  expect(haltwatch.connections.length).toBe(2);
});

test("a clock that was set begins another link, whose hello tells the new time", async () => {
  const { haltwatch, pass, clock } = await setUp();
  haltwatch.connection.welcome();
  haltwatch.connection.grant();

  clock.step(-60_000);
  await pass(1_200);
  haltwatch.connection.open();

  expect(haltwatch.connections.length).toBe(2);
  expect(haltwatch.connection.sent[0]?.["wall"]).toBe(clock.wall());
});

test("a pause is acknowledged at once, and again with what was done; without a link, when there is one", async () => {
  const { haltwatch, guard, clock, pass } = await setUp();
  let finish: () => void = () => undefined;
  guard.onPause(
    () =>
      new Promise((resolve) => {
        finish = () => resolve({ cancelled: 2, leftOpen: 1, note: "slow venue" });
      }),
  );
  haltwatch.connection.welcome();
  haltwatch.connection.grant();

  const pause = { epoch: 7, scope: { bot: "arb-1" }, state: "HALTED", reason: "r", by: "b", rule: "R", time: 1 };
  haltwatch.connection.tell({ type: "pause", epoch: 7, changed: [pause], pauses: [pause] });
  expect(guard.allowed("close")).toBe(false);
  await settled(clock);
  expect(haltwatch.connection.of("ack")).toMatchObject([{ type: "ack", epoch: 7, stage: "received" }]);
  haltwatch.connection.end();
  clock.block(40);
  finish();
  await settled(clock);
  await pass(200);
  haltwatch.connection.welcome();

  expect(haltwatch.connection.of("ack")).toEqual([
    {
      ...{ type: "ack", epoch: 7, stage: "done", outcome: "done", cancelled: 2, failed: 0, left_open: 1 },
      ...{ note: "slow venue", took_ms: 40 },
    },
  ]);
});

test("hello tells the highest epoch that was heard, so that Haltwatch notices what it has lost", async () => {
  const { haltwatch, pass } = await setUp();
  haltwatch.connection.welcome();
  haltwatch.connection.grant(5);
  haltwatch.connection.tell({ type: "arm", epoch: 9, changed: [], pauses: [] });
  haltwatch.connection.end();

  await pass(200);
  haltwatch.connection.open();

  expect(haltwatch.connections.map(({ sent }) => sent[0]?.["epoch"])).toEqual([0, 9]);
});

test("what cannot be understood ends the link, and lifts nothing", async () => {
  const { haltwatch, guard } = await setUp();
  haltwatch.connection.welcome();
  haltwatch.connection.grant(5, [{ epoch: 5, state: "REDUCING", scope: {} }]);

  haltwatch.connection.tell({ type: "grant", seq: 1, lease_ms: 3000, epoch: 6, pauses: "none" });

  expect(haltwatch.connections[0]?.isEnded).toBe(true);
  expect([guard.allowed("open"), guard.allowed("close")]).toEqual([false, true]);
});

test("a pause whose state or scope is not known halts everything", async () => {
  const { haltwatch, guard } = await setUp();
  haltwatch.connection.welcome();

  haltwatch.connection.grant(5, [{ epoch: 5, state: "SOMETHING_NEW", scope: "later:version" }]);

  expect(guard.allowed("close", { venue: "cex" })).toBe(false);
});

test("while Haltwatch does not read, samples are held back and renewals are not", async () => {
  const { haltwatch, registry, pass, clock } = await setUp();
  const failed = registry.counter({ name: "orders_failed_total", help: "h" });
  haltwatch.connection.welcome(["orders_failed_total"]);
  await settled(clock);
  await pass(5);
  haltwatch.connection.sent.length = 0;
  haltwatch.connection.bufferedAmount = 2 ** 21;

  failed.inc();
  await pass(2_000);
  expect(new Set(haltwatch.connection.sent.map(({ type }) => type))).toEqual(new Set(["renew"]));
  haltwatch.connection.bufferedAmount = 0;
  await pass(1_000);

  expect(JSON.stringify(haltwatch.connection.of("samples").at(0))).toContain(",1]");
  expect(
    registry.get("haltwatch_link_dropped_samples_total")?.children.some(({ labelValues }) => labelValues[0] === "slow"),
  ).toBe(true);
});

test("series beyond Haltwatch's limit are left out and counted, the others go on", async () => {
  const { haltwatch, registry, clock } = await setUp();
  const gauge = registry.gauge({ name: "many", help: "h", labelNames: ["i"] });
  for (let i = 0; i < 100; i++) gauge.labels(String(i)).set(i);

  haltwatch.connection.welcome([], { series: 50 });
  await settled(clock);

  const announced = haltwatch.connection.of("series").flatMap(({ series }) => series as unknown[]);
  expect(announced.length).toBe(50);
});

test("large snapshots come in several frames of one time, and only the last one ends them", async () => {
  const { haltwatch, registry, clock } = await setUp();
  const gauge = registry.gauge({ name: "many", help: "h", labelNames: ["i"] });
  for (let i = 0; i < 5_000; i++) gauge.labels(String(i)).set(i + 0.123456789);

  haltwatch.connection.welcome();
  await settled(clock);

  const frames = haltwatch.connection.of("samples").filter(({ all }) => all === true);
  expect(frames.length).toBeGreaterThan(3);
  expect(new Set(frames.map(({ time }) => time)).size).toBe(1);
  expect(frames.map(({ more }) => more === true)).toEqual([...frames.slice(1).map(() => true), false]);
  expect(haltwatch.connection.values("many").length).toBe(5_000);
});

test("stop sends what there is, says goodbye, and nothing may be traded any more", async () => {
  const { haltwatch, registry, link, guard, pass, clock } = await setUp();
  const failed = registry.counter({ name: "orders_failed_total", help: "h" });
  const { connection } = haltwatch;
  connection.welcome();
  connection.grant();
  await settled(clock);
  failed.inc(3);

  await link.stop();

  expect(connection.sent.at(-1)?.type).toBe("bye");
  expect(connection.values("orders_failed_total").at(-1)).toBe(3);
  expect(guard.allowed("open")).toBe(false);
  await pass(60_000);
  expect(haltwatch.connections.length).toBe(1);
});

test.each(["ftp://x", "nonsense", "ws://user:pass@host/"])("the url %s is refused at the start", (url) => {
  expect(() => startLink({ url, bot: "b", registry: new Registry() })).toThrow(
    expect.objectContaining({ code: "BAD_VALUE" }),
  );
});

test("F8 right after it has acknowledged a pause the bot tells its counts, all read after that", async () => {
  const { haltwatch, registry, clock, pass } = await setUp();
  const { connection } = haltwatch;
  const orders = registry.counter({ name: "orders_total", help: "Orders." });
  connection.welcome();
  connection.grant();
  await pass(1_500);
  orders.inc(3);
  const before = connection.sent.length;

  connection.tell({
    ...{ type: "pause", epoch: 7, changed: [] },
    pauses: [{ epoch: 7, scope: {}, state: "HALTED", reason: "r", by: "me", time: 1 }],
  });
  await settled(clock);

  const sent = connection.sent.slice(before);
  expect(sent[0]).toMatchObject({ type: "ack", epoch: 7, stage: "received", time: clock.wall() });
  expect(sent.some((frame) => frame["type"] === "samples" && frame["all"] === true)).toBe(true);
});

test("F10 the bot tells that Haltwatch is gone, once for each time, and what its teller throws does no harm", async () => {
  const lost: unknown[] = [];
  const { haltwatch, logged, pass, clock } = await setUp({
    onWatcherLost: (one) => {
      lost.push(one);
      throw new Error("no SMS today");
    },
  });
  haltwatch.connection.welcome();
  haltwatch.connection.grant();

  await pass(3_000);
  expect(lost).toEqual([{ sinceMs: clock.wall(), isLinked: true }]);
  await pass(60_000);

  expect(lost).toHaveLength(1);
  expect(logged).toContain("watcher_lost");
});
