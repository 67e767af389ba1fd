/** A bot's link with Haltwatch in one call, and the guard that comes of it. */
import { hostname } from "node:os";
import { ConfigError, errorLine } from "../errors.ts";
import { Guard, type LostLease } from "../guard/guard.ts";
import { isLoopback } from "../http/loopback.ts";
import type { Registry } from "../registry/registry.ts";
import { LinkClient } from "./link-client.ts";
import { type LinkClock, SYSTEM_CLOCK } from "./link-clock.ts";
import { LinkMetrics } from "./link-metrics.ts";
import type { OpenSocket } from "./link-socket.ts";
import { LINK_PATH } from "./protocol.ts";
import { runtimeSocket } from "./runtime-socket.ts";
import { SampleFeed } from "./sample-feed.ts";

/** What the link tells of itself. A {@link JsonLog} is one. */
export interface LinkLog {
  info(event: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void;
  error(event: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface LinkOptions {
  /** Where Haltwatch is: `http://127.0.0.1:9898`, or `https:`, `ws:`, `wss:`. */
  readonly url: string;
  /** What Haltwatch asks links for. */
  readonly token?: string | undefined;
  /** The bot's name: label `bot` of all its series, and what `haltwatch pause --scope bot:…` names. */
  readonly bot: string;
  readonly registry: Registry;
  /** Tells processes of the bot apart: label `instance` (default the host's name). */
  readonly instance?: string | undefined;
  /** Label `job` (default `link`). */
  readonly job?: string | undefined;
  /** Of the bot: for people. */
  readonly version?: string | undefined;
  /** What a lost lease means (default `halt`). */
  readonly lostLease?: LostLease | undefined;
  readonly log?: LinkLog | undefined;
  /**
   * Called when Haltwatch is gone, once for each time that a lease ends: to tell people by a way that does not go through it. It must
   * not take long, and what it throws is logged.
   */
  readonly onWatcherLost?: ((lost: WatcherLost) => void) | undefined;
  /** Most samples that are kept while there is no link (default 100,000: 2.4 MB). */
  readonly awayCapacity?: number | undefined;
}

/** Haltwatch has not renewed the lease: it is dead, hangs, cannot be reached, or will not grant one. */
export interface WatcherLost {
  /** When the lease ended, Unix milliseconds. */
  readonly sinceMs: number;
  /** Whether there is a connection all the same. */
  readonly isLinked: boolean;
}

const WATCHER_LOST = "Haltwatch has not renewed the lease: nobody watches this bot";

/** For tests: what the link has of its surroundings. */
export interface LinkContext {
  readonly clock?: LinkClock | undefined;
  readonly openSocket?: (() => Promise<OpenSocket>) | undefined;
  readonly random?: (() => number) | undefined;
}

/** A running link. */
export interface Link extends AsyncDisposable {
  /** To be asked before each order. */
  readonly guard: Guard;
  /** Whether Haltwatch is there now. */
  readonly isLinked: boolean;
  /** Fulfilled with the first lease: trading may be allowed from then on. */
  readonly ready: Promise<void>;
  /** Sends what there is, says goodbye and ends: nothing may be traded from then on. Any number of times. */
  stop(): Promise<void>;
}

/**
 * Links a bot with Haltwatch: its metrics go there, those that pause rules touch at once, and the guard learns what is allowed.
 * Returns at once; until Haltwatch has granted the first lease, nothing may be opened. One link for each registry.
 *
 * Source: docs/link.md.
 *
 * @throws {ConfigError} `BAD_VALUE` where url or bot are wrong
 * @throws {MetricError} `DUPLICATE_METRIC` where the registry has a link already
 * @example
 * ```ts
 * await using link = startLink({ url: "http://127.0.0.1:9898", token, bot: "arb-1", registry });
 * await link.ready;
 * if (link.guard.allowed("open", { venue: "cex" })) await exchange.buy(order);
 * ```
 */
export function startLink(options: LinkOptions, context: LinkContext = {}): Link {
  const { registry, log, token, bot } = options;
  const url = linkUrl(options.url);
  if (bot === "") throw badValue("bot", "a bot that links needs a name", 'Give it one: "arb-1"');
  if (url.protocol === "ws:" && !isLoopback(url.hostname.replace(/^\[(.*)\]$/, "$1")))
    log?.warn("link_unprotected", { message: "the link leaves this machine without TLS: use https", url: url.href });
  const { clock = SYSTEM_CLOCK, openSocket = runtimeSocket, random = Math.random } = context;
  const metrics = new LinkMetrics(registry);
  let tellReady: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    tellReady = resolve;
  });
  let stopping: Promise<void> | undefined;
  const guard = new Guard({
    clock,
    lostLease: options.lostLease,
    onLease: tellReady,
    onPause: ({ epoch, ...pause }) => {
      log?.error("paused", { epoch, ...pause });
      const time = clock.wall();
      // After the bot's own handlers have begun: orders are to be cancelled first, and told of then.
      queueMicrotask(() => {
        client.report({ type: "ack", epoch, stage: "received", time });
        client.tellCounts();
      });
    },
    onHandled: ({ epoch }, { leftOpen, ...handled }, tookMs) => {
      const report = { ...handled, left_open: leftOpen, took_ms: tookMs };
      log?.info("pause_handled", { epoch, ...report });
      client.report({ type: "ack", epoch, stage: "done", ...report });
    },
    onLeaseLost: (sinceMs) => {
      const lost: WatcherLost = { sinceMs, isLinked: client.isLinked };
      log?.error("watcher_lost", { since: new Date(sinceMs).toISOString(), message: WATCHER_LOST });
      try {
        options.onWatcherLost?.(lost);
      } catch (error) {
        log?.error("watcher_lost_handler_failed", { message: errorLine(error) });
      }
    },
    onState: (state, cause) => {
      metrics.state.set(state);
      if (state === "ACTIVE") log?.info("trading_allowed");
      else
        log?.[stopping === undefined ? "error" : "info"]("trading_restricted", {
          state,
          reason: cause?.reason,
          rule: cause?.rule,
          by: cause?.by,
        });
    },
  });
  metrics.state.set(guard.state);
  const feed = new SampleFeed({
    registry,
    clock,
    awayCapacity: options.awayCapacity,
    onDropped: (reason, count) => metrics.dropped.labels(reason).inc(count),
  });
  const client = new LinkClient({
    url: url.href,
    token,
    identity: {
      bot,
      instance: options.instance ?? hostname(),
      job: options.job ?? "link",
      version: options.version ?? "unknown",
    },
    ...{ guard, feed, clock, openSocket, random },
    onLinked: (isLinked, reason) => {
      metrics.linked.set(isLinked ? 1 : 0);
      if (isLinked) metrics.links.inc();
      if (isLinked) log?.info("linked", { url: url.href, server: reason });
      else log?.[stopping === undefined ? "warn" : "info"]("not_linked", { url: url.href, reason });
    },
    onRefused: (code, message) => log?.error("link_refused", { code, message }),
    onError: (error) => log?.error("link_failed", { message: errorLine(error) }),
  });
  void client.start();
  const stop = (): Promise<void> => {
    stopping ??= (async () => {
      await client.stop();
      feed[Symbol.dispose]();
      guard.close("the bot has ended its link");
    })();
    return stopping;
  };
  return {
    guard,
    ready,
    get isLinked() {
      return client.isLinked;
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function linkUrl(text: string): URL {
  const hint = 'Give Haltwatch\'s address: "http://127.0.0.1:9898"';
  let url: URL;
  try {
    url = new URL(text.replace(/^http/i, "ws"));
  } catch (error) {
    throw badValue("url", "the link's url is none", hint, error);
  }
  if (url.protocol !== "ws:" && url.protocol !== "wss:")
    throw badValue("url", `the link's url begins with ${url.protocol}`, hint);
  if (url.username !== "" || url.password !== "")
    throw badValue("url", "the link's url holds a password, and secrets do not belong there", "Give it as token");
  if (url.pathname === "/") url.pathname = LINK_PATH;
  url.hash = "";
  return url;
}

function badValue(key: string, message: string, hint: string, cause?: unknown): ConfigError {
  return new ConfigError("BAD_VALUE", message, { key, hint, cause });
}
