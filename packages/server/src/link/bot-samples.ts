/**
 * One linked bot's samples on their way to the store: its references, its labels, its clock. Values are absolute, so that a
 * frame lost loses no increase, and one received twice doubles none.
 */
import { type Appender, Labels, METRIC_NAME, type Series, type Store, StoreError } from "@haltwatch/store";
import type { LinkLimits } from "./link-limits.ts";
import { LinkRefusal } from "./link-refusal.ts";
import { readSample, type SamplesFrame, type SeriesFrame } from "./read-frame.ts";

/** A bot's clock that is off by no more than this is taken as right: the network's delay is in it, too. Milliseconds. */
const TRUSTED_OFFSET_MS = 1_000;

/** Two values within a millisecond: the later one is moved on, up to this far ahead of our clock, milliseconds. */
const MOST_MOVED_MS = 1_000;

const METRIC_PATTERN = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_PATTERN = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Who it is, as labels of each of its series. */
export interface BotLabels {
  readonly bot: string;
  readonly job: string;
  readonly instance: string;
}

export interface BotSamplesOptions {
  readonly store: Store;
  readonly bot: BotLabels;
  readonly limits: LinkLimits;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** How far our clock was ahead of the bot's when it said hello, milliseconds. */
  readonly offsetMs: number;
}

/** What a frame brought. */
export interface Taken {
  readonly samples: number;
  /** Metrics with a new sample. */
  readonly names: ReadonlySet<string>;
  /** Of the newest sample: rules evaluated before it do not see it. */
  readonly timeMs: number;
}

interface Known {
  readonly series: Series;
  readonly name: string;
}

export class BotSamples {
  readonly #options: BotSamplesOptions;
  readonly #appender: Appender;
  readonly #shiftMs: number;
  readonly #known = new Map<number, Known>();
  readonly #up: Series;
  /** The bot's time of the snapshot whose frames are arriving; NaN between two. */
  #snapshotTime = Number.NaN;
  #isSnapshotOpen = false;
  /** Of the open snapshot: what a newer single sample has overtaken at the same millisecond. */
  #overtaken: { readonly series: Series; readonly value: number }[] = [];
  #snapshotNames = new Set<string>();
  #snapshotMs = 0;

  constructor(options: BotSamplesOptions) {
    const { store, bot, offsetMs } = options;
    this.#options = options;
    this.#appender = store.appender(`link/${bot.bot}/${bot.instance}`);
    this.#shiftMs = Math.abs(offsetMs) <= TRUSTED_OFFSET_MS ? 0 : offsetMs;
    this.#up = store.series(Labels.from({ [METRIC_NAME]: "up", ...bot }));
    store.setMetadata("up", {
      type: "gauge",
      help: "Whether the last scrape of the target went well (1) or not (0).",
      unit: "",
    });
  }

  get seriesCount(): number {
    return this.#known.size;
  }

