/** All series of a registry under the references by which the link tells of them. */
import { CounterChild } from "../instruments/counter.ts";
import type { GaugeChild } from "../instruments/gauge.ts";
import { Histogram, type HistogramChild } from "../instruments/histogram.ts";
import type { ChangeListener, Instrument, SeriesChild } from "../instruments/instrument.ts";
import type { Family } from "../registry/family.ts";
import type { Collected, Registry } from "../registry/registry.ts";
import { LinkedSeries, type SeriesIdentity } from "./linked-series.ts";

/** After so many series, whoever reads them all is asked whether to go on or to wait a turn. */
const SERIES_IN_A_STEP = 128;

type Visit = (series: LinkedSeries, value: number) => void;

/** One child of an instrument, with its one series, or a histogram's many. */
export class LinkedChild implements ChangeListener {
  readonly child: SeriesChild;
  readonly series: readonly LinkedSeries[];
  /** True while it waits to be told of. */
  isDirty = false;
  createdMs: number;
  readonly #onChange: (linked: LinkedChild) => void;

  constructor(child: SeriesChild, series: readonly LinkedSeries[], onChange: (linked: LinkedChild) => void) {
    this.child = child;
    this.series = series;
    this.createdMs = child.createdMs;
    this.#onChange = onChange;
  }

  /** Called by the instrument at the first record after {@link arm}. */
  changed(): void {
    this.#onChange(this);
  }

  /** Lets its next change be told of. */
  arm(): void {
    this.child.listener = this;
  }

  /** Its values now. */
  read(visit: Visit): void {
    const { child, series } = this;
    if (series.length === 1) {
      const [sole] = series;
      if (sole !== undefined) visit(sole, (child as CounterChild | GaugeChild).value); // all but histograms are these
      return;
    }
    const { counts, sum } = child as HistogramChild; // all others have one series
    let cumulative = 0;
    for (let bucket = 0; bucket < counts.length; bucket++) {
      cumulative += counts[bucket] ?? 0;
      visit(series[bucket] as LinkedSeries, cumulative); // one for each bucket, then sum and count: seriesOf
    }
    visit(series[counts.length] as LinkedSeries, sum);
    visit(series[counts.length + 1] as LinkedSeries, cumulative);
  }
}

export class SeriesTable {
  readonly #registry: Registry;
  readonly #onChange: (linked: LinkedChild) => void;
  readonly #children = new Map<SeriesChild, LinkedChild>();
  /** Of collectors' families, by name and labels. */
  readonly #foreign = new Map<string, LinkedSeries>();
  /** In which pass each was last seen. */
  readonly #seen = new Map<LinkedChild | LinkedSeries, number>();
  #pass = 0;
  #nextRef = 1;

  /** @param onChange told of the next change of each child that was armed */
  constructor(registry: Registry, onChange: (linked: LinkedChild) => void) {
    this.#registry = registry;
    this.#onChange = onChange;
  }

