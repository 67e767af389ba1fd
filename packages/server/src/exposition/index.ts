/** What targets expose: parsed. */
export { type ChosenFormat, formatOf, SCRAPE_ACCEPT } from "./content-type.ts";
export { ExpositionError, type ExpositionErrorCode } from "./exposition-error.ts";
export type { EntryKind, Exemplar, ExpositionFormat, FamilyMetadata, FamilyType } from "./exposition-parser.ts";
export { OpenMetricsParser } from "./openmetrics.ts";
export { PrometheusTextParser } from "./prometheus-text.ts";
export {
  DEFAULT_SCRAPE_LIMITS,
  type SampleSink,
  type ScrapeLimits,
  ScrapeReader,
  type ScrapeResult,
} from "./scrape-reader.ts";
