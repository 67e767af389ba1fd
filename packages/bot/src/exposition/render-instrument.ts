/**
 * Writes an instrument's lines. What does not change between scrapes, the line up to its value, is made once and kept
 * with the series: a scrape formats numbers only.
 *
 * Bucket bounds are written alike in both formats (`le="50"`, not `le="50.0"`), so that a query names one label value
 * whichever format the scraper asked for.
 */
import { Counter, type CounterChild } from "../instruments/counter.ts";
import type { Exemplar } from "../instruments/exemplar.ts";
import type { GaugeChild } from "../instruments/gauge.ts";
import { Histogram, type HistogramChild } from "../instruments/histogram.ts";
import type { Instrument, SeriesChild } from "../instruments/instrument.ts";
import {
  type ExpositionFormat,
  escapeLabelValue,
  formatNumber,
  formatNumbers,
  formatSeconds,
  isSmallCount,
  putNumber,
  renderLabels,
} from "./format.ts";
import { renderHead } from "./metadata.ts";

/**
 * Lines in a piece: few enough for it to take a tenth of a millisecond, and half of one at the first scrape; enough for
 * the pieces themselves to cost nothing.
 */
const LINES_IN_A_PIECE = 512;

/** A line's beginning and a number of two parts. More, such as an exemplar, makes the array of parts grow. */
const PARTS_OF_A_LINE = 3;

/** How a whole exposition is to be written. */
export interface RenderContext {
  readonly format: ExpositionFormat;
  readonly defaultLabels: Readonly<Record<string, string>>;
  readonly createdTimestamps: boolean;
}

/** Writes the lines of the children from `start` to before `end`. */
type WritePiece<C> = (children: readonly C[], start: number, end: number) => string;

/** The metric's head, then its series' lines, many in a piece. Nothing for a metric without series. */
export function* renderInstrument(instrument: Instrument, context: RenderContext): Generator<string> {
  // Held: series that come or go meanwhile do not move the others. Its length is fixed, as it may grow at the end.
  const { children } = instrument;
  const { length } = children;
  if (length === 0) return;
  yield renderHead(instrument, context.format).slice(0, -1); // each line brings the line break before it
  if (instrument instanceof Histogram) {
    const linesOfEach = instrument.bounds.length + 4; // +Inf, sum, count, created
    yield* pieces(
      children as readonly HistogramChild[],
      length,
      linesOfEach,
      histogramWriter(instrument, linesOfEach, context),
    );
  } else {
    const scalars = children as readonly (CounterChild | GaugeChild)[]; // all others are made of these
    yield* pieces(scalars, length, 1, scalarWriter(instrument, context));
  }
  yield "\n";
}

function allAttached(children: readonly SeriesChild[], start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (children[i]?.isAttached === false) return false;
  return true;
}

function* pieces<C extends SeriesChild>(
  children: readonly C[],
  length: number,
  linesOfEach: number,
  write: WritePiece<C>,
): Generator<string> {
  const step = Math.ceil(LINES_IN_A_PIECE / linesOfEach);
  for (let start = 0; start < length; start += step) {
    const end = Math.min(start + step, length);
    if (allAttached(children, start, end)) {
      yield write(children, start, end);
    } else {
      // Taken out since the scrape began: it has been cleared, and its zero must not pass for a value.
      const left = children.slice(start, end).filter((child) => child.isAttached);
      if (left.length > 0) yield write(left, 0, left.length);
    }
  }
}

// Both writers collect parts and join them: adding line to line makes a tree of strings, which costs as much again to
// flatten when it is sent. The array of parts is made large enough; one that grows takes 10 % more time. All indexes are in
// range: children never lose one in place.

function scalarWriter(instrument: Instrument, context: RenderContext): WritePiece<CounterChild | GaugeChild> {
  const { name } = instrument;
  const labelsOf = labelsRenderer(instrument, context);
  const openMetricsCounter = context.format === "openmetrics" && instrument instanceof Counter;
  const created =
    openMetricsCounter && context.createdTimestamps ? `\n${name.slice(0, -"_total".length)}_created` : undefined;
  return (children, start, end) => {
    const texts = textsUnlessCounts(children, start, end);
    const parts = new Array<string>(PARTS_OF_A_LINE * (end - start));
    let at = 0;
    for (let i = start; i < end; i++) {
      const child = children[i] as CounterChild | GaugeChild;
      child.prefix ??= lineStart(name, labelsOf(child.labelValues));
      parts[at++] = child.prefix;
      if (texts === undefined) at = putNumber(parts, at, child.value);
      else parts[at++] = texts[i - start] as string;
      if (!openMetricsCounter) continue;
      const { exemplar } = child as CounterChild; // of a counter
      if (exemplar !== undefined) parts[at++] = renderExemplar(exemplar);
      // The labels are the same, and cutting them out costs less than keeping another line of each series.
      if (created === undefined) continue;
      parts[at++] = created;
      parts[at++] = child.prefix.slice(name.length + 1);
      parts[at++] = formatSeconds(child.createdMs);
    }
    parts.length = at;
    return parts.join("");
  };
}

