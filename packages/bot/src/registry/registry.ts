/**
 * Holds a bot's metrics, and gives them out. Knows what to do with a mistake: throw it (the default, as prom-client
 * does), or report it once and go on, which is what a bot that trades wants.
 */

import { type HaltwatchError, MetricError } from "../errors.ts";
import { type ExpositionFormat, TEXT_CONTENT_TYPE } from "../exposition/format.ts";
import { renderFamily } from "../exposition/render-family.ts";
import { renderInstrument } from "../exposition/render-instrument.ts";
import { Counter, type CounterOptions } from "../instruments/counter.ts";
import { Gauge, type GaugeOptions } from "../instruments/gauge.ts";
import { Histogram, type HistogramOptions } from "../instruments/histogram.ts";
import { Info, type InfoOptions } from "../instruments/info.ts";
import type { Instrument, InstrumentHost, SeriesChild } from "../instruments/instrument.ts";
import { checkLabelNames } from "../instruments/names.ts";
import { StateSet, type StateSetOptions } from "../instruments/state-set.ts";
import type { Family } from "./family.ts";
import { familyOf } from "./family-of.ts";
import { sampleNames } from "./sample-names.ts";
import { within } from "./within.ts";

/** How long a `collect` callback or a collector may take before a scrape goes on without it, milliseconds. */
const COLLECT_TIMEOUT_MS = 2000;

/** A scrape gives way to the bot after working this long, milliseconds. */
const YIELD_AFTER_MS = 2;

/** Text is handed on in pieces of about this many characters. */
const CHUNK_CHARACTERS = 32_768;

/** Anything that can be scraped: a {@link Registry}, or a {@link RegistryPool} of several processes. */
export interface MetricSource {
  /** The exposition, in pieces; gives way to the event loop between them. Never throws because of a metric. */
  renderChunks(format: ExpositionFormat): AsyncIterable<string>;
}

/** Gives families of metrics that others hold, at each scrape: another client's registry, say. */
export type Collector = () => readonly Family[] | Promise<readonly Family[]>;

export interface RegistryOptions {
  /**
   * What a wrong use does while recording: `"throw"`, or tell this function and go on. Each metric tells of each kind of
   * mistake once; all are counted in `haltwatch_bot_mistakes_total`. Wrong definitions always throw.
   */
  readonly mistakes?: "throw" | ((error: HaltwatchError) => void) | undefined;
  /** Added to every series: `{ bot: "arb-1" }`. */
  readonly defaultLabels?: Readonly<Record<string, string>> | undefined;
  /** Tell when each series was born (OpenMetrics `_created` lines); default true. */
  readonly createdTimestamps?: boolean | undefined;
  /** Unix time in milliseconds; for tests. */
  readonly now?: (() => number) | undefined;
}

/** Told of each series that comes to be or comes back, while it does: its instrument may still be in the making. */
export type BirthListener = (instrument: Instrument, child: SeriesChild) => void;

/** All that a registry has, brought up to date. */
export interface Collected {
  readonly instruments: readonly Instrument[];
  /** What collectors gave. */
  readonly foreign: readonly Family[];
}

/** What is known after all that wants to run before a scrape has run. */
interface Refreshed {
  readonly foreign: readonly Family[];
  /** Metrics whose `collect` failed. */
  readonly failed: ReadonlySet<string>;
}

export class Registry implements InstrumentHost, MetricSource {
  readonly defaultLabels: Readonly<Record<string, string>>;
  readonly createdTimestamps: boolean;
  readonly #instruments = new Map<string, Instrument>();
  /** Every name a sample may have in the output, with the metric that it belongs to. */
  readonly #sampleNames = new Map<string, string>();
  readonly #collectors = new Set<Collector>();
  readonly #mistakes: "throw" | ((error: HaltwatchError) => void);
  readonly #told = new Set<string>();
  readonly #birthListeners = new Set<BirthListener>();
  readonly #now: () => number;
  #mistakesTotal: Counter<"metric" | "code">;

  constructor(options: RegistryOptions = {}) {
    this.#mistakes = options.mistakes ?? "throw";
    this.#now = options.now ?? Date.now;
    this.defaultLabels = { ...options.defaultLabels };
    this.createdTimestamps = options.createdTimestamps ?? true;
    checkLabelNames("(default labels)", Object.keys(this.defaultLabels), ["le"]);
    this.#mistakesTotal = this.#countMistakes();
  }

