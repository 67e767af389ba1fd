/** What both kinds of rules share: what they are evaluated with, what they give, and how they fared. */
import type { EvaluationOptions } from "@haltwatch/promql";
import type { Labels, SeriesReader } from "@haltwatch/store";

/** One evaluation. */
export interface RuleInput {
  readonly reader: SeriesReader;
  /** The evaluation's time, Unix milliseconds. */
  readonly timeMs: number;
  /** How far before that the query looks, and the samples are written. */
  readonly queryOffsetMs: number;
  /** Most alerts or series; 0 for no limit. */
  readonly limit: number;
  readonly queryOptions?: EvaluationOptions | undefined;
}

/** A sample to be written. */
export interface WrittenSample {
  readonly labels: Labels;
  readonly timeMs: number;
  readonly value: number;
}

/** How a rule's last evaluation went. */
export type RuleHealth =
  | { readonly kind: "unknown" }
  | { readonly kind: "ok"; readonly timeMs: number; readonly durationMs: number }
  | { readonly kind: "err"; readonly timeMs: number; readonly durationMs: number; readonly error: Error };

/** The group's labels with the rule's own over them; names ascending. */
export function mergedLabels(
  group: ReadonlyMap<string, string>,
  own: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  return new Map([...new Map([...group, ...own])].sort(([a], [b]) => (a < b ? -1 : 1)));
}
