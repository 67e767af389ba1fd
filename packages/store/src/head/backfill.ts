/** Makes blocks of samples that come from elsewhere: of any time, in any order. */
import { SlotTable } from "../blocks/slot-table.ts";
import type { Series } from "../series.ts";
import { StoreError } from "../store-error.ts";
import { LooseBlock } from "./growing-block.ts";
import { checkTime, forgotten } from "./outcome.ts";

export interface BackfillColumn {
  readonly series: Series;
  /** Unix milliseconds, whole. */
  readonly times: readonly number[] | Float64Array;
  readonly values: readonly number[] | Float64Array;
  /** 1 where the series went stale. */
  readonly stale?: Uint8Array | undefined;
}

/** What blocks of backfilled samples are called in the file. */
const BACKFILL_SOURCE = "backfill";

/** Rows of a block's longest column beyond which its time is halved. */
const MAX_ROWS_FACTOR = 4;

/** Columns in order of time, each time once: of two samples at one time the first stays. */
interface SortedColumn {
  readonly series: Series;
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly stale: Uint8Array | undefined;
}

/** A series' newest sample in a block. */
interface LastSample {
  readonly series: Series;
  readonly timeMs: number;
  readonly value: number;
  readonly isStale: boolean;
}

interface BackfillBlock {
  readonly block: LooseBlock;
  readonly lastSamples: readonly LastSample[];
}

/**
 * Blocks, each of a span of time in which the longest column has about as many rows as a block has.
 *
 * @throws {StoreError} `INVALID` for columns that cannot be kept, before the first block
 */
export function* blocksOf(
  columns: readonly BackfillColumn[],
  nextId: () => number,
  rowsPerBlock: number,
): Generator<BackfillBlock> {
  for (const column of columns) checkColumn(column);
  const sorted = onePerSeries(columns.filter(({ times }) => times.length > 0)).map(inOrder);
  if (sorted.length === 0) return;
  let [minMs, maxMs, rows] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const { times } of sorted) {
    minMs = Math.min(minMs, times[0] as number); // none is empty
    maxMs = Math.max(maxMs, times[times.length - 1] as number);
    rows = Math.max(rows, times.length);
  }
  const spans = Math.ceil(rows / rowsPerBlock);
  const spanMs = Math.floor((maxMs - minMs) / spans) + 1;
  for (let fromMs = minMs; fromMs <= maxMs; fromMs += spanMs) {
    yield* blocksWithin(sorted, fromMs, Math.min(fromMs + spanMs, maxMs + 1), nextId, rowsPerBlock * MAX_ROWS_FACTOR);
  }
}

function checkColumn({ series, times, values, stale }: BackfillColumn): void {
  if (series.isForgotten) throw forgotten(series);
  for (const timeMs of times) checkTime(timeMs);
  if (values.length === times.length && (stale === undefined || stale.length === times.length)) return;
  throw new StoreError(
    "INVALID",
    `${series.labels} has ${times.length} times, ${values.length} values and ${stale?.length ?? "no"} marks`,
    "Give as many of each",
  );
}

/** A block has a series once: columns of one series become one, those that came first before the others. */
function onePerSeries(columns: readonly BackfillColumn[]): BackfillColumn[] {
  return [...Map.groupBy(columns, ({ series }) => series)].map(([series, parts]): BackfillColumn => {
    const [only] = parts;
    if (parts.length === 1 && only !== undefined) return only;
    const marks = ({ times, stale }: BackfillColumn): Uint8Array => stale ?? new Uint8Array(times.length);
    return {
      series,
      times: parts.flatMap(({ times }) => [...times]),
      values: parts.flatMap(({ values }) => [...values]),
      stale: Uint8Array.from(parts.flatMap((part) => [...marks(part)])),
    };
  });
}

/** One block of the time from `fromMs` to before `toMs`, or several if samples crowd there. */
function* blocksWithin(
  columns: readonly SortedColumn[],
  fromMs: number,
  toMs: number,
  nextId: () => number,
  maxRows: number,
): Generator<BackfillBlock> {
  const parts = columns.map((column) => ({
    column,
    from: before(column.times, fromMs),
    to: before(column.times, toMs),
  }));
  let rows = 0;
  for (const { from, to } of parts) rows = Math.max(rows, to - from);
  if (rows === 0) return;
  if (rows > maxRows && toMs - fromMs > 1) {
    const middleMs = Math.floor((fromMs + toMs) / 2);
    yield* blocksWithin(columns, fromMs, middleMs, nextId, maxRows);
    yield* blocksWithin(columns, middleMs, toMs, nextId, maxRows);
    return;
  }
  const block = new LooseBlock(nextId(), BACKFILL_SOURCE, new SlotTable());
  const lastSamples: LastSample[] = [];
  for (const { column, from, to } of parts) {
    if (from === to) continue;
    const slot = block.table.add(column.series.ref);
    for (let row = from; row < to; row++) {
      block.add(slot, column.times[row] as number, column.values[row] as number, column.stale?.[row] === 1);
    }
    const [timeMs, value] = [column.times[to - 1] as number, column.values[to - 1] as number]; // the part is not empty
    lastSamples.push({ series: column.series, timeMs, value, isStale: column.stale?.[to - 1] === 1 });
  }
  yield { block, lastSamples };
}

/** How many of the ascending times are before this one. */
function before(times: Float64Array, timeMs: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] as number) < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

function inOrder({ series, times, values, stale }: BackfillColumn): SortedColumn {
  if (isAscending(times)) {
    return { series, times: Float64Array.from(times), values: Float64Array.from(values), stale };
  }
  const rows = Array.from(times, (_, row) => row)
    .sort((a, b) => (times[a] as number) - (times[b] as number) || a - b)
    .filter((row, index, all) => index === 0 || times[row] !== times[all[index - 1] as number]);
  return {
    series,
    times: Float64Array.from(rows, (row) => times[row] as number),
    values: Float64Array.from(rows, (row) => values[row] as number),
    stale: stale === undefined ? undefined : Uint8Array.from(rows, (row) => stale[row] as number),
  };
}

function isAscending(times: readonly number[] | Float64Array): boolean {
  for (let row = 1; row < times.length; row++) if ((times[row] as number) <= (times[row - 1] as number)) return false;
  return true;
}
