/**
 * A rule whose query's series are alerts: pending, firing, and gone. It also writes them as series, `ALERTS` and
 * `ALERTS_FOR_STATE`. Source: Prometheus, rules/alerting.go.
 */
import { type Expr, parseQuery } from "@haltwatch/promql";
import { Labels } from "@haltwatch/store";
import type { AlertingRuleConfig } from "../files/rule-file.ts";
import { AlertTemplate, alertFunctions } from "../template/alert-template.ts";
import { FunctionFault, type Functions } from "../template/functions.ts";
import { type Alert, type AlertState, alertOf, type MutableAlert } from "./alert.ts";
import { SeriesOfAlerts } from "./alert-series.ts";
import { AlertTexts } from "./alert-texts.ts";
import { mergedLabels, type RuleHealth, type RuleInput, type WrittenSample } from "./rule.ts";
import { RuleEvaluationError } from "./rule-evaluation-error.ts";
import { type RuleSample, ruleQuery } from "./rule-query.ts";

const ALERT_NAME = "alertname";

/** How long an alert that is over is remembered. */
const RESOLVED_RETENTION_MS = 15 * 60_000;

const ALERT_ORDER: readonly AlertState[] = ["inactive", "pending", "firing"];

const NEW_ALERT = {
  state: "pending",
  firedAtMs: undefined,
  resolvedAtMs: undefined,
  keepFiringSinceMs: undefined,
} as const;

type NamedTemplate = readonly [name: string, template: AlertTemplate];

/** What an evaluation found: the alert of one series. */
type Found = Pick<MutableAlert, "labels" | "value" | "texts">;

/** What alerts are told beside their series. */
export interface AlertSurroundings {
  readonly externalLabels: Readonly<Record<string, string>>;
  readonly externalUrl: string;
}

export class AlertingRule {
  readonly kind = "alert";
  readonly name: string;
  readonly expr: string;
  /** The expression as a tree: it is parsed once. */
  readonly query: Expr;
  readonly forMs: number;
  readonly keepFiringForMs: number;
  /** Templates. */
  readonly labels: ReadonlyMap<string, string>;
  /** Templates. */
  readonly annotations: ReadonlyMap<string, string>;
  health: RuleHealth = { kind: "unknown" };
  /** False until the state before the last stop is known: so long nothing is written that would overwrite it. */
  isRestored = false;

  readonly #surroundings: AlertSurroundings;
  readonly #labelTemplates: readonly NamedTemplate[];
  readonly #annotationTemplates: readonly NamedTemplate[];
  /** The labels are the same text for all series. */
  readonly #hasPlainLabels: boolean;
  /** The annotations ask for other series than the alert's. */
  readonly #annotationsAsk: boolean;
  readonly #series: SeriesOfAlerts;
  /** By their labels' key. */
  #active = new Map<string, MutableAlert>();
  /** What came of series' labels in the last evaluation, if the rule's own hold no template: by the series'. */
  #alertLabels = new Map<Labels, Labels>();

  constructor(
    config: AlertingRuleConfig,
    surroundings: AlertSurroundings,
    groupLabels: ReadonlyMap<string, string> = new Map(),
  ) {
    this.name = config.name;
    this.expr = config.expr;
    this.query = parseQuery(config.expr);
    this.forMs = config.forMs;
    this.keepFiringForMs = config.keepFiringForMs;
    this.labels = mergedLabels(groupLabels, config.labels);
    this.annotations = mergedLabels(new Map(), config.annotations);
    this.#surroundings = surroundings;
    const compile = ([name, text]: readonly [string, string]) => [name, new AlertTemplate(config.name, text)] as const;
    this.#labelTemplates = [...this.labels].map(compile);
    this.#annotationTemplates = [...this.annotations].map(compile);
    this.#hasPlainLabels = this.#labelTemplates.every(([, { isPlain }]) => isPlain);
    this.#annotationsAsk = this.#annotationTemplates.some(([, { asks }]) => asks);
    this.#series = new SeriesOfAlerts(this.labels);
  }

  /** The furthest that one of its alerts is. */
  get state(): AlertState {
    return this.alerts().reduce<AlertState>(
      (most, { state }) => (ALERT_ORDER.indexOf(state) > ALERT_ORDER.indexOf(most) ? state : most),
      "inactive",
    );
  }

