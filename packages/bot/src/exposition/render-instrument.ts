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
  formatSeconds,
  pushNumber,
  renderLabels,
} from "./format.ts";
import { renderHead } from "./metadata.ts";

/**
 * Lines in a piece: few enough for it to take a tenth of a millisecond, and half of one at the first scrape; enough for
 * the pieces themselves to cost nothing.
 */
const LINES_IN_A_PIECE = 512;

/** How a whole exposition is to be written. */
export interface RenderContext {
  readonly format: ExpositionFormat;
  readonly defaultLabels: Readonly<Record<string, string>>;
  readonly createdTimestamps: boolean;
}

/** Adds one series' lines, in parts. */
type AddLines<C> = (child: C, parts: string[]) => void;

/** The metric's head, then its series' lines, many in a piece. Nothing for a metric without series. */
export function* renderInstrument(instrument: Instrument, context: RenderContext): Generator<string> {
  // Held: series that come or go meanwhile do not move the others. Its length is fixed, as it may grow at the end.
  const { children } = instrument;
  const { length } = children;
  if (length === 0) return;
  yield renderHead(instrument, context.format).slice(0, -1); // each line brings the line break before it
  if (instrument instanceof Histogram) {
    const linesOfEach = instrument.bounds.length + 4; // +Inf, sum, count, created
    yield* pieces(instrument.children, length, linesOfEach, histogramLines(instrument, context));
  } else if (instrument instanceof Counter) {
    yield* pieces(instrument.children, length, 2, counterLines(instrument, context));
  } else {
    yield* pieces(children as readonly GaugeChild[], length, 1, gaugeLines(instrument, context)); // all others' children
  }
  yield "\n";
}

/** Each piece is joined from its parts: adding line to line leaves V8 a tree of strings, to be flattened when it is sent. */
function* pieces<C extends SeriesChild>(
  children: readonly C[],
  length: number,
  linesOfEach: number,
  addLines: AddLines<C>,
): Generator<string> {
  const step = Math.ceil(LINES_IN_A_PIECE / linesOfEach);
  for (let start = 0; start < length; start += step) {
    const end = Math.min(start + step, length);
    const parts: string[] = [];
    for (let i = start; i < end; i++) addLines(children[i] as C, parts); // in range: children never lose one in place
    yield parts.join("");
  }
}

function gaugeLines(instrument: Instrument, context: RenderContext): AddLines<GaugeChild> {
  const labelsOf = labelsRenderer(instrument, context);
  return (child, parts) => {
    child.prefix ??= lineStart(instrument.name, labelsOf(child.labelValues));
    parts.push(child.prefix);
    pushNumber(parts, child.value);
  };
}

function counterLines(instrument: Counter<string>, context: RenderContext): AddLines<CounterChild> {
  const { name } = instrument;
  const labelsOf = labelsRenderer(instrument, context);
  const openMetrics = context.format === "openmetrics";
  const created = openMetrics && context.createdTimestamps ? `\n${name.slice(0, -"_total".length)}_created` : undefined;
  return (child, parts) => {
    child.prefix ??= lineStart(name, labelsOf(child.labelValues));
    parts.push(child.prefix);
    pushNumber(parts, child.value);
    if (openMetrics && child.exemplar !== undefined) parts.push(renderExemplar(child.exemplar));
    // The labels are the same, and cutting them out costs less than keeping another line of each series.
    if (created !== undefined) parts.push(created, child.prefix.slice(name.length + 1), formatSeconds(child.createdMs));
  };
}

function histogramLines(instrument: Histogram<string>, context: RenderContext): AddLines<HistogramChild> {
  const labelsOf = labelsRenderer(instrument, context);
  const openMetrics = context.format === "openmetrics";
  const bounds = [...instrument.bounds.map(formatNumber), "+Inf"];
  return (child, parts) => {
    child.prefix ??= histogramPrefixes(instrument.name, bounds, labelsOf(child.labelValues));
    const prefixes = child.prefix;
    const { counts, exemplars } = child;
    let cumulative = 0;
    for (let i = 0; i < counts.length; i++) {
      cumulative += counts[i] as number; // in range
      parts.push(prefixes[i] as string); // one for each bucket
      pushNumber(parts, cumulative);
      const exemplar = openMetrics ? exemplars?.[i] : undefined;
      if (exemplar !== undefined) parts.push(renderExemplar(exemplar));
    }
    const [sum, count, created] = prefixes.slice(counts.length) as [string, string, string]; // as made below
    parts.push(sum, formatNumber(child.sum), count);
    pushNumber(parts, cumulative);
    if (openMetrics && context.createdTimestamps) parts.push(created, formatSeconds(child.createdMs));
  };
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

/** A line up to its value, joined for the same reason as {@link pieces}: it is read at each scrape. */
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
