/** A real Haltwatch tells people of what it scrapes, dies between, and gives no secret away. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FakeSlack } from "../../packages/notify/src/testing/fake-slack.ts";
import { FakeTelegram, type TelegramMessage } from "../../packages/notify/src/testing/fake-telegram.ts";
import { type HaltwatchProcess, RealHaltwatch } from "../real-haltwatch.ts";
import { haltwatch } from "./haltwatch-command.ts";
import { LATENCY_RULES, LatencyTarget } from "./latency-target.ts";

const CONTROL_TOKEN = "control-very-secret-token";

/** Everything that answers questions. */
const READ_PATHS = [
  "/",
  "/metrics",
  "/api/v1/alerts",
  "/api/v1/rules",
  "/api/v1/status/config",
  "/api/v2/alerts",
  "/api/v2/alerts/groups",
  "/api/v2/receivers",
  "/api/v2/status",
  "/api/haltwatch/channels",
  "/api/haltwatch/config",
  "/api/haltwatch/dead-letters",
  "/api/haltwatch/journal",
];

const PNG = [0x89, 0x50, 0x4e, 0x47];

test("A5 D7 people are told once that it fires, with a picture, and once that it is over, although Haltwatch is killed between", {
  timeout: 120_000,
}, async () => {
  await using slack = await new FakeSlack().start();
  await using telegram = await new FakeTelegram().start();
  await using target = await new LatencyTarget().start();
  slack.isLimiting = true;
  telegram.isLimiting = true;
  const config = `${target.scrapeConfig}
[rules]
files = ["rules.yml"]
system = false
[web]
control_token = "env:CONTROL_TOKEN"
[notify]
slack_webhook_url = "env:SLACK_URL"
telegram_bot_token = "env:TELEGRAM_TOKEN"
telegram_chat_id = -1001
telegram_api_url = "${telegram.url}"
`;
  const env = { CONTROL_TOKEN, SLACK_URL: slack.webhook, TELEGRAM_TOKEN: telegram.token };
  await using real = new RealHaltwatch({ "haltwatch.toml": config, "rules.yml": LATENCY_RULES }, env);
  const logs: string[] = [];
  const answers: string[] = [];

  // It fires while Slack is broken: Telegram tells it, with the picture.
  slack.misbehave = () => "error";
  target.latencyMs = 700;
  const first = await real.start();
  await first.until("Telegram has the alert", async () => telegram.messages[0]);
  await first.until("Slack was tried", async () => slack.requests[0]);
  // A process that has just begun may have the picture only after the text.
  const picture = await first.until("Telegram has its picture", async () => telegram.messages.find(hasPhoto)?.photo);
  const [firing] = telegram.messages;
  expect(firing?.text).toMatch(/CRITICAL LatencyHigh/);
  expect(firing?.text).toContain("orders at cex take 700 ms");
  expect(firing?.text).toMatch(/700.*500/);
  expect([...picture.slice(0, 4)]).toEqual(PNG);
  answers.push(await everythingThatIsRead(first));
  await first.end("SIGKILL");
  logs.push(first.stderr);
  expect(slack.messages).toHaveLength(0);

  // Slack is well again: it hears of it from the next life, and Telegram does not hear of it twice.
  slack.misbehave = () => "none";
  const second = await real.start();
  await second.until("Slack has the alert", async () => slack.messages[0]);
  expect(JSON.stringify(slack.messages[0])).toMatch(/CRITICAL LatencyHigh/);
  await second.until("the rule is evaluated again", async () => (await second.alerts())[0]);
  await second.end("SIGKILL");
  logs.push(second.stderr);

  // Over while nobody watches.
  target.latencyMs = 100;
  const third = await real.start();
  const ends = await third.until("Telegram has its end", async () => textsOf(telegram)[1]);
  await third.until("Slack has its end", async () => slack.messages[1]);
  expect(ends).toMatch(/RESOLVED.*LatencyHigh/);
  expect(JSON.stringify(slack.messages[1])).toMatch(/RESOLVED.*LatencyHigh/);

  const commandEnv = { HALTWATCH_CONTROL_TOKEN: CONTROL_TOKEN };
  const tried = await haltwatch(["notify", "test", "--url", third.url], commandEnv);
  expect(tried.stderr).toBe("");
  const delivered = (channel: string) =>
    ["critical", "warning ", "info    "].map((level) =>
      expect.stringMatching(`^people/${channel}  ${level}  delivered in \\d+ ms$`),
    );
  expect(tried.stdout.trim().split("\n")).toEqual([...delivered("slack\\[0\\]"), ...delivered("telegram\\[0\\]")]);
  expect(tried.code).toBe(0);
  const samples = telegram.messages.filter(({ text }) => text.includes("HaltwatchTest"));
  expect(samples.map(({ photo, isQuiet }) => [photo?.slice(0, 4), isQuiet])).toEqual(
    [false, false, true].map((isQuiet) => [new Uint8Array(PNG), isQuiet]),
  );
  expect([textsOf(telegram), slack.messages].map(({ length }) => length)).toEqual([5, 5]);

  // A channel that is gone, and one that knows the token no more: what is said of it holds no secret.
  await slack[Symbol.asyncDispose]();
  telegram.misbehave = () => "reset";
  const failed = await haltwatch(["notify", "test", "--url", third.url], commandEnv);
  expect(failed.code).toBe(1);
  expect(failed.stdout).toMatch(/^people\/slack\[0\] {2}critical {2}retry: .+$/m);
  const status = await haltwatch(["notify", "status", "--url", third.url]);
  expect(status.stdout).toMatch(/^people\/telegram\[0\] {2}well {2}last delivered 20.* 0 waiting, 0 dead letters$/m);
  answers.push(await everythingThatIsRead(third), tried.stdout, failed.stdout, failed.stderr, status.stdout);
  expect(await third.end("SIGTERM")).toBe(0);
  logs.push(third.stderr);
  const files = readdirSync(real.folder).map((name) => readFileSync(join(real.folder, name), "latin1"));
  const secrets = ["very-secret", telegram.token, "/services/T000/B000", CONTROL_TOKEN];
  for (const secret of secrets)
    expect([...logs, ...answers, ...files].filter((text) => text.includes(secret))).toEqual([]);
  expect(files.some((text) => text.includes("LatencyHigh"))).toBe(true);
});

function hasPhoto({ photo }: TelegramMessage): boolean {
  return photo !== undefined;
}

/** Without pictures that came after their text. */
function textsOf({ messages }: FakeTelegram): string[] {
  return messages.flatMap(({ text }) => (text === "" ? [] : [text]));
}

async function everythingThatIsRead({ url }: HaltwatchProcess): Promise<string> {
  const texts = await Promise.all(
    READ_PATHS.map(async (path) => {
      const response = await fetch(`${url}${path}`);
      expect([path, response.status]).toEqual([path, 200]);
      return await response.text();
    }),
  );
  return texts.join("\n");
}
