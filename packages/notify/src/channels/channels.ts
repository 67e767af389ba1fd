/** Every channel there is. One that does not do all that a channel has to, or takes other settings than its own, does not compile here. */
import type { CHANNEL_CONFIGS, ChannelKind } from "../config/channel-configs.ts";
import type { ChannelConfig } from "../config/receiver-config.ts";
import type { Channel } from "./channel.ts";
import { Email } from "./email/email.ts";
import { Log } from "./log/log.ts";
import { Ntfy } from "./ntfy/ntfy.ts";
import { Pagerduty } from "./pagerduty/pagerduty.ts";
import { Slack } from "./slack/slack.ts";
import { Telegram } from "./telegram/telegram.ts";
import { Webhook } from "./webhook/webhook.ts";

/** As a channel's schema gives them. */
type Settings<Kind extends ChannelKind> = (typeof CHANNEL_CONFIGS)[Kind]["_zod"]["output"];

const CHANNELS: { readonly [Kind in ChannelKind]: new (settings: Settings<Kind>) => Channel } = {
  slack: Slack,
  telegram: Telegram,
  webhook: Webhook,
  email: Email,
  pagerduty: Pagerduty,
  ntfy: Ntfy,
  log: Log,
};

/** What sends to this entry of a receiver's. */
export function channelOf<Kind extends ChannelKind>({ kind, settings }: ChannelOfKind<Kind>): Channel {
  return new CHANNELS[kind](settings);
}

type ChannelOfKind<Kind extends ChannelKind> = Pick<Extract<ChannelConfig, { readonly kind: Kind }>, "kind"> & {
  readonly kind: Kind;
  readonly settings: Settings<Kind>;
};
