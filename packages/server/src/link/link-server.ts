/**
 * Haltwatch's end of the link: takes bots' connections from the API's HTTP server, gives their samples to the store and to the
 * rules, and the guard's word to the bots. A bot that misbehaves is refused, counted and told of; no other bot notices.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Registry } from "@haltwatch/bot";
import type { Store } from "@haltwatch/store";
import { type WebSocket, WebSocketServer } from "ws";
import { type Clock, SYSTEM_CLOCK } from "../scrape/clock.ts";
import type { Taken } from "./bot-samples.ts";
import { BotSession, type Identity } from "./bot-session.ts";
import type { GuardPort } from "./guard-port.ts";
import type { LinkContext } from "./link-context.ts";
import { DEFAULT_LINK_LIMITS, type LinkLimits } from "./link-limits.ts";
import { LinkMetrics } from "./link-metrics.ts";
import { LinkRefusal, type RefusalReport } from "./link-refusal.ts";

/** Where bots link. */
export const LINK_PATH = "/api/haltwatch/link";

/** How long a bot may take to close its end, milliseconds. */
const CLOSE_GRACE_MS = 500;

/** How often links are looked at for what does not come, milliseconds. */
const CHECK_MS = 250;

/** A check that comes later than this after the last one says that the process stood still, milliseconds. */
const LATE_CHECK_MS = 4 * CHECK_MS;

const GOING_AWAY = 1001;
const SERVER_FAULT = 1011;

export interface LinkServerOptions {
  readonly store: Store;
  readonly guard: GuardPort;
  /** Metrics that pause rules touch: see {@link LinkServer.watch}. */
  readonly watched?: Iterable<string> | undefined;
  /** Whether this bot may link with this token: {@link sharedToken}, or one token for each bot. */
  readonly authorize: (bot: string, token: string | undefined) => boolean;
  readonly version: string;
  /** Default 3,000 ms: see DESIGN. */
  readonly leaseMs?: number | undefined;
  /** Default 1,000 ms. */
  readonly renewMs?: number | undefined;
  /** Default 1,000 ms. */
  readonly intervalMs?: number | undefined;
  readonly limits?: Partial<LinkLimits> | undefined;
  readonly clock?: Clock | undefined;
  /** Where the link's own metrics are made. */
  readonly registry?: Registry | undefined;
  /**
   * Called as soon as samples of watched metrics are in the store, before anything else is read from any bot.
   *
   * @param names those of {@link LinkServer.watch} that have a new sample
   * @param timeMs of the newest of them: an evaluation before it does not see it
   */
  readonly onSamples?: ((names: ReadonlySet<string>, timeMs: number) => void) | undefined;
  readonly onRefused?: ((report: RefusalReport) => void) | undefined;
  /** `left`: it said goodbye. `gone`: it did not, and is missed. */
  readonly onLink?: ((bot: Identity, state: "linked" | "gone" | "left", reason: string) => void) | undefined;
  /** Told of what went wrong here, and not with a bot. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** A linked bot, for whoever shows it. */
export interface LinkView {
  readonly bot: string;
  readonly instance: string;
  readonly address: string;
  readonly series: number;
  /** Since its last frame, milliseconds. */
  readonly silentMs: number;
}

interface Link {
  readonly session: BotSession;
  readonly socket: WebSocket;
  readonly address: string;
  readonly sinceMs: number;
}

export class LinkServer implements AsyncDisposable {
  readonly #options: LinkServerOptions;
  readonly #context: LinkContext;
  readonly #clock: Clock;
  readonly #limits: LinkLimits;
  readonly #metrics: LinkMetrics | undefined;
  readonly #sockets: WebSocketServer;
  readonly #links = new Set<Link>();
  readonly #stopListening: () => void;
  #watched: ReadonlySet<string>;
  #cancelCheck: () => void = () => undefined;
  #checkedMs: number;
  #isStopped = false;

