/** One worker of a pool: asks it, and remembers what it last told. */
import { HaltwatchError } from "../errors.ts";
import type { ExpositionFormat } from "../exposition/format.ts";
import type { Family } from "../registry/family.ts";
import { decodeFamilies } from "./encode-families.ts";
import { lastingFamilies } from "./lasting-families.ts";
import { type ClusterWorker, linkTo, type MemberLink, type ThreadWorker } from "./member-link.ts";
import type { Malformed, MemberMessage } from "./message.ts";
import type { Tell } from "./teller.ts";

/** What a member needs of its pool. */
export interface MemberHost {
  readonly tell: Tell;
  /** The whole pool's exposition, for a scrape that landed on this worker. */
  render(format: ExpositionFormat): AsyncIterable<string>;
  /** The worker has ended. */
  onGone(): void;
}

export class PoolMember {
  readonly #host: MemberHost;
  readonly #link: MemberLink;
  #isGone = false;
  /** The registry it shares; `undefined` before its hello and after its goodbye. */
  #share: string | undefined;
  #known: readonly Family[] = [];
  /** Received and not yet read: most snapshots are outdated before anybody wants them. */
  #unread: { readonly families: unknown } | undefined;
  #lastRequest = 0;
  /** The question under way. */
  #request: number | undefined;
  #asking: Promise<boolean> | undefined;
  #onAnswer: ((request: number | undefined) => void) | undefined;

  constructor(worker: ThreadWorker | ClusterWorker, host: MemberHost) {
    this.#host = host;
    this.#link = linkTo(worker, {
      hello: (share) => this.#hello(share),
      welcomed: () => this.#postAsk(),
      message: (message) => this.#message(message),
      gone: () => this.#gone(),
    });
  }

  /** False if the worker has ended. */
  get isAlive(): boolean {
    return !this.#isGone && this.#link.isAlive;
  }

  /** What it last told: all of it while it shares, and only what it had counted once it does not. */
  families(): readonly Family[] {
    if (this.#unread !== undefined) {
      const decoded = decodeFamilies(this.#unread.families);
      this.#unread = undefined;
      if (decoded.kind === "families") this.#known = decoded.families;
      else this.#tellMalformed(decoded.why);
    }
    return this.#share === undefined ? lastingFamilies(this.#known) : this.#known;
  }

  /** Has it tell its numbers. @returns whether it has answered within `timeoutMs`; false at once if it shares nothing */
  ask(timeoutMs: number): Promise<boolean> {
    this.#asking ??= this.#ask(timeoutMs).finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  stop(): void {
    this.#isGone = true;
    this.#link.close();
    this.#onAnswer?.(undefined);
  }

  async #ask(timeoutMs: number): Promise<boolean> {
    if (this.#share === undefined) return false;
    const request = ++this.#lastRequest;
    this.#request = request;
    let timer: NodeJS.Timeout | undefined;
    const answered = await new Promise<boolean>((resolve) => {
      this.#onAnswer = (answer) => {
        if (answer === request) resolve(true);
        else if (answer === undefined) resolve(false); // it has gone
      };
      timer = setTimeout(() => {
        this.#host.tell(
          new HaltwatchError("MEMBER_SILENT", `a worker did not tell its metrics within ${timeoutMs} ms`, {
            hint: "Its last known numbers are shown: see what blocks its event loop, or which collect callback is slow",
          }),
        );
        resolve(false);
      }, timeoutMs);
      this.#postAsk();
    });
    clearTimeout(timer);
    this.#request = undefined;
    this.#onAnswer = undefined;
    return answered;
  }

  #postAsk(): void {
    if (this.#share === undefined || this.#request === undefined) return;
    this.#link.post({ kind: "ask", share: this.#share, request: this.#request });
  }

  #hello(share: string): boolean {
    if (this.#share === undefined || this.#share === share) {
      this.#share = share;
      return true;
    }
    this.#host.tell(
      new HaltwatchError("ALREADY_SHARED", "a worker shares a second registry", {
        hint: "Only its first is shown: share one registry a process, and stop sharing it before the next",
      }),
    );
    return false;
  }

  #message(message: Exclude<MemberMessage, { kind: "hello" }> | Malformed): void {
    if (message.kind === "malformed") {
      this.#tellMalformed("it is not understood");
      return;
    }
    if (message.share !== this.#share) return;
    switch (message.kind) {
      case "snapshot":
        this.#unread = { families: message.families };
        if (message.request === undefined) this.#link.post({ kind: "taken", share: message.share });
        else this.#onAnswer?.(message.request);
        return;
      case "bye":
        this.#share = undefined;
        this.#onAnswer?.(undefined);
        return;
      case "render":
        void this.#render(message);
    }
  }

  async #render({ share, request, format }: Extract<MemberMessage, { kind: "render" }>): Promise<void> {
    try {
      for await (const text of this.#host.render(format)) {
        this.#link.post({ kind: "text", share, request, text, last: false });
      }
      this.#link.post({ kind: "text", share, request, text: "", last: true });
    } catch (error) {
      this.#host.tell(
        new HaltwatchError("RENDER_FAILED", "the pool could not be rendered for a worker", {
          hint: "The scrape that landed on it fails: please report this",
          cause: error,
        }),
      );
    }
  }

  #gone(): void {
    if (this.#isGone) return;
    this.#share = undefined;
    this.stop();
    this.#host.onGone();
  }

  #tellMalformed(why: string): void {
    this.#host.tell(
      new HaltwatchError("BAD_SNAPSHOT", `a worker's message was refused: ${why}`, {
        hint: "Its last known numbers are shown: let it share a registry of the same version of this package",
      }),
    );
  }
}
