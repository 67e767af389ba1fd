/** Writes a metric that came as plain data: from another process, or another client. */
import type { Family, HistogramSeries, ScalarSeries, SummarySeries } from "../registry/family.ts";
import { type ExpositionFormat, formatNumber, formatSeconds, renderLabels } from "./format.ts";
import { openMetricsFamily, openMetricsType, renderHead } from "./metadata.ts";
import { renderExemplar } from "./render-instrument.ts";

/** The family's head and all its lines. Nothing for a family without series. */
export function renderFamily(family: Family, format: ExpositionFormat, createdTimestamps: boolean): string {
  if (family.series.length === 0) return "";
  const created = format === "openmetrics" && createdTimestamps;
  let text = renderHead(family, format);
  switch (family.type) {
    case "histogram":
      for (const series of family.series) text += histogramLines(family.name, series, format, created);
      return text;
    case "summary":
      for (const series of family.series) text += summaryLines(family.name, series);
      return text;
    default: {
      const isCounter = openMetricsType(family) === "counter";
      const stem = openMetricsFamily(
        family.name,
        isCounter ? "counter" : family.type === "info" ? "unknown" : family.type,
      );
      for (const series of family.series) {
        text += scalarLine(family.name, series, format === "openmetrics" && isCounter);
        if (created && isCounter) text += createdLine(stem, series);
      }
      return text;
    }
  }
}

function scalarLine(name: string, series: ScalarSeries, mayHaveExemplar: boolean): string {
  const exemplar = mayHaveExemplar && series.exemplar !== undefined ? renderExemplar(series.exemplar) : "";
  return `${name}${renderLabels(Object.entries(series.labels))} ${formatNumber(series.value)}${exemplar}\n`;
}

function histogramLines(name: string, series: HistogramSeries, format: ExpositionFormat, created: boolean): string {
  const labels = Object.entries(series.labels);
  let text = "";
  let cumulative = 0;
  for (const [i, count] of series.counts.entries()) {
    cumulative += count;
    const bound = formatNumber(series.bounds[i] ?? Number.POSITIVE_INFINITY);
    const exemplar = format === "openmetrics" ? series.exemplars?.[i] : undefined;
    const shown = exemplar === undefined ? "" : renderExemplar(exemplar);
    text += `${name}_bucket${renderLabels([...labels, ["le", bound]])} ${cumulative}${shown}\n`;
  }
  text += `${name}_sum${renderLabels(labels)} ${formatNumber(series.sum)}\n${name}_count${renderLabels(labels)} ${cumulative}\n`;
  return created ? text + createdLine(name, series) : text;
}

function summaryLines(name: string, series: SummarySeries): string {
  const labels = Object.entries(series.labels);
  let text = "";
  for (const { quantile, value } of series.quantiles) {
    text += `${name}${renderLabels([...labels, ["quantile", formatNumber(quantile)]])} ${formatNumber(value)}\n`;
  }
  return `${text}${name}_sum${renderLabels(labels)} ${formatNumber(series.sum)}\n${name}_count${renderLabels(labels)} ${series.count}\n`;
}

function createdLine(
  stem: string,
  series: { readonly labels: Readonly<Record<string, string>>; readonly createdMs?: number | undefined },
): string {
  if (series.createdMs === undefined) return "";
  return `${stem}_created${renderLabels(Object.entries(series.labels))} ${formatSeconds(series.createdMs)}\n`;
}
