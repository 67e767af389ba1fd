import { describe, expect, test } from "vitest";
import type { Alert } from "../alert.ts";
import { alertOf } from "../testing/alerts.ts";
import { configOf, DispatchWorld, named, START_MS } from "../testing/dispatch-world.ts";

const SECOND = 1000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const RECEIVER = "receivers: [{name: ops, webhook_configs: [{url: 'http://127.0.0.1/'}]}]\n";
const BY_NAME = `${RECEIVER}route: {receiver: ops, group_by: [alertname], group_wait: 10s, group_interval: 1m, repeat_interval: 1h}`;
const AT_ONCE = BY_NAME.replace("group_wait: 10s", "group_wait: 0s");

describe("groups", () => {
  test("the first message waits for group_wait, changes for group_interval, and what is over is told", async () => {
    using world = new DispatchWorld(BY_NAME);
    await world.put(fires("A/1"));
    await world.clock.turn(5 * SECOND);
    await world.put(fires("A/2", 5 * SECOND));
    expect(world.told).toEqual([]);

    await world.clock.turn(5 * SECOND);
    expect(world.told).toMatchObject([{ status: "firing", firing: ["A/1", "A/2"], resolved: [] }]);

    await world.put(ends("A/1", 11 * SECOND));
    await world.clock.turn(59 * SECOND);
    expect(world.told).toHaveLength(1);

    await world.clock.turn(SECOND);
    expect(world.told[1]).toMatchObject({ status: "firing", firing: ["A/2"], resolved: ["A/1"] });

    await world.put(ends("A/2", 80 * SECOND));
    await world.clock.turn(MINUTE);
    expect(world.told[2]).toMatchObject({ status: "resolved", firing: [], resolved: ["A/2"] });
    expect(world.rows("notify_log")).toBe(0);

    await world.clock.turn(HOUR);
    expect(world.told).toHaveLength(3);
    expect(world.rows("notify_alerts")).toBe(0);
    expect(world.dispatcher.groups()).toEqual([]);
  });

  test("with group_wait 0 the message is in the outbox when put returns", () => {
    using world = new DispatchWorld(AT_ONCE);

    void world.put(fires("A/1"), fires("A/2"), fires("B/1"));

    expect(world.told).toMatchObject([
      { groupKey: '{}:{alertname="A"}', firing: ["A/1", "A/2"] },
      { groupKey: '{}:{alertname="B"}', firing: ["B/1"] },
    ]);
  });

  test("an alert that has fired for group_wait already is told at once", () => {
    using world = new DispatchWorld(BY_NAME);

    void world.put(fires("A/1", -10 * SECOND));

    expect(world.told).toHaveLength(1);
  });

  test("what goes on is told again after repeat_interval, not before", async () => {
    using world = new DispatchWorld(AT_ONCE);
    for (let elapsed = 0; elapsed < 2 * HOUR + 5 * MINUTE; elapsed += 15 * SECOND) {
      await world.put(fires("A/1"));
      await world.clock.turn(15 * SECOND);
    }

    expect(world.told.map(({ atMs }) => Math.round((atMs - START_MS) / MINUTE))).toEqual([0, 61, 122]);
  });

  test("an alert that is over before anybody was told of it is not told", async () => {
    using world = new DispatchWorld(BY_NAME);
    await world.put(fires("A/1"));
    await world.put(ends("A/1", 5 * SECOND));
    await world.clock.turn(HOUR);

    expect(world.told).toEqual([]);
    expect(world.rows("notify_alerts")).toBe(0);
  });

  test("of one that was not told as firing, nothing is told among others either", async () => {
    using world = new DispatchWorld(AT_ONCE);
    await world.put(fires("A/1"));
    await world.clock.turn(SECOND);
    await world.put(fires("A/2", SECOND));
    await world.put(ends("A/2", 2 * SECOND));
    await world.put(ends("A/1", 3 * SECOND));
    await world.clock.turn(HOUR);

    expect(world.told.map(({ firing, resolved }) => [firing, resolved])).toEqual([
      [["A/1"], []],
      [[], ["A/1"]],
    ]);
  });

  test("one that flaps between two flushes is not told", async () => {
    using world = new DispatchWorld(AT_ONCE);
    await world.put(fires("A/1"));
    await world.clock.turn(SECOND);
    await world.put(ends("A/1", SECOND));
    await world.put(fires("A/1", 2 * SECOND));
    await world.clock.turn(10 * MINUTE);

    expect(world.told).toHaveLength(1);
  });

  test("an alert that two routes take is told to both receivers", () => {
    using world = new DispatchWorld(`
receivers: [{name: a, ntfy_configs: [{topic: t}]}, {name: b, ntfy_configs: [{topic: t}], webhook_configs: [{url: 'http://x/'}]}, {name: c}]
route:
  receiver: c
  group_wait: 0s
  routes: [{matchers: [bot=1], receiver: a, continue: true}, {matchers: [alertname=A], receiver: b}]
`);
    void world.put(fires("A/1"));

    expect(world.notifications.map(({ receiver, channel }) => `${receiver}/${channel}`)).toEqual([
      "a/ntfy[0]",
      "b/ntfy[0]",
      "b/webhook[0]",
    ]);
    expect(new Set(world.told.map(({ id }) => id)).size).toBe(3);
  });

  test("two routes that match by the same tell the same receiver once", () => {
    using world = new DispatchWorld(
      `${RECEIVER}route: {receiver: ops, group_wait: 0s, routes: [{match: {bot: 1}, continue: true}, {match: {bot: 1}}]}`,
    );
    void world.put(fires("A/1"));

    expect(world.told).toHaveLength(1);
  });

  test("a channel without send_resolved is told only of what fires, and again when it fires again", async () => {
    using world = new DispatchWorld(
      AT_ONCE.replace(
        "webhook_configs: [{url: 'http://127.0.0.1/'}]",
        "ntfy_configs: [{topic: t, send_resolved: false}]",
      ),
    );
    await world.put(fires("A/1"), fires("A/2"));
    await world.clock.turn(SECOND);
    await world.put(ends("A/2", SECOND));
    await world.clock.turn(MINUTE);
    expect(world.told).toHaveLength(1);

    await world.put(fires("A/2", 61 * SECOND));
    await world.clock.turn(MINUTE);
    expect(world.told).toHaveLength(2);

    await world.put(ends("A/1", 130 * SECOND), ends("A/2", 130 * SECOND));
    await world.clock.turn(HOUR);
    expect(world.told).toHaveLength(2);
    expect(world.rows("notify_log")).toBe(0);
  });

  test("messages say what alerts have in common, and name the firing ones first", async () => {
    using world = new DispatchWorld(AT_ONCE);
    const labels = (bot: string, job: string) => named(`A/${bot}`).with("job", job).with("severity", "critical");
    const both = [
      { ...fires("A/1"), labels: labels("1", "b") },
      { ...fires("A/2"), labels: labels("2", "a") },
    ];
    await world.put(
      ...both.map((alert) => ({
        ...alert,
        annotations: new Map([
          ["summary", "s"],
          ["at", alert.labels.get("bot")],
        ]),
      })),
    );

    expect(world.notifications[0]).toMatchObject({
      receiver: "ops",
      channel: "webhook[0]",
      truncatedAlerts: 0,
      timeMs: START_MS,
    });
    expect(world.notifications[0]?.alerts.map(({ labels: each }) => each.get("job"))).toEqual(["a", "b"]);
    expect(world.notifications[0]?.groupLabels).toEqual(new Map([["alertname", "A"]]));
    expect(world.notifications[0]?.commonLabels).toEqual(
      new Map([
        ["alertname", "A"],
        ["severity", "critical"],
      ]),
    );
    expect(world.notifications[0]?.commonAnnotations).toEqual(new Map([["summary", "s"]]));
  });

  test("one with an end to come fires until then, unless it is put again", async () => {
    using world = new DispatchWorld(AT_ONCE);
    const until = (ms: number) =>
      alertOf({ alertname: "A", bot: "1" }, { startsAtMs: START_MS, endsAtMs: START_MS + ms });
    await world.put(until(5 * MINUTE));
    await world.clock.turn(4 * MINUTE);
    await world.put(until(9 * MINUTE));
    await world.clock.turn(4 * MINUTE);

    expect(world.told).toMatchObject([{ status: "firing", firing: ["A/1"] }]);
    expect(world.dispatcher.alerts()).toMatchObject([
      { endsAtMs: START_MS + 9 * MINUTE, alert: { endsAtMs: undefined } },
    ]);

    await world.clock.turn(2 * MINUTE);
    expect(world.told[1]).toMatchObject({ status: "resolved", resolved: ["A/1"] });
  });
});

