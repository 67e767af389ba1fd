/** Runs one test of a file: feeds the series, evaluates the rules step by step, compares. Source: Prometheus, cmd/promtool/unittest.go. */
import {
  formatDuration,
  type NotedSeries,
  PromqlEvaluationError,
  PromqlParseError,
  parseSeries,
} from "@haltwatch/promql";
import { Labels } from "@haltwatch/store";
import { RuleEvaluationError } from "../evaluation/rule-evaluation-error.ts";
import { RuleGroup } from "../evaluation/rule-group.ts";
import { ruleQuery } from "../evaluation/rule-query.ts";
import type { RuleFile } from "../files/rule-file.ts";
import { alertDifference, type ShownSample, sampleDifference } from "./difference.ts";
import type { AlertTestCase, QueryTestCase, TestFile, TestGroup } from "./test-file.ts";
import type { RuleTestResult, SkippedPart, TestFailure } from "./test-result.ts";
import { TestStorage } from "./test-storage.ts";

/** Most evaluations of one test: a year at a minute's interval. */
const MAX_STEPS = 600_000;

const HISTOGRAMS = "native histograms are not evaluated yet";

export function runTestGroup(test: TestGroup, file: TestFile, rules: readonly RuleFile[]): RuleTestResult {
  const run = new TestRun(test, file, rules);
  run.run();
  const { failures, skipped } = run;
  return { name: test.name, failures, skipped, checks: test.alertTests.length + test.queryTests.length };
}

interface Feed extends NotedSeries {
  /** How many of the samples are in the storage. */
  fed: number;
}

class TestRun {
  readonly failures: TestFailure[] = [];
  readonly skipped: SkippedPart[] = [];
  readonly #test: TestGroup;
  readonly #file: TestFile;
  readonly #storage = new TestStorage();
  readonly #groups: readonly RuleGroup[];
  readonly #queryOptions: { readonly subqueryStepMs: number };

  constructor(test: TestGroup, file: TestFile, rules: readonly RuleFile[]) {
    this.#test = test;
    this.#file = file;
    this.#queryOptions = { subqueryStepMs: file.evaluationIntervalMs };
    const groups = rules.flatMap(({ file: name, groups: configs }) =>
      configs.map(
        (config) =>
          new RuleGroup(name, config, {
            reader: this.#storage,
            sink: this.#storage,
            defaultIntervalMs: file.evaluationIntervalMs,
            externalLabels: test.externalLabels,
            externalUrl: test.externalUrl,
            queryOptions: this.#queryOptions,
          }),
      ),
    );
    // As upstream: groups that are not named count as the first.
    const rank = (group: RuleGroup): number => Math.max(file.groupOrder.indexOf(group.name), 0);
    this.#groups = groups.sort((a, b) => rank(a) - rank(b));
    for (const group of this.#groups) group.startAfresh();
  }

  run(): void {
    const feeds = this.#feeds();
    if (feeds === undefined) return;
    const { startMs, alertTests, queryTests } = this.#test;
    const stepMs = this.#file.evaluationIntervalMs;
    const endMs = Math.max(0, ...alertTests.map(({ evalMs }) => evalMs), ...queryTests.map(({ evalMs }) => evalMs));
    if (endMs / stepMs > MAX_STEPS) {
      this.#fail(this.#test, `    it would take more than ${MAX_STEPS} evaluations: raise evaluation_interval`);
      return;
    }
    for (let atMs = 0; atMs <= endMs; atMs += stepMs) {
      this.#feed(feeds, startMs + atMs);
      if (!this.#evaluate(startMs + atMs, atMs)) return;
      for (const alertTest of alertTests)
        if (alertTest.evalMs >= atMs && alertTest.evalMs < atMs + stepMs) this.#checkAlerts(alertTest);
    }
    for (const queryTest of queryTests) this.#checkQuery(queryTest);
  }

  /** The input series; the last of the same labels counts. */
  #feeds(): Feed[] | undefined {
    const feeds = new Map<string, Feed>();
    for (const { series, values, line, column } of this.#test.inputSeries) {
      try {
        const noted = parseSeries(`${series} ${values}`);
        feeds.set(noted.labels.key, { ...noted, fed: 0 });
      } catch (error) {
        if (!(error instanceof SyntaxError || error instanceof PromqlParseError)) throw error;
        this.#fail({ line, column }, `    series: ${JSON.stringify(series)}, err: ${error.message}`);
        return undefined;
      }
    }
    return [...feeds.values()];
  }

  #feed(feeds: readonly Feed[], untilMs: number): void {
    const { startMs, intervalMs } = this.#test;
    for (const feed of feeds) {
      for (; feed.fed < feed.samples.length; feed.fed++) {
        const timeMs = startMs + feed.fed * intervalMs;
        if (timeMs > untilMs) break;
        const sample = feed.samples[feed.fed];
        if (sample === undefined || sample === "none") continue;
        const refusal = this.#storage.appendNoted(feed.labels, timeMs, sample);
        if (refusal !== undefined) this.#fail(this.#test, `    series: ${feed.labels}, err: ${refusal}`);
      }
    }
  }

