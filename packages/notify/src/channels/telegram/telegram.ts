/**
 * Telegram's Bot API: `sendMessage`, and `sendPhoto` where there is a picture (https://core.telegram.org/bots/api).
 *
 * Limits: one message a second to a chat, 20 a minute to a group, 30 a second in all (https://core.telegram.org/bots/faq).
 */
import { fitted } from "../../message/fitted.ts";
import { messageOf } from "../../message/message.ts";
import type { News } from "../../message/news.ts";
import {
  type Channel,
  type Delivery,
  delivered,
  type Outcome,
  type Picture,
  type RateLimit,
  refused,
  retry,
} from "../channel.ts";
import { boundedRetryAfter, type HttpAnswer, outcomeOf, reasonOf, request } from "../http-request.ts";
import { comingPicture } from "../picture-in-time.ts";
import { SecretError, Secrets } from "../secrets.ts";
import type { TelegramConfig } from "./config.ts";
import { fitsTelegram, MAX_CAPTION, type TelegramMarkup, telegramLength, telegramText } from "./telegram-text.ts";

/** As BotFather gives them: it becomes a part of an address. */
const TOKEN = /^\d+:[A-Za-z0-9_-]+$/;

/** How long a picture waits at most that comes after its text, if Telegram asks for it, milliseconds. */
const MAX_PICTURE_WAIT_MS = 3_000;

export class Telegram implements Channel {
  readonly kind = "telegram";
  readonly takesDigests = true;
  readonly limits: readonly RateLimit[];
  readonly #config: TelegramConfig;
  readonly #markup: TelegramMarkup;

  constructor(config: TelegramConfig) {
    this.#config = config;
    this.#markup = config.parse_mode === "" ? "none" : "HTML";
    const chat = `telegram ${config.bot_token} ${config.chat_id}`;
    this.limits = [
      { key: `telegram ${config.bot_token}`, messages: 30, perMs: 1_000 },
      { key: chat, messages: 1, perMs: 1_000 },
      // Groups have negative numbers; channels' names are no less limited.
      ...(/^[-@]/.test(config.chat_id) ? [{ key: `${chat} per minute`, messages: 20, perMs: 60_000 }] : []),
    ];
  }

