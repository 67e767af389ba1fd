/** What people see on every channel, for every level, firing and resolved: D7. */
import { expect, test } from "vitest";
import type { ChannelKind } from "../config/channel-configs.ts";
import { groupLine } from "../message/group-line.ts";
import { LOOKS } from "../message/level.ts";
import { messageOf } from "../message/message.ts";
import type { DigestNews, News } from "../message/news.ts";
import { plainBody } from "../message/plain-message.ts";
import { news } from "../outbox/fold.ts";
import { channelFrom } from "../testing/configured.ts";
import { delivery } from "../testing/delivery.ts";
import { alert, notification, START_MS } from "../testing/notifications.ts";
import type { Channel, Delivery } from "./channel.ts";
import { emailBody } from "./email/email-body.ts";
import { slackPayload } from "./slack/slack-payload.ts";

const SECRETS = {
  "env:SLACK": "https://slack.test/services/very-secret",
  "env:TELEGRAM": "123456:very-secret",
  "env:PAGERDUTY": "0123456789abcdef0123456789abcdef",
  "env:NTFY": "tk_very_secret",
};

const CONFIGS: Readonly<Partial<Record<ChannelKind, object>>> = {
  slack: { api_url: "env:SLACK" },
  telegram: { bot_token: "env:TELEGRAM", chat_id: -100123 },
  pagerduty: { routing_key: "env:PAGERDUTY" },
  ntfy: { topic: "alerts", token: "env:NTFY" },
  webhook: { url: "https://hooks.test/alerts" },
};

const LEVELS = ["critical", "warning", "info"] as const;

function sample(severity: string, isResolved: boolean): News {
  const parts = { labels: { severity }, done: ["paused bot:arb-1 (HALTED)"] };
  const ended = isResolved ? { endsAtMs: START_MS + 180_000 } : {};
  return news(notification([alert({ ...parts, ...ended })]));
}

function digest(): DigestNews {
  const groups = [
    groupLine(notification([alert({ labels: { bot: "arb-1" } }), alert({ labels: { bot: "arb-2" } })]), undefined),
    groupLine(notification([alert({ labels: { alertname: "SpreadThin", severity: "warning" } })]), undefined),
    groupLine(notification([alert({ endsAtMs: START_MS + 60_000 })]), {
      changes: 1,
      sinceMs: START_MS,
      wasFiring: true,
      untold: [],
      moreUntold: 0,
    }),
  ];
  return { kind: "digest", groups, changes: 12, sinceMs: START_MS, idempotencyKey: "digest" };
}

/** The body of the request that it makes. */
async function request(channel: Channel, piece: News): Promise<unknown> {
  const bodies: string[] = [];
  const capture: Delivery["fetch"] = async (_, { body }) => {
    bodies.push(String(body));
    return new Response('{"ok":true}');
  };
  const given = delivery(SECRETS, { fetch: capture, externalUrl: "https://haltwatch.example/" });
  expect(await channel.send(piece, given)).toMatchObject({ kind: "delivered" });
  const parsed = bodies.map((body): unknown => JSON.parse(body));
  return parsed.length === 1 ? parsed[0] : parsed;
}

for (const [kind, config] of Object.entries(CONFIGS)) {
  // The object's own keys are kinds of channels.
  const channel = channelFrom(kind as ChannelKind, config);
  for (const level of LEVELS) {
    for (const isResolved of [false, true]) {
      test(`D7 ${kind}, ${level}, ${isResolved ? "resolved" : "firing"}`, async () => {
        expect(await request(channel, sample(level, isResolved))).toMatchSnapshot();
      });
    }
  }
  if (channel.takesDigests)
    test(`${kind}, digest`, async () => {
      expect(await request(channel, digest())).toMatchSnapshot();
    });
}

for (const level of LEVELS) {
  for (const isResolved of [false, true]) {
    const context = { nowMs: START_MS + 185_000, externalUrl: "https://haltwatch.example/" };
    const name = `${level}, ${isResolved ? "resolved" : "firing"}`;

    test(`D7 email, ${name}`, () => {
      const message = messageOf(sample(level, isResolved), context);

      expect(emailBody(message, "chart@haltwatch")).toMatchSnapshot();
      expect(`${LOOKS[message.look].emoji} ${message.headline}\n\n${plainBody(message)}`).toMatchSnapshot();
    });

    test(`D7 log, ${name}`, async () => {
      const given = delivery({});

      await channelFrom("log", {}).send(sample(level, isResolved), given);

      expect(given.lines).toMatchSnapshot();
    });
  }
}

test("no two levels look the same, nor does what is over", () => {
  const looks = [...LEVELS, "resolved" as const].map((look) => LOOKS[look]);

  for (const key of ["emoji", "word", "color"] as const) expect(new Set(looks.map((look) => look[key])).size).toBe(4);
});

test("a group of many alerts names ten and counts the others, firing and resolved", () => {
  const alerts = Array.from({ length: 17 }, (_, i) =>
    alert({ labels: { bot: `arb-${i}`, shard: `s${i}` }, ...(i > 13 ? { endsAtMs: START_MS + 1_000 } : {}) }),
  );

  const message = messageOf(news(notification(alerts)), { nowMs: START_MS + 5_000, externalUrl: undefined });

  expect(message.headline).toBe("CRITICAL LatencyHigh · venue cex (14 firing, 3 resolved)");
  expect(message.entries.map(({ title }) => title).slice(0, 2)).toEqual([
    "LatencyHigh · bot arb-0, venue cex · shard s0",
    "LatencyHigh · bot arb-1, venue cex · shard s1",
  ]);
  expect(message.entries).toHaveLength(10);
  expect(message.more).toBe(7);
});

test("who hears only at the end that it fired is told both", () => {
  const resolved = notification([alert({ endsAtMs: START_MS + 60_000 })]);
  const earlier = { changes: 1, sinceMs: START_MS, wasFiring: true, untold: [], moreUntold: 0 };

  const message = messageOf(
    { kind: "group", notification: resolved, earlier },
    { nowMs: START_MS, externalUrl: undefined },
  );

  expect(message.headline).toBe("RESOLVED LatencyHigh · bot arb-1, venue cex");
  expect(message.notes[0]).toMatch(/^It fired and is resolved\. .* since 2026-11-21 10:00:00 UTC$/);
  expect(message.entries[0]?.facts).toContain("from 2026-11-21 10:00:00 UTC to 2026-11-21 10:01:00 UTC, for 1 min");
});

test("D4 a report's picture is not said to be an alert's", () => {
  const report = { id: "daily", headline: "Daily report", lines: ["P&L: $5"], url: undefined };
  const message = messageOf(news({ ...notification([alert({})]), report }), {
    nowMs: START_MS,
    externalUrl: undefined,
  });

  expect(emailBody(message, "chart")).toContain('alt="The figures of the day"');
  expect(JSON.stringify(slackPayload(message, "https://pictures.test/1.png"))).toContain(
    '"alt_text":"The figures of the day"',
  );
});
