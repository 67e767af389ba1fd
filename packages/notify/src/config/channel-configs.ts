/** The channels that Haltwatch sends to, and what each is configured with. */
import { z } from "zod";
import { emailConfig } from "../channels/email/config.ts";
import { logConfig } from "../channels/log/config.ts";
import { ntfyConfig } from "../channels/ntfy/config.ts";
import { pagerdutyConfig } from "../channels/pagerduty/config.ts";
import { slackConfig } from "../channels/slack/config.ts";
import { telegramConfig } from "../channels/telegram/config.ts";
import { webhookConfig } from "../channels/webhook/config.ts";

export const CHANNEL_CONFIGS = {
  slack: slackConfig,
  telegram: telegramConfig,
  webhook: webhookConfig,
  email: emailConfig,
  pagerduty: pagerdutyConfig,
  ntfy: ntfyConfig,
  log: logConfig,
} as const;

export type ChannelKind = keyof typeof CHANNEL_CONFIGS;

export function isChannelKind(kind: string): kind is ChannelKind {
  return Object.hasOwn(CHANNEL_CONFIGS, kind);
}

/** The keys that a channel's schema takes. */
export function keysOf(kind: ChannelKind): readonly string[] {
  const schema: z.ZodType = CHANNEL_CONFIGS[kind];
  const fields = schema instanceof z.ZodPipe ? schema.in : schema;
  if (!(fields instanceof z.ZodObject)) throw new TypeError(`the schema of ${kind} names no keys`);
  return Object.keys(fields.shape);
}