  async send(news: News, delivery: Delivery): Promise<Outcome> {
    const secrets = new Secrets(delivery);
    try {
      const token = await secrets.get(this.#config.bot_token);
      if (!TOKEN.test(token)) return refused("channel", `${this.#config.bot_token} holds no bot token`);
      const { clock, externalUrl } = delivery;
      const message = messageOf(news, { nowMs: clock.now(), externalUrl });
      const call = new Call({ token, secrets, delivery, config: this.#config, isQuiet: message.look === "info" });
      const text = fitted(
        message,
        (shorter) => telegramText(shorter, this.#markup),
        (rendered) => fitsTelegram(rendered, this.#markup),
      );
      return await this.#sendWithPicture(call, text, news, delivery);
    } catch (error) {
      if (error instanceof SecretError) return refused("channel", error.message);
      throw error;
    }
  }

  async #sendWithPicture(call: Call, text: string, news: News, delivery: Delivery): Promise<Outcome> {
    const coming = comingPicture(news, delivery);
    const isCaption = telegramLength(text, this.#markup) <= MAX_CAPTION;
    if (coming === undefined) return await call.message(text, this.#markup);
    const inTime = isCaption ? await coming.inTime : undefined;
    if (inTime !== undefined) {
      const outcome = await call.photo(inTime, { text, markup: this.#markup });
      // A chat may forbid pictures, and must hear of it all the same.
      return outcome.kind === "refused" ? await call.message(text, this.#markup) : outcome;
    }
    const outcome = await call.message(text, this.#markup);
    if (outcome.kind !== "delivered") return outcome;
    // The text has arrived: what becomes of the picture changes nothing any more.
    const late = await coming.late();
    if (late === undefined) return outcome;
    const first = await call.photo(late);
    // Two messages in one second may be one too many. So long the next message would have to wait all the same.
    const isTooSoon = first.kind === "retry" && first.afterMs !== undefined && first.afterMs <= MAX_PICTURE_WAIT_MS;
    if (isTooSoon) await new Promise<void>((resolve) => delivery.clock.after(first.afterMs ?? 0, resolve));
    const sent = isTooSoon ? await call.photo(late) : first;
    return sent.kind === "delivered" ? delivered(2) : outcome;
  }
}

interface CallOptions {
  readonly token: string;
  readonly secrets: Secrets;
  readonly delivery: Delivery;
  readonly config: TelegramConfig;
  readonly isQuiet: boolean;
}

/** Requests of one message. */
class Call {
  readonly #options: CallOptions;

  constructor(options: CallOptions) {
    this.#options = options;
  }

  async message(text: string, markup: TelegramMarkup): Promise<Outcome> {
    const body = JSON.stringify({
      ...this.#target(),
      text,
      link_preview_options: { is_disabled: true },
      ...(markup === "HTML" ? { parse_mode: "HTML" } : {}),
    });
    return await this.#post("sendMessage", body, { "content-type": "application/json" });
  }

  async photo(
    { png }: Picture,
    caption?: { readonly text: string; readonly markup: TelegramMarkup },
  ): Promise<Outcome> {
    const form = new FormData();
    for (const [name, value] of Object.entries(this.#target())) form.set(name, String(value));
    if (caption !== undefined) form.set("caption", caption.text);
    if (caption?.markup === "HTML") form.set("parse_mode", "HTML");
    form.set("photo", new Blob([new Uint8Array(png)], { type: "image/png" }), "chart.png");
    return await this.#post("sendPhoto", form, {});
  }

  #target(): Readonly<Record<string, string | number | boolean>> {
    const { config, isQuiet } = this.#options;
    return {
      chat_id: config.chat_id,
      ...(config.message_thread_id === undefined ? {} : { message_thread_id: config.message_thread_id }),
      disable_notification: config.disable_notifications || isQuiet,
    };
  }

  async #post(method: string, body: string | FormData, headers: Readonly<Record<string, string>>): Promise<Outcome> {
    const { token, config, delivery, secrets } = this.#options;
    const url = `${config.api_url.replace(/\/+$/, "")}/bot${token}/${method}`;
    return outcomeOfTelegram(await request({ url, method: "POST", headers, body }, delivery), secrets);
  }
}

function outcomeOfTelegram(answer: HttpAnswer, secrets: Secrets): Outcome {
  if (answer.kind === "none") return retry(answer.reason);
  const { description, retryAfterMs, isMigrated } = said(answer.body);
  if (answer.status === 429) return retry(reasonOf(429, description, secrets), retryAfterMs ?? answer.retryAfterMs);
  if (isMigrated) return refused("channel", `${reasonOf(answer.status, description, secrets)}: write the new chat_id`);
  if (answer.status === 400 && /chat not found|chat_id is empty|not enough rights|thread not found/i.test(description))
    return refused("channel", reasonOf(400, description, secrets));
  return outcomeOf(answer, secrets, description === "" ? answer.body : description);
}

/** https://core.telegram.org/bots/api#making-requests */
function said(body: string): { description: string; retryAfterMs: number | undefined; isMigrated: boolean } {
  const unsaid = { description: "", retryAfterMs: undefined, isMigrated: false };
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    return unsaid;
  }
  if (typeof answer !== "object" || answer === null) return unsaid;
  const description = "description" in answer && typeof answer.description === "string" ? answer.description : "";
  const parameters = "parameters" in answer ? answer.parameters : undefined;
  if (typeof parameters !== "object" || parameters === null) return { ...unsaid, description };
  const seconds = "retry_after" in parameters ? Number(parameters.retry_after) : Number.NaN;
  return {
    description,
    retryAfterMs: boundedRetryAfter(seconds * 1_000),
    isMigrated: "migrate_to_chat_id" in parameters,
  };
}
