import { expect, test } from "vitest";
import { type SentMessage, StandIns } from "./stand-ins.ts";

async function started(): Promise<{ standIns: StandIns; told: SentMessage[] }> {
  const told: SentMessage[] = [];
  return { standIns: await StandIns.start((message) => void told.push(message)), told };
}

function post(url: string, body: object): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
}

test("what Slack is sent is kept as people read it, with its picture's path", async () => {
  const { standIns, told } = await started();
  await using _standIns = standIns;
  const blocks = [
    { type: "section", text: { type: "mrkdwn", text: "a &lt; b\n<http://localhost:1/x|Graph>" } },
    { type: "image", image_url: "http://localhost:1/api/haltwatch/pictures/x.png", alt_text: "chart" },
  ];

  const answer = await post(standIns.slackWebhook, { text: "🔴 *CRITICAL Late*", attachments: [{ blocks }] });

  expect(await answer.text()).toBe("ok");
  expect(told).toMatchObject([
    {
      ...{ channel: "slack", level: "critical", text: "🔴 CRITICAL Late\na < b\nGraph" },
      picture: "/api/haltwatch/pictures/x.png",
    },
  ]);
});

test("a picture that Telegram is sent after its text belongs to that text", async () => {
  const { standIns, told } = await started();
  await using _standIns = standIns;
  const url = `${standIns.url}/bot${standIns.telegramToken}`;
  await post(`${url}/sendMessage`, { chat_id: "1", text: "✅ <b>RESOLVED Late</b>\na &lt; b" });
  const form = new FormData();
  form.set("photo", new Blob([new Uint8Array([1, 2, 3])]), "chart.png");

  await fetch(`${url}/sendPhoto`, { method: "POST", body: form });

  expect(told.map(({ id, level, picture }) => [id, level, picture])).toEqual([
    ["1", "resolved", null],
    ["1", "resolved", "/api/haltwatch/demo/pictures/1"],
  ]);
  expect(standIns.messages).toHaveLength(1);
  expect(standIns.messages[0]?.text).toBe("✅ RESOLVED Late\na < b");
  expect([...(standIns.picture("1") ?? [])]).toEqual([1, 2, 3]);
});

test("a hundred messages are kept, and pictures of these only", async () => {
  const { standIns } = await started();
  await using _standIns = standIns;
  for (let index = 0; index < 101; index++) {
    const form = new FormData();
    form.set("caption", `message ${index}`);
    form.set("photo", new Blob(["png"]), "chart.png");
    await fetch(`${standIns.url}/bot${standIns.telegramToken}/sendPhoto`, { method: "POST", body: form });
  }

  expect(standIns.messages.map(({ text }) => text).slice(0, 2)).toEqual(["message 100", "message 99"]);
  expect(standIns.messages).toHaveLength(100);
  expect(standIns.picture("1")).toBeUndefined();
  expect(standIns.picture("2")).toBeDefined();
});

test("who does not know the secrets is told nothing and keeps nothing", async () => {
  const { standIns, told } = await started();
  await using _standIns = standIns;

  const answers = await Promise.all([
    post(`${standIns.url}/services/guessed`, { text: "x" }),
    post(`${standIns.url}/bot1:guessed/sendMessage`, { text: "x" }),
  ]);

  expect(answers.map(({ status }) => status)).toEqual([404, 404]);
  expect(told).toEqual([]);
});
