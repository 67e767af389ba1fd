/**
 * Reads rule files: Prometheus's own form, and the same wrapped as Kubernetes has it (`kind: PrometheusRule`). It takes
 * what Prometheus 3 takes and refuses what it refuses. Source: Prometheus, model/rulefmt/rulefmt.go.
 */
import { PromqlParseError, parseQuery } from "@haltwatch/promql";
import { isMap, type Node } from "yaml";
import { parseAlertTemplate } from "../template/alert-template.ts";
import { TemplateError } from "../template/template-error.ts";
import type { AlertingRuleConfig, RuleConfig, RuleFile, RuleGroupConfig } from "./rule-file.ts";
import { type RuleFault, RuleFileError } from "./rule-file-error.ts";
import { placeInScalar } from "./scalar-place.ts";
import { type Entries, type Position, YamlSource } from "./yaml-source.ts";

const FILE_KEYS: ReadonlySet<string> = new Set(["groups"]);
const GROUP_KEYS: ReadonlySet<string> = new Set(["name", "interval", "query_offset", "limit", "rules", "labels"]);
/** What the Prometheus operator has beside them, for Thanos. */
const WRAPPED_GROUP_KEYS: ReadonlySet<string> = new Set([...GROUP_KEYS, "partial_response_strategy"]);
const RULE_KEYS: ReadonlySet<string> = new Set([
  "record",
  "alert",
  "expr",
  "for",
  "keep_firing_for",
  "labels",
  "annotations",
]);

/**
 * The file's groups.
 *
 * @param file how the file is named in errors, and in groups
 * @throws {RuleFileError} with all that is wrong
 * @example
 * parseRuleFile("groups: [{name: g, rules: [{record: a, expr: b}]}]", "rules.yml").groups[0]?.name; // "g"
 */
export function parseRuleFile(text: string, file: string): RuleFile {
  const source = new YamlSource(text);
  const reader = new RuleFileReader(source, file);
  const groups = source.faults.length === 0 ? reader.groups() : [];
  const faults = [...source.faults.map((fault) => ({ file, ...fault })), ...reader.faults];
  if (faults.length > 0)
    throw new RuleFileError(
      file,
      faults.sort((a, b) => a.line - b.line || a.column - b.column),
    );
  return { file, groups };
}

class RuleFileReader {
  readonly faults: RuleFault[] = [];
  readonly #source: YamlSource;
  readonly #file: string;

  constructor(source: YamlSource, file: string) {
    this.#source = source;
    this.#file = file;
  }