describe("what is muted", () => {
  test("a silenced alert is not told until the silence ends, and is shown with the reason", async () => {
    using world = new DispatchWorld(AT_ONCE);
    const silence = world.silences.set({
      matchers: [{ name: "bot", operator: "=", value: "1" }],
      endsAtMs: START_MS + 5 * MINUTE,
      createdBy: "ada",
      comment: "deploy",
    });
    await world.put(fires("A/1"), fires("A/2"));

    expect(world.told).toMatchObject([{ firing: ["A/2"] }]);
    expect(statuses(world)).toEqual({ "A/1": ["suppressed", [silence.id], [], []], "A/2": ["active", [], [], []] });

    await world.clock.turn(6 * MINUTE);
    expect(world.told[1]).toMatchObject({ firing: ["A/1", "A/2"] });
  });

  test("what is over while it is silenced is told afterwards", async () => {
    using world = new DispatchWorld(AT_ONCE);
    await world.put(fires("A/1"));
    const matchers = [{ name: "bot", operator: "=", value: "1" }] as const;
    const { id } = world.silences.set({ matchers, endsAtMs: START_MS + HOUR, createdBy: "ada", comment: "" });
    await world.put(ends("A/1", SECOND));
    await world.clock.turn(10 * MINUTE);
    await world.restart();
    await world.clock.turn(10 * MINUTE);
    expect(world.told).toHaveLength(1);

    world.silences.expire(id);
    await world.clock.turn(MINUTE);
    expect(world.told[1]).toMatchObject({ status: "resolved", resolved: ["A/1"] });
  });

  test("an alert is inhibited as long as another fires", async () => {
    using world = new DispatchWorld(
      `${AT_ONCE}\ninhibit_rules: [{source_matchers: [alertname=Down], target_matchers: [alertname!=Down], equal: [bot]}]`,
    );
    await world.put(fires("Down/1"), fires("A/1"), fires("A/2"));

    expect(world.told).toMatchObject([{ firing: ["Down/1"] }, { firing: ["A/2"] }]);
    const fingerprint = world.dispatcher.alerts().find(({ labels }) => labels.get("alertname") === "Down")?.fingerprint;
    expect(statuses(world)["A/1"]).toEqual(["suppressed", [], [fingerprint], []]);

    await world.put(ends("Down/1", SECOND));
    await world.clock.turn(MINUTE);
    expect(world.told.slice(2)).toMatchObject([{ resolved: ["Down/1"] }, { firing: ["A/1", "A/2"] }]);
  });

  test("a route is silent in its mute intervals, and tells afterwards", async () => {
    using world = new DispatchWorld(`${RECEIVER}
route: {receiver: ops, group_wait: 0s, group_interval: 1m, routes: [{match: {bot: 1}, mute_time_intervals: [hour]}]}
time_intervals: [{name: hour, time_intervals: [{times: [{start_time: '08:00', end_time: '09:00'}]}]}]
`);
    world.clock.set(Date.parse("2026-01-05T08:58:30Z"));
    await world.put(fires("A/1"));

    expect(world.told).toEqual([]);
    expect(statuses(world)["A/1"]).toEqual(["suppressed", [], [], ["hour"]]);
    expect(world.dispatcher.groups()[0]?.alerts[0]?.status.mutedBy).toEqual(["hour"]);

    await world.clock.turn(2 * MINUTE);
    expect(world.told).toMatchObject([{ firing: ["A/1"] }]);
  });
});

