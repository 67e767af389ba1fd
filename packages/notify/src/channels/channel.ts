/** What every channel is: a way to say one piece of news to people or to another program. */
import type { Notification } from "../alert.ts";
import type { Clock } from "../clock.ts";
import type { News } from "../message/news.ts";

export interface Channel {
  /** `slack`, `telegram`, …: for people, and for labels of metrics. */
  readonly kind: string;
  /** All have to allow a message before it is sent. */
  readonly limits: readonly RateLimit[];
  /** Whether many groups may be told in one message. A program wants each by itself. */
  readonly takesDigests: boolean;
  /**
   * Sends it, and says what came of it. The request is on its way before anything else is waited for, unless a picture is wanted.
   * Never throws for what the other side does; nothing secret is in any reason.
   */
  send(news: News, delivery: Delivery): Promise<Outcome>;
}

export type Outcome = Delivered | Retry | Refused;

export interface Delivered {
  readonly kind: "delivered";
  /** How many messages it took, counted against the limits. */
  readonly messages: number;
}

/** Not now. */
export interface Retry {
  readonly kind: "retry";
  readonly reason: string;
  /** How long the other side wants to be left alone, milliseconds. */
  readonly afterMs: number | undefined;
}

/** Not ever, as it is. */
export interface Refused {
  readonly kind: "refused";
  readonly reason: string;
  /** What is at fault: this message, or the channel's settings, so that nothing gets through. */
  readonly fault: "message" | "channel";
}

/** At most so many messages in so much time. Channels that name the same key share it. */
export interface RateLimit {
  /** Tells what is limited: a chat, a webhook. Nothing secret: references are not. */
  readonly key: string;
  readonly messages: number;
  readonly perMs: number;
}

/** What a channel is given to send with. */
export interface Delivery {
  /** The secret that a reference names: `env:SLACK_URL`, `file:…`, `keyring:…`, `credential:…`. Throws if it is not there. */
  readonly secret: (reference: string) => Promise<string> | string;
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** Where Haltwatch's own page is, for links and `externalURL`; `undefined` if nobody outside of this machine can open it. */
  readonly externalUrl: string | undefined;
  readonly log: NewsLog;
  /** A picture of what a notification is about; `undefined` if there is none. */
  readonly pictureOf: ((notification: Notification) => Promise<Picture | undefined>) | undefined;
  /** How long a message waits for its picture, milliseconds. */
  readonly pictureDeadlineMs: number;
  /** How long an answer is waited for, milliseconds. */
  readonly timeoutMs: number;
  /** Aborted when nothing more can be waited for. */
  readonly signal: AbortSignal;
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface Picture {
  readonly png: Uint8Array;
  /** Where people can open it from wherever they are. */
  readonly url?: string;
}

/** Where the channel `log` writes. Each call is one line. */
export interface NewsLog {
  error(event: string, fields: Readonly<Record<string, unknown>>): void;
  info(event: string, fields: Readonly<Record<string, unknown>>): void;
}

export function delivered(messages = 1): Delivered {
  return { kind: "delivered", messages };
}

export function retry(reason: string, afterMs?: number): Retry {
  return { kind: "retry", reason, afterMs };
}

export function refused(fault: Refused["fault"], reason: string): Refused {
  return { kind: "refused", reason, fault };
}
