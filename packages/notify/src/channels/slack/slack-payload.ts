/**
 * A message in Slack's blocks, in an attachment for its colour.
 *
 * Limits: https://docs.slack.dev/reference/block-kit/blocks (50 blocks, a section's text 3,000 characters, an image's alternative
 * text 2,000, its address 3,000). Escaping: https://docs.slack.dev/messaging/formatting-message-text (`&`, `<`, `>` only).
 */
import { harmlessUrl } from "../../message/harmless.ts";
import { LOOKS } from "../../message/level.ts";
import type { Entry, Link, Message } from "../../message/message.ts";

const MAX_BLOCKS = 50;
const MAX_SECTION = 3_000;

/** Longest first line, which notifications show: Slack cuts texts at 40,000, phones much earlier. */
const MAX_TEXT = 3_000;

/** What begins or ends bold, italic, struck and code, where a word begins or ends: within `latency_ms` it does nothing. */
const MARKS = /(?<![\p{L}\p{N}])[*_~`]|[*_~`](?![\p{L}\p{N}])/gu;

/** Look the same, and are nothing to Slack. */
const LOOKALIKES: Readonly<Record<string, string>> = { "*": "∗", _: "＿", "~": "∼", "`": "ˋ" };

/** Before a name, as in `@here`; not within an address. */
const MENTION = /(?<![\p{L}\p{N}.])@(?=[\p{L}\p{N}])/gu;

interface Section {
  readonly type: "section";
  readonly text: { readonly type: "mrkdwn"; readonly text: string; readonly verbatim: true };
}

interface Image {
  readonly type: "image";
  readonly image_url: string;
  readonly alt_text: string;
}

export interface SlackPayload {
  /** What notifications show. */
  readonly text: string;
  readonly attachments: readonly [
    { readonly color: string; readonly fallback: string; readonly blocks: (Section | Image)[] },
  ];
  readonly unfurl_links: false;
  readonly unfurl_media: false;
  readonly channel?: string;
  readonly username?: string;
  readonly icon_emoji?: string;
  readonly icon_url?: string;
}

export function slackPayload(message: Message, imageUrl: string | undefined): SlackPayload {
  const { emoji, color } = LOOKS[message.look];
  const headline = `${emoji} *${slackText(message.headline)}*`;
  const blocks: (Section | Image)[] = [];
  const intro = [...message.notes.map(slackText), ...entryLines(message.entries[0])];
  if (intro.length > 0) blocks.push(section(intro));
  for (const entry of message.entries.slice(1)) blocks.push(section(entryLines(entry)));
  const url = imageUrl === undefined ? undefined : harmlessUrl(imageUrl);
  if (url !== undefined) blocks.push({ type: "image", image_url: url, alt_text: message.pictureText });
  const last = [...(message.more > 0 ? [`and ${message.more} more`] : []), ...linkLine(message.links)];
  if (last.length > 0) blocks.push(section(last));
  return {
    text: headline,
    attachments: [{ color, fallback: slackText(message.headline), blocks }],
    unfurl_links: false,
    unfurl_media: false,
  };
}

export function fitsSlack({ text, attachments: [{ blocks }] }: SlackPayload): boolean {
  return (
    text.length <= MAX_TEXT &&
    blocks.length <= MAX_BLOCKS &&
    blocks.every((block) => block.type === "image" || block.text.text.length <= MAX_SECTION)
  );
}

/** Shown as it is, whatever it says. */
function slackText(text: string): string {
  return text
    .replace(MARKS, (mark) => LOOKALIKES[mark] ?? mark)
    .replace(MENTION, "＠")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}

function section(lines: readonly string[]): Section {
  return { type: "section", text: { type: "mrkdwn", text: lines.join("\n"), verbatim: true } };
}

function entryLines(entry: Entry | undefined): string[] {
  if (entry === undefined) return [];
  return [
    ...(entry.title === "" ? [] : [`${LOOKS[entry.look].emoji} *${slackText(entry.title)}*`]),
    ...(entry.summary === "" ? [] : [slackText(entry.summary)]),
    ...entry.facts.map(slackText),
    ...(entry.description === "" ? [] : [slackText(entry.description)]),
    ...linkLine(entry.links),
  ];
}

function linkLine(links: readonly Link[]): string[] {
  if (links.length === 0) return [];
  return [links.map(({ text, url }) => `<${url.replaceAll("&", "&amp;")}|${slackText(text)}>`).join(" · ")];
}