  /** All alerts, also those that are over and remembered. Labels ascending. */
  alerts(): readonly Alert[] {
    return inOrder(this.#active).map(alertOf);
  }

  /** Those that are pending or firing. */
  activeAlerts(): readonly Alert[] {
    const active = [...this.#active].filter(([, { resolvedAtMs }]) => resolvedAtMs === undefined);
    return inOrder(active).map(alertOf);
  }

  /**
   * @returns to be read once, before the next evaluation
   * @throws {PromqlEvaluationError}, {@link RuleEvaluationError}: then no alert changes, but for `LIMIT`, which drops all
   */
  evaluate(input: RuleInput): Iterable<WrittenSample> {
    const { reader, timeMs, queryOffsetMs, limit, queryOptions } = input;
    const at = timeMs - queryOffsetMs;
    const found = this.#alertsOf(ruleQuery(reader, this.query, at, { ...queryOptions, query: this.expr }), input);
    for (const [key, { labels, value, texts }] of found) {
      const known = this.#active.get(key);
      if (known === undefined || known.state === "inactive")
        this.#active.set(key, { labels, value, texts, ...NEW_ALERT, activeAtMs: timeMs });
      else {
        known.value = value;
        known.texts = texts;
      }
    }
    const there: MutableAlert[] = [];
    for (const [key, alert] of this.#active) if (this.#step(key, alert, found.has(key), timeMs)) there.push(alert);
    if (limit > 0 && there.length > limit) {
      this.#active = new Map();
      throw new RuleEvaluationError("LIMIT", `exceeded limit of ${limit} with ${there.length} alerts`);
    }
    return this.isRestored ? this.#samplesOf(there, at) : [];
  }

  /** Takes over the alerts of the rule that this one replaces. */
  takeOver(other: AlertingRule): void {
    for (const [key, alert] of other.#active) this.#active.set(key, alert);
  }

  /** Moves alerts' beginnings: `activeAtOf` gives the new one, or nothing to leave it. */
  restore(activeAtOf: (alert: Alert) => number | undefined): void {
    for (const alert of this.#active.values()) {
      const activeAtMs = activeAtOf(alertOf(alert));
      if (activeAtMs !== undefined) alert.activeAtMs = activeAtMs;
    }
  }

  /** Those whose `for` is over fire at once: it may have ended while nobody evaluated. */
  fireDue(timeMs: number): void {
    for (const alert of this.#active.values()) this.#fireIfDue(alert, timeMs);
  }

  /** One step of an alert's life. Gives whether it is there: pending or firing. */
  #step(key: string, alert: MutableAlert, isFound: boolean, timeMs: number): boolean {
    if (isFound) alert.keepFiringSinceMs = undefined;
    else {
      const keepsFiring = this.#keepsFiring(alert, timeMs);
      const isForgotten = alert.resolvedAtMs !== undefined && timeMs - alert.resolvedAtMs > RESOLVED_RETENTION_MS;
      if (alert.state === "pending" || isForgotten) this.#active.delete(key);
      if (!keepsFiring) {
        if (alert.state !== "inactive") {
          alert.state = "inactive";
          alert.resolvedAtMs = timeMs;
        }
        return false;
      }
    }
    this.#fireIfDue(alert, timeMs);
    return true;
  }

  #fireIfDue(alert: MutableAlert, timeMs: number): void {
    if (alert.state !== "pending" || timeMs - alert.activeAtMs < this.forMs) return;
    alert.state = "firing";
    alert.firedAtMs = timeMs;
  }

  #keepsFiring(alert: MutableAlert, timeMs: number): boolean {
    if (alert.state !== "firing" || this.keepFiringForMs === 0) return false;
    alert.keepFiringSinceMs ??= timeMs;
    return timeMs - alert.keepFiringSinceMs < this.keepFiringForMs;
  }

  /** The alerts of the result's series, by key. */
  #alertsOf(result: readonly RuleSample[], { reader, timeMs, queryOptions }: RuleInput): Map<string, Found> {
    const { externalLabels, externalUrl } = this.#surroundings;
    let made: Functions | undefined;
    const functions = (): Functions => {
      made ??= alertFunctions({
        timeMs,
        externalUrl,
        query: (query) => {
          try {
            const samples = ruleQuery(reader, query, timeMs, queryOptions);
            return samples.map(({ labels, value }) => ({ labels: labels.toObject(), value }));
          } catch (error) {
            throw new FunctionFault(error instanceof Error ? error.message : String(error));
          }
        },
      });
      return made;
    };
    const labelsBefore = this.#alertLabels;
    this.#alertLabels = new Map();
    const found = new Map<string, Found>();
    for (const { labels: seriesLabels, value } of result) {
      const expanded = (templates: readonly NamedTemplate[]): (readonly [name: string, text: string])[] => {
        const data = { labels: seriesLabels.toObject(), externalLabels, externalUrl, value };
        return templates.map(([name, template]) => [name, template.expand(data, functions())] as const);
      };
      const labels =
        labelsBefore.get(seriesLabels) ??
        Labels.from(new Map([...seriesLabels.dropName(), ...expanded(this.#labelTemplates), [ALERT_NAME, this.name]]));
      if (this.#hasPlainLabels) this.#alertLabels.set(seriesLabels, labels);
      if (found.has(labels.key)) {
        throw new RuleEvaluationError(
          "DUPLICATE_LABELS",
          "vector contains metrics with the same labelset after applying alert labels",
        );
      }
      const texts = new AlertTexts(() => new Map(expanded(this.#annotationTemplates)));
      if (this.#annotationsAsk) void texts.all; // while what they ask for is as it was found
      found.set(labels.key, { labels, value, texts });
    }
    return found;
  }

  /** Made as they are read: what a pause waits for comes before. */
  *#samplesOf(alerts: readonly MutableAlert[], timeMs: number): Generator<WrittenSample> {
    for (const alert of alerts) {
      yield { labels: this.#series.alerts(alert), timeMs, value: 1 };
      yield { labels: this.#series.forState(alert), timeMs, value: Math.floor(alert.activeAtMs / 1000) };
    }
  }
}

/** By their labels. */
function inOrder(alerts: Iterable<readonly [key: string, alert: MutableAlert]>): MutableAlert[] {
  return [...alerts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, alert]) => alert);
}
