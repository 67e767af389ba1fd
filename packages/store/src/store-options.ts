/** What a store can be told when it is opened, and what holds otherwise. */
import { performance } from "node:perf_hooks";
import { StoreError } from "./store-error.ts";

export interface StoreOptions {
  /** The SQLite file, made if it is not there; `:memory:` keeps nothing. */
  readonly path: string;
  /** Unix milliseconds. */
  readonly now?: () => number;
  /** Milliseconds of a clock that nobody sets; `now` if that is given and this is not. See `RetentionClock`. */
  readonly monotonic?: () => number;
  /** How often what was appended is written, milliseconds; 0: only when `commit` is called. */
  readonly commitIntervalMs?: number;
  /** How long samples are kept, milliseconds. */
  readonly retentionMs?: number;
  /** Size of the file from which on the oldest samples go, bytes. */
  readonly retentionBytes?: number;
  /** Most memory for samples that are in the file already, bytes. */
  readonly cacheBytes?: number;
  /** Most series at a time. */
  readonly maxSeries?: number;
  /** Rows of a source after which they are compressed together: 1 to {@link MAX_ROWS_PER_BLOCK}. */
  readonly rowsPerBlock?: number;
  /** Told when a commit by the timer fails (the disk is full); it is tried again at the next. */
  readonly onError?: (error: unknown) => void;
}

export type Settings = Required<Omit<StoreOptions, "onError">>;

/** Blocks of backfilled samples have up to four times as many rows, and a column has no more than 65,536. */
const MAX_ROWS_PER_BLOCK = 16_384;

const DEFAULTS = {
  now: Date.now,
  commitIntervalMs: 1_000,
  retentionMs: 30 * 86_400_000,
  retentionBytes: Number.POSITIVE_INFINITY,
  cacheBytes: 32 * 2 ** 20,
  maxSeries: 1_000_000,
  rowsPerBlock: 480,
};

/** @throws {StoreError} `INVALID` */
export function settingsFrom({ onError: _, ...given }: StoreOptions): Settings {
  const monotonic = given.now ?? (() => performance.now());
  const settings = { ...DEFAULTS, monotonic, ...given };
  const { rowsPerBlock } = settings;
  if (!Number.isInteger(rowsPerBlock) || rowsPerBlock < 1 || rowsPerBlock > MAX_ROWS_PER_BLOCK)
    throw new StoreError("INVALID", `a block cannot have ${rowsPerBlock} rows`, `Give 1 to ${MAX_ROWS_PER_BLOCK}`);
  return settings;
}
