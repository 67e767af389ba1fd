/** What the channels that speak HTTP make of good and bad days of the other side, and what they say of them. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { news } from "../outbox/fold.ts";
import { channelFrom, ntfyTo, pagerdutyTo, type SetChannel, slackTo, telegramTo } from "../testing/configured.ts";
import { delivery } from "../testing/delivery.ts";
import { FakeNtfy } from "../testing/fake-ntfy.ts";
import { FakePagerduty } from "../testing/fake-pagerduty.ts";
import { type FakeAnswer, FakeServer, type Misbehaviour } from "../testing/fake-server.ts";
import { FakeSlack } from "../testing/fake-slack.ts";
import { FakeTelegram } from "../testing/fake-telegram.ts";
import { alert, notification, START_MS } from "../testing/notifications.ts";
import type { Picture } from "./channel.ts";

const FIRING = news(notification([alert()]));
const RESOLVED = news(notification([alert({ endsAtMs: START_MS + 60_000 })]));

/** Not a real one: nothing here looks into it. */
const PICTURE: Picture = { png: new Uint8Array([0x89, 0x50, 0x4e, 0x47]) };

const KINDS = ["slack", "telegram", "pagerduty", "ntfy", "webhook"] as const;

async function started(kind: (typeof KINDS)[number]) {
  switch (kind) {
    case "slack": {
      const server = await new FakeSlack().start();
      return { server, ...slackTo(server) };
    }
    case "telegram": {
      const server = await new FakeTelegram().start();
      return { server, ...telegramTo(server) };
    }
    case "pagerduty": {
      const server = await new FakePagerduty().start();
      return { server, ...pagerdutyTo(server) };
    }
    case "ntfy": {
      const server = await new FakeNtfy().start();
      return { server, ...ntfyTo(server) };
    }
    case "webhook": {
      const server = await new FakeServer(() => ({ status: 200 })).start();
      return { server, ...webhookTo(server) };
    }
  }
}

function webhookTo(server: FakeServer, more: object = {}): SetChannel {
  return {
    channel: channelFrom("webhook", { url: "env:HOOK", ...more }),
    secrets: { "env:HOOK": `${server.url}/hooks/very-secret`, "env:PASSWORD": "very secret" },
  };
}

