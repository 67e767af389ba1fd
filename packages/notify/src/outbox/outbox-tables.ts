/** The outbox's table in the one SQLite file. All its statements stand here. */
import { groupLine } from "../message/group-line.ts";
import type { GroupLine, GroupNews } from "../message/news.ts";
import type { Tables } from "../tables.ts";
import { changesOf } from "./fold.ts";
import { lineFromText, lineText, newsFromText, newsText } from "./news-text.ts";

/** What has been released never changes: new versions are added. */
const MIGRATIONS = [
  `CREATE TABLE outbox (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     receiver TEXT NOT NULL,
     channel TEXT NOT NULL,
     group_key TEXT NOT NULL,
     is_dead INTEGER NOT NULL,
     idempotency_key TEXT NOT NULL,
     changes INTEGER NOT NULL,
     since_ms INTEGER NOT NULL,
     expires_ms INTEGER NOT NULL,
     attempts INTEGER NOT NULL,
     first_tried_ms INTEGER,
     next_ms INTEGER NOT NULL,
     reason TEXT,
     line TEXT NOT NULL,
     news TEXT NOT NULL
   ) STRICT;
   CREATE INDEX outbox_by_turn ON outbox (receiver, channel, is_dead, attempts, id);
   CREATE INDEX outbox_by_group ON outbox (receiver, channel, group_key);`,
];

/** Which of a receiver's channels. */
export interface ChannelAddress {
  readonly receiver: string;
  /** As in `Notification.channel`. */
  readonly channel: string;
}

/** A row: what a channel has not been told of a group. */
export interface Waiting {
  readonly id: number;
  readonly isDead: boolean;
  readonly idempotencyKey: string;
  readonly attempts: number;
  readonly news: GroupNews;
}

/** A row's outlines. */
export interface WaitingLine {
  readonly id: number;
  readonly groupKey: string;
  readonly idempotencyKey: string;
  readonly line: GroupLine;
  readonly changes: number;
  readonly sinceMs: number;
}

/** What a channel has refused, or what nobody could be told in time. */
export interface DeadLetter extends ChannelAddress {
  readonly id: number;
  readonly line: GroupLine;
  readonly reason: string;
  readonly attempts: number;
  /** When the oldest state in it was to be told, Unix milliseconds. */
  readonly sinceMs: number;
}

export interface Backlog {
  readonly waiting: number;
  readonly dead: number;
  /** Unix milliseconds. */
  readonly oldestMs: number | undefined;
}

export class OutboxTables {
  readonly #tables: Tables;

  /** @throws {StoreError} */
  constructor(tables: Tables) {
    this.#tables = tables;
    tables.migrate("outbox", MIGRATIONS);
  }

  /** On the disk when it returns, or undone. @throws {StoreError} */
  transaction<T>(write: () => T): T {
    return this.#tables.transaction(write);
  }

