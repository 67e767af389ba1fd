/** An entry of `telegram_configs`: Alertmanager's, as far as it is about where to send and not about templates. */
import { z } from "zod";
import { plainUrl, secretFile, secretReference } from "../secret-reference.ts";

/** A number, negative for groups, or a public channel's `@name`. */
const chat = z.union([
  z.int(),
  z.string().regex(/^(?:@[A-Za-z0-9_]{3,64}|-?\d{1,20})$/, "a chat is a number, or a channel's @name"),
]);

export const telegramConfig = z
  .strictObject({
    bot_token: secretReference.optional(),
    bot_token_file: secretFile.optional(),
    chat: chat.optional(),
    /** Alertmanager's name for it. */
    chat_id: chat.optional(),
    /** A topic of a forum. */
    message_thread_id: z.int().positive().optional(),
    api_url: plainUrl.default("https://api.telegram.org"),
    send_resolved: z.boolean().default(true),
    /** All without a sound; what is only for information never makes one. */
    disable_notifications: z.boolean().default(false),
    /** Empty: plain text. What is marked up is sent as HTML, whatever the mode, for nothing in a label can break that. */
    parse_mode: z.enum(["HTML", "MarkdownV2", "Markdown", ""]).default("HTML"),
  })
  .transform(({ bot_token, bot_token_file, chat, chat_id, ...rest }, context) => {
    const botToken = bot_token ?? bot_token_file;
    const target = chat ?? chat_id;
    if (botToken === undefined)
      context.addIssue({ code: "custom", path: ["bot_token"], message: "where the bot's token is kept" });
    if (target === undefined)
      context.addIssue({ code: "custom", path: ["chat_id"], message: "the chat's number, or a channel's @name" });
    if (botToken === undefined || target === undefined) return z.NEVER;
    return { ...rest, bot_token: botToken, chat_id: String(target) };
  });

export type TelegramConfig = z.output<typeof telegramConfig>;
