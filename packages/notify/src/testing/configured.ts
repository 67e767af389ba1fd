/** Channels of an entry as it is written, and those that send to servers of a test. */
import type { Channel } from "../channels/channel.ts";
import { channelOf } from "../channels/channels.ts";
import { CHANNEL_CONFIGS, type ChannelKind } from "../config/channel-configs.ts";
import type { ChannelConfig } from "../config/receiver-config.ts";
import type { FakeNtfy } from "./fake-ntfy.ts";
import type { FakePagerduty } from "./fake-pagerduty.ts";
import type { FakeSlack } from "./fake-slack.ts";
import type { FakeTelegram } from "./fake-telegram.ts";

/** @throws {ZodError} */
export function channelFrom(kind: ChannelKind, written: unknown): Channel {
  const settings = CHANNEL_CONFIGS[kind].parse(written);
  // The settings are this kind's: the schema was looked up by it.
  return channelOf({ kind, settings } as ChannelConfig);
}

export interface SetChannel {
  readonly channel: Channel;
  /** By reference. */
  readonly secrets: Readonly<Record<string, string>>;
}

export function slackTo(server: FakeSlack, more: object = {}): SetChannel {
  return { channel: channelFrom("slack", { api_url: "env:SLACK", ...more }), secrets: { "env:SLACK": server.webhook } };
}

export function telegramTo(server: FakeTelegram, more: object = {}): SetChannel {
  const written = { bot_token: "env:TELEGRAM", chat_id: 42, api_url: server.url, ...more };
  return { channel: channelFrom("telegram", written), secrets: { "env:TELEGRAM": server.token } };
}

export function pagerdutyTo(server: FakePagerduty): SetChannel {
  const written = { routing_key: "env:PAGERDUTY", url: server.enqueue };
  return { channel: channelFrom("pagerduty", written), secrets: { "env:PAGERDUTY": server.routingKey } };
}

export function ntfyTo(server: FakeNtfy): SetChannel {
  const written = { url: server.url, topic: "alerts", token: "env:NTFY" };
  return { channel: channelFrom("ntfy", written), secrets: { "env:NTFY": server.token } };
}
