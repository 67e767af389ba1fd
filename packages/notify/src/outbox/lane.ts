/**
 * The way to one channel: one message at a time, so that no older state of a group comes after a newer one. The table is what is
 * to be told; a lane remembers only how its channel is doing.
 */
import { createHash } from "node:crypto";
import type { Channel, Delivery, Outcome } from "../channels/channel.ts";
import { refused } from "../channels/channel.ts";
import { harmless } from "../message/harmless.ts";
import type { DigestNews, GroupLine, News } from "../message/news.ts";
import { backoffMs, LONGEST_MS } from "./backoff.ts";
import { type ChannelCounts, type ChannelHealth, noCounts } from "./channel-health.ts";
import { folded } from "./fold.ts";
import type { Limits } from "./limits.ts";
import type { OutboxOptions } from "./outbox-options.ts";
import type { ChannelAddress, OutboxTables } from "./outbox-tables.ts";

/** How often it is looked for what is too old, milliseconds. */
const EXPIRY_INTERVAL_MS = 60_000;

/** How soon it is tried again to read or write the file, milliseconds. */
const FILE_RETRY_MS = 5_000;

/** Longest reason that is kept, UTF-16 units. */
const MAX_REASON = 500;

/** What lanes share. */
export interface LaneContext {
  readonly tables: OutboxTables;
  readonly limits: Limits;
  readonly delivery: Delivery;
  readonly options: OutboxOptions;
  readonly random: () => number;
  readonly onDown: (health: ChannelHealth) => void;
  readonly onUp: (health: ChannelHealth, downSinceMs: number) => void;
  readonly onError: (error: unknown) => void;
}

/** What is being sent, and which rows it stands for. */
interface Load {
  readonly ids: readonly number[];
  readonly groupKeys: readonly string[];
  readonly news: News;
  /** How often it has been tried. */
  readonly attempts: number;
}

export class Lane {
  readonly #address: ChannelAddress;
  readonly #context: LaneContext;
  readonly #counts: ChannelCounts = noCounts();
  #channel: Channel | undefined;
  #load: Load | undefined;
  /** Told, but still in the file, which could not be written. */
  readonly #told = new Set<number>();
  #cancelTimer: () => void = () => {};
  /** In a row. */
  #failures = 0;
  /** Monotonic. */
  #notBeforeMs = Number.NEGATIVE_INFINITY;
  #nextExpiryMs = Number.NEGATIVE_INFINITY;
  /** Unix milliseconds. */
  #failingSinceMs: number | undefined;
  #isDown = false;
  #lastError: string | undefined;
  #lastDeliveredMs: number | undefined;
  /** A digest was refused: what waits is told one by one, until nothing waits. */
  #isWithoutDigests = false;
  #isStopped = false;
  #sending: Promise<void> = Promise.resolve();

  constructor(address: ChannelAddress, context: LaneContext) {
    this.#address = address;
    this.#context = context;
  }

  /** Whom to send through from now on; nobody: everything waits. What it was like is forgotten, for this one may be corrected. */
  use(channel: Channel | undefined): void {
    this.#channel = channel;
    this.#failures = 0;
    this.#notBeforeMs = Number.NEGATIVE_INFINITY;
    this.wake();
  }

  /** Whether this row is being sent: it must not be changed then. */
  isSending(id: number): boolean {
    return this.#told.has(id) || (this.#load?.ids.includes(id) ?? false);
  }

  countFolded(): void {
    this.#counts.folded++;
  }

