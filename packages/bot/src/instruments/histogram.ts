/**
 * How values are spread over buckets: latencies, fill delays. Classic Prometheus buckets, upper bounds inclusive.
 */
import { MetricError } from "../errors.ts";
import { BucketIndex } from "./bucket-index.ts";
import { type Exemplar, type ExemplarLabels, exemplarFault } from "./exemplar.ts";
import {
  type ChangeListener,
  describeValue,
  Instrument,
  type InstrumentHost,
  type InstrumentOptions,
  type SeriesChild,
  tellChange,
} from "./instrument.ts";
import type { Labels } from "./label-tree.ts";
import { type StopTimer, startTimer } from "./timer.ts";

/** Most buckets of a histogram: each is a series in Prometheus. */
const MAX_BUCKETS = 256;

/** In seconds, the same as in Prometheus's own clients. */
export const DEFAULT_BUCKETS: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Definition of a {@link Histogram}. */
export interface HistogramOptions<L extends string> extends InstrumentOptions<L, Histogram<L>> {
  /** Upper bounds in the metric's unit, ascending, without `+Inf` (default {@link DEFAULT_BUCKETS}). */
  readonly buckets?: readonly number[] | undefined;
}

/** One series set of a {@link Histogram}. */
export class HistogramChild implements SeriesChild {
  /** Observations by bucket, not cumulative; the last is `+Inf`. */
  readonly counts: Float64Array;
  /** NaN at first: a double field from the start, see {@link CounterChild}. */
  sum = Number.NaN;
  readonly labelValues: readonly string[];
  isAttached = false;
  createdMs: number;
  prefix: readonly string[] | undefined;
  listener: ChangeListener | undefined;
  /** The newest example of each bucket, if any was given. */
  exemplars: (Exemplar | undefined)[] | undefined;
  readonly #index: BucketIndex;
  readonly #metric: string;
  readonly #host: InstrumentHost;
  #seen = 0;

  constructor(
    metric: string,
    host: InstrumentHost,
    index: BucketIndex,
    labelValues: readonly string[],
    createdMs: number,
  ) {
    this.sum = 0;
    this.counts = new Float64Array(index.bounds.length + 1);
    this.#index = index;
    this.#metric = metric;
    this.#host = host;
    this.labelValues = labelValues;
    this.createdMs = createdMs;
    this.prefix = undefined;
    this.listener = undefined;
    this.exemplars = undefined;
  }

  /** How many values were observed. */
  get count(): number {
    let count = 0;
    for (const inBucket of this.counts) count += inBucket;
    return count;
  }

  /** Takes in one value, in the metric's unit. @param value finite; anything else is a mistake and not counted */
  observe(value: number): void {
    // x - x is 0 for finite numbers alone
    if (typeof value === "number" && value - value === 0) {
      const bucket = this.#index.of(value);
      this.counts[bucket] = (this.counts[bucket] as number) + 1; // in range: of() gives 0 … bounds.length
      this.sum += value;
      if (this.listener !== undefined) tellChange(this);
    } else this.#reject(value);
  }

  /** {@link observe} with an example of what was measured, such as `{ order_id: "42" }`; shown in OpenMetrics. */
  observeWithExemplar(value: number, labels: ExemplarLabels): void {
    const fault = exemplarFault(labels);
    if (fault !== undefined) {
      this.#host.mistake(
        new MetricError("BAD_EXEMPLAR", `metric "${this.#metric}": ${fault}`, {
          metric: this.#metric,
          hint: "Keep to short identifiers, such as an order's",
        }),
      );
    } else if (Number.isFinite(value)) {
      this.exemplars ??= new Array(this.counts.length);
      this.exemplars[this.#index.of(value)] = { labels: { ...labels }, value, timestampMs: this.#host.now() };
    }
    this.observe(value);
  }

