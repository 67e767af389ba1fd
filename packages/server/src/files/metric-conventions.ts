/**
 * What names, types and labels are against Prometheus's conventions (https://prometheus.io/docs/practices/naming/). The remarks and
 * their words are promtool's. Source: prometheus/client_golang, prometheus/testutil/promlint/validations.
 */
import type { ExposedFamily } from "./exposed-families.ts";

/** Each remark once, in no order. */
export function remarksOn(family: ExposedFamily): string[] {
  return [...new Set([...helpRemarks(family), ...unitRemarks(family), ...typeRemarks(family), ...nameRemarks(family)])];
}

function* helpRemarks({ hasHelp, hasDuplicates }: ExposedFamily): Generator<string> {
  if (!hasHelp) yield "no help text";
  if (hasDuplicates) yield "metric not unique";
}

function* unitRemarks({ name }: ExposedFamily): Generator<string> {
  for (const word of name.split("_")) {
    const base = baseUnitOf(word);
    if (base === undefined) continue;
    if (base !== word) yield `use base unit "${base}" instead of "${word}"`;
    break; // the first unit counts
  }
  if (hasWord(name.toLowerCase(), ABBREVIATIONS)) yield "metric names should not contain abbreviated units";
}

/** What suffixes and labels are for one type only. Of metrics of no known type nothing can be said. */
function* typeRemarks({ name, type, labelNames }: ExposedFamily): Generator<string> {
  const isCounter = type === "counter";
  const isHistogram = type === "histogram";
  const isSummary = type === "summary";
  if (isCounter && !name.endsWith("_total")) yield 'counter metrics should have "_total" suffix';
  if (type === "unknown") return;
  if (!isCounter && name.endsWith("_total")) yield 'non-counter metrics should not have "_total" suffix';
  if (type !== "gauge" && name.endsWith("_timestamp_seconds")) {
    yield 'non-gauge metrics should not have "_timestamp_seconds" suffix';
  }
  if (!isHistogram && name.endsWith("_bucket")) yield 'non-histogram metrics should not have "_bucket" suffix';
  for (const suffix of ["_count", "_sum"]) {
    if (!isHistogram && !isSummary && name.endsWith(suffix)) {
      yield `non-histogram and non-summary metrics should not have "${suffix}" suffix`;
    }
  }
  if (!isHistogram && labelNames.has("le")) yield 'non-histogram metrics should not have "le" label';
  if (!isSummary && labelNames.has("quantile")) yield 'non-summary metrics should not have "quantile" label';
}

function* nameRemarks({ name, labelNames }: ExposedFamily): Generator<string> {
  for (const type of TYPE_WORDS) {
    if (hasWord(name.toLowerCase(), [type])) yield `metric name should not include type '${type}'`;
  }
  if (name.includes(":")) yield "metric names should not contain ':'";
  if (CAMEL_CASE.test(name)) yield "metric names should be written in 'snake_case' not 'camelCase'";
  if ([...labelNames].some((label) => CAMEL_CASE.test(label))) {
    yield "label names should be written in 'snake_case' not 'camelCase'";
  }
}

/** Behind an underscore, and before another or the end. */
function hasWord(name: string, words: readonly string[]): boolean {
  return words.some((word) => name.includes(`_${word}_`) || name.endsWith(`_${word}`));
}

function baseUnitOf(word: string): string | undefined {
  for (const prefix of ["", ...PREFIXES]) {
    const base = word.startsWith(prefix) ? BASE_UNITS.get(word.slice(prefix.length)) : undefined;
    if (base !== undefined) return base;
  }
  return undefined;
}

const CAMEL_CASE = /[a-z][A-Z]/;

const TYPE_WORDS = ["counter", "gauge", "summary", "histogram", "gauge_histogram"];

const BASE_UNITS: ReadonlyMap<string, string> = new Map([
  ...["amperes", "bytes", "celsius", "grams", "joules", "kelvin", "meters", "metres", "seconds", "volts"].map(
    (unit) => [unit, unit] as const,
  ),
  ...["minutes", "hours", "days", "weeks"].map((unit) => [unit, "seconds"] as const),
  ["kelvins", "kelvin"],
  ["fahrenheit", "celsius"],
  ["rankine", "celsius"],
  ...["inches", "yards", "miles"].map((unit) => [unit, "meters"] as const),
  ["bits", "bytes"],
  ["calories", "joules"],
  ["pounds", "grams"],
  ["ounces", "grams"],
]);

const PREFIXES = [
  ...["pico", "nano", "micro", "milli", "centi", "deci", "deca", "hecto", "kilo", "kibi", "mega", "mibi"],
  ...["giga", "gibi", "tera", "tebi", "peta", "pebi"],
];

const ABBREVIATIONS = ["s", "ms", "us", "ns", "sec", "b", "kb", "mb", "gb", "tb", "pb", "m", "h", "d"];