describe.each(KINDS)("%s", (kind) => {
  let set: Awaited<ReturnType<typeof started>>;

  beforeEach(async () => {
    set = await started(kind);
  });

  afterEach(async () => {
    await set.server[Symbol.asyncDispose]();
  });

  test("firing and resolved are delivered", async () => {
    expect(await set.channel.send(FIRING, delivery(set.secrets))).toEqual({ kind: "delivered", messages: 1 });
    expect(await set.channel.send(RESOLVED, delivery(set.secrets))).toEqual({ kind: "delivered", messages: 1 });
  });

  test.each<[Misbehaviour, object]>([
    ["error", { kind: "retry", reason: "HTTP 500: internal error" }],
    ["limited", { kind: "retry", afterMs: 1_000 }],
    [
      "reset",
      { kind: "retry", reason: expect.stringMatching(/^cannot be reached \((?:ECONNRESET|UND_ERR_SOCKET)\)$/) },
    ],
    ["lost", { kind: "retry", reason: expect.stringMatching(/^cannot be reached/) }],
    ["hang", { kind: "retry", reason: "no answer within 100 ms" }],
    ["slow", { kind: "delivered" }],
  ])("%s", async (misbehaviour, outcome) => {
    set.server.misbehave = () => misbehaviour;

    expect(
      await set.channel.send(FIRING, delivery(set.secrets, { timeoutMs: misbehaviour === "hang" ? 100 : 5_000 })),
    ).toMatchObject(outcome);
  });

  test("a redirect is not followed", async () => {
    await using elsewhere = await new FakeServer(() => ({ status: 200 })).start();
    const given = delivery(set.secrets, {
      fetch: (_, init) => fetch(redirecting.url, init),
    });
    await using redirecting = await new FakeServer(() => ({
      status: 307,
      headers: { location: elsewhere.url },
    })).start();

    expect(await set.channel.send(FIRING, given)).toMatchObject({ kind: "refused", fault: "channel" });
    expect(elsewhere.requests).toEqual([]);
  });

  test("an endless answer is not read to its end", async () => {
    const endless: FakeAnswer = { status: 400, body: "x".repeat(5_000_000) };
    await using server = await new FakeServer(() => endless).start();
    const outcome = await set.channel.send(
      FIRING,
      delivery(set.secrets, { fetch: (_, init) => fetch(server.url, init) }),
    );

    expect(outcome).toMatchObject({ kind: "refused" });
    expect(JSON.stringify(outcome).length).toBeLessThan(500);
  });

  test("what is said of failures has no secret in it, even if the other side repeats it", async () => {
    const secrets = Object.values(set.secrets);
    const echo = await new FakeServer(({ path, body }) => ({
      status: 400,
      body: `${path} ${body.toString()} ${secrets.join(" ")}`,
    })).start();
    await using _echo = echo;
    const outcomes = [
      await set.channel.send(
        FIRING,
        delivery(set.secrets, { fetch: (url, init) => fetch(echo.url + new URL(url).pathname, init) }),
      ),
      await set.channel.send(
        FIRING,
        delivery(set.secrets, { fetch: () => Promise.reject(new TypeError(`fetch failed: ${secrets.join(" ")}`)) }),
      ),
    ];

    for (const secret of secrets) expect(JSON.stringify(outcomes)).not.toContain(secret);
  });

  test("a secret that is not there is told by its reference", async () => {
    const [reference = ""] = Object.keys(set.secrets);

    expect(await set.channel.send(FIRING, delivery({}))).toEqual({
      kind: "refused",
      fault: "channel",
      reason: `${reference} cannot be read: it is not there`,
    });
  });

  test("a server that is not there is tried again", async () => {
    const given = delivery(set.secrets);
    await set.server[Symbol.asyncDispose]();

    expect(await set.channel.send(FIRING, given)).toMatchObject({
      kind: "retry",
      reason: "cannot be reached (ECONNREFUSED)",
    });
    set = await started(kind);
  });
});

test("Slack's own refusals are told apart: the message's fault, or the channel's", async () => {
  await using slack = await new FakeSlack().start();
  const { channel } = slackTo(slack);

  expect(await channel.send(FIRING, delivery({ "env:SLACK": `${slack.url}/services/other` }))).toEqual({
    kind: "refused",
    fault: "channel",
    reason: "HTTP 404: no_service",
  });
});

test("Slack shows a picture that can be opened from outside, and no other", async () => {
  await using slack = await new FakeSlack().start();
  const { channel, secrets } = slackTo(slack, { username: "haltwatch", icon_emoji: ":robot_face:", channel: "#ops" });
  const pictureOf = async () => ({ ...PICTURE, url: "https://haltwatch.example/pictures/1.png" });

  await channel.send(FIRING, delivery(secrets, { pictureOf, externalUrl: "https://haltwatch.example/" }));
  await channel.send(FIRING, delivery(secrets, { pictureOf }));

  const images = slack.messages.map(
    (message) => message.attachments?.[0]?.blocks?.filter(({ type }) => type === "image").length,
  );
  expect(images).toEqual([1, 0]);
  expect(slack.messages[0]).toMatchObject({ username: "haltwatch", icon_emoji: ":robot_face:", channel: "#ops" });
});