  /**
   * Takes in references.
   *
   * @throws {LinkRefusal} `malformed`, `replayed` where a reference is taken, `too_many_series`, `store`: those before are kept
   */
  define({ series, help }: SeriesFrame): void {
    const { store, limits } = this.#options;
    for (const [ref, name, labels, type] of series) {
      if (this.#known.has(ref)) throw new LinkRefusal("replayed", `reference ${ref} is taken`);
      if (this.#known.size >= limits.series)
        throw new LinkRefusal("too_many_series", `more than ${limits.series} series: the others are not kept`);
      const full = this.#labelsOf(name, labels);
      try {
        this.#known.set(ref, { series: store.series(full), name });
      } catch (error) {
        if (error instanceof StoreError) throw new LinkRefusal("store", `${error.message}. ${error.hint}`);
        throw error;
      }
      const family = type === "histogram" || type === "summary" ? name.replace(/_(?:bucket|sum|count)$/, "") : name;
      if (type !== "unknown") store.setMetadata(family, { type, help: help[family] ?? "", unit: "" });
    }
  }

  /**
   * Takes in samples. They are seen by queries when this returns; those of a snapshot after its last frame.
   *
   * @throws {LinkRefusal} `malformed`: what came before the fault is kept
   */
  take(frame: SamplesFrame): Taken {
    if (frame.isSnapshot) return this.#takeSnapshot(frame);
    const { store } = this.#options;
    const now = this.#options.now();
    const timeMs = this.#placed(frame.time, now);
    const names = new Set<string>();
    let newestMs = timeMs;
    for (const sample of frame.values) {
      const [ref, value] = readSample(sample);
      const known = this.#find(ref);
      if (known === undefined) continue;
      const { series, name } = known;
      if (value === null) {
        store.appendStale(series, Math.max(timeMs, series.lastMs + 1));
        this.#known.delete(ref);
        names.add(name);
        continue;
      }
      if (frame.isLate && timeMs <= series.lastMs) continue;
      const takenMs = this.#append(series, timeMs, value, now);
      newestMs = Math.max(newestMs, takenMs);
      names.add(name);
    }
    return { samples: frame.values.length, names, timeMs: newestMs };
  }

  /** The bot is gone: its series are stale from now on, and `up` is 0. */
  end(): void {
    const { now } = this.#options;
    this.#appender.rollback();
    const timeMs = now();
    if (this.#appender.begin(timeMs) === "appended") {
      for (const { series } of this.#known.values()) if (!series.isStale) this.#appender.appendStale(series);
      this.#appender.append(this.#up, 0);
      this.#appender.commit();
    }
    // What had a sample at this very millisecond, or a moved one after it, is not stale yet.
    const { store } = this.#options;
    for (const { series } of this.#known.values())
      if (!series.isStale) store.appendStale(series, Math.max(timeMs, series.lastMs + 1));
    if (this.#up.lastValue !== 0) store.append(this.#up, Math.max(timeMs, this.#up.lastMs + 1), 0);
  }

  #takeSnapshot(frame: SamplesFrame): Taken {
    const now = this.#options.now();
    if (!this.#isSnapshotOpen || this.#snapshotTime !== frame.time) this.#openSnapshot(frame.time, now);
    let samples = 0;
    for (const sample of frame.values) {
      const [ref, value] = readSample(sample);
      const known = this.#find(ref);
      if (known === undefined) continue;
      samples += 1;
      this.#putInSnapshot(ref, known, value);
    }
    if (frame.hasMore) return { samples, names: new Set(), timeMs: this.#snapshotMs };
    return { samples, ...this.#closeSnapshot(now) };
  }

  #openSnapshot(time: number, now: number): void {
    this.#overtaken = [];
    this.#snapshotNames = new Set();
    this.#snapshotTime = time;
    this.#isSnapshotOpen = true;
    this.#snapshotMs = this.#placed(time, now);
    let outcome = this.#appender.begin(this.#snapshotMs);
    // Two snapshots in a millisecond, or a clock that was set back: better at our time than not at all.
    if (outcome !== "appended") {
      this.#snapshotMs = Math.max(now, this.#up.lastMs + 1);
      outcome = this.#appender.begin(this.#snapshotMs);
    }
    if (outcome !== "appended") {
      this.#isSnapshotOpen = false;
      throw new LinkRefusal("store", `a snapshot of ${new Date(time).toISOString()} is ${outcome}: see to the clocks`);
    }
  }

  #putInSnapshot(ref: number, { series, name }: Known, value: number | null): void {
    this.#snapshotNames.add(name);
    if (value === null) {
      this.#appender.appendStale(series);
      this.#known.delete(ref);
    } else if (this.#appender.append(series, value) !== "appended" && series.lastMs <= this.#snapshotMs) {
      // A single sample of the same millisecond is there, and this one is newer: the link keeps the order.
      this.#overtaken.push({ series, value });
    }
  }

  #closeSnapshot(now: number): Omit<Taken, "samples"> {
    this.#appender.append(this.#up, 1);
    this.#appender.commit();
    this.#isSnapshotOpen = false;
    let timeMs = this.#snapshotMs;
    for (const { series, value } of this.#overtaken) timeMs = Math.max(timeMs, this.#append(series, timeMs, value, now));
    this.#overtaken = [];
    return { names: this.#snapshotNames, timeMs };
  }

  /** @returns when the sample stands in the store */
  #append(series: Series, timeMs: number, value: number, now: number): number {
    if (timeMs <= series.lastMs) {
      if (!series.isStale && Object.is(series.lastValue, value)) return series.lastMs;
      timeMs = Math.min(series.lastMs + 1, now + MOST_MOVED_MS);
    }
    this.#options.store.append(series, timeMs, value);
    return timeMs;
  }

  /** A time of the bot's on our clock: never ahead of it, where no rule would see the sample. */
  #placed(time: number, now: number): number {
    return Math.min(Math.round(time + this.#shiftMs), now);
  }

  /** @throws {LinkRefusal} `malformed`; a series beyond the limit is known to nobody, and passed over */
  #find(ref: number): Known | undefined {
    const known = this.#known.get(ref);
    if (known === undefined && this.#known.size < this.#options.limits.series)
      throw new LinkRefusal("malformed", `not understood: a sample of reference ${ref}, which was not announced`);
    return known;
  }

  /** @throws {LinkRefusal} `malformed` */
  #labelsOf(name: string, labels: Readonly<Record<string, string>>): Labels {
    const { limits, bot } = this.#options;
    const entries = Object.entries(labels);
    const tooLong = [name, ...entries.flat()].find((text) => text.length > limits.nameLength);
    if (tooLong !== undefined)
      throw new LinkRefusal("malformed", `a name or label of more than ${limits.nameLength} characters`);
    if (entries.length > limits.labelsPerSeries)
      throw new LinkRefusal("malformed", `a series with more than ${limits.labelsPerSeries} labels`);
    if (!METRIC_PATTERN.test(name)) throw new LinkRefusal("malformed", `${JSON.stringify(name)} names no metric`);
    const full: [string, string][] = [[METRIC_NAME, name], ...Object.entries(bot)];
    for (const [label, value] of entries) {
      if (!LABEL_PATTERN.test(label) || label === METRIC_NAME)
        throw new LinkRefusal("malformed", `${JSON.stringify(label)} names no label`);
      // As in a scrape: who a bot is is not for it to say twice.
      const isOurs = Object.hasOwn(bot, label);
      if (isOurs && bot[label as keyof BotLabels] === value) continue; // own keys of it
      full.push([isOurs ? `exported_${label}` : label, value.toWellFormed()]);
    }
    if (new Set(full.map(([label]) => label)).size < full.length)
      throw new LinkRefusal("malformed", "a series that names a label twice");
    return Labels.from(full);
  }
}
