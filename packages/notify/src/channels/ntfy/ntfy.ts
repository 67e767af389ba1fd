/**
 * ntfy (https://docs.ntfy.sh/publish/): as JSON, or with a picture as the body and everything else in headers. A message is at most
 * 4,096 bytes: what is longer becomes a file.
 */
import { fitted } from "../../message/fitted.ts";
import { shortened } from "../../message/harmless.ts";
import { LOOKS, type Look } from "../../message/level.ts";
import { type Message, messageOf } from "../../message/message.ts";
import type { News } from "../../message/news.ts";
import { plainBody } from "../../message/plain-message.ts";
import { type Channel, type Delivery, type Outcome, type Picture, type RateLimit, refused } from "../channel.ts";
import { outcomeOf, request } from "../http-request.ts";
import { comingPicture } from "../picture-in-time.ts";
import { isSecretReference } from "../secret-reference.ts";
import { SecretError, Secrets } from "../secrets.ts";
import type { NtfyConfig } from "./config.ts";

/** Bytes. */
const MAX_MESSAGE = 4_000;

/** UTF-16 units; ntfy.sh refuses titles of more than 250 characters. */
const MAX_TITLE = 200;

const PRIORITY: Readonly<Record<Look, number>> = { critical: 5, warning: 4, info: 2, resolved: 3, unknown: 3 };

/** Short codes that ntfy makes emojis of. */
const TAG: Readonly<Record<Look, string>> = {
  critical: "rotating_light",
  warning: "warning",
  info: "information_source",
  resolved: "white_check_mark",
  unknown: "black_circle",
};

/** Bytes of text in one encoded word, so that it stays below 75 characters (RFC 2047). */
const WORD_BYTES = 42;

interface Publication {
  readonly topic: string;
  readonly title: string;
  readonly message: string;
  readonly priority: number;
  readonly tags: readonly string[];
  readonly click?: string;
}

export class Ntfy implements Channel {
  readonly kind = "ntfy";
  readonly takesDigests = true;
  readonly limits: readonly RateLimit[];
  readonly #config: NtfyConfig;

  constructor(config: NtfyConfig) {
    this.#config = config;
    // ntfy.sh: 60 at once, then one in 5 s.
    this.limits = [{ key: `ntfy ${config.url} ${config.topic}`, messages: 12, perMs: 60_000 }];
  }

  async send(news: News, delivery: Delivery): Promise<Outcome> {
    const secrets = new Secrets(delivery);
    const { topic: topicOrReference, token, url } = this.#config;
    try {
      const topic = isSecretReference(topicOrReference) ? await secrets.get(topicOrReference) : topicOrReference;
      if (!/^[-_A-Za-z0-9]{1,64}$/.test(topic)) return refused("channel", `${topicOrReference} holds no topic`);
      const authorization = token === undefined ? {} : { authorization: `Bearer ${await secrets.get(token)}` };
      const { clock, externalUrl } = delivery;
      const message = messageOf(news, { nowMs: clock.now(), externalUrl });
      const published = this.#publication(topic, message);
      const base = url.replace(/\/+$/, "");
      const picture = await comingPicture(news, delivery)?.inTime;
      if (picture !== undefined) {
        const headers = { ...authorization, ...attachmentHeaders(published) };
        const body = bodyOf(picture);
        const answer = await request({ url: `${base}/${topic}`, method: "PUT", headers, body }, delivery);
        const outcome = outcomeOf(answer, secrets);
        // A server need not take files, and then takes the message alone.
        if (outcome.kind !== "refused") return outcome;
      }
      const headers = { ...authorization, "content-type": "application/json" };
      const body = JSON.stringify(published);
      return outcomeOf(await request({ url: `${base}/`, method: "POST", headers, body }, delivery), secrets);
    } catch (error) {
      if (error instanceof SecretError) return refused("channel", error.message);
      throw error;
    }
  }

  #publication(topic: string, message: Message): Publication {
    const click = [...message.entries.flatMap(({ links }) => links), ...message.links][0]?.url;
    const text = fitted(message, plainBody, (body) => Buffer.byteLength(body) <= MAX_MESSAGE);
    return {
      topic,
      title: shortened(message.headline, MAX_TITLE),
      // Without one ntfy would say "triggered".
      message: text === "" ? LOOKS[message.look].word : text,
      priority: this.#config.priority ?? PRIORITY[message.look],
      tags: [TAG[message.look]],
      ...(click === undefined ? {} : { click }),
    };
  }
}

function bodyOf({ png }: Picture): Uint8Array<ArrayBuffer> {
  return new Uint8Array(png);
}

/** ntfy takes `\n` in a header for a line's end. */
function attachmentHeaders({ title, message, priority, tags, click }: Publication): Record<string, string> {
  return {
    title: encodedWords(title),
    message: encodedWords(message.replaceAll("\n", "\\n")),
    priority: String(priority),
    tags: tags.join(","),
    filename: "chart.png",
    ...(click === undefined ? {} : { click }),
  };
}

/** Headers are ASCII: the text in encoded words (RFC 2047). */
function encodedWords(text: string): string {
  const words: string[] = [];
  let word = "";
  for (const character of text) {
    if (Buffer.byteLength(word + character) > WORD_BYTES) {
      words.push(word);
      word = "";
    }
    word += character;
  }
  return [...words, word].map((part) => `=?UTF-8?B?${Buffer.from(part).toString("base64")}?=`).join(" ");
}
