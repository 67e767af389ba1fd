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
interface BotLabels {
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

interface SnapshotSample {
  readonly known: Known;
  /** `null`: the series is gone. */
  readonly value: number | null;
}

export class BotSamples {
  readonly #options: BotSamplesOptions;
  readonly #appender: Appender;
  readonly #shiftMs: number;
  readonly #known = new Map<number, Known>();
  readonly #up: Series;
  /** The one whose frames are arriving. */
  #snapshot: { readonly time: number; readonly samples: SnapshotSample[] } | undefined;

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

  /** A moment of the bot's on the clock of its samples in the store; now, if the bot does not say when. */
  placed(time: number | undefined): number {
    const now = this.#options.now();
    return time === undefined ? now : this.#placed(time, now);
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

  /** Kept until its last frame is there: then all of it is seen at once. */
  #takeSnapshot(frame: SamplesFrame): Taken {
    const now = this.#options.now();
    if (this.#snapshot?.time !== frame.time) this.#snapshot = { time: frame.time, samples: [] };
    const { samples } = this.#snapshot;
    for (const sample of frame.values) {
      const [ref, value] = readSample(sample);
      const known = this.#find(ref);
      if (known === undefined) continue;
      if (value === null) this.#known.delete(ref);
      samples.push({ known, value });
      // A reference may be given anew to a series that has one; nobody needs to do that many times in a snapshot.
      if (samples.length > 2 * this.#options.limits.series)
        throw new LinkRefusal("malformed", "not understood: a snapshot with more samples than series are allowed");
    }
    const taken = { samples: frame.values.length, names: new Set<string>(), timeMs: this.#placed(frame.time, now) };
    if (frame.hasMore) return taken;
    this.#snapshot = undefined;
    return { ...taken, ...this.#keep(samples, taken.timeMs, now) };
  }

  #keep(samples: readonly SnapshotSample[], timeMs: number, now: number): Omit<Taken, "samples"> {
    const names = new Set<string>();
    const overtaken: SnapshotSample[] = [];
    timeMs = this.#begin(timeMs, now);
    for (const sample of samples) {
      const { series, name } = sample.known;
      names.add(name);
      if (series.lastMs >= timeMs) {
        // A single sample is there already. This one came later, so it is newer if they are of the same millisecond.
        if (series.lastMs === timeMs) overtaken.push(sample);
      } else if (sample.value === null) this.#appender.appendStale(series);
      else this.#appender.append(series, sample.value);
    }
    this.#appender.append(this.#up, 1);
    this.#appender.commit();
    let newestMs = timeMs;
    for (const { known, value } of overtaken) {
      if (value === null) this.#options.store.appendStale(known.series, timeMs + 1);
      else newestMs = Math.max(newestMs, this.#append(known.series, timeMs, value, now));
    }
    return { names, timeMs: newestMs };
  }

  /** @returns the time of what is appended now @throws {LinkRefusal} `store` */
  #begin(timeMs: number, now: number): number {
    if (this.#appender.begin(timeMs) === "appended") return timeMs;
    // Two snapshots in a millisecond, or a clock that was set back: better at our time than not at all.
    const moved = Math.max(now, Math.min(this.#up.lastMs + 1, now + MOST_MOVED_MS));
    const outcome = this.#appender.begin(moved);
    if (outcome === "appended") return moved;
    throw new LinkRefusal("store", `samples of ${new Date(timeMs).toISOString()} are ${outcome}: see to the clocks`);
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
