/** What Slack and Telegram are sent, as people read it: without markup. */

const LEVELS: readonly (readonly [word: RegExp, level: string])[] = [
  [/^\W*CRITICAL\b/, "critical"],
  [/^\W*WARNING\b/, "warning"],
  [/^\W*RESOLVED\b/, "resolved"],
  [/^\W*NOT KNOWN\b/, "unknown"],
];

/** How loud it is, by its first word. */
export function levelOf(text: string): string {
  return LEVELS.find(([word]) => word.test(text))?.[1] ?? "info";
}

/** Source: Telegram's HTML style, https://core.telegram.org/bots/api#html-style. */
export function plainOfHtml(html: string): string {
  return unescaped(html.replaceAll("\r", "").replace(/<[^>]*>/g, ""));
}

/** Source: https://docs.slack.dev/messaging/formatting-message-text. */
export function plainOfMrkdwn(text: string): string {
  return unescaped(text.replace(/<[^<>|\s]+\|([^<>]*)>/g, "$1").replace(/(?<![\p{L}\p{N}])\*([^*\n]+)\*/gu, "$1"));
}

function unescaped(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&amp;", "&");
}