  /** Observes, when the returned function is called, the time since now, in the metric's unit. */
  startTimer(): StopTimer {
    return startTimer(this.#metric, this.#host, (elapsed) => this.observe(elapsed));
  }

  takeTouched(): boolean {
    const count = this.count;
    const touched = count !== this.#seen;
    this.#seen = count;
    return touched;
  }

  clear(): void {
    this.#seen = 0;
    this.counts.fill(0);
    this.sum = 0;
    this.exemplars = undefined;
    this.createdMs = this.#host.now();
    if (this.listener !== undefined) tellChange(this);
  }

  #reject(value: unknown): void {
    this.#host.mistake(
      new MetricError("BAD_VALUE", `histogram "${this.#metric}" cannot observe ${describeValue(value)}`, {
        metric: this.#metric,
        hint: "Give a finite number, in the metric's unit",
      }),
    );
  }
}

export class Histogram<const L extends string = never> extends Instrument<L, HistogramChild> {
  declare readonly type: "histogram";
  readonly #index: BucketIndex;

  constructor(options: HistogramOptions<L>) {
    const index = new BucketIndex(checkBuckets(options.name, options.buckets ?? DEFAULT_BUCKETS));
    super(options, {
      type: "histogram",
      reservedLabels: ["le"],
      aggregation: "sum",
      makeChild: (values, createdMs, host) => new HistogramChild(options.name, host, index, values, createdMs),
    });
    this.#index = index;
  }

  /** Upper bounds, ascending, without `+Inf`. */
  get bounds(): readonly number[] {
    return this.#index.bounds;
  }

  /** Takes in one value for the series with these labels, or the only one. */
  observe(value: number): void;
  observe(labels: Labels<L>, value: number): void;
  observe(first: number | Labels<L>, value?: number): void {
    if (typeof first === "object" && first !== null)
      this.tree.findLabels(first).observe(value as number); // by overload
    else this.soleChild().observe(first);
  }

  /** {@link HistogramChild.observeWithExemplar} of a histogram without labels. */
  observeWithExemplar(value: number, labels: ExemplarLabels): void {
    this.soleChild().observeWithExemplar(value, labels);
  }

  /** Observes, when the returned function is called, the time since now, in the metric's unit. */
  startTimer(labels?: Labels<L>): StopTimer {
    return (labels === undefined ? this.soleChild() : this.tree.findLabels(labels)).startTimer();
  }

  /** Sets one series back to zero observations. */
  zero(labels: Labels<L>): void {
    this.tree.findLabels(labels).clear();
  }
}

/** `count` bounds from `start`, `width` apart. */
export function linearBuckets(start: number, width: number, count: number): number[] {
  return Array.from({ length: count }, (_, step) => start + step * width);
}

/** `count` bounds from `start`, each `factor` times the one before. */
export function exponentialBuckets(start: number, factor: number, count: number): number[] {
  return Array.from({ length: count }, (_, step) => start * factor ** step);
}

/** @throws {MetricError} `BAD_BUCKETS` with what to write instead */
function checkBuckets(metric: string, buckets: readonly number[]): readonly number[] {
  const fault = bucketsFault(buckets);
  if (fault === undefined) return buckets;
  throw new MetricError("BAD_BUCKETS", `histogram "${metric}": ${fault}`, {
    metric,
    hint: "Give finite upper bounds in ascending order, without +Inf: buckets: [50, 100, 200, 500, 1000]",
  });
}

/** What is wrong with these bounds, or `undefined`. */
export function bucketsFault(buckets: readonly number[]): string | undefined {
  if (!Array.isArray(buckets) || buckets.length === 0) return "it has no buckets";
  if (buckets.length > MAX_BUCKETS) return `it has ${buckets.length} buckets, more than ${MAX_BUCKETS}`;
  for (const [position, bound] of buckets.entries()) {
    if (typeof bound !== "number" || !Number.isFinite(bound))
      return `bucket bound ${String(bound)} is not a finite number`;
    const before = buckets[position - 1];
    if (before !== undefined && bound <= before) return `bucket bound ${bound} does not lie above ${before}`;
  }
  return undefined;
}
