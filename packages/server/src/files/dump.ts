/** `haltwatch dump`: what a store holds, as OpenMetrics text with timestamps. */
import { existsSync } from "node:fs";
import { type Expr, PromqlParseError, parseQuery } from "@haltwatch/promql";
import { type LabelMatcher, type Labels, METRIC_NAME, Store, type StoredSeries } from "@haltwatch/store";
import { type DumpFamily, familiesOf, type SeriesGroup } from "./dump-families.ts";
import { familyHead, SeriesLines, secondsText } from "./dump-text.ts";
import { FileError } from "./file-error.ts";

/** About how many samples are held at a time. */
const SAMPLES_AT_ONCE = 2_000_000;

/** About how long the pieces of text are, UTF-16 units. */
const PIECE_LENGTH = 128 * 1024;

/** Most series that are asked for at a time. */
const SERIES_AT_ONCE = 4_096;

export interface DumpOptions {
  /** The store's file. */
  readonly from: string;
  /** Vector selectors: series that any of them selects; without one, all. */
  readonly match?: readonly string[] | undefined;
  /** Unix milliseconds, both inclusive. */
  readonly startMs?: number | undefined;
  readonly endMs?: number | undefined;
  /** Leaves out the samples that say that a series went stale, which other programs would take for NaN. */
  readonly omitStale?: boolean | undefined;
  /** Told of series that cannot be written: they have no metric name. */
  readonly onUnnamed?: ((labels: Labels) => void) | undefined;
}

/**
 * The text, piece by piece, ending with `# EOF`. The same samples give the same text, and {@link importFiles} of it the same
 * samples. Memory is bounded but for labels.
 *
 * @throws {FileError} `UNREADABLE` if there is no such file, `WRONG_USE` for what is no vector selector
 * @throws {StoreError} if the file is open elsewhere or damaged
 */
export function* dump(options: DumpOptions): Generator<string, void, undefined> {
  const selectors = (options.match ?? []).map(matchersOf);
  if (!existsSync(options.from)) {
    throw new FileError("UNREADABLE", "there is no such file", "Name the store's file with --from", {
      file: options.from,
    });
  }
  using store = new Store({ path: options.from, commitIntervalMs: 0, retentionMs: Number.POSITIVE_INFINITY });
  const selected = selectedLabels(store, selectors, options);
  const { minMs, maxMs, samplesInBlocks, series } = store.stats();
  const plan = new DumpPlan(store, {
    minMs: Math.max(minMs, options.startMs ?? Number.NEGATIVE_INFINITY),
    maxMs: Math.min(maxMs, options.endMs ?? Number.POSITIVE_INFINITY),
    samplesPerSeries: Math.max(1, samplesInBlocks / Math.max(1, series)),
  });
  let text = "";
  let described: DumpFamily | undefined;
  for (const { family, lines } of plan.read(familiesOf(selected, store.metadata))) {
    for (const line of linesInTurn(lines, options.omitStale === true)) {
      if (family !== described) text += familyHead(family.name, family.metadata);
      described = family;
      text += line;
      if (text.length < PIECE_LENGTH) continue;
      yield text;
      text = "";
    }
  }
  yield `${text}# EOF\n`;
}

/** What `--match` takes: `up`, `{job="bot"}`. */
function matchersOf(selector: string): readonly LabelMatcher[] {
  const expr = parsed(selector);
  const isPlain =
    expr.kind === "vector-selector" &&
    expr.offsetMs === 0 &&
    expr.offsetExpr === undefined &&
    expr.at === undefined &&
    expr.extended === undefined;
  if (isPlain) return expr.matchers;
  throw new FileError(
    "WRONG_USE",
    `${JSON.stringify(selector)} is no plain selector of series`,
    `Write one such as 'orders_total{venue="cex"}', and times as --start and --end`,
  );
}

function parsed(selector: string): Expr {
  try {
    return parseQuery(selector);
  } catch (error) {
    if (!(error instanceof PromqlParseError)) throw error;
    throw new FileError("WRONG_USE", `the selector ${JSON.stringify(selector)}: ${error.message}`, error.hint, {
      cause: error,
    });
  }
}

