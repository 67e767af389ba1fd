/**
 * What is to be told, kept until it has been: in the one SQLite file, so that neither a crash nor an outage of a channel loses it.
 *
 * - Told at least once. Twice only if the process died, or the answer was lost, between the channel's taking it and our noting it;
 *   then with the same idempotency key.
 * - Of a group never an older state after a newer one. A state that a newer one overtakes before it was told becomes a part of it;
 *   so no group is told as resolved whose firing nobody heard of without the message saying so.
 * - The file has at most one row for a group and channel, and one more while that is being sent.
 */
import type { Notification } from "../alert.ts";
import type { Channel, Delivery, Fetch, NewsLog, Outcome } from "../channels/channel.ts";
import { refused } from "../channels/channel.ts";
import { type Clock, SYSTEM_CLOCK } from "../clock.ts";
import type { Tables } from "../tables.ts";
import type { ChannelHealth } from "./channel-health.ts";
import { folded, news } from "./fold.ts";
import { Lane, type LaneContext } from "./lane.ts";
import { Limits } from "./limits.ts";
import { OUTBOX_DEFAULTS, type OutboxOptions } from "./outbox-options.ts";
import { type ChannelAddress, type DeadLetter, OutboxTables } from "./outbox-tables.ts";

/** How long a message waits for its picture, milliseconds. */
const PICTURE_DEADLINE_MS = 250;

/** The same for one that tries a channel: the picture is what is tried. */
const TEST_PICTURE_DEADLINE_MS = 3_000;

/** How long an answer is waited for, milliseconds. */
const TIMEOUT_MS = 10_000;

/** How long what is under way is waited for at the end, milliseconds. */
const STOP_WAIT_MS = 1_500;

/** How long what is given up is waited for then, milliseconds. */
const ABORT_WAIT_MS = 300;

/** Most dead letters that are listed at once. */
const MAX_LISTED = 1_000;

export interface OutboxSetup {
  readonly tables: Tables;
  readonly secret: Delivery["secret"];
  readonly log: NewsLog;
  readonly clock?: Clock;
  /** For requests of channels; `fetch` itself if it is left out. */
  readonly fetch?: Fetch;
  readonly externalUrl?: string | undefined;
  readonly pictureOf?: Delivery["pictureOf"];
  readonly pictureDeadlineMs?: number;
  readonly timeoutMs?: number;
  readonly options?: Partial<OutboxOptions>;
  /** 0 up to 1: spreads what is tried again. */
  readonly random?: () => number;
  /** Nothing gets through a channel any more: to be told on the others. */
  readonly onChannelDown?: (health: ChannelHealth) => void;
  readonly onChannelUp?: (health: ChannelHealth, downSinceMs: number) => void;
  /** The file cannot be written, or a listener has failed. It goes on all the same. */
  readonly onError: (error: unknown) => void;
}

/** What came of a message, and how long the channel took for it, milliseconds. */
export interface Sent {
  readonly outcome: Outcome;
  readonly tookMs: number;
}

/** A channel, and where it stands. */
export interface AddressedChannel extends ChannelAddress {
  readonly sender: Channel;
}

export class Outbox implements AsyncDisposable {
  readonly #tables: OutboxTables;
  readonly #context: LaneContext;
  readonly #abort = new AbortController();
  readonly #lanes = new Map<string, Lane>();
  #channels = new Map<string, Channel>();
  /** Lanes for which something was added. */
  readonly #touched = new Set<Lane>();

