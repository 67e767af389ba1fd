/**
 * Slack's incoming webhooks.
 *
 * One message a second (https://docs.slack.dev/apis/web-api/rate-limits). Answers: `ok`, or a word that says what is wrong
 * (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks).
 */
import { fitted } from "../../message/fitted.ts";
import { messageOf } from "../../message/message.ts";
import type { News } from "../../message/news.ts";
import { type Channel, type Delivery, type Outcome, type RateLimit, refused } from "../channel.ts";
import { outcomeOf, request } from "../http-request.ts";
import { comingPicture } from "../picture-in-time.ts";
import { SecretError, Secrets } from "../secrets.ts";
import type { SlackConfig } from "./config.ts";
import { fitsSlack, type SlackPayload, slackPayload } from "./slack-payload.ts";

export class Slack implements Channel {
  readonly kind = "slack";
  readonly takesDigests = true;
  readonly limits: readonly RateLimit[];
  readonly #config: SlackConfig;

  constructor(config: SlackConfig) {
    this.#config = config;
    this.limits = [{ key: `slack ${config.api_url}`, messages: 1, perMs: 1_000 }];
  }

  async send(news: News, delivery: Delivery): Promise<Outcome> {
    const secrets = new Secrets(delivery);
    try {
      const url = await secrets.get(this.#config.api_url);
      if (!URL.canParse(url)) return refused("channel", `${this.#config.api_url} holds no address`);
      // Without an address of ours that Slack can open there is no picture to wait for.
      const picture = delivery.externalUrl === undefined ? undefined : await comingPicture(news, delivery)?.inTime;
      const body = JSON.stringify(this.#payload(news, delivery, picture?.url));
      const headers = { "content-type": "application/json" };
      return outcomeOf(await request({ url, method: "POST", headers, body }, delivery), secrets);
    } catch (error) {
      if (error instanceof SecretError) return refused("channel", error.message);
      throw error;
    }
  }

  #payload(news: News, { clock, externalUrl }: Delivery, imageUrl: string | undefined): SlackPayload {
    const { channel, username, icon_emoji, icon_url } = this.#config;
    const message = messageOf(news, { nowMs: clock.now(), externalUrl });
    return {
      ...fitted(message, (shorter) => slackPayload(shorter, imageUrl), fitsSlack),
      ...(channel === undefined ? {} : { channel }),
      ...(username === undefined ? {} : { username }),
      ...(icon_emoji === undefined ? {} : { icon_emoji }),
      ...(icon_url === undefined ? {} : { icon_url }),
    };
  }
}
