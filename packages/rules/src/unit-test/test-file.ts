/** A file of rule tests, read: what it says, with places. Source: Prometheus, docs/configuration/unit_testing_rules.md. */
import type { Node } from "yaml";
import { type Entries, type Position, type YamlFault, YamlSource } from "../files/yaml-source.ts";

interface InputSeries extends Position {
  readonly series: string;
  readonly values: string;
}

interface ExpectedAlert {
  readonly labels: ReadonlyMap<string, string>;
  readonly annotations: ReadonlyMap<string, string>;
}

export interface AlertTestCase extends Position {
  /** After the test's beginning. */
  readonly evalMs: number;
  readonly alertName: string;
  readonly alerts: readonly ExpectedAlert[];
}

interface ExpectedSample {
  readonly labels: string;
  readonly value: number;
  /** Of a native histogram. */
  readonly histogram: string;
}

export interface QueryTestCase extends Position {
  readonly expr: string;
  /** After the test's beginning. */
  readonly evalMs: number;
  readonly samples: readonly ExpectedSample[];
}

export interface TestGroup extends Position {
  readonly name: string;
  /** Between the input series' samples. */
  readonly intervalMs: number;
  readonly startMs: number;
  readonly inputSeries: readonly InputSeries[];
  readonly alertTests: readonly AlertTestCase[];
  readonly queryTests: readonly QueryTestCase[];
  readonly externalLabels: Readonly<Record<string, string>>;
  readonly externalUrl: string;
}

export interface TestFile {
  readonly ruleFiles: readonly string[];
  /** Between the rules' evaluations. */
  readonly evaluationIntervalMs: number;
  /** Floats may differ by their last bit. */
  readonly isFuzzy: boolean;
  readonly groupOrder: readonly string[];
  readonly tests: readonly TestGroup[];
}

const DEFAULT_INTERVAL_MS = 60_000;

const FILE_KEYS = new Set(["rule_files", "evaluation_interval", "group_eval_order", "tests", "fuzzy_compare"]);
const TEST_KEYS = new Set([
  "interval",
  "input_series",
  "alert_rule_test",
  "promql_expr_test",
  "external_labels",
  "external_url",
  "name",
  "start_timestamp",
]);
const SERIES_KEYS = new Set(["series", "values"]);
const ALERT_TEST_KEYS = new Set(["eval_time", "alertname", "exp_alerts"]);
const ALERT_KEYS = new Set(["exp_labels", "exp_annotations"]);
const QUERY_TEST_KEYS = new Set(["expr", "eval_time", "exp_samples"]);
const SAMPLE_KEYS = new Set(["labels", "value", "histogram"]);

/** The file, or what is wrong with it. */
export function parseTestFile(text: string): TestFile | { readonly faults: readonly YamlFault[] } {
  const source = new YamlSource(text);
  if (source.faults.length > 0) return source;
  const file = new TestFileReader(source).file();
  return source.faults.length > 0 ? source : file;
}

class TestFileReader {
  readonly #source: YamlSource;

  constructor(source: YamlSource) {
    this.#source = source;
  }

  file(): TestFile {
    const source = this.#source;
    const entries = source.entries(source.root, "a rule test file", FILE_KEYS);
    const evaluationIntervalMs = this.#duration(entries, "evaluation_interval") || DEFAULT_INTERVAL_MS;
    const groupOrder = this.#list(entries, "group_eval_order", "a list of group names");
    const seen = new Set<string>();
    for (const node of groupOrder) {
      const name = source.string(node);
      if (seen.has(name)) source.fault(node, `group name repeated in evaluation order: ${name}`);
      seen.add(name);
    }
    return {
      ruleFiles: this.#list(entries, "rule_files", "a list of files").map((node) => source.string(node)),
      evaluationIntervalMs,
      isFuzzy: source.boolean(entries.get("fuzzy_compare")?.value),
      groupOrder: [...seen],
      tests: this.#list(entries, "tests", "a list of tests").map((node, index) =>
        this.#test(node, index, evaluationIntervalMs),
      ),
    };
  }

  #test(node: Node, index: number, defaultIntervalMs: number): TestGroup {
    const source = this.#source;
    const entries = source.entries(node, "a test", TEST_KEYS);
    const name = this.#text(entries, "name");
    return {
      ...source.positionOf(node),
      name: name === "" ? `unnamed#${index}` : name,
      intervalMs: this.#duration(entries, "interval") || defaultIntervalMs,
      startMs: this.#startMs(entries.get("start_timestamp")?.value),
      inputSeries: this.#list(entries, "input_series", "a list of series").map((one) => {
        const series = source.entries(one, "an input series", SERIES_KEYS);
        return {
          ...source.positionOf(one),
          series: this.#text(series, "series"),
          values: this.#text(series, "values"),
        };
      }),
      alertTests: this.#list(entries, "alert_rule_test", "a list of alert tests").map((one) => this.#alertTest(one)),
      queryTests: this.#list(entries, "promql_expr_test", "a list of query tests").map((one) => this.#queryTest(one)),
      externalLabels: Object.fromEntries(source.strings(entries.get("external_labels")?.value, "external labels")),
      externalUrl: this.#text(entries, "external_url"),
    };
  }

  #alertTest(node: Node): AlertTestCase {
    const source = this.#source;
    const entries = source.entries(node, "an alert test", ALERT_TEST_KEYS);
    const alertName = this.#text(entries, "alertname");
    if (alertName === "") source.fault(node, "an item under alert_rule_test misses required attribute alertname");
    return {
      ...source.positionOf(node),
      evalMs: this.#duration(entries, "eval_time"),
      alertName,
      alerts: this.#list(entries, "exp_alerts", "a list of alerts").map((one) => {
        const alert = source.entries(one, "an expected alert", ALERT_KEYS);
        return {
          labels: source.strings(alert.get("exp_labels")?.value, "labels"),
          annotations: source.strings(alert.get("exp_annotations")?.value, "annotations"),
        };
      }),
    };
  }

  #queryTest(node: Node): QueryTestCase {
    const source = this.#source;
    const entries = source.entries(node, "a query test", QUERY_TEST_KEYS);
    return {
      ...source.positionOf(node),
      expr: this.#text(entries, "expr"),
      evalMs: this.#duration(entries, "eval_time"),
      samples: this.#list(entries, "exp_samples", "a list of samples").map((one) => {
        const sample = source.entries(one, "an expected sample", SAMPLE_KEYS);
        return {
          labels: this.#text(sample, "labels"),
          value: source.number(sample.get("value")?.value) ?? 0,
          histogram: this.#text(sample, "histogram"),
        };
      }),
    };
  }

  /** Unix seconds, or a date as RFC 3339 writes it. */
  #startMs(node: Node | undefined): number {
    const text = this.#source.string(node);
    if (text === "") return 0;
    if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Math.round(Number(text) * 1000);
    const isDate = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.test(text);
    const ms = isDate ? Date.parse(text) : Number.NaN;
    if (!Number.isNaN(ms)) return ms;
    this.#source.fault(node, `cannot parse ${JSON.stringify(text)} to a valid timestamp`);
    return 0;
  }

  #text(entries: Entries, key: string): string {
    return this.#source.string(entries.get(key)?.value);
  }

  #duration(entries: Entries, key: string): number {
    return this.#source.duration(entries.get(key)?.value) ?? 0;
  }

  #list(entries: Entries, key: string, what: string): Node[] {
    return this.#source.sequence(entries.get(key)?.value, what);
  }
}
