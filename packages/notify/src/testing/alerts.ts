/** Alerts for tests. */
import { Labels } from "@haltwatch/store/labels";
import type { Alert } from "../alert.ts";

export function alertOf(
  labels: Readonly<Record<string, string>>,
  { startsAtMs, endsAtMs, ...rest }: { readonly startsAtMs: number; readonly endsAtMs?: number } & Partial<Alert>,
): Alert {
  return {
    labels: Labels.from(labels),
    annotations: new Map(),
    startsAtMs,
    endsAtMs,
    generatorUrl: "",
    value: undefined,
    threshold: undefined,
    done: [],
    ...rest,
  };
}
