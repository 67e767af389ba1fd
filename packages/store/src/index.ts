/** Where samples are kept, and read from. */
export * from "./labels/index.ts";
export type { SeriesReader, StoredSeries } from "./series-reader.ts";
