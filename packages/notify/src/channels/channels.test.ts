import { expect, test } from "vitest";
import { CHANNEL_CONFIGS, type ChannelKind } from "../config/channel-configs.ts";
import { channelFrom } from "../testing/configured.ts";

/** Where what is wrong is, and why. */
function faultOf(kind: ChannelKind, written: unknown): { readonly key: string; readonly message: string } {
  const [issue] = CHANNEL_CONFIGS[kind].safeParse(written).error?.issues ?? [];
  return { key: (issue?.path ?? []).join("."), message: issue?.message ?? "" };
}

const MAIL = { to: "a@b.c", from: "a@b.c", smarthost: "localhost:25" };

test.each([
  ["slack", { api_url: "https://hooks.slack.com/services/T/B/very-secret" }, "api_url"],
  ["telegram", { bot_token: "123456:very-secret", chat_id: 1 }, "bot_token"],
  ["pagerduty", { routing_key: "very-secret" }, "routing_key"],
  ["ntfy", { topic: "alerts", token: "tk_very-secret" }, "token"],
  ["email", { ...MAIL, auth_username: "u", auth_password: "very-secret" }, "auth_password"],
  ["webhook", { url: "https://ada:very-secret@example.com/" }, "url"],
] as const)("a literal secret in %s is refused, with a hint, and not repeated", (kind, written, key) => {
  const fault = faultOf(kind, written);

  expect(fault.key).toBe(key);
  expect(fault.message).toContain("keyring:NAME");
  expect(fault.message).not.toContain("very-secret");
});

test.each([
  ["slack", {}, "api_url"],
  ["telegram", { bot_token: "env:X" }, "chat_id"],
  ["telegram", { chat_id: 1 }, "bot_token"],
  ["webhook", {}, "url"],
  ["pagerduty", {}, "routing_key"],
  ["email", { ...MAIL, auth_username: "u" }, "auth_password"],
] as const)("%s without what it needs says what", (kind, written, key) => {
  expect(faultOf(kind, written).key).toBe(key);
});

test("whether a channel hears of resolved ones is as in Alertmanager, unless it says", () => {
  const written: Readonly<Record<ChannelKind, object>> = {
    slack: { api_url: "keyring:slack" },
    telegram: { bot_token: "credential:telegram", chat_id: "-1001234567890" },
    webhook: { url: "http://127.0.0.1:9/hook" },
    email: MAIL,
    pagerduty: { routing_key_file: "/run/secrets/pagerduty" },
    ntfy: { topic: "env:TOPIC" },
    log: {},
  };

  const resolved = Object.entries(written).filter(
    ([kind, given]) => CHANNEL_CONFIGS[kind as ChannelKind].parse(given).send_resolved, // the record's own keys
  );

  expect(resolved.map(([kind]) => kind)).toEqual(["telegram", "webhook", "pagerduty", "ntfy", "log"]);
  for (const [kind, given] of Object.entries(written)) expect(channelFrom(kind as ChannelKind, given).kind).toBe(kind); // the same
});
