/** Why a target was not scraped, for people who do not read error texts of networks. */

export interface ScrapeFault {
  readonly what: string;
  readonly toDo: string;
}

/** In this order: the first that is found in the error's text. */
const FAULTS: readonly (readonly [pattern: RegExp, fault: ScrapeFault])[] = [
  [
    /ECONNREFUSED|connection refused/i,
    { what: "Nobody listens there.", toDo: "Is the bot running, and is the port right?" },
  ],
  [
    /ENOTFOUND|EAI_AGAIN|no such host/i,
    { what: "The name is not known.", toDo: "Look for a mistake in the target's name, and at the DNS." },
  ],
  [
    /EHOSTUNREACH|ENETUNREACH|no route/i,
    { what: "There is no way there.", toDo: "Look at the network and the firewall." },
  ],
  [
    /timed? ?out|deadline exceeded|ETIMEDOUT/i,
    { what: "It took too long.", toDo: "The bot hangs, is overloaded, or a firewall drops the request." },
  ],
  [
    /ECONNRESET|socket hang up|closed/i,
    { what: "It broke the connection off.", toDo: "Look at the bot's log: it may have crashed." },
  ],
  [
    /\b401\b|\b403\b|unauthori[sz]ed|forbidden/i,
    { what: "It wants another token.", toDo: "Look at authorization in the scrape configuration." },
  ],
  [/\b404\b|not found/i, { what: "There are no metrics at that path.", toDo: "Look at metrics_path." }],
  [/\b5\d\d\b/, { what: "It has a fault of its own.", toDo: "Look at the bot's log." }],
  [/certificate|self.signed|TLS|SSL/i, { what: "Its certificate is not trusted.", toDo: "Look at tls_config." }],
  [
    /sample.?limit|body.?size|too large|limit/i,
    { what: "It sends too much.", toDo: "Look for labels with ever new values, or raise the limit." },
  ],
  [
    /parse|invalid|expected|unexpected|syntax/i,
    { what: "What it sends is not the text format.", toDo: "Look at the line that is named." },
  ],
];

export function scrapeFault(error: string): ScrapeFault {
  const found = FAULTS.find(([pattern]) => pattern.test(error));
  return found?.[1] ?? { what: "It could not be read.", toDo: "" };
}
