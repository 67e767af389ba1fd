/** A message without any markup, for mail's text part, ntfy and logs. */
import { LOOKS } from "./level.ts";
import type { Link, Message } from "./message.ts";

/** The headline is not in it: it is the subject, or the title. */
export function plainBody(message: Message): string {
  return [
    ...message.notes,
    ...message.entries.flatMap((entry) => [
      ...(entry.title === "" ? [] : ["", `${LOOKS[entry.look].emoji} ${entry.title}`]),
      ...(entry.summary === "" ? [] : [entry.summary]),
      ...entry.facts,
      ...(entry.description === "" ? [] : [entry.description]),
      ...entry.links.map(linkLine),
    ]),
    ...(message.more > 0 ? ["", `and ${message.more} more`] : []),
    ...message.links.map(linkLine),
  ]
    .join("\n")
    .trim();
}

function linkLine({ text, url }: Link): string {
  return `${text}: ${url}`;
}
