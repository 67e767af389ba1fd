/** Rules that stop bots must say it in words that are known: a misspelt one would be a limit that does nothing. */
import { pausePolicy } from "@haltwatch/guard";
import { type RuleFault, type RuleFile, RuleFileError } from "@haltwatch/rules";

/** @throws {RuleFileError} where a label `action` or `no_data` has a value that is not known */
export function checkPausePolicies({ file, groups }: RuleFile): void {
  const faults = groups.flatMap((group) =>
    group.rules.flatMap((rule, index): RuleFault[] => {
      if (rule.kind !== "alert") return [];
      const policy = pausePolicy(new Map([...group.labels, ...rule.labels]));
      if (policy === undefined || !("message" in policy)) return [];
      const where = { group: group.name, rule: index + 1, ruleName: rule.name, ...rule.position };
      return [{ ...where, file, message: policy.message }];
    }),
  );
  if (faults.length > 0) throw new RuleFileError(file, faults);
}
