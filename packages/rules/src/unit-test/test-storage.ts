/** Samples of one rule test, read and written by the rules: made for appending at the end and reading after each step. */

import type { MemorySample } from "@haltwatch/promql";
import {
  compileMatcher,
  type LabelMatcher,
  type Labels,
  METRIC_NAME,
  type SeriesReader,
  type StoredSeries,
} from "@haltwatch/store";
import type { SampleSink } from "../evaluation/sample-sink.ts";

const FIRST_CAPACITY = 16;

/** Refuses what Prometheus's database refuses. */
export class TestStorage implements SeriesReader, SampleSink {
  readonly #series = new Map<string, Column>();
  readonly #byName = new Map<string, Column[]>();

  append(labels: Labels, timeMs: number, value: number): string | undefined {
    return this.#column(labels).push(timeMs, value);
  }

  appendStale(labels: Labels, timeMs: number): string | undefined {
    return this.#column(labels).push(timeMs, "stale");
  }

  appendNoted(labels: Labels, timeMs: number, sample: MemorySample): string | undefined {
    return this.#column(labels).push(timeMs, sample);
  }

  select(matchers: readonly LabelMatcher[]): readonly StoredSeries[] {
    const name = matchers.find((matcher) => matcher.name === METRIC_NAME && matcher.operator === "=");
    const candidates = name === undefined ? this.#series.values() : (this.#byName.get(name.value) ?? []);
    const tests = matchers
      .filter((matcher) => matcher !== name)
      .map((matcher) => ({ label: matcher.name, matches: compileMatcher(matcher) }));
    const found: StoredSeries[] = [];
    for (const column of candidates) {
      if (tests.every(({ label, matches }) => matches(column.labels.get(label)))) found.push(column.view());
    }
    return found;
  }

  #column(labels: Labels): Column {
    const known = this.#series.get(labels.key);
    if (known !== undefined) return known;
    const column = new Column(labels);
    this.#series.set(labels.key, column);
    const name = labels.get(METRIC_NAME);
    const same = this.#byName.get(name);
    if (same === undefined) this.#byName.set(name, [column]);
    else same.push(column);
    return column;
  }
}

/** Grows at its end; what was handed out before stays as it was. */
class Column {
  readonly labels: Labels;
  #size = 0;
  #times = new Float64Array(FIRST_CAPACITY);
  #values = new Float64Array(FIRST_CAPACITY);
  #stale = new Uint8Array(FIRST_CAPACITY);
  #isNativeHistogram = false;

  constructor(labels: Labels) {
    this.labels = labels;
  }

  /** Source: Prometheus, tsdb/head_append.go: the same sample again is no mistake. */
  push(timeMs: number, sample: MemorySample): string | undefined {
    const value = typeof sample === "number" ? sample : Number.NaN;
    const stale = sample === "stale" ? 1 : 0;
    const last = this.#size - 1;
    const lastMs = this.#times[last] ?? Number.NEGATIVE_INFINITY;
    if (last >= 0 && timeMs < lastMs) return "out of order sample";
    if (last >= 0 && timeMs === lastMs) {
      const isSame = Object.is(this.#values[last], value) && this.#stale[last] === stale;
      return isSame ? undefined : "duplicate sample for timestamp";
    }
    if (this.#size === this.#times.length) this.#grow();
    this.#times[this.#size] = timeMs;
    this.#values[this.#size] = value;
    this.#stale[this.#size] = stale;
    this.#size += 1;
    if (sample === "histogram") this.#isNativeHistogram = true;
    return undefined;
  }

  view(): StoredSeries {
    return {
      labels: this.labels,
      times: this.#times.subarray(0, this.#size),
      values: this.#values.subarray(0, this.#size),
      stale: this.#stale.subarray(0, this.#size),
      isNativeHistogram: this.#isNativeHistogram,
    };
  }

  #grow(): void {
    const capacity = this.#times.length * 2;
    const times = new Float64Array(capacity);
    const values = new Float64Array(capacity);
    const stale = new Uint8Array(capacity);
    times.set(this.#times);
    values.set(this.#values);
    stale.set(this.#stale);
    [this.#times, this.#values, this.#stale] = [times, values, stale];
  }
}
