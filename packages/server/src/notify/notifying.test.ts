import { afterEach, describe, expect, test } from "vitest";
import type { NotifyValues } from "./notify-settings.ts";
import { NotifyWorld, type Sent } from "./testing/notify-world.ts";

const RULES = [
  {
    alert: "High",
    expr: "x > 500",
    labels: { severity: "critical" },
    annotations: { summary: "{{ $labels.bot }} is slow" },
  },
];

/** One webhook for all, told at once. */
const WEBHOOK: Partial<NotifyValues> = {
  route: { receiver: "ops", group_by: ["alertname", "bot"], group_wait: "0s", group_interval: "1s" },
  receivers: [{ name: "ops", webhook_configs: [{ url: "env:ops" }] }],
};

/** What Alertmanager's payload says. */
interface Payload {
  readonly status: string;
  readonly alerts: readonly {
    readonly status: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  }[];
}

let world: NotifyWorld;
afterEach(() => world[Symbol.asyncDispose]());

function started(settings: Partial<NotifyValues>, rules: readonly object[] = RULES): NotifyWorld {
  world = new NotifyWorld({ settings, rules });
  world.start();
  return world;
}

/** `firing High a` for each message to this server. */
function told(server: string): string[] {
  return world.sent.filter(({ url }) => url.endsWith(`/${server}`)).map(said);
}

function said({ body }: Sent): string {
  const { status, alerts } = body as Payload;
  return `${status} ${alerts.map(({ labels }) => [labels["alertname"], labels["bot"]].filter(Boolean).join(" ")).join(", ")}`;
}

describe("what the rules find", () => {
  test("is told when it fires and when it is over, once each", async () => {
    started(WEBHOOK);

    for (const a of [100, 700, 710, 100, 100]) await world.step({ a });
    await world.pass(5_000);

    expect(told("ops")).toEqual(["firing High a", "resolved High a"]);
  });

  test("is not told again after a restart, and what ended meanwhile is told as over", async () => {
    started(WEBHOOK);
    await world.step({ a: 700, b: 700 });
    expect(told("ops").toSorted()).toEqual(["firing High a", "firing High b"]);

    await world.stop();
    world.clock.turn(60_000);
    world.start();
    for (let second = 0; second < 5; second++) await world.step({ a: 700, b: 100 });
    await world.pass(5_000);

    expect(told("ops").slice(2)).toEqual(["resolved High b"]);
    expect(world.notifying.fromRules().map(({ labels }) => labels.get("bot"))).toEqual(["a"]);
  });

  test("F9 is not told as over because its series are gone: after a day it is told that nobody can know", async () => {
    started({ notify: { group_wait: "0s", repeat_interval: "100h", slack_webhook_url: "env:slack" } });
    await world.step({ a: 700 });
    expect(world.sent).toHaveLength(1);

    await world.step({}, 6 * 60_000);
    await world.pass(60_000);
    expect(world.sent).toHaveLength(1);

    await world.step({}, 25 * 3_600_000);
    await world.pass(60_000);
    expect(world.sent).toHaveLength(2);
    expect(JSON.stringify(world.sent[1]?.body)).toMatch(/NOT KNOWN ANY MORE High.*series are gone/);
  });

  test("is over when its rule is not there any more", async () => {
    started(WEBHOOK);
    await world.step({ a: 700 });

    await world.stop();
    world.start([{ alert: "Other", expr: "x > 900" }]);
    await world.pass(5_000);

    expect(told("ops")).toEqual(["firing High a", "resolved High a"]);
  });

  test("says what Haltwatch did about it, and the value against its limit", async () => {
    started({ notify: { group_wait: "0s", repeat_interval: "4h", slack_webhook_url: "env:slack" } }, [
      { alert: "High", expr: "x > 500", labels: { action: "pause", severity: "critical" } },
    ]);
    world.guard.pause({ scope: { bot: "a" }, state: "HALTED", reason: "slow", by: "rules", rule: "High", timeMs: 1 });

    await world.step({ a: 700 });

    const text = JSON.stringify(world.sent[0]?.body);
    expect(text).toContain("value 700, limit 500");
    expect(text).toContain("paused bot:a: no orders (HALTED)");
  });
});