  /**
   * Makes its table in the file if it is not there. Sends nothing before `use`.
   *
   * @throws {StoreError}
   */
  constructor(setup: OutboxSetup) {
    const clock = setup.clock ?? SYSTEM_CLOCK;
    this.#tables = new OutboxTables(setup.tables);
    this.#context = {
      tables: this.#tables,
      limits: new Limits(clock),
      options: { ...OUTBOX_DEFAULTS, ...setup.options },
      random: setup.random ?? Math.random,
      onDown: setup.onChannelDown ?? (() => {}),
      onUp: setup.onChannelUp ?? (() => {}),
      onError: setup.onError,
      delivery: {
        secret: setup.secret,
        fetch: setup.fetch ?? fetch,
        clock,
        externalUrl: setup.externalUrl,
        log: setup.log,
        pictureOf: setup.pictureOf,
        pictureDeadlineMs: setup.pictureDeadlineMs ?? PICTURE_DEADLINE_MS,
        timeoutMs: setup.timeoutMs ?? TIMEOUT_MS,
        signal: this.#abort.signal,
      },
    };
  }

  /** The channels from now on. What waits for others goes on waiting, until it is too old. Begins to send. */
  use(channels: readonly AddressedChannel[]): void {
    this.#channels = new Map(channels.map(({ sender, ...address }) => [keyOf(address), sender]));
    for (const address of [...this.#tables.addresses(), ...channels]) this.#lane(address);
    for (const [key, lane] of this.#lanes) lane.use(this.#channels.get(key));
  }

  /**
   * Takes what is to be told, as part of the transaction that the caller has open. It is sent at the end of this turn of the event
   * loop, if the transaction has come through.
   *
   * @throws {StoreError} if the file cannot be written; the caller's transaction is to be undone then
   */
  add(notifications: readonly Notification[]): void {
    const full = new Set<Lane>();
    for (const notification of notifications) {
      const lane = this.#lane(notification);
      if (this.#addOne(notification, lane)) full.add(lane);
      if (this.#touched.size === 0) queueMicrotask(() => this.#wakeTouched());
      this.#touched.add(lane);
    }
    const { maxWaiting } = this.#context.options;
    for (const lane of full) lane.trim(maxWaiting);
  }

  /** Sends it past the outbox as soon as the channel's limits allow it, and says what came of it: to test a channel. */
  async send(notification: Notification): Promise<Sent> {
    const channel = this.#channels.get(keyOf(notification));
    if (channel === undefined) return { outcome: refused("channel", "there is no such channel"), tookMs: 0 };
    const { limits, delivery } = this.#context;
    const { clock } = delivery;
    for (;;) {
      const waitMs = limits.waitMs(channel.limits);
      if (waitMs <= 0) break;
      await new Promise<void>((resolve) => clock.after(Math.ceil(waitMs), resolve));
    }
    const startMs = clock.monotonic();
    const done = limits.take(channel.limits);
    const patient = { ...delivery, pictureDeadlineMs: Math.max(delivery.pictureDeadlineMs, TEST_PICTURE_DEADLINE_MS) };
    const outcome = await channel.send(news(notification), patient);
    done(outcome.kind === "delivered" ? outcome.messages : 1);
    return { outcome, tookMs: clock.monotonic() - startMs };
  }

  /** Of every channel, also of those that are not configured any more and have something waiting. */
  health(): ChannelHealth[] {
    return [...this.#lanes.values()].map((lane) => lane.health());
  }

  /** The newest first, up to a thousand. */
  deadLetters(): DeadLetter[] {
    return this.#tables.deadLetters(MAX_LISTED);
  }

  /**
   * Tries dead letters again.
   *
   * @param ids all of them if undefined
   * @returns how many there were
   */
  retryDeadLetters(ids?: readonly number[]): number {
    const { delivery, options } = this.#context;
    const expiresMs = delivery.clock.now() + options.maxAgeMs;
    const count = this.#tables.transaction(() => this.#tables.revive(ids, expiresMs));
    for (const lane of this.#lanes.values()) lane.wake();
    return count;
  }

  /** Forgets dead letters. @returns how many there were */
  dropDeadLetters(ids?: readonly number[]): number {
    return this.#tables.transaction(() => this.#tables.drop(ids));
  }

  /** Nothing more is sent; what is under way is waited for, though not long: what has no answer then is sent again next time. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { clock } = this.#context.delivery;
    const stopped = Promise.all([...this.#lanes.values()].map((lane) => lane.stop()));
    const overtime = Promise.withResolvers<void>();
    const cancels = [
      clock.after(STOP_WAIT_MS, () => this.#abort.abort()),
      // For a channel that does not heed it.
      clock.after(STOP_WAIT_MS + ABORT_WAIT_MS, overtime.resolve),
    ];
    await Promise.race([stopped, overtime.promise]);
    for (const cancel of cancels) cancel();
  }

  /** @returns whether there is one more row than before */
  #addOne(notification: Notification, lane: Lane): boolean {
    const { delivery, options } = this.#context;
    const rows = this.#tables.ofGroup(notification, notification.groupKey);
    const isKnown = rows.some(
      ({ idempotencyKey, isDead }) => !isDead && idempotencyKey === notification.idempotencyKey,
    );
    if (isKnown) return false;
    const expiresMs = delivery.clock.now() + options.maxAgeMs;
    const overtaken = rows.find(({ id }) => !lane.isSending(id));
    if (overtaken === undefined) {
      this.#tables.add(notification, news(notification), expiresMs);
      return true;
    }
    this.#tables.replace(overtaken.id, folded(overtaken.news, news(notification)), expiresMs);
    lane.countFolded();
    return false;
  }

  #wakeTouched(): void {
    const touched = [...this.#touched];
    this.#touched.clear();
    for (const lane of touched) lane.wake();
  }

  #lane({ receiver, channel }: ChannelAddress): Lane {
    const key = keyOf({ receiver, channel });
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    const lane = new Lane({ receiver, channel }, this.#context);
    this.#lanes.set(key, lane);
    return lane;
  }
}

function keyOf({ receiver, channel }: ChannelAddress): string {
  return JSON.stringify([receiver, channel]);
}
