/**
 * The rules about thresholds that nobody writes: a rule compares with a threshold that is not there, or that is there twice, and
 * would never fire. Made from the rules in force.
 */
import { SYSTEM_METRICS } from "@haltwatch/packs";
import { parseQuery } from "@haltwatch/promql";
import { parseRuleFile, type RuleFile, selectorsOf } from "@haltwatch/rules";
import { METRIC_NAME } from "@haltwatch/store";

const THRESHOLD_METRIC = SYSTEM_METRICS.threshold.name;

/** What stands for a file's name. */
const FILE = "haltwatch:thresholds";

/** Thresholds that rules name, in the order of their names. */
export function namedThresholds(files: readonly RuleFile[]): readonly string[] {
  const names = files.flatMap(({ groups }) =>
    groups.flatMap(({ rules }) => rules.flatMap(({ expr }) => thresholdsOf(expr))),
  );
  return [...new Set(names)].sort();
}

/** `undefined` if no rule names a threshold. */
export function thresholdRules(files: readonly RuleFile[]): RuleFile | undefined {
  const content = thresholdRuleContent(namedThresholds(files));
  return content === undefined ? undefined : parseRuleFile(JSON.stringify(content), FILE); // JSON is YAML
}

/**
 * The same, as what a rule file says: for a real Prometheus, which makes none by itself.
 *
 * @param names of thresholds that rules name
 * @returns `undefined` if there is none
 */
export function thresholdRuleContent(names: readonly string[]): { readonly groups: readonly object[] } | undefined {
  if (names.length === 0) return undefined;
  const selectors = names.map((name) => `${THRESHOLD_METRIC}{name=${JSON.stringify(name)}}`);
  const rules = [
    {
      alert: "ThresholdAbsent",
      expr: selectors.map((selector) => `absent(${selector})`).join(" or "),
      labels: { severity: "critical" },
      annotations: {
        summary: "The threshold {{ $labels.name }} is absent: rules that compare with it cannot fire",
        description: "Enable the pack that defines it, or set it under [thresholds] of haltwatch.toml.",
        runbook_url: "packs/system/RUNBOOK.md#thresholdabsent",
      },
    },
    {
      alert: "ThresholdAmbiguous",
      expr: selectors.map((selector) => `count by (name) (${selector}) > 1`).join(" or "),
      labels: { severity: "critical" },
      annotations: {
        summary: "The threshold {{ $labels.name }} is there {{ $value }} times: rules that compare with it cannot fire",
        description:
          "It comes from several places: do not scrape a second Haltwatch, nor this one, without dropping it.",
        runbook_url: "packs/system/RUNBOOK.md#thresholdambiguous",
      },
    },
  ];
  return { groups: [{ name: "thresholds", interval: "5s", rules }] };
}

/** Names of the thresholds that an expression selects. */
export function thresholdsOf(expr: string): readonly string[] {
  return selectorsOf(parseQuery(expr)).flatMap(({ matchers }) => {
    const isThreshold = matchers.some(({ name, operator, value }) => {
      return name === METRIC_NAME && operator === "=" && value === THRESHOLD_METRIC;
    });
    const named = matchers.find(({ name, operator }) => name === "name" && operator === "=");
    return isThreshold && named !== undefined ? [named.value] : [];
  });
}
