/** A message as HTML that every mail program shows: styles in the elements, nothing loaded from anywhere. */
import { LOOKS } from "../../message/level.ts";
import type { Entry, Link, Message } from "../../message/message.ts";

/** @param pictureId content ID of the attached picture */
export function emailBody(message: Message, pictureId: string | undefined): string {
  const { color, emoji } = LOOKS[message.look];
  return [
    `<div style="max-width:640px;font-family:sans-serif;font-size:15px;line-height:1.45">`,
    `<p style="margin:0;padding:10px 14px;color:#fff;background:${color};font-size:17px;font-weight:bold">`,
    `${emoji} ${escaped(message.headline)}</p>`,
    `<div style="padding:6px 14px;border:1px solid ${color}">`,
    ...message.notes.map((note) => `<p style="margin:8px 0"><i>${escaped(note)}</i></p>`),
    ...message.entries.map(entryHtml),
    ...(message.more > 0 ? [`<p style="margin:8px 0">and ${message.more} more</p>`] : []),
    ...(pictureId === undefined
      ? []
      : [
          `<p style="margin:8px 0"><img src="cid:${pictureId}" alt="${escaped(message.pictureText)}" style="max-width:100%"></p>`,
        ]),
    ...linksHtml(message.links),
    "</div></div>",
  ].join("\n");
}

function entryHtml({ look, title, summary, facts, description, links }: Entry): string {
  const { emoji } = LOOKS[look];
  return [
    ...(title === "" ? [] : [`<p style="margin:12px 0 0"><b>${emoji} ${escaped(title)}</b></p>`]),
    ...(summary === "" ? [] : [`<p style="margin:8px 0">${escaped(summary)}</p>`]),
    `<p style="margin:8px 0">${facts.map(escaped).join("<br>")}</p>`,
    ...(description === "" ? [] : [`<p style="margin:8px 0">${escaped(description)}</p>`]),
    ...linksHtml(links),
  ].join("\n");
}

function linksHtml(links: readonly Link[]): string[] {
  if (links.length === 0) return [];
  const anchors = links.map(({ text, url }) => `<a href="${escaped(url)}">${escaped(text)}</a>`);
  return [`<p style="margin:8px 0">${anchors.join(" · ")}</p>`];
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