describe("after a sudden death", () => {
  test("what was told and is over meanwhile is told as over, once", async () => {
    using world = new DispatchWorld(AT_ONCE);
    await world.put(fires("A/1"), fires("A/2"));
    await world.restart(MINUTE);
    await world.put(fires("A/2"));
    expect(world.dispatcher.alerts().map(({ labels, isConfirmed }) => [labels.get("bot"), isConfirmed])).toEqual([
      ["1", false],
      ["2", true],
    ]);
    world.dispatcher.resolveUnconfirmed();
    await world.clock.turn(2 * MINUTE);

    expect(world.told.slice(1)).toMatchObject([{ status: "firing", firing: ["A/2"], resolved: ["A/1"] }]);
  });

  test("if nobody says that all rules were evaluated, after resolve_timeout", async () => {
    using world = new DispatchWorld(AT_ONCE);
    await world.put(fires("A/1"));
    await world.restart();
    await world.clock.turn(4 * MINUTE);
    await world.restart();
    await world.clock.turn(4 * MINUTE);
    expect(world.told).toHaveLength(1);

    await world.clock.turn(2 * MINUTE);
    expect(world.told[1]).toMatchObject({ status: "resolved", resolved: ["A/1"] });
  });

  test("what was accepted and not told yet is told", async () => {
    using world = new DispatchWorld(BY_NAME);
    await world.put(fires("A/1"));
    await world.restart(20 * SECOND);
    await world.clock.turn(SECOND);

    expect(world.told).toMatchObject([{ firing: ["A/1"] }]);
  });

  test("what was accepted as over and not told yet is told", async () => {
    using world = new DispatchWorld(AT_ONCE);
    await world.put(fires("A/1"));
    await world.clock.turn(SECOND);
    await world.put(ends("A/1", SECOND));
    await world.restart();
    await world.clock.turn(SECOND);

    expect(world.told[1]).toMatchObject({ status: "resolved", resolved: ["A/1"] });
    expect(world.notifications[1]?.alerts[0]?.endsAtMs).toBe(START_MS + SECOND);
  });

  test("what goes on is not told again", async () => {
    using world = new DispatchWorld(AT_ONCE);
    await world.put(fires("A/1"));
    for (let i = 0; i < 5; i++) {
      await world.restart(SECOND);
      await world.put(fires("A/1"));
      await world.clock.turn(MINUTE);
    }

    expect(world.told).toHaveLength(1);
  });
});