/** The values' texts; `undefined` if all are small counts, for which {@link putNumber} is quicker. */
function textsUnlessCounts(
  children: readonly (CounterChild | GaugeChild)[],
  start: number,
  end: number,
): string[] | undefined {
  const values: number[] = [];
  let allCounts = true;
  for (let i = start; i < end; i++) {
    const { value } = children[i] as CounterChild | GaugeChild;
    values.push(value);
    allCounts &&= isSmallCount(value);
  }
  return allCounts ? undefined : formatNumbers(values);
}

function histogramWriter(
  instrument: Histogram<string>,
  linesOfEach: number,
  context: RenderContext,
): WritePiece<HistogramChild> {
  const labelsOf = labelsRenderer(instrument, context);
  const bounds = [...instrument.bounds.map(formatNumber), "+Inf"];
  return (children, start, end) => {
    const parts = new Array<string>(PARTS_OF_A_LINE * linesOfEach * (end - start));
    let at = 0;
    for (let i = start; i < end; i++) {
      const child = children[i] as HistogramChild;
      child.prefix ??= histogramPrefixes(instrument.name, bounds, labelsOf(child.labelValues));
      at = putHistogram(parts, at, child, child.prefix, context);
    }
    parts.length = at;
    return parts.join("");
  };
}

function putHistogram(
  parts: string[],
  at: number,
  child: HistogramChild,
  prefixes: readonly string[],
  context: RenderContext,
): number {
  const { counts } = child;
  const exemplars = context.format === "openmetrics" ? child.exemplars : undefined;
  let cumulative = 0;
  for (let i = 0; i < counts.length; i++) {
    cumulative += counts[i] as number; // in range
    parts[at] = prefixes[i] as string; // one for each bucket
    at = putNumber(parts, at + 1, cumulative);
    const exemplar = exemplars?.[i];
    if (exemplar !== undefined) parts[at++] = renderExemplar(exemplar);
  }
  // After the buckets', see histogramPrefixes: the sum's, the count's and the creation's.
  parts[at++] = prefixes[counts.length] as string;
  parts[at++] = formatNumber(child.sum);
  parts[at++] = prefixes[counts.length + 1] as string;
  at = putNumber(parts, at, cumulative);
  if (context.format === "text" || !context.createdTimestamps) return at;
  parts[at++] = prefixes[counts.length + 2] as string;
  parts[at++] = formatSeconds(child.createdMs);
  return at;
}

/** One beginning for each bucket, then the sum's, the count's and the creation's. */
function histogramPrefixes(name: string, bounds: readonly string[], labels: string): string[] {
  const open = labels === "" ? "{" : `${labels.slice(0, -1)},`;
  return [
    ...bounds.map((bound) => lineStart(`${name}_bucket`, `${open}le="${bound}"}`)),
    lineStart(`${name}_sum`, labels),
    lineStart(`${name}_count`, labels),
    lineStart(`${name}_created`, labels),
  ];
}

/** A line up to its value, joined and so flat: it is copied at each scrape. */
function lineStart(name: string, labels: string): string {
  return ["\n", name, labels, " "].join("");
}

/** Writes label values between what is the same for all series of the metric. */
function labelsRenderer(instrument: Instrument, context: RenderContext): (values: readonly string[]) => string {
  const defaults = renderLabels(Object.entries(context.defaultLabels));
  if (instrument.labelNames.length === 0) return () => defaults;
  const start = defaults === "" ? "{" : `${defaults.slice(0, -1)},`;
  const openings = instrument.labelNames.map((name, position) => `${position === 0 ? start : '",'}${name}="`);
  return (values) => {
    let text = "";
    for (let i = 0; i < openings.length; i++) text += `${openings[i]}${escapeLabelValue(values[i] ?? "")}`;
    return `${text}"}`;
  };
}

/** ` # {order_id="42"} 12.5 1723161254.024`: OpenMetrics 1.0, "Exemplars". */
export function renderExemplar(exemplar: Exemplar): string {
  const labels = renderLabels(Object.entries(exemplar.labels));
  return ` # ${labels === "" ? "{}" : labels} ${formatNumber(exemplar.value)} ${formatSeconds(exemplar.timestampMs)}`;
}
