/**
 * What is wrong with a pack: ours and a user's are held to the same. Its rules name only what is there, say what people need when
 * they fire, and have tests that show each alert quiet, firing and over.
 */
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import type { MetricDefinition } from "@haltwatch/bot";
import { type Pack, SYSTEM_PACK } from "@haltwatch/packs";
import { parseQuery, type VectorSelector } from "@haltwatch/promql";
import {
  type AlertingRuleConfig,
  alertCoverage,
  parseRuleFile,
  type RuleFile,
  RuleFileError,
  ruleTestReport,
  runRuleTests,
  selectorsOf,
} from "@haltwatch/rules";
import { METRIC_NAME } from "@haltwatch/store";
import { withReportRange } from "../reports/report-range.ts";
import { checkPausePolicies } from "../rules/pause-policies.ts";
import { namedThresholds, thresholdsOf } from "../rules/threshold-rules.ts";

const PACK_NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const METRIC_NAME_PATTERN = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const THRESHOLD_NAME = /^[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+$/;

/** Series that are there without any pack: Prometheus's own, and those of each bot's registry. Haltwatch's own come with them. */
const ALWAYS_THERE = /^(?:up|scrape_\w+|ALERTS|haltwatch_bot_\w+)$/;

/** What every alert says, beside its runbook. */
const ANNOTATIONS = ["summary", "description"] as const;

const DAY_MS = 86_400_000;

const HISTOGRAM_SUFFIXES = ["", "_bucket", "_sum", "_count"];

/** @returns a line for each fault, with its file and line where there is one; empty if the pack is good */
export function checkPack(pack: Pack): readonly string[] {
  const faults: string[] = [];
  const fault = (text: string): void => {
    faults.push(text);
  };
  checkNames(pack, fault);
  const files = readRules(pack, fault);
  checkSelectors(pack, files, fault);
  checkThresholds(pack, files, fault);
  checkAlerts(pack, files, fault);
  checkTests(pack, files, fault);
  checkFaults(pack, files, fault);
  checkReport(pack, files, fault);
  return faults;
}

type Tell = (fault: string) => void;

function checkNames(pack: Pack, fault: Tell): void {
  if (!PACK_NAME.test(pack.name)) fault(`name: ${JSON.stringify(pack.name)} is not written like-this`);
  if (pack.description.trim() === "") fault("description: it is empty");
  if (pack.seriesBudget <= 0) fault("series budget: say how many series one bot makes at most");
  for (const { name, help } of pack.metrics) {
    if (!METRIC_NAME_PATTERN.test(name)) fault(`metric ${JSON.stringify(name)}: this is no metric's name`);
    if (help.trim() === "") fault(`metric ${name}: say in its help what it tells`);
  }
  for (const { name, help, unit, min, max, default: value } of pack.thresholds) {
    if (!THRESHOLD_NAME.test(name)) fault(`threshold ${JSON.stringify(name)}: write it like group.name_max`);
    if (help.trim() === "" || unit.trim() === "")
      fault(`threshold ${name}: say its unit, and in its help what it limits`);
    if (value < (min ?? value) || value > (max ?? value)) fault(`threshold ${name}: its default is out of its range`);
  }
  for (const names of [pack.metrics, pack.thresholds, pack.settings, pack.faults].map((list) =>
    list.map((one) => one.name),
  ))
    for (const twice of names.filter((name, index) => names.indexOf(name) !== index))
      fault(`${twice} is defined twice`);
}

function readRules(pack: Pack, fault: Tell): RuleFile[] {
  return pack.ruleFiles.flatMap((file) => {
    try {
      const parsed = parseRuleFile(readFileSync(file, "utf8"), file);
      checkPausePolicies(parsed);
      return [parsed];
    } catch (error) {
      if (error instanceof RuleFileError) {
        for (const { line, column, message } of error.faults)
          fault(`${shown(pack, file)}:${line}:${column}: ${message}`);
      } else {
        fault(`${shown(pack, file)}: ${error instanceof Error ? error.message : String(error)}`);
      }
      return [];
    }
  });
}

function checkSelectors(pack: Pack, files: readonly RuleFile[], fault: Tell): void {
  const known = knownSeries(pack, files);
  for (const { file, groups } of files) {
    for (const { expr, name, position } of groups.flatMap(({ rules }) => rules)) {
      for (const metric of selectorsOf(parseQuery(expr)).map(metricOf)) {
        const where = `${shown(pack, file)}:${position.line}: ${name}`;
        if (metric === undefined) fault(`${where}: a selector does not name its metric`);
        else if (!known.has(metric) && !ALWAYS_THERE.test(metric))
          fault(`${where}: ${metric} is no metric of this pack, and no rule of it records it`);
      }
    }
  }
}

/** Figures of the daily report: what they name is there. */
function checkReport(pack: Pack, files: readonly RuleFile[], fault: Tell): void {
  const known = knownSeries(pack, files);
  for (const { title, query, chart } of pack.report) {
    for (const text of [query, ...(chart === undefined ? [] : [chart.query])]) {
      try {
        for (const metric of selectorsOf(parseQuery(withReportRange(text, DAY_MS))).map(metricOf))
          if (metric === undefined || !known.has(metric))
            fault(
              `report ${JSON.stringify(title)}: ${metric ?? "a selector without a name"} is no metric of this pack`,
            );
      } catch (error) {
        fault(`report ${JSON.stringify(title)}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
}

/** What the rules and the report of a pack may name. */
function knownSeries(pack: Pack, files: readonly RuleFile[]): ReadonlySet<string> {
  const recorded = files.flatMap(({ groups }) =>
    groups.flatMap(({ rules }) => rules.flatMap((rule) => (rule.kind === "record" ? [rule.name] : []))),
  );
  return new Set([...[...SYSTEM_PACK.metrics, ...pack.metrics].flatMap(seriesNames), ...recorded]);
}

function checkThresholds(pack: Pack, files: readonly RuleFile[], fault: Tell): void {
  const defined = new Set(pack.thresholds.map(({ name }) => name));
  const used = new Set(namedThresholds(files));
  for (const { file, groups } of files) {
    for (const { expr, name, position } of groups.flatMap(({ rules }) => rules)) {
      for (const threshold of thresholdsOf(expr)) {
        if (!defined.has(threshold))
          fault(`${shown(pack, file)}:${position.line}: ${name}: the threshold ${threshold} is not defined`);
      }
    }
  }
  for (const name of defined) if (!used.has(name)) fault(`threshold ${name}: no rule uses it`);
}

function checkAlerts(pack: Pack, files: readonly RuleFile[], fault: Tell): void {
  const sections = headings(pack, fault);
  for (const { file, groups } of files) {
    for (const rule of alertsOf(groups)) {
      const where = `${shown(pack, file)}:${rule.position.line}: ${rule.name}`;
      if ((rule.labels.get("severity") ?? "") === "") fault(`${where}: it has no label severity`);
      for (const key of ANNOTATIONS) {
        if ((rule.annotations.get(key) ?? "").trim() === "") fault(`${where}: it has no annotation ${key}`);
      }
      const url = rule.annotations.get("runbook_url") ?? "";
      const isOurs = !/^https?:/.test(url);
      if (url === "") fault(`${where}: it has no annotation runbook_url`);
      else if (isOurs && !url.endsWith(`#${rule.name.toLowerCase()}`))
        fault(`${where}: its runbook_url does not end in #${rule.name.toLowerCase()}`);
      if (!sections.has(rule.name)) fault(`${where}: ${shown(pack, pack.runbook)} has no section "## ${rule.name}"`);
    }
  }
}

function checkTests(pack: Pack, files: readonly RuleFile[], fault: Tell): void {
  for (const result of runRuleTests(pack.ruleTestFiles)) {
    if (!result.passed) fault(`the rule tests fail\n${ruleTestReport(result).trimEnd()}`);
  }
  const coverages = pack.ruleTestFiles.flatMap((file) => {
    const text = readOr(file);
    return text === undefined ? [] : [alertCoverage(text)];
  });
  const isShown = (name: string, what: "quiet" | "fires" | "resolves"): boolean =>
    coverages.some((coverage) => coverage.get(name)?.[what] === true);
  for (const name of new Set(files.flatMap(({ groups }) => alertsOf(groups).map((rule) => rule.name)))) {
    if (!isShown(name, "fires")) fault(`${name}: no rule test shows it firing`);
    else if (!isShown(name, "quiet")) fault(`${name}: no rule test shows it not firing before it does`);
    else if (!isShown(name, "resolves")) fault(`${name}: no rule test shows that it is over after it fired`);
  }
}

function checkFaults(pack: Pack, files: readonly RuleFile[], fault: Tell): void {
  const alerts = new Set(files.flatMap(({ groups }) => alertsOf(groups).map(({ name }) => name)));
  for (const { name, alerts: promised } of pack.faults) {
    for (const alert of promised) if (!alerts.has(alert)) fault(`fault ${name}: there is no alert ${alert}`);
  }
  if (pack.faults.length > 0 && pack.simulation === undefined)
    fault("faults: there is no simulated bot to suffer them");
}

function alertsOf(groups: RuleFile["groups"]): AlertingRuleConfig[] {
  return groups.flatMap(({ rules }) => rules.filter((rule) => rule.kind === "alert"));
}

/** Names of second-level headings. */
function headings(pack: Pack, fault: Tell): ReadonlySet<string> {
  const text = readOr(pack.runbook);
  if (text === undefined) fault(`${shown(pack, pack.runbook)} cannot be read`);
  return new Set([...(text ?? "").matchAll(/^## +(.+?) *$/gm)].map(([, heading = ""]) => heading));
}

/** A counter's and a gauge's own, a histogram's four. */
function seriesNames({ name, type }: MetricDefinition): readonly string[] {
  return type === "histogram" ? HISTOGRAM_SUFFIXES.map((suffix) => `${name}${suffix}`) : [name];
}

function metricOf({ matchers }: VectorSelector): string | undefined {
  return matchers.find(({ name, operator }) => name === METRIC_NAME && operator === "=")?.value;
}

function shown({ folder }: Pack, file: string): string {
  return relative(folder, file);
}

function readOr(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
