/** A channel that answers as it is told to, and remembers what it was sent. */
import { type Channel, type Delivery, delivered, type Outcome, type RateLimit } from "../channels/channel.ts";
import type { News } from "../message/news.ts";

export interface Sent {
  readonly news: News;
  /** Unix milliseconds. */
  readonly timeMs: number;
  readonly outcome: Outcome;
}

export class FakeChannel implements Channel {
  readonly kind = "fake";
  readonly limits: readonly RateLimit[];
  readonly takesDigests: boolean;
  /** All that was tried, in order. */
  readonly sent: Sent[] = [];
  /** What comes of the next ones. */
  answer: (news: News) => Outcome | Promise<Outcome> = () => delivered();

  constructor({ limits = [], takesDigests = true }: { limits?: readonly RateLimit[]; takesDigests?: boolean } = {}) {
    this.limits = limits;
    this.takesDigests = takesDigests;
  }

  async send(news: News, { clock }: Delivery): Promise<Outcome> {
    const timeMs = clock.now();
    const outcome = await this.answer(news);
    this.sent.push({ news, timeMs, outcome });
    return outcome;
  }

  /** What has arrived. */
  get told(): readonly News[] {
    return this.sent.filter(({ outcome }) => outcome.kind === "delivered").map(({ news }) => news);
  }
}