  /** The content type of {@link metrics} without a format. */
  get contentType(): string {
    return TEXT_CONTENT_TYPE;
  }

  counter<const L extends string = never>(options: CounterOptions<L>): Counter<L> {
    return new Counter({ ...options, registers: [this] });
  }

  gauge<const L extends string = never>(options: GaugeOptions<L>): Gauge<L> {
    return new Gauge({ ...options, registers: [this] });
  }

  histogram<const L extends string = never>(options: HistogramOptions<L>): Histogram<L> {
    return new Histogram({ ...options, registers: [this] });
  }

  info<const L extends string>(options: InfoOptions<L>): Info<L> {
    return new Info({ ...options, registers: [this] });
  }

  stateSet<const S extends string>(options: StateSetOptions<S>): StateSet<S> {
    return new StateSet({ ...options, registers: [this] });
  }

  /** Adds families that somebody else holds; @returns a function that takes them out again */
  addCollector(collector: Collector): () => void {
    this.#collectors.add(collector);
    return () => this.#collectors.delete(collector);
  }

  /** @returns ends the calls @internal */
  onBirth(listener: BirthListener): () => void {
    this.#birthListeners.add(listener);
    return () => this.#birthListeners.delete(listener);
  }

  /** Called by instruments. */
  born(instrument: Instrument, child: SeriesChild): void {
    for (const listener of this.#birthListeners) listener(instrument, child);
  }

  /** Called by instruments when they are made. @throws {MetricError} `DUPLICATE_METRIC` */
  register(instrument: Instrument): void {
    const names = sampleNames(instrument);
    for (const name of names) {
      const owner = this.#sampleNames.get(name);
      if (owner === undefined) continue;
      throw new MetricError(
        "DUPLICATE_METRIC",
        `metric "${instrument.name}" exists already${owner === instrument.name ? "" : ` as part of "${owner}"`}`,
        {
          metric: instrument.name,
          hint: `Make it once and share it, or get it with registry.get("${owner}")`,
        },
      );
    }
    const clash = instrument.labelNames.find((label) => Object.hasOwn(this.defaultLabels, label));
    if (clash !== undefined) {
      throw new MetricError(
        "BAD_LABEL_NAME",
        `metric "${instrument.name}": label "${clash}" is a default label of its registry`,
        {
          metric: instrument.name,
          label: clash,
          hint: "Name one of the two differently",
        },
      );
    }
    for (const name of names) this.#sampleNames.set(name, instrument.name);
    this.#instruments.set(instrument.name, instrument);
  }

  /** The metric with this name, if there is one. */
  get(name: string): Instrument | undefined {
    return this.#instruments.get(name);
  }

  /** As prom-client names {@link get}. */
  getSingleMetric(name: string): Instrument | undefined {
    return this.get(name);
  }

  /** Takes a metric out. Its owner may record on; nobody sees it. */
  removeSingleMetric(name: string): void {
    const instrument = this.#instruments.get(name);
    if (instrument === undefined) return;
    this.#instruments.delete(name);
    for (const sample of sampleNames(instrument)) this.#sampleNames.delete(sample);
  }

  /** Takes all metrics and collectors out. */
  clear(): void {
    this.#instruments.clear();
    this.#sampleNames.clear();
    this.#collectors.clear();
    this.#told.clear();
    this.#mistakesTotal = this.#countMistakes();
  }

  /** Sets all metrics back to how they began. */
  resetMetrics(): void {
    for (const instrument of this.#instruments.values()) instrument.reset();
  }

  /** Unix time in milliseconds, on this registry's clock. */
  now(): number {
    return this.#now();
  }

  /** A metric was used wrongly: throws, or tells and returns. Instruments call it; collectors may. */
  mistake(error: HaltwatchError): void {
    if (this.#mistakes === "throw") throw error;
    const metric = error instanceof MetricError ? error.metric : "";
    this.#mistakesTotal.labels(metric, error.code).inc();
    const kind = JSON.stringify([metric, error.code]);
    if (this.#told.has(kind)) return;
    this.#told.add(kind);
    this.#mistakes(error);
  }

  #countMistakes(): Counter<"metric" | "code"> {
    return this.counter({
      name: "haltwatch_bot_mistakes_total",
      help: "Records or scrapes that went wrong because a metric was used wrongly, by metric and kind.",
      labelNames: ["metric", "code"],
    });
  }

  /** The whole exposition as one text; text format 0.0.4 unless said otherwise. */
  async metrics(format: ExpositionFormat = "text"): Promise<string> {
    let text = "";
    for await (const chunk of this.renderChunks(format)) text += chunk;
    return text;
  }

  async *renderChunks(format: ExpositionFormat): AsyncGenerator<string> {
    const { foreign, failed } = await this.#refresh();
    const context = { format, defaultLabels: this.defaultLabels, createdTimestamps: this.createdTimestamps };
    let text = "";
    let sliceStart = performance.now();
    for (const instrument of this.#instruments.values()) {
      if (failed.has(instrument.name)) continue; // its last value is not its value now
      for (const piece of renderInstrument(instrument, context)) {
        text += piece;
        if (text.length >= CHUNK_CHARACTERS) {
          yield text;
          text = "";
        }
        if (performance.now() - sliceStart < YIELD_AFTER_MS) continue;
        await nextTurn();
        sliceStart = performance.now();
      }
    }
    for (const family of foreign) {
      text += renderFamily(family, format, this.createdTimestamps);
      if (performance.now() - sliceStart < YIELD_AFTER_MS) continue;
      yield text;
      text = "";
      await nextTurn();
      sliceStart = performance.now();
    }
    if (format === "openmetrics") text += "# EOF\n";
    yield text;
  }

  /** All metrics after whatever wants to run before a scrape has run. @internal */
  async collected(): Promise<Collected> {
    const { foreign, failed } = await this.#refresh();
    return { instruments: [...this.#instruments.values()].filter(({ name }) => !failed.has(name)), foreign };
  }

  /** All metrics as plain data that can be sent to another process or thread. */
  async snapshot(): Promise<Family[]> {
    const { foreign, failed } = await this.#refresh();
    return [...this.families().filter(({ name }) => !failed.has(name)), ...foreign];
  }

  /** Its own metrics as they stand, as plain data: nothing is collected for it. */
  families(): Family[] {
    this.#sweep();
    return [...this.#instruments.values()].map((instrument) => familyOf(instrument, this.defaultLabels));
  }

  /** Runs what wants to run before a scrape; gives the collectors' families. */
  async #refresh(): Promise<Refreshed> {
    const foreign: Family[] = [];
    const failed = new Set<string>();
    await Promise.all([
      ...[...this.#instruments.values()].map(async (instrument) => {
        const collected = await this.#guarded(instrument.name, async () => instrument.collect?.());
        if (!collected) failed.add(instrument.name);
      }),
      ...[...this.#collectors].map((collector) =>
        this.#guarded("(collector)", async () => {
          foreign.push(...(await collector()));
        }),
      ),
    ]);
    this.#sweep();
    return { foreign: this.#free(foreign), failed };
  }

  #sweep(): void {
    for (const instrument of this.#instruments.values()) instrument.sweep(this.now());
  }

  /** Without those whose names are taken, by one of ours or by another before it. */
  #free(foreign: readonly Family[]): Family[] {
    const taken = new Set(this.#sampleNames.keys());
    return foreign.filter((family) => {
      const names = sampleNames(family);
      const isFree = !names.some((name) => taken.has(name));
      if (isFree) for (const name of names) taken.add(name);
      else {
        this.#tell(
          new MetricError(
            "DUPLICATE_METRIC",
            `metric "${family.name}" of a collector is there already, whole or in part`,
            {
              metric: family.name,
              hint: "The one that was first is shown: rename one of the two",
            },
          ),
        );
      }
      return isFree;
    });
  }

  /** @returns whether it went well */
  async #guarded(metric: string, collect: () => Promise<void>): Promise<boolean> {
    try {
      await within(COLLECT_TIMEOUT_MS, collect());
      return true;
    } catch (error) {
      this.#tell(
        new MetricError(
          "COLLECT_FAILED",
          `metric "${metric}" could not be collected: ${error instanceof Error ? error.message : String(error)}`,
          {
            metric,
            hint: `Its collect callback must not throw, and must end within ${COLLECT_TIMEOUT_MS} ms`,
            cause: error,
          },
        ),
      );
      return false;
    }
  }

  /** A mistake met during a scrape: never thrown, as the scraper is not the one who made it. */
  #tell(error: MetricError): void {
    if (this.#mistakes !== "throw") {
      this.mistake(error);
      return;
    }
    const kind = JSON.stringify([error.metric, error.code]);
    if (!this.#told.has(kind)) {
      this.#told.add(kind);
      process.emitWarning(error.oneLine(), "HaltwatchWarning");
    }
  }
}

/** Lets everything else that waits for the event loop go first. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
