/**
 * OpenMetrics has no word for a series that went stale. A dump writes such a sample as NaN with this exemplar, which other
 * programs may ignore, and an import takes it for what it is.
 */
import type { Exemplar } from "../exposition/exposition-parser.ts";

const STALE_LABEL = "haltwatch_stale";

/** Stands behind the sample's time. */
export const STALE_EXEMPLAR = ` # {${STALE_LABEL}="1"} 1`;

/** Whether the sample says that its series went stale. */
export function isStaleSample(value: number, exemplar: Exemplar | undefined): boolean {
  return Number.isNaN(value) && exemplar?.labels.get(STALE_LABEL) === "1";
}
