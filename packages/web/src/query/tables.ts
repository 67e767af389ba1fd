/** Answers as tables: a row a sample, a column a label; and buckets of histograms, told apart. */
import { type Field, type Frame, field, frame, type Labels, labelNames, numberFields } from "./frame.ts";
import type { InstantSeries } from "./prometheus-answer.ts";
import type { CachedSeries } from "./range-cache.ts";

/** More rows than this nobody reads, and no table shows. */
const MAX_ROWS = 20_000;

export function instantTable(
  series: readonly InstantSeries[],
  { refId, valueName }: { refId: string; valueName: string },
): Frame {
  const fields: Field[] = [
    field(
      "Time",
      "time",
      Float64Array.from(series, ({ time }) => time),
    ),
    ...labelColumns(series.map(({ labels }) => labels)),
    field(
      valueName,
      "number",
      Float64Array.from(series, ({ value }) => value),
    ),
  ];
  return frame(fields, { refId });
}

export function rangeTable(
  times: Float64Array,
  series: readonly CachedSeries[],
  { refId, valueName, step }: { refId: string; valueName: string; step: number },
): Frame {
  const rows: { readonly time: number; readonly labels: Labels; readonly value: number }[] = [];
  for (const { labels, values } of series) {
    for (const [index, value] of values.entries()) {
      if (rows.length >= MAX_ROWS) break;
      if (!Number.isNaN(value)) rows.push({ time: times[index] ?? 0, labels, value });
    }
  }
  rows.sort((a, b) => a.time - b.time);
  return frame(
    [
      field(
        "Time",
        "time",
        Float64Array.from(rows, ({ time }) => time),
      ),
      ...labelColumns(rows.map(({ labels }) => labels)),
      field(
        valueName,
        "number",
        Float64Array.from(rows, ({ value }) => value),
      ),
    ],
    { refId, step },
  );
}

/** A label that a series has not is empty, as in Prometheus: a missing value's text is not for it. */
function labelColumns(all: readonly Labels[]): readonly Field[] {
  return labelNames(all).map((name) =>
    field(
      name,
      "string",
      all.map((labels) => (Object.hasOwn(labels, name) ? labels[name] : "")),
    ),
  );
}

/** Buckets by their `le`, each with its own count instead of the count of all below it. One frame: a time, and a field a bucket. */
export function heatmapFrames(frames: readonly Frame[], refId: string, step: number | undefined): readonly Frame[] {
  const buckets = frames
    .flatMap((one) => numberFields(one).map((values) => ({ values, bound: boundOf(values) })))
    .filter(({ bound }) => !Number.isNaN(bound))
    .sort((a, b) => a.bound - b.bound);
  const time = frames[0]?.fields[0];
  if (buckets.length === 0 || time === undefined) return frames;
  const fields = buckets.map(({ values: { values, labels }, bound }, index) => {
    const below = buckets[index - 1]?.values.values;
    const counts = Float64Array.from(values as ArrayLike<number>, (value, place) => {
      const under = below?.[place];
      return typeof under === "number" && !Number.isNaN(under) ? Math.max(0, value - under) : value;
    });
    const name = bound === Number.POSITIVE_INFINITY ? "+Inf" : String(bound);
    return field(name, "number", counts, { labels, legend: name });
  });
  return [frame([time, ...fields], { refId, name: "buckets", step })];
}

function boundOf({ labels, legend }: Field): number {
  const text = (Object.hasOwn(labels, "le") ? labels["le"] : undefined) ?? legend;
  if (text === "+Inf" || text === "Inf") return Number.POSITIVE_INFINITY;
  return text === "" ? Number.NaN : Number(text);
}
