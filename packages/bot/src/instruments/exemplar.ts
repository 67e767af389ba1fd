/** An example behind a number: the trace or order that made it. OpenMetrics 1.0, section "Exemplars". */

import { shown } from "../errors.ts";

/** Longest names and values of an exemplar's labels together, in characters (OpenMetrics 1.0). */
const MAX_EXEMPLAR_CHARACTERS = 128;

/** For instance `{ order_id: "42" }`. */
export type ExemplarLabels = Readonly<Record<string, string>>;

export interface Exemplar {
  readonly labels: ExemplarLabels;
  readonly value: number;
  readonly timestampMs: number;
}

/** What is wrong with these labels, or `undefined`. */
export function exemplarFault(labels: ExemplarLabels): string | undefined {
  if (typeof labels !== "object" || labels === null) return `its exemplar's labels are ${shown(labels)}`;
  let characters = 0;
  for (const [name, value] of Object.entries(labels)) {
    if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)) return `exemplar label ${JSON.stringify(name)} is not a valid name`;
    if (typeof value !== "string") return `exemplar label "${name}" is not a string`;
    characters += [...name].length + [...value].length;
  }
  return characters > MAX_EXEMPLAR_CHARACTERS
    ? `its exemplar has ${characters} characters, more than ${MAX_EXEMPLAR_CHARACTERS}`
    : undefined;
}