  add({ receiver, channel }: ChannelAddress, news: GroupNews, expiresMs: number): void {
    const { groupKey, idempotencyKey } = news.notification;
    this.#tables.run(
      `INSERT INTO outbox (receiver, channel, group_key, is_dead, idempotency_key, line, news, changes, since_ms, expires_ms,
         attempts, next_ms) VALUES (?, ?, ?, 0, ?, ?, ?, ?, ?, ?, 0, 0)`,
      receiver,
      channel,
      groupKey,
      idempotencyKey,
      lineText(groupLine(news.notification, news.earlier)),
      newsText(news),
      changesOf(news),
      news.earlier?.sinceMs ?? news.notification.timeMs,
      expiresMs,
    );
  }

  /** Other news in the same place of the queue: they are tried as if nothing had been. */
  replace(id: number, news: GroupNews, expiresMs: number): void {
    this.#tables.run(
      `UPDATE outbox SET is_dead = 0, idempotency_key = ?, line = ?, news = ?, changes = ?, since_ms = ?, expires_ms = ?,
         attempts = 0, next_ms = 0 WHERE id = ?`,
      news.notification.idempotencyKey,
      lineText(groupLine(news.notification, news.earlier)),
      newsText(news),
      changesOf(news),
      news.earlier?.sinceMs ?? news.notification.timeMs,
      expiresMs,
      id,
    );
  }

  /** Of a group, dead ones too, the oldest first: one, and another one while it is being sent. */
  ofGroup({ receiver, channel }: ChannelAddress, groupKey: string): Waiting[] {
    const sql = "SELECT * FROM outbox WHERE receiver = ? AND channel = ? AND group_key = ? ORDER BY id";
    return this.#tables.all(sql, receiver, channel, groupKey).map(waitingFrom);
  }

  /** The same, without reading what they say. */
  idsOfGroup({ receiver, channel }: ChannelAddress, groupKey: string): number[] {
    const sql = "SELECT id FROM outbox WHERE receiver = ? AND channel = ? AND group_key = ? ORDER BY id";
    return this.#tables.all(sql, receiver, channel, groupKey).map((row) => Number(row["id"]));
  }

  /**
   * What is to be tried first: the least often tried, then the oldest.
   *
   * @param horizonMs nothing waits longer than until then: what seems to was written before the clock was set back
   */
  first(
    { receiver, channel }: ChannelAddress,
    nowMs: number,
    horizonMs: number,
    without: readonly number[],
  ): Waiting | undefined {
    const row = this.#tables.get(
      `SELECT * FROM outbox WHERE receiver = ? AND channel = ? AND is_dead = 0 AND (next_ms <= ? OR next_ms > ?)
         AND id NOT IN (SELECT value FROM json_each(?)) ORDER BY attempts, id LIMIT 1`,
      receiver,
      channel,
      nowMs,
      horizonMs,
      JSON.stringify(without),
    );
    return row === undefined ? undefined : waitingFrom(row);
  }

  /** All that is to be told, up to so many, the oldest first. */
  lines({ receiver, channel }: ChannelAddress, limit: number, without: readonly number[]): WaitingLine[] {
    const rows = this.#tables.all(
      `SELECT id, group_key, idempotency_key, line, changes, since_ms FROM outbox WHERE receiver = ? AND channel = ? AND is_dead = 0
         AND id NOT IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT ?`,
      receiver,
      channel,
      JSON.stringify(without),
      limit,
    );
    return rows.map((row) => ({
      id: Number(row["id"]),
      groupKey: String(row["group_key"]),
      idempotencyKey: String(row["idempotency_key"]),
      line: lineFromText(String(row["line"])),
      changes: Number(row["changes"]),
      sinceMs: Number(row["since_ms"]),
    }));
  }

  /** When something can be tried again, Unix milliseconds; `undefined` if nothing waits. */
  nextMs({ receiver, channel }: ChannelAddress, without: readonly number[]): number | undefined {
    const row = this.#tables.get(
      `SELECT min(next_ms) AS next_ms FROM outbox WHERE receiver = ? AND channel = ? AND is_dead = 0
         AND id NOT IN (SELECT value FROM json_each(?))`,
      receiver,
      channel,
      JSON.stringify(without),
    );
    const next = row?.["next_ms"];
    return next === null || next === undefined ? undefined : Number(next);
  }

  /** Since when what waits has been tried in vain, Unix milliseconds. */
  triedSinceMs({ receiver, channel }: ChannelAddress): number | undefined {
    const sql = `SELECT min(first_tried_ms) AS tried_ms FROM outbox WHERE receiver = ? AND channel = ? AND is_dead = 0`;
    const tried = this.#tables.get(sql, receiver, channel)?.["tried_ms"];
    return tried === null || tried === undefined ? undefined : Number(tried);
  }

  markTried(ids: readonly number[], reason: string, nowMs: number, nextMs: number): void {
    this.#tables.run(
      `UPDATE outbox SET attempts = attempts + 1, reason = ?, next_ms = ?, first_tried_ms = coalesce(first_tried_ms, ?)
         WHERE id IN (SELECT value FROM json_each(?))`,
      reason,
      nextMs,
      nowMs,
      JSON.stringify(ids),
    );
  }

  markDead(ids: readonly number[], reason: string): void {
    const sql =
      "UPDATE outbox SET is_dead = 1, attempts = attempts + 1, reason = ? WHERE id IN (SELECT value FROM json_each(?))";
    this.#tables.run(sql, reason, JSON.stringify(ids));
  }

  remove(ids: readonly number[]): void {
    this.#tables.run("DELETE FROM outbox WHERE id IN (SELECT value FROM json_each(?))", JSON.stringify(ids));
  }

  /** @returns how many could not be told in time, and are dead now */
  expire({ receiver, channel }: ChannelAddress, nowMs: number, reason: string, without: readonly number[]): number {
    const expired = this.#tables.all(
      `SELECT id FROM outbox WHERE receiver = ? AND channel = ? AND is_dead = 0 AND expires_ms <= ?
         AND id NOT IN (SELECT value FROM json_each(?))`,
      receiver,
      channel,
      nowMs,
      JSON.stringify(without),
    );
    if (expired.length > 0)
      this.markDead(
        expired.map((row) => Number(row["id"])),
        reason,
      );
    return expired.length;
  }

  /** The oldest, so that no more than so many are left. @returns how many that were */
  trimWaiting({ receiver, channel }: ChannelAddress, max: number, reason: string, without: readonly number[]): number {
    const over = this.waitingCount({ receiver, channel }) - max;
    if (over <= 0) return 0;
    const rows = this.#tables.all(
      `SELECT id FROM outbox WHERE receiver = ? AND channel = ? AND is_dead = 0
         AND id NOT IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT ?`,
      receiver,
      channel,
      JSON.stringify(without),
      over,
    );
    this.markDead(
      rows.map((row) => Number(row["id"])),
      reason,
    );
    return rows.length;
  }

  /** The oldest dead letters, so that no more than so many are left. @returns how many are forgotten */
  trimDead({ receiver, channel }: ChannelAddress, max: number): number {
    const over = this.backlog({ receiver, channel }).dead - max;
    if (over <= 0) return 0;
    const sql = `DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE receiver = ? AND channel = ? AND is_dead = 1
      ORDER BY id LIMIT ?)`;
    this.#tables.run(sql, receiver, channel, over);
    return over;
  }

  backlog({ receiver, channel }: ChannelAddress): Backlog {
    const row = this.#tables.get(
      `SELECT count(*) FILTER (WHERE is_dead = 0) AS waiting, count(*) FILTER (WHERE is_dead = 1) AS dead,
         min(id) FILTER (WHERE is_dead = 0) AS oldest FROM outbox WHERE receiver = ? AND channel = ?`,
      receiver,
      channel,
    );
    // What is folded keeps its place: the first row is the oldest news.
    const oldest = this.#tables.get("SELECT since_ms FROM outbox WHERE id = ?", Number(row?.["oldest"] ?? -1));
    return {
      waiting: Number(row?.["waiting"] ?? 0),
      dead: Number(row?.["dead"] ?? 0),
      oldestMs: oldest === undefined ? undefined : Number(oldest["since_ms"]),
    };
  }

  /** Every channel for which there is something. */
  addresses(): ChannelAddress[] {
    const rows = this.#tables.all("SELECT DISTINCT receiver, channel FROM outbox");
    return rows.map((row) => ({ receiver: String(row["receiver"]), channel: String(row["channel"]) }));
  }

  waitingCount({ receiver, channel }: ChannelAddress): number {
    const sql = "SELECT count(*) AS n FROM outbox WHERE receiver = ? AND channel = ? AND is_dead = 0";
    return Number(this.#tables.get(sql, receiver, channel)?.["n"] ?? 0);
  }

  /** The newest first. */
  deadLetters(limit: number): DeadLetter[] {
    const rows = this.#tables.all("SELECT * FROM outbox WHERE is_dead = 1 ORDER BY id DESC LIMIT ?", limit);
    return rows.map((row) => ({
      id: Number(row["id"]),
      receiver: String(row["receiver"]),
      channel: String(row["channel"]),
      line: lineFromText(String(row["line"])),
      reason: String(row["reason"] ?? ""),
      attempts: Number(row["attempts"]),
      sinceMs: Number(row["since_ms"]),
    }));
  }

  /** @param ids all of them if undefined. @returns how many were dead */
  revive(ids: readonly number[] | undefined, expiresMs: number): number {
    const dead = this.#deadIds(ids);
    this.#tables.run(
      `UPDATE outbox SET is_dead = 0, attempts = 0, next_ms = 0, expires_ms = ?, first_tried_ms = NULL
         WHERE id IN (SELECT value FROM json_each(?))`,
      expiresMs,
      JSON.stringify(dead),
    );
    return dead.length;
  }

  /** @param ids all of them if undefined. @returns how many were dead */
  drop(ids: readonly number[] | undefined): number {
    const dead = this.#deadIds(ids);
    this.remove(dead);
    return dead.length;
  }

  #deadIds(ids: readonly number[] | undefined): number[] {
    const rows =
      ids === undefined
        ? this.#tables.all("SELECT id FROM outbox WHERE is_dead = 1")
        : this.#tables.all(
            "SELECT id FROM outbox WHERE is_dead = 1 AND id IN (SELECT value FROM json_each(?))",
            JSON.stringify(ids),
          );
    return rows.map((row) => Number(row["id"]));
  }
}

function waitingFrom(row: ReturnType<Tables["all"]>[number]): Waiting {
  return {
    id: Number(row["id"]),
    isDead: row["is_dead"] === 1,
    idempotencyKey: String(row["idempotency_key"]),
    attempts: Number(row["attempts"]),
    news: newsFromText(String(row["news"])),
  };
}