describe("writing", () => {
  test("alerts that go on are not written again, whatever their value", async () => {
    using world = new DispatchWorld(AT_ONCE);
    await world.put(fires("A/1"));
    const row = () => world.store.tables.get("SELECT * FROM notify_alerts");
    const before = row();
    await world.clock.turn(15 * SECOND);
    await world.put({ ...fires("A/1"), value: 3, annotations: new Map([["summary", "it is 3"]]) });

    expect(row()).toEqual(before);
    expect(world.dispatcher.alerts()).toMatchObject([{ alert: { value: 3 }, updatedAtMs: START_MS + 15 * SECOND }]);
  });

  test("what cannot be written is neither told nor forgotten", async () => {
    using world = new DispatchWorld(AT_ONCE);
    world.isFailing = true;
    await expect(world.put(fires("A/1"))).rejects.toThrow("the disk is full");
    await world.clock.turn(3500);
    expect(world.told).toEqual([]);
    expect(world.rows("notify_alerts")).toBe(0);
    expect(world.errors).toHaveLength(3);

    world.isFailing = false;
    await world.clock.turn(SECOND);
    expect(world.told).toMatchObject([{ firing: ["A/1"] }]);
    expect(world.rows("notify_alerts")).toBe(1);
  });

  test("many alerts are taken in slices, in order, and one that comes after them is not lost", async () => {
    using world = new DispatchWorld(AT_ONCE.replace("[alertname]", "['...']"));
    const many = Array.from({ length: 1000 }, (_, i) => fires(`A/${i}`));
    const all = world.put(...many);
    const last = world.put(ends("A/999", 0));
    expect(world.rows("notify_alerts")).toBe(100);

    await world.clock.turn(SECOND);
    await Promise.all([all, last]);
    expect(world.told).toHaveLength(999);
    expect(world.dispatcher.groups()).toHaveLength(999);
  });

  test("what waits is written when it stops", async () => {
    using world = new DispatchWorld(BY_NAME);
    const all = world.put(...Array.from({ length: 1000 }, (_, i) => fires(`A/${i}`)));
    world.dispatcher[Symbol.dispose]();

    await all;
    expect(world.rows("notify_alerts")).toBe(1000);
    expect(world.clock.waiting).toBe(0);
  });

  test("a large group names 500 alerts and counts the others", async () => {
    using world = new DispatchWorld(BY_NAME);
    void world.put(...Array.from({ length: 1200 }, (_, i) => fires(`A/${i}`)));
    await world.clock.turn(10 * SECOND);

    expect(world.notifications[0]?.alerts).toHaveLength(500);
    expect(world.notifications[0]?.truncatedAlerts).toBe(700);
  });
});

test("another configuration takes over what fires; groups that stay are not told again", async () => {
  using world = new DispatchWorld(AT_ONCE);
  await world.put(fires("A/1"), fires("B/1"));
  world.dispatcher.reload(
    configOf(`${RECEIVER.replace("}]}]", "}]}, {name: b, ntfy_configs: [{topic: t}]}]")}
route: {receiver: ops, group_by: [alertname], group_wait: 0s, group_interval: 1m, routes: [{match: {alertname: B}, receiver: b}]}`),
  );
  await world.clock.turn(SECOND);

  expect(world.notifications.slice(2)).toMatchObject([
    { receiver: "b", groupKey: '{}/{alertname="B"}:{alertname="B"}' },
  ]);
  expect(world.dispatcher.groups().map(({ receiver }) => receiver)).toEqual(["ops", "b"]);
});

function fires(name: string, afterMs = 0): Alert {
  return alertOf(named(name).toObject(), { startsAtMs: START_MS + afterMs });
}

function ends(name: string, afterMs: number): Alert {
  return alertOf(named(name).toObject(), { startsAtMs: START_MS, endsAtMs: START_MS + afterMs });
}

function statuses(world: DispatchWorld) {
  const entries = world.dispatcher.alerts().map(({ labels, status }) => {
    const { state, silencedBy, inhibitedBy, mutedBy } = status;
    return [`${labels.get("alertname")}/${labels.get("bot")}`, [state, silencedBy, inhibitedBy, mutedBy]] as const;
  });
  return Object.fromEntries(entries);
}