describe("F10 a channel that is down", () => {
  const TWO: Partial<NotifyValues> = {
    ...WEBHOOK,
    receivers: [{ name: "ops", webhook_configs: [{ url: "env:first" }, { url: "env:second" }] }],
  };

  test("is told on the others, and so is that it is up again, with what it missed sent to itself", async () => {
    started(TWO);
    world.answers.set("/first", 500);

    await world.step({ a: 700 });
    await world.pass(120_000);
    expect(told("second")).toEqual(["firing High a", "firing NotificationChannelDown"]);
    expect(world.notifying.channels().map(({ channel, isDown, waiting }) => [channel, isDown, waiting])).toEqual([
      ["webhook[0]", true, 1],
      ["webhook[1]", false, 0],
    ]);

    world.answers.clear();
    await world.pass(600_000);
    expect(told("first")).toEqual(["firing High a"]);
    expect(told("second").slice(2)).toEqual(["resolved NotificationChannelDown"]);
  });
});

describe("what nobody must miss", () => {
  const URGENT = { name: "TradingAfterPause", labels: { bot: "a" }, summary: "it trades on", description: "stop it" };

  test("is told at once to those whom its labels lead to, past waits and silences", async () => {
    started({
      route: {
        receiver: "all",
        group_wait: "1h",
        routes: [{ matchers: ["severity=critical"], receiver: "loud", group_wait: "1h" }],
      },
      receivers: [
        { name: "all", webhook_configs: [{ url: "env:all" }] },
        { name: "loud", webhook_configs: [{ url: "env:loud" }] },
      ],
    });
    const nowMs = world.clock.now();
    world.notifying.silences.set({
      ...{ matchers: [{ name: "bot", operator: "=", value: "a" }], startsAtMs: nowMs, endsAtMs: nowMs + 3_600_000 },
      ...{ createdBy: "ada", comment: "all of it" },
    });

    world.notifying.tellNow(URGENT);
    await world.rest();

    expect(told("loud")).toEqual(["firing TradingAfterPause a"]);
    expect(told("all")).toEqual([]);
  });
});

describe("real Alertmanagers", () => {
  const POSTED: Partial<NotifyValues> = { alertmanagers: ["http://127.0.0.1:9093/"] };

  test("are posted what fires, again each minute with its value, its end, and after a restart what was known", async () => {
    started(POSTED);
    await world.step({ a: 700 });
    expect(posted()).toMatchObject([
      [{ labels: { alertname: "High", bot: "a" }, annotations: { summary: "a is slow" } }],
    ]);
    const [first] = posted()[0] ?? [];
    expect(Date.parse(first?.endsAt ?? "")).toBe(world.clock.now() + 240_000);

    for (let second = 0; second < 61; second++) await world.step({ a: 710 });
    expect(posted().length).toBeGreaterThan(1);

    await world.stop();
    const before = posted().length;
    world.start();
    await world.rest();
    expect(posted().slice(before)).toMatchObject([[{ labels: { alertname: "High" } }]]);

    await world.step({ a: 100 });
    expect(Date.parse(posted().at(-1)?.[0]?.endsAt ?? "")).toBe(world.clock.now());
  });

  test("that do not answer are posted all of it again soon", async () => {
    started(POSTED);
    world.answers.set(":9093", 503);
    await world.step({ a: 700 });
    await world.step({ a: 700, b: 700 });
    expect(posted()).toEqual([]);

    world.answers.clear();
    await world.pass(6_000);

    const labels = posted()
      .flat()
      .map(({ labels: one }) => one["bot"]);
    expect(new Set(labels)).toEqual(new Set(["a", "b"]));
  });

  function posted(): { labels: Record<string, string>; endsAt: string }[][] {
    return world.sent
      .filter(({ url }) => url === "http://127.0.0.1:9093/api/v2/alerts")
      .map(({ body }) => body as { labels: Record<string, string>; endsAt: string }[]);
  }
});
