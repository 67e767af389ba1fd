import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Store } from "@haltwatch/store";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { delivered, type Outcome, refused, retry } from "../channels/channel.ts";
import type { News } from "../message/news.ts";
import { FakeChannel } from "../testing/fake-channel.ts";
import { HandClock } from "../testing/hand-clock.ts";
import { alert, notification, START_MS } from "../testing/notifications.ts";
import { channelAlert } from "./channel-health.ts";
import { Outbox, type OutboxSetup } from "./outbox.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

let folder: string;
let store: Store;
let clock: HandClock;
let errors: unknown[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "haltwatch-outbox-"));
  store = new Store({ path: join(folder, "test.db"), commitIntervalMs: 0 });
  clock = new HandClock(START_MS);
  errors = [];
});

afterEach(() => {
  store[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
  expect(errors).toEqual([]);
});

function outboxWith(channel: FakeChannel | Record<string, FakeChannel>, setup: Partial<OutboxSetup> = {}): Outbox {
  const outbox = new Outbox({
    tables: store.tables,
    clock,
    secret: () => "secret",
    log: { error: () => {}, info: () => {} },
    random: () => 0.5,
    onError: (error) => errors.push(error),
    ...setup,
  });
  const channels = channel instanceof FakeChannel ? { "slack[0]": channel } : channel;
  outbox.use(Object.entries(channels).map(([name, sender]) => ({ receiver: "ops", channel: name, sender })));
  return outbox;
}

let sequence = 0;

/** A state of a group that nothing else is like. */
function state(groupKey: string, isFiring: boolean, channel = "slack[0]") {
  sequence++;
  const timeMs = clock.now();
  const alerts = [alert({ labels: { bot: groupKey }, ...(isFiring ? {} : { endsAtMs: timeMs }) })];
  return notification(alerts, { groupKey, channel, timeMs, idempotencyKey: `${groupKey} ${sequence}` });
}

function firing(groupKey: string, channel?: string) {
  return state(groupKey, true, channel);
}

function resolved(groupKey: string, channel?: string) {
  return state(groupKey, false, channel);
}

function add(outbox: Outbox, ...notifications: ReturnType<typeof state>[]): void {
  store.tables.transaction(() => outbox.add(notifications));
}

function rows(): number {
  return Number(store.tables.get("SELECT count(*) AS n FROM outbox")?.["n"]);
}

/** `g firing`, `g resolved`, … */
function spoken(news: readonly News[]): string[] {
  return news.map((piece) =>
    piece.kind === "group"
      ? `${piece.notification.groupKey} ${piece.notification.status}`
      : `digest of ${piece.groups.length}`,
  );
}

test("what is added is sent in the same turn of the event loop, once the transaction is through", async () => {
  const channel = new FakeChannel();
  await using outbox = outboxWith(channel);

  store.tables.transaction(() => {
    outbox.add([firing("g")]);
    expect(channel.sent).toEqual([]);
  });
  await Promise.resolve();
  await Promise.resolve();
  await Promise.resolve();

  expect(spoken(channel.told)).toEqual(["g firing"]);
  await clock.turn(0);
  expect(rows()).toBe(0);
});

test("a transaction that is undone has nothing told", async () => {
  const channel = new FakeChannel();
  await using outbox = outboxWith(channel);

  expect(() =>
    store.tables.transaction(() => {
      outbox.add([firing("g")]);
      throw new Error("undone");
    }),
  ).toThrow("undone");
  await clock.turn(HOUR_MS);

  expect(channel.sent).toEqual([]);
});

test("what waits is sent after a restart", async () => {
  const down = new FakeChannel();
  down.answer = () => retry("HTTP 500");
  {
    await using outbox = outboxWith(down);
    add(outbox, firing("g"));
    await clock.turn(10);
  }
  const channel = new FakeChannel();

  await using _outbox = outboxWith(channel);
  await clock.turn(MINUTE_MS);

  expect(spoken(channel.told)).toEqual(["g firing"]);
});

test("a failure is tried again later and later, and not before the channel wants it", async () => {
  const channel = new FakeChannel();
  channel.answer = () => retry("HTTP 500");
  await using outbox = outboxWith(channel);

  add(outbox, firing("g"));
  await clock.turn(HOUR_MS);
  const gaps = channel.sent.map(({ timeMs }, i) => timeMs - (channel.sent[i - 1]?.timeMs ?? START_MS));
  expect(gaps.slice(0, 6)).toEqual([0, 750, 1_500, 3_000, 6_000, 12_000]);
  expect(Math.max(...gaps)).toBe(225_000);

  channel.sent.length = 0;
  channel.answer = () => retry("HTTP 429", 42 * MINUTE_MS);
  await clock.turn(5 * MINUTE_MS);
  expect(channel.sent).toHaveLength(1);
  channel.answer = () => delivered();
  await clock.turn(41 * MINUTE_MS);
  expect(channel.sent.length).toBeGreaterThanOrEqual(1);
  const [asked, then] = channel.sent;
  expect((then?.timeMs ?? Number.POSITIVE_INFINITY) - (asked?.timeMs ?? 0)).toBeGreaterThanOrEqual(42 * MINUTE_MS);
});

test("firing and resolved that were both untold become one message that says both", async () => {
  const channel = new FakeChannel();
  channel.answer = () => retry("cannot be reached");
  await using outbox = outboxWith(channel);

  add(outbox, firing("g"));
  await clock.turn(100);
  add(outbox, resolved("g"));
  channel.answer = () => delivered();
  await clock.turn(MINUTE_MS);

  expect(spoken(channel.told)).toEqual(["g resolved"]);
  expect(channel.told[0]).toMatchObject({ earlier: { wasFiring: true, changes: 1, sinceMs: START_MS } });
  expect(outbox.health()[0]?.counts).toMatchObject({ delivered: 1, folded: 1 });
});

test("a newer state waits for the older one that is being sent, and takes its place if that fails", async () => {
  const channel = new FakeChannel();
  const answers: ((outcome: Outcome) => void)[] = [];
  channel.answer = () => new Promise<Outcome>((resolve) => answers.push(resolve));
  await using outbox = outboxWith(channel);

  add(outbox, firing("g"));
  await clock.turn(0);
  add(outbox, resolved("g"));
  await clock.turn(HOUR_MS);
  expect(answers).toHaveLength(1);
  answers[0]?.(retry("no answer"));
  await clock.turn(HOUR_MS);
  answers[1]?.(delivered());
  await clock.turn(0);

  expect(spoken(channel.told)).toEqual(["g resolved"]);
  expect(channel.told[0]).toMatchObject({ earlier: { wasFiring: true } });
});

test("what was told is not told again with the next state", async () => {
  const channel = new FakeChannel();
  await using outbox = outboxWith(channel);

  add(outbox, firing("g"));
  await clock.turn(10);
  add(outbox, resolved("g"));
  await clock.turn(10);

  expect(channel.told).toMatchObject([
    { notification: { status: "firing" }, earlier: undefined },
    { notification: { status: "resolved" }, earlier: undefined },
  ]);
});

test("a refused message is a dead letter, until a newer state takes it in or somebody has it tried again", async () => {
  const channel = new FakeChannel();
  channel.answer = () => refused("message", "HTTP 400: invalid_payload");
  await using outbox = outboxWith(channel);

  add(outbox, firing("g"), firing("h"));
  await clock.turn(HOUR_MS);
  expect(outbox.deadLetters()).toMatchObject([
    { line: { name: "LatencyHigh", status: "firing" }, reason: "HTTP 400: invalid_payload", attempts: 1 },
    { receiver: "ops", channel: "slack[0]" },
  ]);
  expect(outbox.health()[0]).toMatchObject({ dead: 2, waiting: 0, isDown: false });

  channel.answer = () => delivered();
  add(outbox, resolved("g"));
  await clock.turn(MINUTE_MS);
  expect(channel.told).toMatchObject([{ notification: { status: "resolved" }, earlier: { wasFiring: true } }]);

  expect(outbox.retryDeadLetters()).toBe(1);
  await clock.turn(MINUTE_MS);
  expect(spoken(channel.told)).toEqual(["g resolved", "h firing"]);
  expect(rows()).toBe(0);
});

test("what cannot be told within days is a dead letter", async () => {
  const channel = new FakeChannel();
  channel.answer = () => retry("HTTP 500");
  await using outbox = outboxWith(channel, { options: { maxAgeMs: 2 * HOUR_MS } });

  add(outbox, firing("g"));
  await clock.turn(3 * HOUR_MS);

  expect(outbox.deadLetters()).toMatchObject([{ reason: "it could not be told within 2 h" }]);
  expect(outbox.dropDeadLetters()).toBe(1);
  expect(rows()).toBe(0);
});

test("a message that always fails does not keep back the others", async () => {
  const channel = new FakeChannel({ takesDigests: false });
  channel.answer = (news) =>
    news.kind === "group" && news.notification.groupKey === "poison" ? retry("HTTP 500") : delivered();
  await using outbox = outboxWith(channel);

  add(outbox, firing("poison"), firing("a"), firing("b"));
  await clock.turn(10_000);

  expect(spoken(channel.told)).toEqual(["a firing", "b firing"]);
  expect(outbox.health()[0]).toMatchObject({ waiting: 1 });
});

test("a flood is told in one message, the loudest first", async () => {
  const channel = new FakeChannel({ limits: [{ key: "chat", messages: 1, perMs: 1_000 }] });
  await using outbox = outboxWith(channel);

  add(outbox, firing("g0"));
  await clock.turn(10);
  for (let i = 1; i < 30; i++) add(outbox, firing(`g${i}`), resolved(`h${i}`));
  await clock.turn(2_000);

  expect(spoken(channel.told)).toEqual(["g0 firing", "digest of 58"]);
  const digest = channel.told[1];
  expect(digest).toMatchObject({ kind: "digest", changes: 58, sinceMs: START_MS + 10 });
  if (digest?.kind === "digest") expect(digest.groups.map(({ status }) => status).lastIndexOf("firing")).toBe(28);
  expect(rows()).toBe(0);
});

test("a digest that is refused is told group by group", async () => {
  const channel = new FakeChannel();
  channel.answer = (news) => (news.kind === "digest" ? refused("message", "HTTP 400") : delivered());
  await using outbox = outboxWith(channel);

  add(outbox, ...Array.from({ length: 10 }, (_, i) => firing(`g${i}`)));
  await clock.turn(HOUR_MS);

  expect(channel.told).toHaveLength(10);
  expect(outbox.deadLetters()).toEqual([]);
});

test("channels with the same limit share it", async () => {
  const limits = [
    { key: "chat", messages: 1, perMs: 1_000 },
    { key: "group", messages: 5, perMs: 60_000 },
  ];
  const a = new FakeChannel({ limits, takesDigests: false });
  const b = new FakeChannel({ limits, takesDigests: false });
  await using outbox = outboxWith({ "a[0]": a, "b[0]": b });

  for (let i = 0; i < 10; i++) add(outbox, firing(`g${i}`, "a[0]"), firing(`g${i}`, "b[0]"));
  await clock.turn(10 * MINUTE_MS);

  const times = [...a.sent, ...b.sent].map(({ timeMs }) => timeMs).sort((x, y) => x - y);
  expect(times).toHaveLength(20);
  for (const [i, time] of times.entries()) {
    expect(time - (times[i - 1] ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(1_000);
    expect(time - (times[i - 5] ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(60_000);
  }
});

test("a channel that is down is told of once, and that it is up again", async () => {
  const channel = new FakeChannel();
  channel.answer = () => retry("cannot be reached (ECONNREFUSED)");
  const told: string[] = [];
  await using outbox = outboxWith(channel, {
    onChannelDown: (health) =>
      told.push(channelAlert(health, undefined, clock.now()).annotations.get("description") ?? ""),
    onChannelUp: (health, sinceMs) =>
      told.push(`up ${health.channel} since ${(clock.now() - sinceMs) / HOUR_MS > 0.9}`),
  });

  add(outbox, firing("g"));
  await clock.turn(5_000);
  expect(told).toEqual([]);
  await clock.turn(HOUR_MS);
  expect(told).toEqual(["cannot be reached (ECONNREFUSED). 1 groups of alerts wait for it."]);
  expect(outbox.health()[0]).toMatchObject({
    isDown: true,
    failingSinceMs: START_MS,
    lastError: "cannot be reached (ECONNREFUSED)",
  });

  channel.answer = () => delivered();
  await clock.turn(10 * MINUTE_MS);
  expect(told[1]).toBe("up slack[0] since true");
  expect(outbox.health()[0]).toMatchObject({ isDown: false, failingSinceMs: undefined });
});

test("a channel whose token is wrong is down at once, and is well with the corrected one", async () => {
  const wrong = new FakeChannel();
  wrong.answer = () => refused("channel", "HTTP 401: Unauthorized");
  const told: string[] = [];
  await using outbox = outboxWith(wrong, {
    onChannelDown: () => told.push("down"),
    onChannelUp: () => told.push("up"),
  });

  add(outbox, firing("g"));
  await clock.turn(10);
  expect(told).toEqual(["down"]);

  const right = new FakeChannel();
  outbox.use([{ receiver: "ops", channel: "slack[0]", sender: right }]);
  outbox.retryDeadLetters();
  await clock.turn(10);
  expect(spoken(right.told)).toEqual(["g firing"]);
  expect(told).toEqual(["down", "up"]);
});

test("a day's outage: all is told afterwards, in order, and the file stays small meanwhile", async () => {
  const channel = new FakeChannel({ limits: [{ key: "chat", messages: 1, perMs: 1_000 }] });
  channel.answer = () => retry("cannot be reached");
  await using outbox = outboxWith(channel);

  const last = new Map<string, string>();
  for (let step = 0; step < 24 * 12; step++) {
    const groupKey = `g${step % 40}`;
    const isFiring = Math.floor(step / 40) % 2 === 0;
    add(outbox, isFiring ? firing(groupKey) : resolved(groupKey));
    last.set(groupKey, isFiring ? "firing" : "resolved");
    await clock.turn(5 * MINUTE_MS);
  }
  expect(rows()).toBe(40);
  channel.answer = () => delivered();
  await clock.turn(10 * MINUTE_MS);

  expect(spoken(channel.told)).toEqual(["digest of 40"]);
  expect(channel.told[0]).toMatchObject({ changes: 288, sinceMs: START_MS });
  if (channel.told[0]?.kind === "digest") {
    const told = channel.told[0].groups.map(({ where, status }) => [where.split(/[ ,]/)[1], status] as const);
    expect(new Map(told)).toEqual(last);
  }
  expect(rows()).toBe(0);
});

test("no more waits than may: the oldest become dead letters, and of those the oldest are forgotten and counted", async () => {
  const channel = new FakeChannel();
  channel.answer = () => retry("cannot be reached");
  await using outbox = outboxWith(channel, { options: { maxWaiting: 10, maxDead: 20 } });

  for (let i = 0; i < 50; i++) add(outbox, firing(`g${i}`));
  await clock.turn(10 * MINUTE_MS);

  expect(outbox.health()[0]).toMatchObject({ waiting: 10, dead: 20, counts: { expired: 40, forgotten: 20 } });
});

test("the same news twice is told once", async () => {
  const channel = new FakeChannel();
  channel.answer = () => retry("HTTP 500");
  await using outbox = outboxWith(channel);

  const news = firing("g");
  add(outbox, news);
  add(outbox, news);
  await clock.turn(10);
  channel.answer = () => delivered();
  await clock.turn(MINUTE_MS);

  expect(channel.told).toMatchObject([{ earlier: undefined }]);
});

test("what waits for a channel that is not configured any more waits for it to come back", async () => {
  const channel = new FakeChannel();
  await using outbox = outboxWith(channel);

  outbox.use([]);
  add(outbox, firing("g"));
  await clock.turn(HOUR_MS);
  expect(outbox.health()).toMatchObject([{ kind: undefined, waiting: 1 }]);
  outbox.use([{ receiver: "ops", channel: "slack[0]", sender: channel }]);
  await clock.turn(10);

  expect(spoken(channel.told)).toEqual(["g firing"]);
});

test("a clock that is set back does not keep a message", async () => {
  const channel = new FakeChannel();
  channel.answer = () => retry("HTTP 500");
  await using outbox = outboxWith(channel);

  add(outbox, firing("g"));
  await clock.turn(10);
  clock.set(START_MS - 24 * HOUR_MS);
  channel.answer = () => delivered();
  await clock.turn(MINUTE_MS);

  expect(spoken(channel.told)).toEqual(["g firing"]);
});

test("stopping waits for what is under way and leaves nothing behind", async () => {
  const channel = new FakeChannel();
  channel.answer = () => retry("HTTP 500");
  {
    await using outbox = outboxWith(channel);
    add(outbox, firing("g"));
    await clock.turn(10);
    expect(clock.waiting).toBeGreaterThan(0);
  }
  expect(clock.waiting).toBe(0);
});

test("whatever a channel answers, every group's last state arrives, in order, and never resolved without its firing", async () => {
  const answers = {
    well: delivered(),
    failing: retry("HTTP 500"),
    limited: retry("HTTP 429", 7_000),
    refused: refused("message", "HTTP 400"),
  };
  const step = fc.record({
    group: fc.integer({ min: 0, max: 7 }),
    waitMs: fc.constantFrom(0, 0, 1, 500, 5_000, 60_000),
    answer: fc.constantFrom<keyof typeof answers>("well", "well", "failing", "limited", "refused"),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
      clock = new HandClock(START_MS);
      const channel = new FakeChannel({ limits: [{ key: "chat", messages: 1, perMs: 1_000 }] });
      await using outbox = outboxWith(channel);
      const last = new Map<string, string>();
      let current: Outcome = delivered();
      channel.answer = () => current;

      for (const { group, waitMs, answer } of steps) {
        current = answers[answer];
        const groupKey = `g${group}`;
        // As dispatching does: a group begins with firing.
        const news = state(groupKey, last.get(groupKey) !== "firing");
        add(outbox, news);
        last.set(groupKey, news.status);
        await clock.turn(waitMs);
      }
      current = delivered();
      outbox.retryDeadLetters();
      await clock.turn(HOUR_MS);

      expect(rows()).toBe(0);
      expect(new Map(heardFrom(channel.told))).toEqual(last);
    }),
    { numRuns: 40 },
  );
});

/** What whoever reads it knows of every group in the end. Fails if they hear what cannot be. */
function heardFrom(told: readonly News[]): Map<string, string> {
  const heard = new Map<string, string>();
  const sequences = new Map<string, number>();
  for (const news of told) {
    if (news.kind === "digest") {
      for (const { where, status, cameAndWent } of news.groups) {
        const group = where.split(/[ ,]/)[1] ?? "";
        if (status === "resolved") expect([group, cameAndWent || heard.get(group) === "firing"]).toEqual([group, true]);
        heard.set(group, status);
      }
      continue;
    }
    const { groupKey, idempotencyKey, status } = news.notification;
    const number = Number(idempotencyKey.split(" ")[1]);
    expect(number).toBeGreaterThan(sequences.get(groupKey) ?? 0);
    sequences.set(groupKey, number);
    if (status === "resolved")
      expect([groupKey, news.earlier?.wasFiring === true || heard.get(groupKey) === "firing"]).toEqual([
        groupKey,
        true,
      ]);
    heard.set(groupKey, status);
  }
  return heard;
}
