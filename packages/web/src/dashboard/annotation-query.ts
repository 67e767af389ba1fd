/** Annotations that a Prometheus query gives: a mark wherever it has a value, joined where marks follow each other step by step. */

import type { Annotation } from "../panels/panel-body.ts";
import type { Labels } from "../query/frame.ts";
import { legendOf } from "../query/legend.ts";
import { type QueryContext, withBuiltIns } from "../query/panel-query.ts";
import { readRange, sampleValue } from "../query/prometheus-answer.ts";
import { readDuration } from "../time/duration-text.ts";
import { alignedRange, queryStep, stepOf } from "../time/interval.ts";
import { interpolate, interpolateQuery } from "../variables/interpolate.ts";
import type { AnnotationQuery } from "./model.ts";

const DEFAULT_STEP_MS = 60_000;
const MAX_ANNOTATIONS = 500;

/** @throws what the request throws */
export async function annotationsOf(
  query: AnnotationQuery,
  context: QueryContext,
  signal: AbortSignal,
): Promise<readonly Annotation[]> {
  const { api, queue, range, lookup } = context;
  const span = range.to - range.from;
  const least = readDuration(interpolate(query.step, lookup, "raw")) ?? DEFAULT_STEP_MS;
  const step = queryStep(span, stepOf(span, 1000, Math.min(least, Math.max(1000, span / 60))), 1);
  const seconds = `${Math.max(1, Math.round(step / 1000))}s`;
  const expr = interpolateQuery(
    query.expr,
    withBuiltIns(lookup, { __interval: seconds, __rate_interval: seconds, __range: `${Math.round(span / 1000)}s` }),
  );
  const { start, end } = alignedRange(range.from, range.to, step);
  const answer = await queue.ask(
    `range ${start} ${end} ${step} ${expr}`,
    (called) =>
      api.get(
        "/api/v1/query_range",
        { query: expr, start: start / 1000, end: end / 1000, step: step / 1000 },
        { signal: called },
      ),
    signal,
  );
  const found: Annotation[] = [];
  for (const { labels, points } of readRange(answer)) {
    if (found.length >= MAX_ANNOTATIONS) break;
    const times = timesOf(points, query.usesValueForTime);
    for (const [from, to] of joined(times, query.usesValueForTime ? 0 : step))
      found.push(annotation(query, labels, from, to));
  }
  return found.slice(0, MAX_ANNOTATIONS).sort((a, b) => a.from - b.from);
}

/** A sample of zero is none: rules such as `changes(x[1m])` give one at each step. */
function timesOf(points: ReturnType<typeof readRange>[number]["points"], usesValue: boolean): readonly number[] {
  const times = new Set<number>();
  for (const point of points) {
    if (!Array.isArray(point)) continue;
    const [seconds, text] = point;
    const value = sampleValue(text);
    if (typeof seconds !== "number" || Number.isNaN(value) || value === 0) continue;
    times.add(usesValue ? Math.floor(value) : seconds * 1000);
  }
  return [...times].sort((a, b) => a - b);
}

function joined(times: readonly number[], step: number): readonly (readonly [number, number])[] {
  const spans: [number, number][] = [];
  for (const time of times) {
    const last = spans.at(-1);
    if (last !== undefined && step > 0 && time - last[1] <= step * 1.01) last[1] = time;
    else spans.push([time, time]);
  }
  return spans;
}

function annotation(query: AnnotationQuery, labels: Labels, from: number, to: number): Annotation {
  const tagKeys = query.tagKeys.length === 0 ? [] : query.tagKeys;
  return {
    from,
    to,
    title: legendOf(query.titleFormat, labels),
    text: legendOf(query.textFormat, labels),
    tags: tagKeys.flatMap((key) => (Object.hasOwn(labels, key) ? (labels[key] ?? []) : [])),
    color: query.color,
    name: query.name,
  };
}
