/** How a relabelling rule is written. Source: Prometheus 3, model/relabel/relabel.go (`Config`, `Validate`). */
import { patternFault } from "@haltwatch/store";
import { z } from "zod";
import { optional, text, textList, wholeNumber } from "./config-values.ts";

export const RELABEL_ACTIONS = [
  "replace",
  "keep",
  "drop",
  "keepequal",
  "dropequal",
  "hashmod",
  "labelmap",
  "labeldrop",
  "labelkeep",
  "lowercase",
  "uppercase",
] as const;

export type RelabelAction = (typeof RELABEL_ACTIONS)[number];

/** A rule with all that was left out filled in. */
export interface RelabelConfig {
  readonly source_labels: readonly string[];
  readonly separator: string;
  readonly regex: string;
  /** Of `hashmod`; 0 for the other actions. */
  readonly modulus: number;
  readonly target_label: string;
  readonly replacement: string;
  readonly action: RelabelAction;
}

const DEFAULTS = { separator: ";", regex: "(.*)", modulus: 0, target_label: "", replacement: "$1" };

const NEEDS_TARGET: ReadonlySet<RelabelAction> = new Set([
  "replace",
  "hashmod",
  "lowercase",
  "uppercase",
  "keepequal",
  "dropequal",
]);
const TAKES_NO_REPLACEMENT: ReadonlySet<RelabelAction> = new Set(["lowercase", "uppercase", "keepequal", "dropequal"]);
const COMPARES: ReadonlySet<RelabelAction> = new Set(["keepequal", "dropequal"]);
const CHOOSES_NAMES: ReadonlySet<RelabelAction> = new Set(["labeldrop", "labelkeep"]);

export const relabelConfig = z
  .strictObject({
    source_labels: optional(textList),
    separator: text.optional(),
    regex: text.optional().refine((regex) => regex === undefined || patternFault(regex) === undefined, {
      error: ({ input }) => `the regular expression is not RE2's: ${patternFault(String(input))}`,
    }),
    modulus: optional(wholeNumber),
    target_label: text.optional(),
    replacement: text.optional(),
    action: optional(
      z.preprocess(
        (word) => (typeof word === "string" ? word.toLowerCase() : word),
        z.enum(RELABEL_ACTIONS, { error: `the action is one of ${RELABEL_ACTIONS.join(", ")}` }),
      ),
    ),
  })
  .transform(
    (given): RelabelConfig => ({
      ...DEFAULTS,
      ...withoutUndefined(given),
      action: given.action ?? "replace",
      source_labels: given.source_labels ?? [],
    }),
  )
  .superRefine((rule, context) => {
    const fault = faultOf(rule);
    if (fault !== undefined) context.addIssue({ code: "custom", message: fault });
  });

function faultOf(rule: RelabelConfig): string | undefined {
  const { action, target_label: target, replacement } = rule;
  if (action === "hashmod" && rule.modulus === 0) return "hashmod needs a modulus above 0";
  if (NEEDS_TARGET.has(action) && target === "") return `${action} needs a target_label`;
  if (TAKES_NO_REPLACEMENT.has(action) && replacement !== DEFAULTS.replacement) return `${action} takes no replacement`;
  if (action === "labelmap" && replacement === "") return "labelmap needs a replacement";
  const isOther = (key: "separator" | "regex" | "modulus" | "replacement"): boolean => rule[key] !== DEFAULTS[key];
  if (COMPARES.has(action) && (["separator", "regex", "modulus", "replacement"] as const).some(isOther)) {
    return `${action} takes only source_labels and target_label`;
  }
  const hasMore = rule.source_labels.length > 0 || target !== "";
  if (CHOOSES_NAMES.has(action) && (hasMore || (["separator", "modulus", "replacement"] as const).some(isOther))) {
    return `${action} takes only a regex`;
  }
  return undefined;
}

function withoutUndefined<T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>; // the same keys, those without a value left out
  };
}