  groups(): RuleGroupConfig[] {
    const { root } = this.#source;
    const wrapped = this.#wrapped();
    const top = wrapped ?? this.#source.entries(root, "a rule file", FILE_KEYS);
    const keys = wrapped === undefined ? GROUP_KEYS : WRAPPED_GROUP_KEYS;
    const names = new Set<string>();
    return this.#source.sequence(top.get("groups")?.value, "a list of groups").map((node) => {
      const group = this.#group(node, keys);
      if (group.name === "") this.#fault(group.position, "Groupname must not be empty");
      if (names.has(group.name))
        this.#fault(group.position, `groupname: ${JSON.stringify(group.name)} is repeated in the same file`);
      names.add(group.name);
      return group;
    });
  }

  /** What `spec` holds, if the file is a `PrometheusRule`. */
  #wrapped(): Entries | undefined {
    const { root } = this.#source;
    if (!isMap(root) || root.get("kind") !== "PrometheusRule") return undefined;
    const top = this.#source.entries(root, "a PrometheusRule");
    return this.#source.entries(top.get("spec")?.value, "a PrometheusRule's spec", FILE_KEYS);
  }

  #group(node: Node, keys: ReadonlySet<string>): RuleGroupConfig {
    const source = this.#source;
    const position = source.positionOf(node);
    const entries = source.entries(node, "a rule group", keys);
    const name = source.string(entries.get("name")?.value);
    const labels = source.strings(entries.get("labels")?.value, "labels");
    for (const label of labels.keys()) {
      if (!isLabelName(label))
        this.#fault(source.positionOf(entries.get("labels")?.value), `invalid label name: ${label}`, { group: name });
    }
    const rules = source
      .sequence(entries.get("rules")?.value, "a list of rules")
      .map((rule, index) => this.#rule(rule, name, index + 1));
    return {
      name,
      intervalMs: source.duration(entries.get("interval")?.value),
      queryOffsetMs: source.duration(entries.get("query_offset")?.value),
      limit: source.integer(entries.get("limit")?.value) ?? 0,
      labels,
      rules: rules.filter((rule) => rule !== undefined),
      position,
    };
  }

  #rule(node: Node, group: string, index: number): RuleConfig | undefined {
    const source = this.#source;
    const before = source.faults.length;
    const entries = source.entries(node, "a rule", RULE_KEYS);
    const nodeOf = (key: string): Node | undefined => entries.get(key)?.value;
    const textOf = (key: string): string => source.string(nodeOf(key));
    const [record, alert, expr] = [textOf("record"), textOf("alert"), textOf("expr")];
    const labels = source.strings(nodeOf("labels"), "labels");
    const annotations = source.strings(nodeOf("annotations"), "annotations");
    const forMs = source.duration(nodeOf("for")) ?? 0;
    const keepFiringForMs = source.duration(nodeOf("keep_firing_for")) ?? 0;
    if (source.faults.length > before) return undefined;

    const where = { group, rule: index, ruleName: alert === "" ? record : alert };
    const fault = (at: Position | Node | undefined, message: string): void => {
      const position = at !== undefined && "line" in at ? at : source.positionOf(at ?? node);
      this.#fault(position, message, where);
    };
    if (record !== "" && alert !== "") fault(nodeOf("alert"), "only one of 'record' and 'alert' must be set");
    if (record === "" && alert === "") fault(node, "one of 'record' or 'alert' must be set");
    if (expr === "") fault(nodeOf("expr"), "field 'expr' must be set in rule");
    else this.#checkExpr(expr, nodeOf("expr"), fault);
    for (const name of labels.keys())
      if (!isLabelName(name)) fault(entriesKey(source, nodeOf("labels"), name), `invalid label name: ${name}`);
    for (const name of annotations.keys())
      if (name === "") fault(nodeOf("annotations"), `invalid annotation name: ${name}`);

    const position = source.positionOf(nodeOf("expr"));
    if (record !== "") {
      if (annotations.size > 0) fault(nodeOf("annotations"), "invalid field 'annotations' in recording rule");
      if (forMs !== 0) fault(nodeOf("for"), "invalid field 'for' in recording rule");
      if (keepFiringForMs !== 0) fault(nodeOf("keep_firing_for"), "invalid field 'keep_firing_for' in recording rule");
      if (/[{}]/.test(record))
        fault(nodeOf("record"), `braces present in the recording rule name; should it be in expr?: ${record}`);
      if (alert === "") return { kind: "record", name: record, expr, labels, position };
    }
    const rule: AlertingRuleConfig = {
      kind: "alert",
      name: alert,
      expr,
      labels,
      position,
      forMs,
      keepFiringForMs,
      annotations,
    };
    if (alert !== "")
      this.#checkTemplates(rule, { labels: nodeOf("labels"), annotations: nodeOf("annotations") }, fault);
    return rule;
  }

  #checkExpr(expr: string, node: Node | undefined, fault: (at: Position | Node, message: string) => void): void {
    try {
      parseQuery(expr);
    } catch (error) {
      if (!(error instanceof PromqlParseError)) throw error;
      fault(placeInScalar(this.#source, node, error.span.start), `could not parse expression: ${error.message}`);
    }
  }

  #checkTemplates(
    { name, labels, annotations }: AlertingRuleConfig,
    nodes: { readonly labels: Node | undefined; readonly annotations: Node | undefined },
    fault: (at: Node | undefined, message: string) => void,
  ): void {
    for (const [kind, texts, node] of [
      ["label", labels, nodes.labels],
      ["annotation", annotations, nodes.annotations],
    ] as const) {
      for (const [key, text] of texts) {
        try {
          parseAlertTemplate(name, text);
        } catch (error) {
          if (!(error instanceof TemplateError)) throw error;
          const value = this.#source.entries(node, `${kind}s`).get(key)?.value;
          fault(value, `${kind} ${JSON.stringify(key)}: ${error.message}`);
        }
      }
    }
  }

  #fault({ line, column }: Position, message: string, where: Partial<RuleFault> = {}): void {
    this.faults.push({ ...where, file: this.#file, line, column, message });
  }
}

function entriesKey(source: YamlSource, node: Node | undefined, name: string): Node | undefined {
  return source.entries(node, "labels").get(name)?.key;
}

/** Prometheus 3 takes any text as a label's name but the metric's own. */
function isLabelName(name: string): boolean {
  return name !== "" && name !== "__name__";
}
