/** The `# HELP`, `# TYPE` and `# UNIT` lines above a metric. */
import type { MetricType } from "../instruments/instrument.ts";
import { type ExpositionFormat, escapeHelp } from "./format.ts";

/** What the lines tell. */
export interface MetricHead {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly unit?: string | undefined;
}

/**
 * The lines above a metric's samples.
 *
 * Text 0.0.4 knows neither infos, state sets nor unknown metrics: they are gauges and untyped there. In OpenMetrics a
 * counter's or info's family is named without its suffix; one that lacks it (another client's) is shown as unknown, so
 * that its samples keep their name.
 */
export function renderHead(metric: MetricHead, format: ExpositionFormat): string {
  const { name } = metric;
  if (format === "text") {
    return `# HELP ${name} ${escapeHelp(metric.help, format)}\n# TYPE ${name} ${textType(metric.type)}\n`;
  }
  const type = openMetricsType(metric);
  const family = openMetricsFamily(name, type);
  const unit = metric.unit === undefined ? "" : `# UNIT ${family} ${metric.unit}\n`;
  return `# HELP ${family} ${escapeHelp(metric.help, format)}\n# TYPE ${family} ${type}\n${unit}`;
}

/** The type that OpenMetrics can show this metric as. */
export function openMetricsType(metric: MetricHead): MetricType {
  const suffix = SUFFIXES.get(metric.type);
  return suffix !== undefined && !metric.name.endsWith(suffix) ? "unknown" : metric.type;
}

/** The family name of a metric whose samples have this name. */
export function openMetricsFamily(name: string, type: MetricType): string {
  const suffix = SUFFIXES.get(type);
  return suffix === undefined ? name : name.slice(0, -suffix.length);
}

const SUFFIXES: ReadonlyMap<MetricType, string> = new Map([
  ["counter", "_total"],
  ["info", "_info"],
]);

function textType(type: MetricType): string {
  switch (type) {
    case "info":
    case "stateset":
      return "gauge";
    case "unknown":
      return "untyped";
    default:
      return type;
  }
}