  of(instrument: Instrument, child: SeriesChild): LinkedChild {
    const known = this.#children.get(child);
    if (known === undefined) {
      const made = new LinkedChild(child, this.#seriesOf(instrument, child), this.#onChange);
      this.#children.set(child, made);
      this.#seen.set(made, this.#pass);
      return made;
    }
    if (known.createdMs !== child.createdMs) {
      // It was set back, or went and came back: it counts from zero again.
      known.createdMs = child.createdMs;
      for (const series of known.series) {
        if (series.zeroMs === undefined) continue;
        series.zeroMs = child.createdMs;
        series.isZeroTold = false;
      }
    }
    return known;
  }

  /**
   * Reads everything, in steps between which the caller may wait.
   *
   * @param each of the registry's own series' children, after it was read
   * @returns series that are there no more
   */
  *read(
    { instruments, foreign }: Collected,
    visit: Visit,
    each: (instrument: Instrument, linked: LinkedChild) => void,
  ): Generator<void, LinkedSeries[]> {
    this.#pass += 1;
    let untilStep = SERIES_IN_A_STEP;
    for (const instrument of instruments) {
      for (const child of instrument.children) {
        if (!child.isAttached) continue; // went while the caller waited
        const linked = this.of(instrument, child);
        this.#seen.set(linked, this.#pass);
        linked.read(visit);
        each(instrument, linked);
        untilStep -= linked.series.length;
        if (untilStep > 0) continue;
        untilStep = SERIES_IN_A_STEP;
        yield;
      }
    }
    for (const family of foreign) {
      this.#readForeign(family, visit);
      yield;
    }
    return this.#takeGone();
  }

  #readForeign(family: Family, visit: Visit): void {
    for (const { identity, value } of samplesOf(family)) {
      const key = `${identity.name}\0${JSON.stringify(Object.entries(identity.labels).sort())}`;
      let series = this.#foreign.get(key);
      if (series === undefined) {
        series = new LinkedSeries(this.#nextRef++, identity);
        this.#foreign.set(key, series);
      }
      this.#seen.set(series, this.#pass);
      visit(series, value);
    }
  }

  #takeGone(): LinkedSeries[] {
    const gone: LinkedSeries[] = [];
    for (const [one, pass] of this.#seen) {
      if (pass === this.#pass) continue;
      this.#seen.delete(one);
      if (one instanceof LinkedChild) {
        this.#children.delete(one.child);
        one.child.listener = undefined;
        gone.push(...one.series);
      } else gone.push(one);
    }
    const lost = new Set(gone);
    if (lost.size > 0) for (const [key, series] of this.#foreign) if (lost.has(series)) this.#foreign.delete(key);
    return gone;
  }

  #seriesOf(instrument: Instrument, child: SeriesChild): LinkedSeries[] {
    const { name: metric, type, help } = instrument;
    const labels: Record<string, string> = { ...this.#registry.defaultLabels };
    for (const [position, label] of instrument.labelNames.entries()) labels[label] = child.labelValues[position] ?? "";
    const zeroMs = isGrowing(child) ? child.createdMs : undefined;
    const identity = { labels, type, metric, help, zeroMs };
    const made = (name: string, extra: Readonly<Record<string, string>> = {}): LinkedSeries =>
      new LinkedSeries(this.#nextRef++, { ...identity, name, labels: { ...labels, ...extra } });
    if (!(instrument instanceof Histogram)) return [made(metric)];
    return [
      ...instrument.bounds.map((bound) => made(`${metric}_bucket`, { le: String(bound) })),
      made(`${metric}_bucket`, { le: "+Inf" }),
      made(`${metric}_sum`),
      made(`${metric}_count`),
    ];
  }
}

/** Whether it begins at zero and only grows. */
function isGrowing(child: SeriesChild): boolean {
  return child instanceof CounterChild || "counts" in child;
}

interface ForeignSample {
  readonly identity: SeriesIdentity;
  readonly value: number;
}

/** A family's series as Prometheus names them. */
function* samplesOf(family: Family): Generator<ForeignSample> {
  const { name: metric, type, help } = family;
  const sample = (
    suffix: string,
    labels: Readonly<Record<string, string>>,
    value: number,
    zeroMs?: number | undefined,
  ): ForeignSample => ({ identity: { name: `${metric}${suffix}`, labels, type, metric, help, zeroMs }, value });
  switch (family.type) {
    case "histogram":
      for (const { labels, bounds, counts, sum, createdMs } of family.series) {
        let cumulative = 0;
        for (const [bucket, count] of counts.entries()) {
          cumulative += count;
          yield sample("_bucket", { ...labels, le: String(bounds[bucket] ?? "+Inf") }, cumulative, createdMs);
        }
        yield sample("_sum", labels, sum, createdMs);
        yield sample("_count", labels, cumulative, createdMs);
      }
      return;
    case "summary":
      for (const { labels, quantiles, sum, count } of family.series) {
        for (const { quantile, value } of quantiles) yield sample("", { ...labels, quantile: String(quantile) }, value);
        yield sample("_sum", labels, sum);
        yield sample("_count", labels, count);
      }
      return;
    default:
      for (const { labels, value, createdMs } of family.series)
        yield sample("", labels, value, family.type === "counter" ? createdMs : undefined);
  }
}
