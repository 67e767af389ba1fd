/** The channels of a configuration, each with what sends to it. */
import { channelOf } from "../channels/channels.ts";
import type { NotifyConfig } from "../config/notify-config.ts";
import type { AddressedChannel } from "./outbox.ts";

/** For `Outbox.use`. A receiver without a channel tells nobody, as it says. */
export function channelsOf({ receivers }: Pick<NotifyConfig, "receivers">): AddressedChannel[] {
  return [...receivers.values()].flatMap(({ name, channels }) =>
    channels.map((channel) => ({ receiver: name, channel: channel.name, sender: channelOf(channel) })),
  );
}