function selectedLabels(
  store: Store,
  selectors: readonly (readonly LabelMatcher[])[],
  { startMs, endMs, onUnnamed }: DumpOptions,
): Labels[] {
  const from = startMs === undefined ? undefined : startMs - 1; // exclusive there
  const found = new Map<string, Labels>();
  for (const matchers of selectors.length === 0 ? [[]] : selectors) {
    for (const labels of store.seriesLabels(matchers, from, endMs)) {
      if (labels.has(METRIC_NAME)) found.set(labels.key, labels);
      else onUnnamed?.(labels);
    }
  }
  return [...found.values()];
}

interface PlanOptions {
  /** Both inclusive; infinite if there are no samples. */
  readonly minMs: number;
  readonly maxMs: number;
  /** How many a series has on average. */
  readonly samplesPerSeries: number;
}

/** Reads groups of series, many small ones at once and a large one time by time, so that about as many samples are held. */
class DumpPlan {
  readonly #store: Store;
  readonly #options: PlanOptions;
  readonly #seriesAtOnce: number;

  constructor(store: Store, options: PlanOptions) {
    this.#store = store;
    this.#options = options;
    this.#seriesAtOnce = Math.min(SERIES_AT_ONCE, Math.max(1, SAMPLES_AT_ONCE / options.samplesPerSeries));
  }

  /** For each group, or a time of it, what its series have. */
  *read(families: readonly DumpFamily[]): Generator<PlannedLines, void, undefined> {
    let batch: PlannedGroup[] = [];
    let size = 0;
    for (const family of families) {
      for (const series of family.groups) {
        if (size > 0 && size + series.length > this.#seriesAtOnce) {
          yield* this.#whole(batch, size);
          batch = [];
          size = 0;
        }
        batch.push({ family, series });
        size += series.length;
      }
    }
    yield* this.#whole(batch, size);
  }

  /** All of the batch's time; of one group that is larger than a batch should be, part by part. */
  *#whole(batch: readonly PlannedGroup[], size: number): Generator<PlannedLines, void, undefined> {
    const { minMs, maxMs } = this.#options;
    if (minMs > maxMs) return; // there are no samples
    const parts = batch.length > 1 ? 1 : Math.max(1, Math.ceil(size / this.#seriesAtOnce));
    const widthMs = Math.ceil((maxMs - minMs + 1) / parts);
    for (let fromMs = minMs; fromMs <= maxMs; fromMs += widthMs) {
      yield* this.#part(batch, fromMs, Math.min(maxMs, fromMs + widthMs - 1));
    }
  }

  *#part(batch: readonly PlannedGroup[], fromMs: number, toMs: number): Generator<PlannedLines, void, undefined> {
    const found = new Map<string, StoredSeries>();
    const labels = batch.flatMap(({ series }) => series);
    for (const series of this.#store.read(labels, fromMs - 1, toMs)) found.set(series.labels.key, series);
    for (const { family, series } of batch) {
      const lines: SeriesLines[] = [];
      for (const { key } of series) {
        const stored = found.get(key);
        if (stored !== undefined) lines.push(new SeriesLines(stored));
      }
      if (lines.length > 0) yield { family, lines };
    }
  }
}

interface PlannedGroup {
  readonly family: DumpFamily;
  readonly series: SeriesGroup;
}

interface PlannedLines {
  readonly family: DumpFamily;
  readonly lines: readonly SeriesLines[];
}

/** The lines of a group's series: by time, and at one time in the order of the series. */
function* linesInTurn(group: readonly SeriesLines[], omitStale: boolean): Generator<string, void, undefined> {
  for (;;) {
    let timeMs = Number.POSITIVE_INFINITY;
    for (const lines of group) timeMs = Math.min(timeMs, lines.timeMs);
    if (timeMs === Number.POSITIVE_INFINITY) return;
    const time = secondsText(timeMs);
    for (const lines of group) {
      if (lines.timeMs !== timeMs) continue;
      if (omitStale && lines.isStale) lines.skip();
      else yield lines.next(time);
    }
  }
}
