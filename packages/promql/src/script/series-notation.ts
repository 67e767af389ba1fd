/**
 * Series as Prometheus's test files write them: `up{job="bot"} 1 2+3x4 _ stale {{…}}`. Source: promql/promqltest/README.md
 * and docs/configuration/unit_testing_rules.md of Prometheus.
 */
import { Labels } from "@haltwatch/store/labels";
import { parseQuery } from "../parse/parser.ts";
import type { MemorySample } from "../storage/memory-storage.ts";

/** A sample, or no sample at this step. */
export type NotedSample = MemorySample | "none";

export interface NotedSeries {
  readonly labels: Labels;
  readonly samples: readonly NotedSample[];
}

/** Most samples that one notation may stand for: `1x1000000000` is a mistake. */
const MAX_SAMPLES = 1_000_000;

/** @throws {SyntaxError} with what is wrong */
export function parseSeries(text: string): NotedSeries {
  const { labels, rest } = parseMetric(text);
  return { labels, samples: tokens(rest).flatMap(expand) };
}

/** The labels at the beginning of the text, and what comes after them. */
function parseMetric(text: string): { labels: Labels; rest: string } {
  const end = metricEnd(text);
  const metric = text.slice(0, end).trim();
  if (metric === "{}") return { labels: Labels.EMPTY, rest: text.slice(end) };
  const isAnonymous = /^\{/.test(metric);
  // Labels are written as equality matchers, so a selector reads them; a name of its own lets an empty value through.
  const expr = parseQuery(isAnonymous ? metric.replace(/^\{/, '{__anonymous__="1",') : metric);
  if (expr.kind !== "vector-selector") throw new SyntaxError(`${metric} is not a series`);
  const labels = expr.matchers
    .filter(({ name }) => name !== "__anonymous__")
    .map(({ name, operator, value }) => {
      if (operator !== "=") throw new SyntaxError(`${metric} has a matcher where a label belongs`);
      return [name, value] as const;
    });
  return { labels: Labels.from(labels), rest: text.slice(end) };
}

/** Where the name and the braces end; quotes may hold anything. */
function metricEnd(text: string): number {
  let quote = "";
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? "";
    if (quote !== "") {
      if (character === "\\" && quote !== "`") at += 1;
      else if (character === quote) quote = "";
    } else if (character === '"' || character === "'" || character === "`") quote = character;
    else if (character === "{") depth += 1;
    else if (character === "}") {
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && /\s/.test(character) && !/^\s*\{(?!\{)/.test(text.slice(at))) return at;
  }
  return text.length;
}

/** Parted by blanks; a histogram's braces keep theirs. */
function tokens(text: string): string[] {
  return text.match(/\{\{.*?\}\}\S*?(?:\{\{.*?\}\}\S*)?(?=\s|$)|\S+/g) ?? [];
}

const NUMBER = "[+-]?(?:(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?|0x[0-9a-fA-F]+|[iI]nf|NaN|nan)";
const EXPANSION = new RegExp(`^(${NUMBER})(?:([+-])(${NUMBER.replace("[+-]?", "")}))?(?:x(\\d+))?$`);

function expand(token: string): NotedSample[] {
  const blank = /^_(?:x(\d+))?$/.exec(token);
  if (blank !== null) return repeated("none", Number(blank[1] ?? 1));
  const stale = /^stale(?:x(\d+))?$/.exec(token);
  if (stale !== null) return repeated("stale", stale[1] === undefined ? 1 : Number(stale[1]) + 1);
  if (token.startsWith("{{")) {
    const times = /\}\}x(\d+)$/.exec(token)?.[1];
    return repeated("histogram", times === undefined ? 1 : Number(times) + 1);
  }
  const match = EXPANSION.exec(token);
  if (match === null) throw new SyntaxError(`${JSON.stringify(token)} is not a value`);
  const [, first = "", sign, step, times] = match;
  if (step !== undefined && times === undefined)
    throw new SyntaxError(`${JSON.stringify(token)} says how it grows and not how often`);
  const start = toNumber(first);
  const growth = step === undefined ? 0 : (sign === "-" ? -1 : 1) * toNumber(step);
  const count = times === undefined ? 1 : Number(times) + 1;
  checkCount(count);
  const samples: number[] = [];
  let value = start;
  for (let i = 0; i < count; i++) {
    samples.push(value);
    value += growth;
  }
  return samples;
}

function repeated(sample: NotedSample, count: number): NotedSample[] {
  checkCount(count);
  return new Array(count).fill(sample);
}

function checkCount(count: number): void {
  if (count > MAX_SAMPLES) throw new SyntaxError(`${count} samples are more than ${MAX_SAMPLES}`);
}

/** A line that is one number: Go's integers and floats. */
export function numberOf(text: string): number | undefined {
  const isNumber = /^[+-]?(?:0x[\da-f]+|(?:\d[\d_]*\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?|nan)$/i.test(text);
  return isNumber ? toNumber(text.replaceAll("_", "").replace(/infinity$/i, "inf")) : undefined;
}

function toNumber(text: string): number {
  if (/^[+-]?inf$/i.test(text)) return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^[+-]?nan$/i.test(text)) return Number.NaN;
  return Number(text);
}
