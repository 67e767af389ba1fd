/** What a rule does besides telling people, in words, from its labels. Source: docs/pausing.md. */
import type { LabelSet } from "../../api/answers.ts";

/** @param labels of the alert, or of the rule */
export function alertEffect(labels: LabelSet): string | undefined {
  const { action, scope } = labels;
  if (action !== "pause" && action !== "reduce") return undefined;
  const what = scope === "all" ? "everything" : scopeText(labels, scope ?? "bot");
  const noData = noDataText(labels["no_data"] ?? "reduce");
  return action === "pause"
    ? `Pauses ${what}: no order goes out until a person arms. ${noData}`
    : `Lets ${what} only close positions until a person arms. ${noData}`;
}

function scopeText(labels: LabelSet, scope: string): string {
  const parts = scope.split(",").map((name) => {
    const value = labels[name.trim()];
    return value === undefined ? `the ${name.trim()}` : `${name.trim()} ${value}`;
  });
  return parts.join(", ");
}

function noDataText(policy: string): string {
  if (policy === "ignore") return "If its data vanish, nothing is done.";
  return policy === "halt" ? "If its data vanish, it pauses, too." : "If its data vanish, only closing is allowed.";
}
