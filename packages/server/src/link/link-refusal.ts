/** What a bot is told when something it sent is refused. */

export type LinkRefusalCode =
  /** No JSON object, an unknown type, a field of the wrong kind. */
  | "malformed"
  /** Larger than the limit of a frame. */
  | "oversized"
  /** A sequence that was there before, a second hello, a reference that is taken. */
  | "replayed"
  | "unauthenticated"
  /** A web page's script: a browser would send it along with the user's reach. */
  | "foreign_origin"
  /** Versions that have none in common. */
  | "unsupported_protocol"
  /** Another process with this bot's name and instance is linked, and alive. */
  | "bot_taken"
  | "too_many_links"
  | "too_many_series"
  | "too_many_samples"
  | "too_many_frames"
  /** It did not say hello in time. */
  | "no_hello"
  /** It sent nothing for as long as a lease. */
  | "silent"
  /** It does not read what it is sent. */
  | "slow_reader"
  /** No lease can be granted: the message says why. */
  | "no_lease"
  /** The store refused it. */
  | "store";

/** WebSocket close codes: RFC 6455, section 7.4; 4000 and above are ours. */
const CLOSE_CODES: Partial<Record<LinkRefusalCode, number>> = {
  malformed: 1007,
  oversized: 1009,
  replayed: 1008,
  unauthenticated: 4401,
  unsupported_protocol: 4406,
  bot_taken: 4409,
  too_many_links: 1013,
  too_many_frames: 1008,
  no_hello: 4408,
  silent: 4408,
  slow_reader: 1008,
};

/** Thrown by whatever reads a frame, caught by its session, told to the bot. */
export class LinkRefusal extends Error {
  override readonly name = "LinkRefusal";
  readonly code: LinkRefusalCode;

  constructor(code: LinkRefusalCode, message: string) {
    super(message);
    this.code = code;
  }

  /** The code with which the link is closed; `undefined` if it goes on. */
  get closeCode(): number | undefined {
    return CLOSE_CODES[this.code];
  }
}

/** What {@link LinkServer} tells of each refusal. */
export interface RefusalReport {
  readonly code: LinkRefusalCode;
  readonly message: string;
  /** `undefined` before a good hello. */
  readonly bot: string | undefined;
  /** Where it came from: an IP address. */
  readonly address: string;
}
