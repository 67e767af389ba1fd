/** The alerts of a pack, as tables and lists show them. */
import { readFileSync } from "node:fs";
import type { Pack } from "@haltwatch/packs";
import { parseRuleFile } from "@haltwatch/rules";

export interface PackAlert {
  readonly name: string;
  readonly expr: string;
  readonly forMs: number;
  readonly severity: string;
  /** `pause`, `reduce`, or empty. */
  readonly action: string;
  /** Of the pause: `bot` unless the rule says otherwise; empty without an action. */
  readonly scope: string;
  readonly summary: string;
}

/** @throws {RuleFileError} if a rule file is wrong */
export function packAlerts({ ruleFiles }: Pack): readonly PackAlert[] {
  return ruleFiles
    .flatMap((file) => parseRuleFile(readFileSync(file, "utf8"), file).groups)
    .flatMap(({ rules }) => rules.filter((rule) => rule.kind === "alert"))
    .map(({ name, expr, forMs, labels, annotations }) => {
      const action = labels.get("action") ?? "";
      return {
        name,
        expr,
        forMs,
        severity: labels.get("severity") ?? "",
        action,
        scope: action === "" ? "" : (labels.get("scope") ?? "bot"),
        summary: annotations.get("summary") ?? "",
      };
    });
}
