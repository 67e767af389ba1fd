/** Label values and annotations that somebody has chosen to do harm: no channel does what they say. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { messageOf } from "../message/message.ts";
import { news } from "../outbox/fold.ts";
import { ntfyTo, pagerdutyTo, slackTo, telegramTo } from "../testing/configured.ts";
import { delivery } from "../testing/delivery.ts";
import { FakeNtfy } from "../testing/fake-ntfy.ts";
import { FakePagerduty } from "../testing/fake-pagerduty.ts";
import { FakeSlack } from "../testing/fake-slack.ts";
import { FakeTelegram } from "../testing/fake-telegram.ts";
import { alert, notification } from "../testing/notifications.ts";
import { emailBody } from "./email/email-body.ts";

const ATTACKS = [
  "<script>alert(1)</script>",
  '</b></a><a href="https://evil.example">x</a>',
  "<!channel> <!here> <!everyone> <@U123> <#C123>",
  "<https://evil.example|click>",
  "@everyone @here @channel @somebody",
  "/stop /withdraw_all",
  "*bold* _italic_ ~struck~ `code` ```block``` **x** [a](https://evil.example)",
  "&lt;b&gt; &amp;amp; &quot; &#60; &nbsp;",
  "line\nline\r\nline\u2028line\u2029line\u0085line\tx",
  "a\u0000b\u0007c\u001b[31md\u007f\u009b",
  "user\u202egnp.exe \u2066x\u2069 \u200f\u200e\u061c",
  "a\u200bb\u200cc\u200dd\ufeffe\u00adf\u2060g\u180eh",
  "\u{E0041}\u{E0042} \u3164\u2800\u115f",
  "שלום 612 عربي",
  "\ud800 lone \udfff",
  `Z${"\u0301".repeat(500)}`,
  "x".repeat(100_000),
  "😀".repeat(5_000),
  "[CRITICAL] RESOLVED ✅",
  "\"quoted\" 'single' \\ back",
  "Subject: x\r\nBcc: evil@example.com",
];

const hostileText = fc.oneof(
  fc.constantFrom(...ATTACKS),
  fc.string({ unit: "binary", maxLength: 200 }),
  fc
    .array(
      fc.constantFrom(
        "<",
        ">",
        "&",
        "&lt;",
        "@",
        "/",
        "*",
        "_",
        "~",
        "`",
        "|",
        "\n",
        "\u202e",
        "\u200b",
        "a",
        " ",
        "😀",
      ),
      { maxLength: 60 },
    )
    .map((parts) => parts.join("")),
  fc.array(fc.constantFrom(...ATTACKS), { maxLength: 5 }).map((parts) => parts.join("")),
);

const hostileAlert = fc
  .record({
    alertname: hostileText,
    severity: fc.oneof(fc.constantFrom("critical", "warning", "info"), hostileText),
    bot: hostileText,
    venue: hostileText,
    summary: hostileText,
    description: hostileText,
    link: fc.oneof(
      hostileText,
      hostileText.map((text) => `https://example.com/${text}`),
      fc.constantFrom("javascript:alert(1)", "https://u:p@example.com/", "https://example.com/?a=1&b=<2>|x'\""),
    ),
    done: hostileText,
    isResolved: fc.boolean(),
  })
  .map(({ alertname, severity, bot, venue, summary, description, link, done, isResolved }) =>
    alert({
      labels: { alertname, severity, bot, venue },
      annotations: { summary, description, runbook_url: link },
      generatorUrl: link,
      done: [done],
      ...(isResolved ? { endsAtMs: 1 } : {}),
    }),
  );

const hostileNews = fc.array(hostileAlert, { minLength: 1, maxLength: 25 }).map((alerts) => news(notification(alerts)));

/** What no line of ours may have in it. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]/u;

let slack: FakeSlack;
let telegram: FakeTelegram;
let pagerduty: FakePagerduty;
let ntfy: FakeNtfy;

beforeAll(async () => {
  [slack, telegram, pagerduty, ntfy] = await Promise.all([
    new FakeSlack().start(),
    new FakeTelegram().start(),
    new FakePagerduty().start(),
    new FakeNtfy().start(),
  ]);
});

afterAll(async () => {
  for (const server of [slack, telegram, pagerduty, ntfy]) await server[Symbol.asyncDispose]();
});

test("every text of a message is one line, short, and shows all that is in it", () => {
  fc.assert(
    fc.property(hostileNews, (piece) => {
      const { headline, notes, entries } = messageOf(piece, { nowMs: 0, externalUrl: undefined });
      const texts = [
        headline,
        ...notes,
        ...entries.flatMap(({ title, summary, facts, description }) => [title, summary, ...facts, description]),
      ];

      for (const text of texts) {
        expect(text).not.toMatch(UNSEEN);
        expect(text.length).toBeLessThanOrEqual(700);
      }
      expect(headline.length).toBeLessThanOrEqual(140);
      expect(entries.flatMap(({ links }) => links).every(({ url }) => /^https?:\/\/[^\s<>"'|]+$/.test(url))).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test("Slack takes it, and nobody is called, nothing is bold but ours, and no link but ours is one", async () => {
  const { channel, secrets } = slackTo(slack);
  await fc.assert(
    fc.asyncProperty(hostileNews, async (piece) => {
      expect(await channel.send(piece, delivery(secrets))).toEqual({ kind: "delivered", messages: 1 });

      const message = slack.messages.at(-1);
      const blocks = message?.attachments?.flatMap((attachment) => attachment.blocks ?? []) ?? [];
      for (const block of blocks) {
        expect(block.text?.verbatim).toBe(true);
        const own = (block.text?.text ?? "").replace(/<https?:[^>]*>/g, "").replace(/^\S+ \*(.*)\*$/gm, "$1");
        expect(own).not.toMatch(/(?<![\p{L}\p{N}])[*_~`]|(?<![\p{L}\p{N}.])@(?=[\p{L}\p{N}])/u);
      }
    }),
    { numRuns: 60 },
  );
});

test("Telegram takes it, and there is nothing in it to be called or touched", async () => {
  const { channel, secrets } = telegramTo(telegram);
  await fc.assert(
    fc.asyncProperty(hostileNews, async (piece) => {
      expect(await channel.send(piece, delivery(secrets))).toEqual({ kind: "delivered", messages: 1 });
      expect(telegram.messages.at(-1)?.touchable).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test("PagerDuty and ntfy take it", async () => {
  const pages = pagerdutyTo(pagerduty);
  const pushes = ntfyTo(ntfy);
  await fc.assert(
    fc.asyncProperty(hostileNews, async (piece) => {
      expect(await pages.channel.send(piece, delivery(pages.secrets))).toMatchObject({ kind: "delivered" });
      expect(await pushes.channel.send(piece, delivery(pushes.secrets))).toMatchObject({ kind: "delivered" });
      expect(ntfy.messages.at(-1)?.title).not.toMatch(UNSEEN);
    }),
    { numRuns: 40 },
  );
});

test("a mail's HTML has no element and no attribute but ours", () => {
  fc.assert(
    fc.property(hostileNews, (piece) => {
      const html = emailBody(messageOf(piece, { nowMs: 0, externalUrl: undefined }), undefined);
      const rest = html.replace(
        /<\/?(?:div|p|b|i|br)(?: style="[a-z0-9#:;.%, -]*")?>|<a href="https?:[^"<>\s]*">|<\/a>/g,
        "",
      );
      expect(rest).not.toMatch(/[<>]/);
    }),
    { numRuns: 100 },
  );
});