  /** False when a rule failed: what comes after would only be a consequence. */
  #evaluate(timeMs: number, atMs: number): boolean {
    const before = this.failures.length;
    for (const group of this.#groups) {
      group.evaluate(timeMs);
      for (const { name, health } of group.rules) {
        if (health.kind !== "err") continue;
        const { error } = health;
        if (isOnHistograms(error)) this.#skip(`rule ${name}`);
        else this.#fail(this.#test, `    rule: ${name}, time: ${formatDuration(atMs)}, err: ${error.message}`);
      }
    }
    return this.failures.length === before;
  }

  #checkAlerts({ alertName, evalMs, alerts, line, column }: AlertTestCase): void {
    const expected = alerts.map(({ labels, annotations }) => ({
      labels: Labels.from(new Map([...labels, ["alertname", alertName]])),
      annotations,
    }));
    const got = this.#groups
      .flatMap(({ alertingRules }) => alertingRules)
      .filter(({ name }) => name === alertName)
      .flatMap((rule) => rule.activeAlerts())
      .filter(({ state }) => state === "firing");
    const difference = alertDifference(expected, got);
    if (difference.length === 0) return;
    this.#fail(
      { line, column },
      [
        `    alertname: ${alertName}, time: ${formatDuration(evalMs)}, expected ${count(expected.length)}, got ${count(got.length)}`,
        ...difference.map((text) => `      ${text}`),
      ].join("\n"),
    );
  }

  #checkQuery({ expr, evalMs, samples, line, column }: QueryTestCase): void {
    const what = `expr: ${JSON.stringify(expr)}, time: ${formatDuration(evalMs)}`;
    if (samples.some(({ histogram }) => histogram !== "")) {
      this.#skip(what);
      return;
    }
    let got: readonly ShownSample[];
    let expected: readonly ShownSample[];
    try {
      got = ruleQuery(this.#storage, expr, this.#test.startMs + evalMs, this.#queryOptions);
      expected = samples.map(({ labels, value }) => ({ labels: labelsOf(labels), value }));
    } catch (error) {
      if (isOnHistograms(error)) this.#skip(what);
      else if (isExpected(error)) this.#fail({ line, column }, `    ${what}, err: ${error.message}`);
      else throw error;
      return;
    }
    const difference = sampleDifference(expected, got, this.#file.isFuzzy ? isAlmostEqual : (a, b) => a === b);
    if (difference.length === 0) return;
    const title = `    ${what}, expected ${count(expected.length)}, got ${count(got.length)}`;
    this.#fail({ line, column }, [title, ...difference.map((text) => `      ${text}`)].join("\n"));
  }

  #skip(what: string): void {
    if (!this.skipped.some((part) => part.what === what)) this.skipped.push({ what, why: HISTOGRAMS });
  }

  #fail({ line, column }: { readonly line: number; readonly column: number }, message: string): void {
    this.failures.push({ line, column, message });
  }
}

function count(size: number): string {
  return size === 0 ? "none" : String(size);
}

function labelsOf(text: string): Labels {
  return text.trim() === "" ? Labels.EMPTY : parseSeries(text).labels;
}

function isOnHistograms(error: unknown): boolean {
  return error instanceof PromqlEvaluationError && error.code === "NATIVE_HISTOGRAM";
}

function isExpected(error: unknown): error is Error {
  return (
    error instanceof PromqlEvaluationError ||
    error instanceof PromqlParseError ||
    error instanceof RuleEvaluationError ||
    error instanceof SyntaxError
  );
}

/** The same, or neighbours among the floats. */
function isAlmostEqual(a: number, b: number): boolean {
  if (a === b) return true;
  if (!Number.isFinite(a) || !Number.isFinite(b)) return false;
  const view = new DataView(new ArrayBuffer(8));
  const order = (value: number): bigint => {
    view.setFloat64(0, value);
    const bits = view.getBigInt64(0);
    return bits < 0n ? -(bits & 0x7fffffffffffffffn) : bits;
  };
  const distance = order(a) - order(b);
  return distance >= -1n && distance <= 1n;
}
