/**
 * PagerDuty's Events API v2 (https://developer.pagerduty.com/docs/events-api-v2/overview/): an incident for each group, which its
 * `dedup_key` finds again. An event is at most 512 kB, its summary 1,024 characters.
 */
import { createHash } from "node:crypto";
import { shortened } from "../../message/harmless.ts";
import { LOOKS, type Look } from "../../message/level.ts";
import { type Message, messageOf } from "../../message/message.ts";
import type { GroupNews, News } from "../../message/news.ts";
import { type Channel, type Delivery, delivered, type Outcome, type RateLimit, refused } from "../channel.ts";
import { outcomeOf, request } from "../http-request.ts";
import { SecretError, Secrets } from "../secrets.ts";
import type { PagerdutyConfig } from "./config.ts";

const MAX_SUMMARY = 1_024;

const SEVERITY: Readonly<Record<Look, string>> = {
  critical: "critical",
  warning: "warning",
  info: "info",
  resolved: "info",
  unknown: "info",
};

export class Pagerduty implements Channel {
  readonly kind = "pagerduty";
  readonly takesDigests = false;
  /** Undocumented; 120 a minute have been taken for long. */
  readonly limits: readonly RateLimit[];
  readonly #config: PagerdutyConfig;

  constructor(config: PagerdutyConfig) {
    this.#config = config;
    this.limits = [{ key: `pagerduty ${config.routing_key}`, messages: 120, perMs: 60_000 }];
  }

  async send(news: News, delivery: Delivery): Promise<Outcome> {
    if (news.kind === "digest") return refused("message", "PagerDuty takes each group by itself");
    const secrets = new Secrets(delivery);
    try {
      const key = await secrets.get(this.#config.routing_key);
      const { clock, externalUrl } = delivery;
      const message = messageOf(news, { nowMs: clock.now(), externalUrl });
      const isResolved = news.notification.status === "resolved";
      if (!isResolved || news.earlier?.wasFiring !== true)
        return await this.#post(event(isResolved ? "resolve" : "trigger", news, message), key, secrets, delivery);
      // PagerDuty forgets a resolution of what it has not heard of, and nobody would: so it hears both, and wakes nobody.
      const trigger = event("trigger", news, message);
      const triggered = await this.#post(trigger, key, secrets, delivery);
      if (triggered.kind !== "delivered") return triggered;
      const resolved = await this.#post(event("resolve", news, message), key, secrets, delivery);
      return resolved.kind === "delivered" ? delivered(2) : resolved;
    } catch (error) {
      if (error instanceof SecretError) return refused("channel", error.message);
      throw error;
    }
  }

  async #post(event: PagerdutyEvent, key: string, secrets: Secrets, delivery: Delivery): Promise<Outcome> {
    const { url, client } = this.#config;
    const clientUrl = delivery.externalUrl === undefined ? {} : { client_url: delivery.externalUrl };
    const body = JSON.stringify({ routing_key: key, ...event, client, ...clientUrl });
    const headers = { "content-type": "application/json" };
    return outcomeOf(await request({ url, method: "POST", headers, body }, delivery), secrets);
  }
}

interface PagerdutyEvent {
  readonly event_action: "trigger" | "resolve";
  readonly dedup_key: string;
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly links?: readonly { readonly href: string; readonly text: string }[];
}

function event(action: "trigger" | "resolve", { notification }: GroupNews, message: Message): PagerdutyEvent {
  const dedup_key = createHash("sha256").update(notification.groupKey).digest("hex");
  if (action === "resolve") return { event_action: action, dedup_key };
  const { commonLabels, timeMs } = notification;
  return {
    event_action: action,
    dedup_key,
    payload: {
      summary: shortened(`${LOOKS[message.look].emoji} ${message.headline}`, MAX_SUMMARY),
      source: commonLabels.get("bot") ?? commonLabels.get("instance") ?? "haltwatch",
      severity: SEVERITY[message.look],
      timestamp: new Date(timeMs).toISOString(),
      custom_details: details(message),
    },
    links: [...message.links, ...message.entries.flatMap((entry) => entry.links)].map(({ text, url }) => ({
      href: url,
      text,
    })),
  };
}

/** Bounded as the message is: far below what an event may have. */
function details({ notes, entries, more }: Message): Readonly<Record<string, unknown>> {
  return {
    ...(notes.length === 0 ? {} : { notes }),
    alerts: entries.map(({ look, title, summary, facts, description }) => ({
      state: LOOKS[look].word,
      ...(title === "" ? {} : { title }),
      ...(summary === "" ? {} : { summary }),
      facts,
      ...(description === "" ? {} : { description }),
    })),
    ...(more === 0 ? {} : { more }),
  };
}
