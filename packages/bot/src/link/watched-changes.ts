/**
 * Changes of the metrics that pause rules touch: gathered while the event loop's turn lasts, told at its end. What is recorded a
 * thousand times in a turn is told of once, and what no pause rule touches costs nothing.
 */
import type { Instrument, SeriesChild } from "../instruments/instrument.ts";
import type { Registry } from "../registry/registry.ts";
import { sampleNames } from "../registry/sample-names.ts";
import type { LinkClock } from "./link-clock.ts";
import { type LinkedChild, SeriesTable } from "./series-table.ts";

export interface WatchedChangesOptions {
  readonly registry: Registry;
  readonly clock: LinkClock;
  /**
   * Sends these children's values, of this moment.
   *
   * @returns false if that cannot be now: they are kept, and {@link WatchedChanges.flush} is called when it can
   */
  readonly send: (timeMs: number, children: readonly LinkedChild[]) => boolean;
}

export class WatchedChanges implements Disposable {
  readonly table: SeriesTable;
  readonly #options: WatchedChangesOptions;
  readonly #stopListening: () => void;
  #names: ReadonlySet<string> = new Set();
  /** By the metric's name: whether a pause rule touches it. */
  #isWatched = new Map<string, boolean>();
  #dirty: LinkedChild[] = [];
  readonly #born = new Map<SeriesChild, Instrument>();
  #isScheduled = false;
  readonly #flushSoon = (): void => {
    this.#isScheduled = false;
    this.flush();
  };
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(options: WatchedChangesOptions) {
    this.#options = options;
    this.table = new SeriesTable(options.registry, (linked) => this.#changed(linked));
    this.#stopListening = options.registry.onBirth((instrument, child) => this.#wasBorn(instrument, child));
  }

  /** From now on these; none while there is no link. What is not armed yet is armed when it is read next. */
  watch(names: readonly string[]): void {
    if (names.length === 0) this.#born.clear();
    this.#names = new Set(names);
    this.#isWatched = new Map();
  }

  /** To be called for each child that was read and told of: lets its next change be told at once. */
  armIfWatched(instrument: Instrument, linked: LinkedChild): void {
    if (this.isWatched(instrument)) linked.arm();
    else linked.child.listener = undefined;
  }

  isWatched(instrument: Instrument): boolean {
    const known = this.#isWatched.get(instrument.name);
    if (known !== undefined) return known;
    const isWatched = this.#names.size > 0 && sampleNames(instrument).some((name) => this.#names.has(name));
    this.#isWatched.set(instrument.name, isWatched);
    return isWatched;
  }

  /**
   * Everything is being read, and will be told with this time: no change is told with the same. It may be newer than what was read
   * of its series before, and Haltwatch takes the later frame of a millisecond for the newer one.
   */
  leave(timeMs: number): void {
    this.#lastMs = timeMs;
  }

  /** Tells what has changed. Not twice in a millisecond: a series has one value at a time. */
  flush(): void {
    if (this.#dirty.length === 0 && this.#born.size === 0) return;
    const { clock, send, registry } = this.#options;
    const nowMs = clock.wall();
    if (nowMs === this.#lastMs) {
      if (!this.#isScheduled) clock.after(1, this.#flushSoon);
      this.#isScheduled = true;
      return;
    }
    for (const [child, instrument] of this.#born) {
      if (registry.get(instrument.name) !== instrument || !child.isAttached) continue; // went again, or was never made
      const linked = this.table.of(instrument, child);
      if (!linked.isDirty) this.#dirty.push(linked);
      linked.isDirty = true;
    }
    this.#born.clear();
    const children = this.#dirty.filter(({ child }) => child.isAttached);
    if (children.length > 0 && !send(nowMs, children)) return;
    this.#lastMs = nowMs;
    for (const linked of this.#dirty) {
      linked.isDirty = false;
      if (linked.child.isAttached) linked.arm();
    }
    this.#dirty = [];
  }

  /** What was born since, and is not told of, is found when everything is read next. */
  [Symbol.dispose](): void {
    this.#stopListening();
    this.watch([]);
    this.#dirty = [];
  }

  #changed(linked: LinkedChild): void {
    if (linked.isDirty) return;
    linked.isDirty = true;
    this.#dirty.push(linked);
    this.#schedule();
  }

  #wasBorn(instrument: Instrument, child: SeriesChild): void {
    // Only its name is looked at: it may still be in the making.
    if (this.#names.size === 0 || !this.isWatched(instrument)) return;
    this.#born.set(child, instrument);
    this.#schedule();
  }

  /** Within a record: nothing is made but what the event loop itself needs. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#options.clock.soon(this.#flushSoon);
  }
}
