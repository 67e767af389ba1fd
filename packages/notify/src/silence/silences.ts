/** All silences, in the one SQLite file: one that was accepted is there after a restart. Source: Alertmanager, silence/silence.go. */
import { randomUUID } from "node:crypto";
import type { LabelMatcher, Labels } from "@haltwatch/store/labels";
import { NotifyError } from "../notify-error.ts";
import { Matchers } from "../routing/matcher.ts";
import type { Tables } from "../tables.ts";
import { canBecome, checkSilence, type Silence, type SilenceRequest, silenceStateAt } from "./silence.ts";

/** What has been released never changes: new versions are added. */
const MIGRATIONS = [
  `CREATE TABLE notify_silences (
     id TEXT PRIMARY KEY,
     matchers TEXT NOT NULL,
     starts_at_ms INTEGER NOT NULL,
     ends_at_ms INTEGER NOT NULL,
     updated_at_ms INTEGER NOT NULL,
     created_by TEXT NOT NULL,
     comment TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;`,
];

/** So long an expired one is still shown. */
const RETENTION_MS = 120 * 3_600_000;

/** Most that are kept, expired ones included. */
const MAX_SILENCES = 10_000;

export class Silences {
  readonly #tables: Tables;
  readonly #now: () => number;
  readonly #silences = new Map<string, { readonly silence: Silence; readonly matchers: Matchers }>();
  #version = 0;

