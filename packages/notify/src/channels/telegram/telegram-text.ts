/**
 * A message in Telegram's HTML (https://core.telegram.org/bots/api#html-style): only `<`, `>`, `&` and `"` mean anything. Lengths
 * count after entities are parsed, in UTF-16 units: 4,096 for a message, 1,024 for a caption.
 */
import { LOOKS } from "../../message/level.ts";
import type { Entry, Link, Message } from "../../message/message.ts";

const MAX_MESSAGE = 4_096;
export const MAX_CAPTION = 1_024;

/** Before parsing, Telegram takes no more than so much, bytes. */
const MAX_BYTES = 32_768;

/** What Telegram makes a mention of, and notifies: also in text without markup. */
const MENTION = /(?<![\w.])@(?=[\p{L}\p{N}_])/gu;

/** What Telegram makes a command of: one touch, and it is sent. */
const COMMAND = /(?<![\w/.])\/(?=[\p{L}\p{N}_])/gu;

export type TelegramMarkup = "HTML" | "none";

export function telegramText(message: Message, markup: TelegramMarkup): string {
  const marked = markup === "HTML" ? html : plain;
  return [
    `${LOOKS[message.look].emoji} ${marked.bold(message.headline)}`,
    ...message.notes.map(marked.text),
    ...message.entries.flatMap((entry) => entryLines(entry, marked)),
    ...(message.more > 0 ? [`and ${message.more} more`] : []),
    ...linkLine(message.links, marked),
  ].join("\n");
}

/** As Telegram counts. */
export function telegramLength(text: string, markup: TelegramMarkup): number {
  if (markup === "none") return text.length;
  return text.replace(/<[^>]*>/g, "").replace(/&(?:lt|gt|amp|quot);/g, " ").length;
}

export function fitsTelegram(text: string, markup: TelegramMarkup): boolean {
  return telegramLength(text, markup) <= MAX_MESSAGE && Buffer.byteLength(text) <= MAX_BYTES;
}

interface Marked {
  readonly text: (text: string) => string;
  readonly bold: (text: string) => string;
  readonly link: (link: Link) => string;
}

const plain: Marked = {
  text: untouchable,
  bold: untouchable,
  link: ({ text, url }) => `${text}: ${url}`,
};

const html: Marked = {
  text: (text) => escaped(untouchable(text)),
  bold: (text) => `<b>${escaped(untouchable(text))}</b>`,
  link: ({ text, url }) => `<a href="${escaped(url)}">${escaped(text)}</a>`,
};

function entryLines(entry: Entry, marked: Marked): string[] {
  return [
    ...(entry.title === "" ? [] : ["", `${LOOKS[entry.look].emoji} ${marked.bold(entry.title)}`]),
    ...(entry.summary === "" ? [] : [marked.text(entry.summary)]),
    ...entry.facts.map(marked.text),
    ...(entry.description === "" ? [] : [marked.text(entry.description)]),
    ...linkLine(entry.links, marked),
  ];
}

function linkLine(links: readonly Link[], marked: Marked): string[] {
  return links.length === 0 ? [] : [links.map(marked.link).join(" · ")];
}

/** Looks the same, and is neither a mention nor a command. */
function untouchable(text: string): string {
  return text.replace(MENTION, "＠").replace(COMMAND, "∕");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
