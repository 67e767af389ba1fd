/** What becomes of an exception within a recording call: it must not reach an order, and must not be lost. */
import { MetricError, shown } from "../errors.ts";

/**
 * The mistake to tell of: `call` was given what it could not record.
 *
 * @param hint what to give instead
 * @throws {MetricError} `error` itself, if it is one: told already, by a registry that throws its mistakes
 */
export function badRecord(call: string, error: unknown, hint: string): MetricError {
  if (error instanceof MetricError) throw error;
  const why = error instanceof Error ? error.message : shown(error);
  return new MetricError("BAD_REPORT", `${call} was given what it cannot record: ${why}`, {
    metric: call,
    hint,
    cause: error,
  });
}