  /** @throws {StoreError} */
  constructor(tables: Tables, clock: { now(): number }) {
    this.#tables = tables;
    this.#now = () => clock.now();
    tables.migrate("notify-silences", MIGRATIONS);
    for (const row of tables.all("SELECT * FROM notify_silences")) {
      this.#keep({
        id: String(row["id"]),
        matchers: JSON.parse(String(row["matchers"])) as LabelMatcher[], // only this file writes them
        startsAtMs: Number(row["starts_at_ms"]),
        endsAtMs: Number(row["ends_at_ms"]),
        updatedAtMs: Number(row["updated_at_ms"]),
        createdBy: String(row["created_by"]),
        comment: String(row["comment"]),
      });
    }
  }

  /** Changes with each change of a silence. */
  get version(): number {
    return this.#version;
  }

  /**
   * Makes a silence, or changes one. What would change which alerts were silenced in the past, other matchers for example, ends
   * the earlier one and makes another.
   *
   * @returns as it is kept; its id is another one than the request's if it had to be replaced
   * @throws {NotifyError} `BAD_SILENCE`, `SILENCE_NOT_FOUND`, `TOO_MANY`
   * @throws {StoreError} if it cannot be written: then nothing has changed
   * @example
   * silences.set({ matchers: [{ name: "alertname", operator: "=", value: "OrdersFail" }], endsAtMs, createdBy: "ada", comment: "deploy" });
   */
  set(request: SilenceRequest): Silence {
    const nowMs = this.#now();
    checkSilence(request);
    const asked = { ...request, startsAtMs: request.startsAtMs ?? nowMs };
    const before = request.id === undefined || request.id === "" ? undefined : this.#existing(request.id);
    if (before !== undefined && canBecome(before, asked, nowMs)) {
      return this.#write([completed(asked, before.id, nowMs)]);
    }
    const startsAtMs = Math.max(asked.startsAtMs, nowMs);
    checkSilence({ ...asked, startsAtMs });
    if (this.#silences.size >= MAX_SILENCES) {
      const hint = "Expired ones are forgotten after five days; use one silence that matches more";
      throw new NotifyError("TOO_MANY", `there are ${MAX_SILENCES} silences already`, { hint });
    }
    const made = completed({ ...asked, startsAtMs }, randomUUID(), nowMs);
    return this.#write(before === undefined ? [made] : [expired(before, nowMs), made]);
  }

  /**
   * Ends a silence now. One that is over already stays as it is.
   *
   * @throws {NotifyError} `SILENCE_NOT_FOUND`
   * @throws {StoreError} if it cannot be written: then it goes on
   */
  expire(id: string): Silence {
    const silence = this.#existing(id);
    const nowMs = this.#now();
    return silenceStateAt(silence, nowMs) === "expired" ? silence : this.#write([expired(silence, nowMs)]);
  }

  get(id: string): Silence | undefined {
    return this.#silences.get(id)?.silence;
  }

  /** In the order of Alertmanager's API: active ones by their end, pending ones by their beginning, expired ones by their end, latest first. */
  list(): Silence[] {
    const nowMs = this.#now();
    const rank = (silence: Silence) => ["active", "pending", "expired"].indexOf(silenceStateAt(silence, nowMs));
    return [...this.#silences.values()]
      .map(({ silence }) => silence)
      .sort((a, b) => {
        if (rank(a) !== rank(b)) return rank(a) - rank(b);
        if (rank(a) === 0) return a.endsAtMs - b.endsAtMs;
        return rank(a) === 1 ? a.startsAtMs - b.startsAtMs : b.endsAtMs - a.endsAtMs;
      });
  }

  /** Whether it mutes now what it matches. */
  isActive(id: string, nowMs: number): boolean {
    const silence = this.get(id);
    return silence !== undefined && silenceStateAt(silence, nowMs) === "active";
  }

  /** The ids of those that match, whether they are active or still to come: what to look at until {@link version} changes. */
  matching(labels: Labels, nowMs: number): readonly string[] {
    const ids: string[] = [];
    for (const { silence, matchers } of this.#silences.values()) {
      if (silence.endsAtMs > nowMs && matchers.matches(labels)) ids.push(silence.id);
    }
    return ids.sort();
  }

  /** Forgets those that are over for five days. @throws {StoreError} */
  collect(): void {
    const nowMs = this.#now();
    const gone = [...this.#silences.values()].filter(({ silence }) => silence.endsAtMs + RETENTION_MS <= nowMs);
    if (gone.length === 0) return;
    this.#tables.transaction(() => {
      for (const { silence } of gone) this.#tables.run("DELETE FROM notify_silences WHERE id = ?", silence.id);
    });
    for (const { silence } of gone) this.#silences.delete(silence.id);
  }

  #existing(id: string): Silence {
    const silence = this.get(id);
    if (silence !== undefined) return silence;
    const hint = "List the silences to see which there are";
    throw new NotifyError("SILENCE_NOT_FOUND", `there is no silence ${JSON.stringify(id)}`, { hint });
  }

  /** @returns the last */
  #write(silences: readonly [Silence, ...Silence[]]): Silence {
    this.#tables.transaction(() => {
      for (const silence of silences) {
        this.#tables.run(
          `INSERT OR REPLACE INTO notify_silences
             (id, matchers, starts_at_ms, ends_at_ms, updated_at_ms, created_by, comment) VALUES (?, ?, ?, ?, ?, ?, ?)`,
          silence.id,
          JSON.stringify(silence.matchers),
          silence.startsAtMs,
          silence.endsAtMs,
          silence.updatedAtMs,
          silence.createdBy,
          silence.comment,
        );
      }
    });
    for (const silence of silences) this.#keep(silence);
    return silences.at(-1) ?? silences[0];
  }

  #keep(silence: Silence): void {
    this.#version++;
    this.#silences.set(silence.id, { silence, matchers: new Matchers(silence.matchers) });
  }
}

function completed(request: SilenceRequest & { readonly startsAtMs: number }, id: string, nowMs: number): Silence {
  const { startsAtMs, endsAtMs, createdBy, comment } = request;
  const matchers = request.matchers.map(({ name, operator, value }) => ({ name, operator, value }));
  return {
    id,
    matchers,
    startsAtMs: Math.round(startsAtMs),
    endsAtMs: Math.round(endsAtMs),
    updatedAtMs: nowMs,
    createdBy,
    comment,
  };
}

function expired(silence: Silence, nowMs: number): Silence {
  return {
    ...silence,
    startsAtMs: Math.min(silence.startsAtMs, nowMs),
    endsAtMs: Math.min(silence.endsAtMs, nowMs),
    updatedAtMs: nowMs,
  };
}
