/**
 * A value that goes up and down: a spread, a balance, open positions.
 *
 * `NaN` is a mistake that is reported, and is then shown as it is: a gauge that kept its last number would let a stale
 * value pass for a fresh one.
 */
import { MetricError } from "../errors.ts";
import {
  type Aggregation,
  type ChangeListener,
  describeValue,
  Instrument,
  type InstrumentHost,
  type InstrumentOptions,
  type SeriesChild,
  tellChange,
} from "./instrument.ts";
import type { Labels, LabelValue } from "./label-tree.ts";
import { type StopTimer, startTimer } from "./timer.ts";

/** Definition of a {@link Gauge}. */
export interface GaugeOptions<L extends string> extends InstrumentOptions<L, Gauge<L>> {
  /** What becomes of it where several processes report it (default `sum`). */
  readonly aggregation?: Aggregation | undefined;
}

/** One series of a {@link Gauge}. */
export class GaugeChild implements SeriesChild {
  /** NaN at first: a double field from the start, see {@link CounterChild}. */
  value = Number.NaN;
  readonly labelValues: readonly string[];
  isAttached = false;
  createdMs: number;
  prefix: string | undefined;
  listener: ChangeListener | undefined;
  readonly #metric: string;
  readonly #host: InstrumentHost;
  /** Set on each write, as the same value again is news too. */
  #touched = true;

  constructor(metric: string, host: InstrumentHost, labelValues: readonly string[], createdMs: number) {
    this.value = 0;
    this.#metric = metric;
    this.#host = host;
    this.labelValues = labelValues;
    this.createdMs = createdMs;
    this.prefix = undefined;
    this.listener = undefined;
  }

  /** @param value any number; `NaN` is reported as a mistake and shown */
  set(value: number): void {
    if (typeof value === "number" && !Number.isNaN(value)) {
      this.value = value;
      this.#touched = true;
      if (this.listener !== undefined) tellChange(this);
    } else this.#reject(value);
  }

  /** @param by 1 if left out; may be negative */
  inc(by = 1): void {
    if (typeof by === "number") this.set(this.value + by);
    else this.#reject(by);
  }

  /** @param by 1 if left out; may be negative */
  dec(by = 1): void {
    if (typeof by === "number") this.set(this.value - by);
    else this.#reject(by);
  }

  /** Sets it to the Unix time, in seconds. */
  setToCurrentTime(): void {
    this.set(this.#host.now() / 1000);
  }

  /** Sets it, when the returned function is called, to the time since now, in the metric's unit. */
  startTimer(): StopTimer {
    return startTimer(this.#metric, this.#host, (elapsed) => this.set(elapsed));
  }

  takeTouched(): boolean {
    const touched = this.#touched;
    this.#touched = false;
    return touched;
  }

  clear(): void {
    this.value = 0;
    this.#touched = false;
    this.createdMs = this.#host.now();
    if (this.listener !== undefined) tellChange(this);
  }

  #reject(value: unknown): void {
    this.#host.mistake(
      new MetricError("BAD_VALUE", `gauge "${this.#metric}" was set to ${describeValue(value)}`, {
        metric: this.#metric,
        hint: "Give a number; if the value is unknown, remove the series, so that alerts see it missing",
      }),
    );
    this.value = Number.NaN;
    this.#touched = true;
    if (this.listener !== undefined) tellChange(this);
  }
}

export class Gauge<const L extends string = never> extends Instrument<L, GaugeChild> {
  declare readonly type: "gauge";

  constructor(options: GaugeOptions<L>) {
    super(options, {
      type: "gauge",
      aggregation: options.aggregation ?? "sum",
      makeChild: (values, createdMs, host) => new GaugeChild(options.name, host, values, createdMs),
    });
  }

  /** Sets the series with these labels, or the only one. */
  set(value: number): void;
  set(labels: Labels<L>, value: number): void;
  set(first: number | Labels<L>, value?: number): void {
    if (typeof first === "object" && first !== null)
      this.tree.findLabels(first).set(value as number); // by overload
    else this.soleChild().set(first);
  }

  inc(by?: number): void;
  inc(labels: Labels<L>, by?: number): void;
  inc(first?: number | Labels<L>, by?: number): void {
    if (typeof first === "object" && first !== null) this.tree.findLabels(first).inc(by);
    else this.soleChild().inc(first);
  }

  dec(by?: number): void;
  dec(labels: Labels<L>, by?: number): void;
  dec(first?: number | Labels<L>, by?: number): void {
    if (typeof first === "object" && first !== null) this.tree.findLabels(first).dec(by);
    else this.soleChild().dec(first);
  }

  /** Sets the series with these labels, or the only one, to the Unix time in seconds. */
  setToCurrentTime(labels?: Labels<L>): void {
    (labels === undefined ? this.soleChild() : this.tree.findLabels(labels)).setToCurrentTime();
  }

  /** Sets it, when the returned function is called, to the time since now, in the metric's unit. */
  startTimer(labels?: Labels<L>): StopTimer {
    return (labels === undefined ? this.soleChild() : this.tree.findLabels(labels)).startTimer();
  }

  /** The value of one series now. */
  get(...values: LabelValue[]): number {
    return (values.length === 0 ? this.soleChild() : this.tree.findAll(values)).value;
  }
}