  /** Within the caller's transaction: the oldest become dead letters, so that no more than so many wait. */
  trim(maxWaiting: number): void {
    const sending = [...this.#told, ...(this.#load?.ids ?? [])];
    const reason = `more than ${maxWaiting} groups waited for this channel`;
    this.#counts.expired += this.#context.tables.trimWaiting(this.#address, maxWaiting, reason, sending);
  }

  /** Sends what can be sent now, without waiting for anything before. Never throws. */
  wake(): void {
    if (this.#load !== undefined || this.#isStopped) return;
    this.#cancelTimer();
    try {
      this.#next();
    } catch (error) {
      this.#context.onError(error);
      this.#wakeAfter(FILE_RETRY_MS);
    }
  }

  health(): ChannelHealth {
    const { waiting, oldestMs, dead } = this.#context.tables.backlog(this.#address);
    return {
      ...this.#address,
      kind: this.#channel?.kind,
      isDown: this.#isDown,
      failingSinceMs: this.#failingSinceMs,
      lastError: this.#lastError,
      lastDeliveredMs: this.#lastDeliveredMs,
      waiting,
      oldestMs,
      dead,
      counts: { ...this.#counts },
    };
  }

  /** Nothing more is begun. Resolves when nothing is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelTimer();
    await this.#sending;
  }

  #next(): void {
    const channel = this.#channel;
    const { tables, limits, delivery } = this.#context;
    this.#removeTold();
    this.#expire();
    if (channel === undefined) return;
    const nowMs = delivery.clock.now();
    const first = tables.first(this.#address, nowMs, nowMs + LONGEST_MS, [...this.#told]);
    if (first === undefined) {
      const nextMs = tables.nextMs(this.#address, [...this.#told]);
      if (nextMs === undefined) this.#isWithoutDigests = false;
      else this.#wakeAfter(nextMs - nowMs);
      return;
    }
    const waitMs = Math.max(this.#notBeforeMs - delivery.clock.monotonic(), limits.waitMs(channel.limits));
    if (waitMs > 0) {
      this.#wakeAfter(waitMs);
      return;
    }
    const { id, attempts, news } = first;
    const load = this.#digest(channel) ?? { ids: [id], groupKeys: [news.notification.groupKey], news, attempts };
    this.#sending = this.#send(channel, load);
  }

  /** All that waits in one message, if it is much. */
  #digest({ takesDigests }: Channel): Load | undefined {
    const { tables, options } = this.#context;
    if (!takesDigests || this.#isWithoutDigests) return undefined;
    if (tables.waitingCount(this.#address) - this.#told.size <= options.maxSingle) return undefined;
    const lines = tables.lines(this.#address, options.maxDigest, [...this.#told]);
    if (lines.length <= options.maxSingle) return undefined;
    const hash = createHash("sha256");
    for (const { idempotencyKey } of lines) hash.update(`${idempotencyKey}\n`);
    const news: DigestNews = {
      kind: "digest",
      groups: lines.map(({ line }) => line).sort(louderFirst),
      changes: lines.reduce((sum, { changes }) => sum + changes, 0),
      sinceMs: lines.reduce((oldest, { sinceMs }) => Math.min(oldest, sinceMs), Number.POSITIVE_INFINITY),
      idempotencyKey: hash.digest("hex"),
    };
    return {
      ids: lines.map(({ id }) => id),
      groupKeys: lines.map(({ groupKey }) => groupKey),
      news,
      attempts: 0,
    };
  }

  async #send(channel: Channel, load: Load): Promise<void> {
    const { limits, delivery, onError } = this.#context;
    this.#load = load;
    const startMs = delivery.clock.monotonic();
    const done = limits.take(channel.limits);
    let outcome: Outcome;
    try {
      outcome = await channel.send(load.news, delivery);
    } catch (error) {
      // A fault of ours: what cannot be rendered now cannot be later, and must not keep back what comes after it.
      onError(error);
      outcome = refused("message", "it could not be made into a message");
    }
    done(outcome.kind === "delivered" ? outcome.messages : 1);
    this.#counts.sendingMs += delivery.clock.monotonic() - startMs;
    this.#load = undefined;
    try {
      this.#settle(load, outcome);
    } catch (error) {
      onError(error);
    }
    this.wake();
  }

  #settle(load: Load, outcome: Outcome): void {
    switch (outcome.kind) {
      case "delivered":
        for (const id of load.ids) this.#told.add(id);
        this.#counts.delivered++;
        if (load.news.kind === "digest") this.#counts.digests++;
        this.#lastDeliveredMs = this.#context.delivery.clock.now();
        this.#gotThrough();
        this.#removeTold();
        return;
      case "retry":
        this.#counts.failed++;
        this.#failedNow(outcome.reason, outcome.afterMs);
        this.#putBack(load, outcome.reason);
        this.#downIfLong();
        return;
      case "refused":
        this.#settleRefused(load, harmless(outcome.reason, MAX_REASON), outcome.fault);
        return;
      default:
        outcome satisfies never;
    }
  }

  #settleRefused(load: Load, reason: string, fault: "message" | "channel"): void {
    if (fault === "message" && load.news.kind === "digest") {
      this.#isWithoutDigests = true;
      return;
    }
    const { tables } = this.#context;
    this.#counts.refused++;
    tables.markDead(this.#foldIntoNewer(load), reason);
    if (fault === "message") {
      // It has answered: the channel itself is well.
      this.#gotThrough();
      this.#lastError = reason;
      return;
    }
    this.#failedNow(reason, undefined);
    this.#goDown();
  }

  /** To be tried again, or as part of what has come since. */
  #putBack(load: Load, reason: string): void {
    const { tables, delivery, random } = this.#context;
    const nowMs = delivery.clock.now();
    const nextMs = nowMs + backoffMs(load.attempts + 1, random());
    const left = this.#foldIntoNewer(load);
    // Nothing is lost with a count: this need not be on the disk.
    tables.markTried(left, harmless(reason, MAX_REASON), nowMs, nextMs);
  }

  /** Where a newer state waits, the one that was not told becomes a part of it. @returns the rows without a newer state */
  #foldIntoNewer({ ids, groupKeys }: Load): number[] {
    const { tables, options, delivery } = this.#context;
    const mine = new Set(ids);
    const left: number[] = [];
    for (const groupKey of groupKeys) {
      const found = tables.idsOfGroup(this.#address, groupKey);
      if (found.every((id) => mine.has(id))) {
        left.push(...found);
        continue;
      }
      const rows = tables.ofGroup(this.#address, groupKey);
      const own = rows.find(({ id }) => mine.has(id));
      const newer = rows.find(({ id }) => !mine.has(id));
      if (own === undefined || newer === undefined) continue;
      tables.transaction(() => {
        tables.replace(own.id, folded(own.news, newer.news), delivery.clock.now() + options.maxAgeMs);
        tables.remove([newer.id]);
      });
      this.#counts.folded++;
    }
    return left;
  }

  #failedNow(reason: string, afterMs: number | undefined): void {
    const { delivery, tables, random } = this.#context;
    this.#failures++;
    this.#lastError = harmless(reason, MAX_REASON);
    this.#failingSinceMs ??= tables.triedSinceMs(this.#address) ?? delivery.clock.now();
    this.#notBeforeMs = delivery.clock.monotonic() + (afterMs ?? backoffMs(this.#failures, random()));
  }

  #downIfLong(): void {
    const { options, delivery } = this.#context;
    if (delivery.clock.now() - (this.#failingSinceMs ?? Number.POSITIVE_INFINITY) >= options.downAfterMs)
      this.#goDown();
  }

  #goDown(): void {
    if (this.#isDown) return;
    this.#isDown = true;
    this.#tell(() => this.#context.onDown(this.health()));
  }

  #gotThrough(): void {
    const sinceMs = this.#failingSinceMs;
    this.#failures = 0;
    this.#notBeforeMs = Number.NEGATIVE_INFINITY;
    this.#failingSinceMs = undefined;
    this.#lastError = undefined;
    if (!this.#isDown) return;
    this.#isDown = false;
    this.#tell(() => this.#context.onUp(this.health(), sinceMs ?? this.#context.delivery.clock.now()));
  }

  #tell(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#context.onError(error);
    }
  }

  #removeTold(): void {
    if (this.#told.size === 0) return;
    const { tables } = this.#context;
    // At once, but not waited for: if the machine dies in the next moment, it is told twice.
    tables.remove([...this.#told]);
    this.#told.clear();
  }

  #expire(): void {
    const { tables, delivery, options } = this.#context;
    const nowMs = delivery.clock.monotonic();
    if (nowMs < this.#nextExpiryMs) return;
    this.#nextExpiryMs = nowMs + EXPIRY_INTERVAL_MS;
    const reason = `it could not be told within ${Math.round(options.maxAgeMs / 3_600_000)} h`;
    this.#counts.expired += tables.expire(this.#address, delivery.clock.now(), reason, [...this.#told]);
    this.#counts.forgotten += tables.trimDead(this.#address, options.maxDead);
  }

  #wakeAfter(ms: number): void {
    this.#cancelTimer();
    if (!this.#isStopped) this.#cancelTimer = this.#context.delivery.clock.after(Math.max(1, ms), () => this.wake());
  }
}

const LOUDNESS = { critical: 0, warning: 1, info: 2 };

function louderFirst(a: GroupLine, b: GroupLine): number {
  const resolved = Number(a.status === "resolved") - Number(b.status === "resolved");
  return resolved !== 0 ? resolved : LOUDNESS[a.level] - LOUDNESS[b.level];
}