describe("Telegram", () => {
  let telegram: FakeTelegram;

  beforeEach(async () => {
    telegram = await new FakeTelegram().start();
  });

  afterEach(async () => {
    await telegram[Symbol.asyncDispose]();
  });

  test("its retry_after is honoured", async () => {
    telegram.isLimiting = true;
    const { channel, secrets } = telegramTo(telegram);

    expect(await channel.send(FIRING, delivery(secrets))).toMatchObject({ kind: "delivered" });
    expect(await channel.send(FIRING, delivery(secrets))).toEqual({
      kind: "retry",
      reason: "HTTP 429: Too Many Requests: retry after 1",
      afterMs: 1_000,
    });
  });

  test("a picture that is there in time is sent with the text as its caption", async () => {
    const { channel, secrets } = telegramTo(telegram, { message_thread_id: 7 });

    expect(await channel.send(FIRING, delivery(secrets, { pictureOf: async () => PICTURE }))).toEqual({
      kind: "delivered",
      messages: 1,
    });

    expect(telegram.messages).toMatchObject([
      { method: "sendPhoto", photo: PICTURE.png, threadId: "7", isQuiet: false },
    ]);
    expect(telegram.messages[0]?.text).toMatch(/^🔴 CRITICAL LatencyHigh · bot arb-1, venue cex\n/);
  });

  test("a text that is too long for a caption goes ahead of its picture", async () => {
    const { channel, secrets } = telegramTo(telegram);
    const long = news(
      notification([
        alert({ annotations: { description: "long ".repeat(140), summary: "s".repeat(300) } }),
        alert({ labels: { bot: "b" } }),
      ]),
    );

    expect(await channel.send(long, delivery(secrets, { pictureOf: async () => PICTURE }))).toEqual({
      kind: "delivered",
      messages: 2,
    });
    expect(telegram.messages.map(({ method }) => method)).toEqual(["sendMessage", "sendPhoto"]);
  });

  test("a picture that is late comes after the text, and one that never comes is not waited for", async () => {
    const { channel, secrets } = telegramTo(telegram);
    const late = () => new Promise<Picture>((resolve) => setTimeout(() => resolve(PICTURE), 60));

    expect(await channel.send(FIRING, delivery(secrets, { pictureOf: late, pictureDeadlineMs: 10 }))).toMatchObject({
      messages: 2,
    });
    expect(telegram.messages.map(({ method }) => method)).toEqual(["sendMessage", "sendPhoto"]);
    expect(
      await channel.send(FIRING, delivery(secrets, { pictureOf: () => new Promise(() => {}), pictureDeadlineMs: 5 })),
    ).toMatchObject({ messages: 1 });
    expect(
      await channel.send(FIRING, delivery(secrets, { pictureOf: () => Promise.reject(new Error("no")) })),
    ).toMatchObject({ messages: 1 });
  });

  test("where no pictures may be sent the text is", async () => {
    telegram.takesPhotos = false;
    const { channel, secrets } = telegramTo(telegram);

    expect(await channel.send(FIRING, delivery(secrets, { pictureOf: async () => PICTURE }))).toMatchObject({
      kind: "delivered",
    });
    expect(telegram.messages.map(({ method }) => method)).toEqual(["sendMessage"]);
  });

  test("what is only for information makes no sound; plain text is sent without markup", async () => {
    const { channel, secrets } = telegramTo(telegram, { parse_mode: "" });
    const info = news(notification([alert({ labels: { severity: "info" } })]));

    await channel.send(info, delivery(secrets));

    expect(telegram.messages[0]).toMatchObject({ isQuiet: true });
    expect(telegram.messages[0]?.text).not.toContain("<b>");
  });

  test("a wrong chat is the channel's fault", async () => {
    const { channel, secrets } = telegramTo(telegram, { chat: "@nobodyhere" });
    const given = delivery(secrets, {
      fetch: async () =>
        new Response(JSON.stringify({ ok: false, description: "Bad Request: chat not found" }), { status: 400 }),
    });

    expect(await channel.send(FIRING, given)).toMatchObject({ kind: "refused", fault: "channel" });
  });

  test("groups have a limit of their own", () => {
    expect(telegramTo(telegram, { chat_id: -100 }).channel.limits).toHaveLength(3);
    expect(telegramTo(telegram, { chat_id: 100 }).channel.limits).toHaveLength(2);
  });
});

