/** Haltwatch's own log: a line at ERROR for each group that fires and is more than information, for whoever has set no other channel. */
import { setImmediate } from "node:timers/promises";
import { messageOf } from "../../message/message.ts";
import type { News } from "../../message/news.ts";
import { type Channel, type Delivery, delivered, type Outcome, type RateLimit } from "../channel.ts";

export class Log implements Channel {
  readonly kind = "log";
  /** Who searches a log looks for the alert. */
  readonly takesDigests = false;
  readonly limits: readonly RateLimit[] = [];

  async send(news: News, { log, clock, externalUrl }: Delivery): Promise<Outcome> {
    const { look, headline, notes, entries, more } = messageOf(news, { nowMs: clock.now(), externalUrl });
    const fields = {
      message: headline,
      ...(notes.length === 0 ? {} : { notes }),
      alerts: entries.map(({ title, summary, facts, description, links }) => ({
        ...(title === "" ? {} : { title }),
        ...(summary === "" ? {} : { summary }),
        facts,
        ...(description === "" ? {} : { description }),
        ...Object.fromEntries(links.map(({ text, url }) => [text.toLowerCase(), url])),
      })),
      ...(more === 0 ? {} : { more }),
    };
    if (look === "resolved" || look === "unknown") log.info("alerts_resolved", fields);
    else if (look === "info") log.info("alerts_firing", fields);
    else log.error("alerts_firing", fields);
    // Many lines in a row must not keep the process from everything else.
    await setImmediate();
    return delivered();
  }
}
