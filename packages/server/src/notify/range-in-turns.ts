/**
 * A range query in small parts, with a turn for everything else between them: nobody waits for a picture. A part takes some
 * milliseconds; how many steps that are is found out on the way.
 */
import { type Expr, PromqlEvaluationError, queryRange, type ResultSeries } from "@haltwatch/promql";
import type { Labels, SeriesReader } from "@haltwatch/store";

/** What a part is to take, and what it may take, milliseconds. */
const PART_MS = 8;
const MAX_PART_MS = 15;

/** Most that all parts take, milliseconds. */
const MAX_MS = 400;

/** Most samples that a part reads. */
const MAX_SAMPLES = 400_000;

/** Steps of the first part. */
const FIRST_STEPS = 8;

/** A part has at most so many times the steps of the one before: one that was fast by chance says little. */
const GROWTH = 6;

export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

/**
 * The query's series over the range.
 *
 * @throws {PromqlEvaluationError} `TIMEOUT` or `LIMIT` where it would take too long; or what is wrong with the query
 */
export async function rangeInTurns(
  reader: SeriesReader,
  query: Expr,
  { fromMs, toMs, stepMs }: TimeRange,
): Promise<readonly ResultSeries[]> {
  const parts = new SeriesParts();
  let steps = FIRST_STEPS;
  let usedMs = 0;
  for (let startMs = fromMs; startMs <= toMs; ) {
    await new Promise((resolve) => setImmediate(resolve));
    const endMs = Math.min(toMs, startMs + (steps - 1) * stepMs);
    const begun = performance.now();
    const found = part(reader, query, { fromMs: startMs, toMs: endMs, stepMs });
    const tookMs = performance.now() - begun;
    usedMs += tookMs;
    if (usedMs > MAX_MS) throw tooLong();
    if (found === undefined) {
      if (steps === 1) throw tooLong();
      steps = Math.max(1, Math.floor(steps / GROWTH));
      continue;
    }
    parts.add(found);
    startMs = endMs + stepMs;
    steps = Math.max(1, Math.floor(steps * Math.min(GROWTH, PART_MS / Math.max(tookMs, 0.01))));
  }
  return parts.series();
}

/** `undefined`: not so much at once. */
function part(reader: SeriesReader, query: Expr, range: TimeRange): readonly ResultSeries[] | undefined {
  const limits = { maxSamples: MAX_SAMPLES, timeoutMs: MAX_PART_MS };
  try {
    const times = { startMs: range.fromMs, endMs: range.toMs, stepMs: range.stepMs };
    const { value } = queryRange(reader, query, times, { limits });
    return value.type === "matrix" ? value.series : [];
  } catch (error) {
    if (isTooMuch(error)) return undefined;
    throw error;
  }
}

export function isTooMuch(error: unknown): boolean {
  return error instanceof PromqlEvaluationError && (error.code === "LIMIT" || error.code === "TIMEOUT");
}

function tooLong(): PromqlEvaluationError {
  return new PromqlEvaluationError(
    "TIMEOUT",
    "the query takes too long for a picture",
    "Record it with a recording rule",
  );
}

/** Puts the parts of each series together. */
class SeriesParts {
  readonly #parts = new Map<string, { readonly labels: Labels; readonly parts: ResultSeries[] }>();

  add(found: readonly ResultSeries[]): void {
    for (const series of found) {
      const known = this.#parts.get(series.labels.key);
      if (known === undefined) this.#parts.set(series.labels.key, { labels: series.labels, parts: [series] });
      else known.parts.push(series);
    }
  }

  series(): readonly ResultSeries[] {
    return [...this.#parts.values()].map(({ labels, parts }) => ({
      labels,
      times: Float64Array.from(parts.flatMap(({ times }) => [...times])),
      values: Float64Array.from(parts.flatMap(({ values }) => [...values])),
    }));
  }
}
