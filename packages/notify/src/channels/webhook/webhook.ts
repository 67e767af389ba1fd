/**
 * Any program that takes Alertmanager's webhooks. Each group is posted by itself, with an `Idempotency-Key` that is the same when it
 * has to be sent again.
 */
import type { News } from "../../message/news.ts";
import { type Channel, type Delivery, type Outcome, type RateLimit, refused } from "../channel.ts";
import { configuredHeaders } from "../http-config.ts";
import { outcomeOf, request } from "../http-request.ts";
import { isSecretReference } from "../secret-reference.ts";
import { SecretError, Secrets } from "../secrets.ts";
import { webhookPayload } from "./alertmanager-payload.ts";
import type { WebhookConfig } from "./config.ts";

export class Webhook implements Channel {
  readonly kind = "webhook";
  readonly takesDigests = false;
  readonly limits: readonly RateLimit[] = [];
  readonly #config: WebhookConfig;

  constructor(config: WebhookConfig) {
    this.#config = config;
  }

  async send(news: News, delivery: Delivery): Promise<Outcome> {
    if (news.kind === "digest") return refused("message", "a webhook takes each group by itself");
    const { notification } = news;
    const { url: target, http_config, max_alerts } = this.#config;
    const secrets = new Secrets(delivery);
    try {
      const url = isSecretReference(target) ? await secrets.get(target) : target;
      if (!URL.canParse(url)) return refused("channel", `${target} holds no address`);
      const headers = {
        "content-type": "application/json",
        "idempotency-key": notification.idempotencyKey.replace(/[^\x20-\x7e]/g, "_"),
        ...(await configuredHeaders(http_config, secrets)),
      };
      const payload = webhookPayload(notification, { maxAlerts: max_alerts, externalUrl: delivery.externalUrl });
      const body = JSON.stringify(payload);
      return outcomeOf(await request({ url, method: "POST", headers, body }, delivery), secrets);
    } catch (error) {
      if (error instanceof SecretError) return refused("channel", error.message);
      throw error;
    }
  }
}
