/** What is refused of bots and webhooks is counted and journalled, by a real Haltwatch, and another bot trades on. */
import { once } from "node:events";
import { Registry, startLink } from "@haltwatch/bot";
import { expect, test } from "vitest";
import { apiData, type HaltwatchProcess, RealHaltwatch } from "../real-haltwatch.ts";

const TOKENS = { HALTWATCH_CONTROL_TOKEN: "refusals-control-token", LINK_TOKEN: "refusals-link-token" };

const TOML = `[web]\ncontrol_token = "env:HALTWATCH_CONTROL_TOKEN"\n[link]\ntoken = "env:LINK_TOKEN"\n`;

const HELLO = { type: "hello", protocol: 1, bot: "evil", wall: Date.now(), process: "1", token: TOKENS.LINK_TOKEN };

const RENEW = { type: "renew", seq: 1 };

const FRAMES: Readonly<Record<string, readonly unknown[]>> = {
  malformed: [HELLO, "no JSON"],
  oversized: [HELLO, "x".repeat(2_000_000)],
  replayed: [HELLO, RENEW, RENEW],
  unauthenticated: [{ ...HELLO, token: "guess" }],
};

test("malformed, oversized, replayed and unauthenticated frames and webhooks are refused, counted and journalled; another bot trades on", {
  timeout: 60_000,
}, async () => {
  await using haltwatch = new RealHaltwatch({ "haltwatch.toml": TOML }, TOKENS);
  const process = await haltwatch.start();
  await using good = startLink({
    ...{ url: process.url, bot: "good", token: TOKENS.LINK_TOKEN },
    registry: new Registry(),
  });
  await good.ready;

  for (const frames of Object.values(FRAMES)) await sent(process, frames);
  const webhooks = [
    await webhook(process, "{}", "a-wrong-token"),
    await webhook(process, "no JSON", TOKENS.HALTWATCH_CONTROL_TOKEN),
    await webhook(process, "x".repeat(20_000_000), TOKENS.HALTWATCH_CONTROL_TOKEN),
  ];

  expect(webhooks.map((status) => status >= 400 && status < 500)).toEqual([true, true, true]);
  const own = await (await fetch(`${process.url}/metrics`)).text();
  for (const code of Object.keys(FRAMES)) {
    expect(own).toMatch(new RegExp(`^haltwatch_link_refusals_total\\{reason="${code}"\\} 1$`, "m"));
  }
  for (const reason of ["unauthorized", "bad_data", "too_large"]) {
    expect(own).toMatch(new RegExp(`^haltwatch_requests_refused_total\\{reason="${reason}"\\} 1$`, "m"));
  }
  const journalled = [
    ...Object.keys(FRAMES).map((code) => `link: ${code}`),
    ...webhooks.map(() => "POST /api/haltwatch/alertmanager"),
  ];
  await expect.poll(() => refusals(process), { timeout: 10_000 }).toEqual(journalled);
  expect(good.guard.allowed("open")).toBe(true);
  expect(good.isLinked).toBe(true);
});

async function refusals({ url }: HaltwatchProcess): Promise<readonly string[]> {
  const entries = await apiData<readonly { readonly kind: string; readonly what: string }[]>(
    url,
    "/api/haltwatch/journal",
  );
  return entries.filter(({ kind }) => kind === "refused").map(({ what }) => what);
}

/** Sends the frames, and waits until it is thrown out. */
async function sent({ url }: HaltwatchProcess, frames: readonly unknown[]): Promise<void> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/api/haltwatch/link`);
  const closed = once(socket, "close");
  await once(socket, "open");
  for (const frame of frames) socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  await closed;
}

/** @returns the answer's status; 400 if it was cut off while it was sent */
async function webhook({ url }: HaltwatchProcess, body: string, token: string): Promise<number> {
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  return fetch(`${url}/api/haltwatch/alertmanager`, { method: "POST", headers, body }).then(
    ({ status }) => status,
    () => 400,
  );
}
