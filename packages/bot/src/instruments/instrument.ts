/**
 * What every instrument is: a name, help, unit and label names checked once, and its children (one a label set).
 */
import { MetricError, shown } from "../errors.ts";
import { type Child, DEFAULT_MAX_SERIES, type Labels, LabelTree, type LabelValue } from "./label-tree.ts";
import { checkHelpAndUnit, checkLabelNames, checkMetricName } from "./names.ts";

/** As in OpenMetrics 1.0. */
export type MetricType = "counter" | "gauge" | "histogram" | "info" | "stateset" | "unknown" | "summary";

/** How the values of several processes become one: see {@link RegistryPool}. Counters and histograms are summed. */
export type Aggregation = "sum" | "min" | "max" | "average" | "first" | "omit";

/** Where an instrument is registered, and who is told when it is used wrongly. Every `Registry` is one. */
export interface InstrumentHost {
  register(instrument: Instrument): void;
  /** Throws, or reports once and returns, as the registry was told. */
  mistake(error: MetricError): void;
  now(): number;
  /** A series has come to be, or has come back. The instrument may still be in the making. */
  born?(instrument: Instrument, child: SeriesChild): void;
}

/** Told of a series' next change, once: whoever wants to be told again sets itself again. */
export interface ChangeListener {
  changed(): void;
}

/** What all instruments are defined by. */
export interface InstrumentOptions<L extends string, I = never> {
  /** Prometheus name, with its unit and, for counters, `_total`: `orders_total`, `latency_ms`. */
  readonly name: string;
  /** One sentence on what it tells. */
  readonly help: string;
  /** Ends the name, as OpenMetrics asks: `ms`, `bps`, `seconds`, `usd`. */
  readonly unit?: string | undefined;
  readonly labelNames?: readonly L[] | undefined;
  /** Values known beforehand: their series exist from the start, at zero, so that the first increase is seen as one. */
  readonly knownValues?: Readonly<Partial<Record<L, readonly LabelValue[]>>> | undefined;
  /** Most label combinations (default 10,000); what exceeds it is recorded together in one overflow series. */
  readonly maxSeries?: number | undefined;
  /** A label set not recorded to for this many milliseconds is removed (default: never). */
  readonly expireAfterMs?: number | undefined;
  /** Brings the metric, its `this`, up to date right before it is read; may be async, and is given two seconds. */
  readonly collect?: ((this: I) => void | Promise<void>) | undefined;
  /** Where it is registered, as in prom-client: exactly one registry. `registry.counter(…)` sets it for you. */
  readonly registers?: readonly InstrumentHost[] | undefined;
}

/** One series' place in the output, and how it is told apart. */
export interface SeriesChild extends Child {
  /** Rendered lines' beginnings, made at the first scrape and kept: only numbers are formatted after that. */
  prefix: string | readonly string[] | undefined;
  /** When the series was born, Unix milliseconds. */
  readonly createdMs: number;
  /** Asked for at each record: the link's way to react at once, which costs the others a comparison. */
  listener: ChangeListener | undefined;
}

/** Takes the listener out, and tells it. */
export function tellChange(child: SeriesChild): void {
  const { listener } = child;
  child.listener = undefined;
  listener?.changed();
}

export abstract class Instrument<L extends string = string, C extends SeriesChild = SeriesChild> {
  readonly type: MetricType;
  readonly name: string;
  readonly help: string;
  readonly unit: string | undefined;
  readonly labelNames: readonly L[];
  readonly aggregation: Aggregation;
  readonly collect: (() => void | Promise<void>) | undefined;
  protected readonly host: InstrumentHost;
  protected readonly tree: LabelTree<C>;
  readonly #known: InstrumentOptions<L>["knownValues"];
  /** The one child of a metric without labels. */
  protected readonly sole: C | undefined;

  protected constructor(
    options: InstrumentOptions<L>,
    kind: {
      readonly type: MetricType;
      /** The suffix the type adds to the OpenMetrics family name (`_total`, `_info`). */
      readonly suffix?: string;
      readonly reservedLabels?: readonly string[];
      readonly aggregation: Aggregation;
      /** Called from within the base's constructor: must not use `this`. */
      readonly makeChild: (labelValues: readonly string[], createdMs: number, host: InstrumentHost) => C;
    },
  ) {
    checkMetricName(options.name);
    const suffix = kind.suffix ?? "";
    const stem = suffix !== "" && options.name.endsWith(suffix) ? options.name.slice(0, -suffix.length) : options.name;
    checkHelpAndUnit(options.name, stem, options.help, options.unit);
    // Copied: a caller's array or objects that change later must not change the metric.
    this.labelNames = [...(options.labelNames ?? [])];
    checkLabelNames(options.name, this.labelNames, kind.reservedLabels ?? []);
    this.type = kind.type;
    this.name = options.name;
    this.help = options.help;
    this.unit = options.unit;
    this.collect = options.collect?.bind(this as never); // each subclass's options take itself as `this`
    this.aggregation = kind.aggregation;
    this.host = soleHost(options);
    this.tree = new LabelTree<C>({
      metric: options.name,
      labelNames: this.labelNames,
      maxSeries: checkMaxSeries(options.name, options.maxSeries ?? DEFAULT_MAX_SERIES),
      expireAfterMs: options.expireAfterMs,
      makeChild: (labelValues) => kind.makeChild(labelValues, this.host.now(), this.host),
      mistake: (error) => this.host.mistake(error),
      born: (child) => this.host.born?.(this, child),
    });
    this.sole = this.labelNames.length === 0 ? this.tree.findAll([]) : undefined;
    this.#known = options.knownValues;
    this.#bearKnown(this.#known);
    this.host.register(this); // last: what failed above is not registered
  }