describe("PagerDuty", () => {
  test("an incident is opened and closed by the same key", async () => {
    await using pagerduty = await new FakePagerduty().start();
    const { channel, secrets } = pagerdutyTo(pagerduty);

    await channel.send(FIRING, delivery(secrets));
    expect([...pagerduty.incidents.values()]).toMatchObject([{ severity: "critical", state: "triggered" }]);
    await channel.send(RESOLVED, delivery(secrets));
    expect([...pagerduty.incidents.values()]).toMatchObject([{ state: "resolved" }]);
  });

  test("what came and went untold is opened without waking anybody, and closed", async () => {
    await using pagerduty = await new FakePagerduty().start();
    const { channel, secrets } = pagerdutyTo(pagerduty);
    const earlier = { changes: 1, sinceMs: START_MS, wasFiring: true, untold: [], moreUntold: 0 };

    expect(await channel.send({ ...RESOLVED, earlier }, delivery(secrets))).toEqual({ kind: "delivered", messages: 2 });
    expect([...pagerduty.incidents.values()]).toMatchObject([{ severity: "info", state: "resolved" }]);
  });
});

describe("ntfy", () => {
  test("a picture is attached, the text beside it", async () => {
    await using ntfy = await new FakeNtfy().start();
    const { channel, secrets } = ntfyTo(ntfy);

    await channel.send(FIRING, delivery(secrets));
    await channel.send(FIRING, delivery(secrets, { pictureOf: async () => PICTURE }));

    const [without, withPicture] = ntfy.messages;
    expect(withPicture).toEqual({ ...without, attachment: PICTURE.png });
    expect(without).toMatchObject({ topic: "alerts", priority: 5, tags: ["rotating_light"] });
  });

  test("a server that takes no files gets the text", async () => {
    await using ntfy = await new FakeNtfy().start();
    ntfy.takesAttachments = false;
    const { channel, secrets } = ntfyTo(ntfy);

    expect(await channel.send(FIRING, delivery(secrets, { pictureOf: async () => PICTURE }))).toMatchObject({
      kind: "delivered",
    });
    expect(ntfy.messages).toMatchObject([{ attachment: undefined }]);
  });
});

describe("webhook", () => {
  test("says who asks, and what it is about, in its headers", async () => {
    await using server = await new FakeServer(() => ({ status: 202 })).start();
    const { channel, secrets } = webhookTo(server, {
      http_config: {
        basic_auth: { username: "ada", password: "env:PASSWORD" },
        http_headers: { "X-Team": { values: ["ops"] }, "X-Key": { secrets: ["env:PASSWORD"] } },
      },
    });

    await channel.send(FIRING, delivery(secrets));

    expect(server.requests[0]?.headers).toMatchObject({
      authorization: `Basic ${Buffer.from("ada:very secret").toString("base64")}`,
      "x-team": "ops",
      "x-key": "very secret",
      "idempotency-key": FIRING.notification.idempotencyKey,
    });
  });

  test("sends as many alerts as are wanted, and says how many more there are", async () => {
    await using server = await new FakeServer(() => ({ status: 200 })).start();
    const { channel, secrets } = webhookTo(server, { max_alerts: 2 });

    await channel.send(news(notification(["a", "b", "c"].map((bot) => alert({ labels: { bot } })))), delivery(secrets));

    expect(JSON.parse(String(server.requests[0]?.body))).toMatchObject({
      version: "4",
      truncatedAlerts: 1,
      alerts: [
        { labels: { bot: "a" }, status: "firing", startsAt: "2026-11-21T10:00:00Z", endsAt: "0001-01-01T00:00:00Z" },
        { labels: { bot: "b" } },
      ],
    });
  });
});