  constructor(options: LinkServerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    this.#limits = { ...DEFAULT_LINK_LIMITS, ...options.limits };
    this.#watched = new Set(options.watched ?? []);
    this.#metrics = options.registry === undefined ? undefined : new LinkMetrics(options.registry);
    this.#context = {
      store: options.store,
      guard: options.guard,
      watched: () => this.#watched,
      authorize: options.authorize,
      limits: this.#limits,
      clock: this.#clock,
      leaseMs: options.leaseMs ?? 3_000,
      renewMs: options.renewMs ?? 1_000,
      intervalMs: options.intervalMs ?? 1_000,
      version: options.version,
    };
    this.#sockets = new WebSocketServer({
      noServer: true,
      maxPayload: this.#limits.frameBytes,
      perMessageDeflate: false, // a small frame that unpacks to gigabytes is no attack where nothing is unpacked
      clientTracking: false,
    });
    this.#stopListening = options.guard.onChange(() => {
      for (const { session } of this.#links) this.#guarded(() => session.guardChanged());
    });
    this.#checkedMs = this.#clock.monotonic();
    this.#checkLater();
  }

  /** Linked bots, those that have not said hello left out. */
  links(): LinkView[] {
    const now = this.#clock.monotonic();
    return [...this.#links].flatMap(({ session, address }) => {
      const { identity } = session;
      if (identity === undefined) return [];
      const { bot, instance } = identity;
      return [{ bot, instance, address, series: session.seriesCount, silentMs: now - session.lastHeardMs }];
    });
  }

  /** From now on changes of these metrics are sent at once. */
  watch(names: Iterable<string>): void {
    const watched = new Set(names);
    if (watched.size === this.#watched.size && [...watched].every((name) => this.#watched.has(name))) return;
    this.#watched = watched;
    for (const { session } of this.#links) session.watchChanged();
  }

  /** For the API's server: see `ApiOptions.upgrades`. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const address = request.socket.remoteAddress ?? "";
    const refusal = this.#refusalOf(request);
    if (refusal !== undefined) {
      const status = refusal.code === "too_many_links" ? "503 Service Unavailable" : "403 Forbidden";
      const body = `${refusal.message}\n`;
      const head = `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n`;
      socket.end(`${head}${body}`);
      this.#refused(refusal, undefined, address);
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const token = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? "")?.[1];
      this.#open(webSocket, address, token);
    });
  }

  /** Ends all links; their bots' series are stale from now on. Any number of times. */
  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#stopListening();
    this.#cancelCheck();
    await Promise.all([...this.#links].map((link) => this.#closed(link, GOING_AWAY, "Haltwatch stops")));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #refusalOf({ headers }: IncomingMessage): LinkRefusal | undefined {
    if (this.#isStopped) return new LinkRefusal("too_many_links", "Haltwatch stops");
    // No bot sends it; a browser always does, and connects to loopback for any page that asks.
    if (headers.origin !== undefined) return new LinkRefusal("foreign_origin", "links are for bots, not for web pages");
    if (this.#links.size >= this.#limits.sessions)
      return new LinkRefusal("too_many_links", `there are ${this.#links.size} links already`);
    return undefined;
  }

  #open(socket: WebSocket, address: string, token: string | undefined): void {
    const session = new BotSession(
      this.#context,
      {
        send: (text) => {
          if (socket.readyState === socket.OPEN) socket.send(text);
          if (socket.bufferedAmount > this.#limits.waitingBytes) {
            this.#refused(new LinkRefusal("slow_reader", "it does not read"), session.identity?.bot, address);
            socket.terminate();
          }
        },
        admit: (admitted, identity) => this.#admit(admitted, identity),
        onSamples: (taken) => this.#took(taken),
        onBye: (reason) => this.#end(link, reason === "" ? "it said goodbye" : reason, "left"),
      },
      token,
    );
    const link: Link = { session, socket, address, sinceMs: this.#clock.monotonic() };
    this.#links.add(link);
    socket.on("message", (data, isBinary) => {
      this.#metrics?.frames.inc();
      this.#receive(link, isBinary ? undefined : String(data));
    });
    socket.on("error", (error) => {
      const isOversized = "code" in error && error.code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH";
      const refusal = new LinkRefusal(isOversized ? "oversized" : "malformed", error.message);
      if ("code" in error && String(error.code).startsWith("WS_ERR"))
        this.#refused(refusal, session.identity?.bot, address);
    });
    socket.on("close", () => this.#end(link, "the connection ended"));
  }

  #receive(link: Link, text: string | undefined): void {
    const { session, socket, address } = link;
    if (socket.readyState !== socket.OPEN) return; // refused already: what it sent after that is not looked at
    const before = session.identity;
    try {
      if (text === undefined) throw new LinkRefusal("malformed", "not understood: a binary frame");
      session.receive(text);
      if (before === undefined && session.identity !== undefined) {
        this.#count();
        this.#options.onLink?.(session.identity, "linked", "");
      }
    } catch (error) {
      if (error instanceof LinkRefusal) {
        session.refused(error);
        this.#refused(error, session.identity?.bot, address);
        if (error.closeCode === undefined) return;
        this.#end(link, error.message);
        this.#close(link, error.closeCode, error.code);
      } else {
        this.#options.onError?.(error);
        this.#end(link, "Haltwatch failed");
        this.#close(link, SERVER_FAULT, "internal error");
      }
    }
  }

  /**
   * One link for each bot and instance. A new connection of the same process replaces the old one, which is half dead; another
   * process has to wait until the old one is silent.
   */
  #admit(admitted: BotSession, identity: Identity): void {
    for (const link of [...this.#links]) {
      const other = link.session.identity;
      if (link.session === admitted || other === undefined) continue;
      if (other.bot !== identity.bot || other.instance !== identity.instance) continue;
      if (other.process !== identity.process && link.socket.readyState === link.socket.OPEN) {
        throw new LinkRefusal("bot_taken", `bot ${identity.bot}, instance ${identity.instance}, is linked already`);
      }
      this.#end(link, "it linked again");
      link.socket.terminate();
    }
  }

  #took({ samples, names, timeMs }: Taken): void {
    this.#metrics?.samples.inc(samples);
    const watched = new Set([...names].filter((name) => this.#watched.has(name)));
    if (watched.size > 0) this.#options.onSamples?.(watched, timeMs);
  }

  #refused(refusal: LinkRefusal, bot: string | undefined, address: string): void {
    this.#metrics?.refusals.labels(refusal.code).inc();
    this.#options.onRefused?.({ code: refusal.code, message: refusal.message, bot, address });
  }

  #end(link: Link, reason: string, state: "gone" | "left" = "gone"): void {
    if (!this.#links.delete(link)) return;
    this.#guarded(() => link.session.end());
    this.#count();
    if (link.session.identity !== undefined) this.#options.onLink?.(link.session.identity, state, reason);
  }

  #close({ socket }: Link, code: number, reason: string): void {
    socket.close(code, reason);
    const cancel = this.#clock.after(CLOSE_GRACE_MS, () => socket.terminate());
    socket.once("close", cancel);
  }

  #closed(link: Link, code: number, reason: string): Promise<void> {
    this.#end(link, reason);
    const { socket } = link;
    if (socket.readyState === socket.CLOSED) return Promise.resolve();
    return new Promise((resolve) => {
      socket.once("close", () => resolve());
      this.#close(link, code, reason);
    });
  }

  #checkLater(): void {
    this.#cancelCheck = this.#clock.after(CHECK_MS, () => {
      this.#check();
      if (!this.#isStopped) this.#checkLater();
    });
  }

  /** Ends links that have not said hello, or nothing for as long as a lease. */
  #check(): void {
    const now = this.#clock.monotonic();
    const isLate = now - this.#checkedMs > LATE_CHECK_MS;
    this.#checkedMs = now;
    if (isLate) return; // this process stood still: what bots sent meanwhile waits to be read
    for (const link of [...this.#links]) {
      const { session, sinceMs, address } = link;
      const isKnown = session.identity !== undefined;
      if (isKnown ? now - session.lastHeardMs <= this.#context.leaseMs : now - sinceMs <= this.#limits.helloMs)
        continue;
      const refusal = isKnown
        ? new LinkRefusal("silent", `it sent nothing for ${this.#context.leaseMs} ms`)
        : new LinkRefusal("no_hello", `it did not say hello within ${this.#limits.helloMs} ms`);
      session.refused(refusal);
      this.#refused(refusal, session.identity?.bot, address);
      this.#end(link, refusal.message);
      this.#close(link, refusal.closeCode ?? GOING_AWAY, refusal.code);
    }
  }

  #count(): void {
    this.#metrics?.links.set([...this.#links].filter(({ session }) => session.identity !== undefined).length);
  }

  #guarded(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#options.onError?.(error);
    }
  }
}

/** One token for all bots, compared so that the time it takes tells nothing of it. */
export function sharedToken(token: string): (bot: string, given: string | undefined) => boolean {
  const wanted = createHash("sha256").update(token).digest();
  return (_bot, given) => given !== undefined && timingSafeEqual(createHash("sha256").update(given).digest(), wanted);
}