  /** All series of this metric now, oldest first. */
  get children(): readonly C[] {
    return this.tree.children;
  }

  /**
   * The series with these labels, made at first use: keep it, and recording costs a nanosecond or two.
   *
   * @param first a set of labels by name, or the first label's value; further values in the order of `labelNames`
   * @throws {MetricError} `BAD_LABELS` where a label is missing or unknown, if the registry's `mistakes` is `"throw"`
   */
  labels(first: Labels<L>): C;
  labels(...values: LabelValue[]): C;
  labels(first?: Labels<L> | LabelValue, second?: LabelValue, ...more: LabelValue[]): C {
    if (typeof first === "object" && first !== null) return this.tree.findLabels(first);
    if (second === undefined && first !== undefined) return this.tree.find1(first);
    if (more.length === 0 && second !== undefined && first !== undefined) return this.tree.find2(first, second);
    return this.tree.findAll([first, second, ...more].filter((value) => value !== undefined));
  }

  /**
   * Takes one series out, as if it had never been: the one with these labels, or the only one of a metric without labels.
   * Whoever still holds it may go on recording: it comes back, from zero.
   *
   * @returns false if there was none
   */
  remove(first: Labels<L>): boolean;
  remove(...values: LabelValue[]): boolean;
  remove(first?: Labels<L> | LabelValue, ...more: LabelValue[]): boolean {
    if (typeof first === "object" && first !== null) return this.tree.removeLabels(first);
    return this.tree.remove(first === undefined ? [] : [first, ...more]);
  }

  /** Back to how it began: only the series of known values, at zero; a metric without labels at zero, if it is there. */
  reset(): void {
    if (this.sole !== undefined) {
      this.sole.clear();
      return;
    }
    this.tree.removeAll();
    this.#bearKnown(this.#known);
  }

  /** Removes idle series and takes back removed ones that are in use. The registry calls it before each scrape. */
  sweep(nowMs: number): void {
    this.tree.sweep(nowMs);
  }

  /** The child that a call without labels means. Of a metric with labels: a mistake. */
  protected soleChild(): C {
    return this.sole ?? this.tree.findAll([]);
  }

  protected mistake(code: string, what: string, hint: string): void {
    this.host.mistake(new MetricError(code, `metric "${this.name}": ${what}`, { metric: this.name, hint }));
  }

  #bearKnown(known: InstrumentOptions<L>["knownValues"]): void {
    if (known === undefined) return;
    let combinations: LabelValue[][] = [[]];
    for (const label of this.labelNames) {
      const values = known[label];
      if (values === undefined) {
        throw new MetricError("BAD_KNOWN_VALUES", `metric "${this.name}": knownValues leaves out label "${label}"`, {
          metric: this.name,
          label,
          hint: "List the known values of each label, or of none",
        });
      }
      combinations = combinations.flatMap((before) => values.map((value) => [...before, value]));
    }
    for (const values of combinations) if (values.length > 0) this.tree.findAll(values);
  }
}

/** A value that cannot be recorded, for a message: `NaN`, `-1`, `"5" (a string)`. */
export function describeValue(value: unknown): string {
  return typeof value === "number" ? String(value) : `${shown(value)} (not a number)`;
}

function soleHost(options: InstrumentOptions<string>): InstrumentHost {
  const [host, ...others] = options.registers ?? [];
  if (host !== undefined && others.length === 0) return host;
  throw new MetricError(
    "NO_REGISTRY",
    `metric "${options.name}" names ${others.length === 0 ? "no registry" : "more than one registry"}`,
    {
      metric: options.name,
      hint: "Make it with registry.counter({…}), or give registers: [registry]",
    },
  );
}

function checkMaxSeries(metric: string, maxSeries: number): number {
  if (Number.isInteger(maxSeries) && maxSeries > 0) return maxSeries;
  throw new MetricError("BAD_MAX_SERIES", `metric "${metric}": maxSeries is ${maxSeries}`, {
    metric,
    hint: `Give a whole number above 0 (default ${DEFAULT_MAX_SERIES})`,
  });
}
