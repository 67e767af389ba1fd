/** A series' labels from the places of its names and values in the body. */
import { Labels, METRIC_NAME } from "@haltwatch/store";
import { ExpositionError, type ExpositionErrorCode, placeOf } from "./exposition-error.ts";
import type { FamilyType } from "./exposition-parser.ts";
import { isText, unescapeValue } from "./lexemes.ts";
import { openMetricsBound } from "./open-metrics-bound.ts";
import type { SeriesPlaces } from "./series-places.ts";
import { TextPool } from "./text-pool.ts";

/** What a target's series may have at most. The metric's name counts as a label, as in Prometheus's limits. */
export interface LabelLimits {
  readonly maxLabels: number;
  /** Bytes. */
  readonly maxLabelNameLength: number;
  /** Bytes, before escapes are taken out. */
  readonly maxLabelValueLength: number;
}

export const NO_LABEL_LIMITS: LabelLimits = {
  maxLabels: Number.POSITIVE_INFINITY,
  maxLabelNameLength: Number.POSITIVE_INFINITY,
  maxLabelValueLength: Number.POSITIVE_INFINITY,
};

/** Makes labels of one body after another. */
export class LabelMaker {
  readonly #pool = new TextPool();
  #body = Buffer.alloc(0);

  start(body: Buffer<ArrayBuffer>): void {
    this.#body = body;
  }

  /**
   * @param type of a histogram or summary, whose bounds are written as OpenMetrics does
   * @throws ExpositionError if a name is empty, given twice or not UTF-8, or something is over the limits
   */
  labels(series: SeriesPlaces, type: FamilyType, limits: LabelLimits): Labels {
    const { nameStart, nameEnd, places } = series;
    const hasName = nameStart !== -1;
    const count = series.labels + (hasName ? 1 : 0);
    if (count > limits.maxLabels) {
      const reason = `a series has ${count} labels, of ${limits.maxLabels} allowed`;
      this.#fail(hasName ? nameStart : (places[0] ?? 0), "TOO_MANY_LABELS", reason);
    }
    const pairs: [string, string][] = [];
    if (hasName) pairs.push([METRIC_NAME, this.#metricName(nameStart, nameEnd, limits)]);
    for (let i = 0; i < 4 * series.labels; i += 4) {
      const start = places[i] ?? 0;
      const name = this.#labelName(start, places[i + 1] ?? 0, limits);
      const value = this.#value(places[i + 2] ?? 0, places[i + 3] ?? 0, limits);
      if (pairs.some(([other]) => other === name)) {
        this.#fail(start, "BAD_LABELS", `the label ${JSON.stringify(name)} is given twice`, "Give each label once");
      }
      const isBound = (name === "le" && type === "histogram") || (name === "quantile" && type === "summary");
      pairs.push([name, isBound ? openMetricsBound(value) : value]);
    }
    return Labels.from(pairs);
  }

  #metricName(start: number, end: number, limits: LabelLimits): string {
    this.#checkValueLength(start, end, limits);
    return this.#name(start, end);
  }

  #labelName(start: number, end: number, { maxLabelNameLength }: LabelLimits): string {
    if (end - start > maxLabelNameLength) {
      const reason = `a label's name has ${end - start} bytes, of ${maxLabelNameLength} allowed`;
      this.#fail(start, "LABEL_NAME_TOO_LONG", reason);
    }
    return this.#name(start, end);
  }

  #name(start: number, end: number): string {
    if (end === start) this.#fail(start, "BAD_LABELS", "a name is empty", "Give the metric and each label a name");
    if (!isText(this.#body, start, end)) {
      this.#fail(start, "BAD_LABELS", "a name is not UTF-8", "Encode the whole body as UTF-8");
    }
    return unescapeValue(this.#pool.text(this.#body, start, end));
  }

  #value(start: number, end: number, limits: LabelLimits): string {
    this.#checkValueLength(start, end, limits);
    return unescapeValue(this.#pool.text(this.#body, start, end));
  }

  #checkValueLength(start: number, end: number, { maxLabelValueLength }: LabelLimits): void {
    if (end - start <= maxLabelValueLength) return;
    const reason = `a label's value has ${end - start} bytes, of ${maxLabelValueLength} allowed`;
    this.#fail(start, "LABEL_VALUE_TOO_LONG", reason);
  }

  #fail(at: number, code: ExpositionErrorCode, reason: string, hint = LIMIT_HINT): never {
    throw new ExpositionError(code, reason, hint, placeOf(this.#body, at));
  }
}

const LIMIT_HINT = "Take labels away at the target, or raise the limit";
