/** A message cut down until a channel takes it: descriptions go first, then the last entries, then all but the headline. */
import type { Message } from "./message.ts";

/**
 * The longest rendering that fits.
 *
 * @param render what the channel makes of it
 * @returns the shortest rendering if none fits: every text is bounded, so that it does
 */
export function fitted<T>(message: Message, render: (message: Message) => T, fits: (rendered: T) => boolean): T {
  for (const candidate of shorterAndShorter(message)) {
    const rendered = render(candidate);
    if (fits(rendered)) return rendered;
  }
  return render({ ...message, notes: [], entries: [], links: [], more: message.more + message.entries.length });
}

function* shorterAndShorter(message: Message): Generator<Message> {
  yield message;
  const plain = { ...message, entries: message.entries.map((entry) => ({ ...entry, description: "" })) };
  yield plain;
  for (let count = plain.entries.length; count > 0; count--) {
    const entries = plain.entries.slice(0, count).map((entry) => ({ ...entry, links: [] }));
    yield { ...plain, entries, more: message.more + message.entries.length - count };
  }
}
