/** Where samples are kept, and read from. */
export type { Metadata } from "./file/store-file.ts";
export type { Appender } from "./head/appender.ts";
export type { BackfillColumn } from "./head/backfill.ts";
export type { AppendOutcome } from "./head/outcome.ts";
export * from "./labels/index.ts";
export { type SalvageReport, salvage } from "./salvage.ts";
export type { Series } from "./series.ts";
export type { SeriesReader, StoredSeries } from "./series-reader.ts";
export { Store } from "./store.ts";
export { StoreError, type StoreErrorCode } from "./store-error.ts";
export type { StoreOptions } from "./store-options.ts";
export type { StoreStats } from "./store-stats.ts";
