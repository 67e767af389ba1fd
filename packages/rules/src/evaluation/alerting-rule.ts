/**
 * A rule whose query's series are alerts: pending, firing, and gone. It also writes them as series, `ALERTS` and
 * `ALERTS_FOR_STATE`. Source: Prometheus, rules/alerting.go.
 */
import { type Expr, parseQuery } from "@haltwatch/promql";
import { Labels, METRIC_NAME } from "@haltwatch/store";
import type { AlertingRuleConfig } from "../files/rule-file.ts";
import { AlertTemplate, alertFunctions } from "../template/alert-template.ts";
import { FunctionFault } from "../template/functions.ts";
import type { Alert, AlertState, MutableAlert } from "./alert.ts";
import { mergedLabels, type RuleHealth, type RuleInput, type WrittenSample } from "./rule.ts";
import { RuleEvaluationError } from "./rule-evaluation-error.ts";
import { type RuleSample, ruleQuery } from "./rule-query.ts";

const ALERT_NAME = "alertname";
const ALERTS = "ALERTS";
export const ALERTS_FOR_STATE = "ALERTS_FOR_STATE";

/** How long an alert that is over is remembered. */
const RESOLVED_RETENTION_MS = 15 * 60_000;

const ALERT_ORDER: readonly AlertState[] = ["inactive", "pending", "firing"];

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
  readonly #labelTemplates: readonly (readonly [name: string, template: AlertTemplate])[];
  readonly #annotationTemplates: readonly (readonly [name: string, template: AlertTemplate])[];
  /** By their labels' key. */
  #active = new Map<string, MutableAlert>();

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
    return [...this.#active].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, alert]) => ({ ...alert }));
  }

  /** Those that are pending or firing. */
  activeAlerts(): readonly Alert[] {
    return this.alerts().filter(({ resolvedAtMs }) => resolvedAtMs === undefined);
  }

  /** @throws {PromqlEvaluationError}, {@link RuleEvaluationError}: then no alert changes, but for `LIMIT`, which drops all */
  evaluate(input: RuleInput): WrittenSample[] {
    const { reader, timeMs, queryOffsetMs, limit, queryOptions } = input;
    const at = timeMs - queryOffsetMs;
    const found = this.#alertsOf(ruleQuery(reader, this.query, at, { ...queryOptions, query: this.expr }), input);
    for (const [key, alert] of found) {
      const known = this.#active.get(key);
      if (known === undefined || known.state === "inactive") this.#active.set(key, alert);
      else {
        known.value = alert.value;
        known.annotations = alert.annotations;
      }
    }
    const samples: WrittenSample[] = [];
    let count = 0;
    for (const [key, alert] of this.#active) {
      if (!this.#step(key, alert, found.has(key), timeMs)) continue;
      count += 1;
      if (this.isRestored) samples.push(...this.#samplesOf(alert, at));
    }
    if (limit > 0 && count > limit) {
      this.#active = new Map();
      throw new RuleEvaluationError("LIMIT", `exceeded limit of ${limit} with ${count} alerts`);
    }
    return samples;
  }

  /** Takes over the alerts of the rule that this one replaces. */
  takeOver(other: AlertingRule): void {
    for (const [key, alert] of other.#active) this.#active.set(key, alert);
  }

  /** Moves alerts' beginnings: `activeAtOf` gives the new one, or nothing to leave it. */
  restore(activeAtOf: (alert: Alert) => number | undefined): void {
    for (const alert of this.#active.values()) {
      const activeAtMs = activeAtOf(alert);
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

  /** The result's series as new alerts, by key. */
  #alertsOf(result: readonly RuleSample[], { reader, timeMs, queryOptions }: RuleInput): Map<string, MutableAlert> {
    const { externalLabels, externalUrl } = this.#surroundings;
    const functions = alertFunctions({
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
    const alerts = new Map<string, MutableAlert>();
    for (const { labels: seriesLabels, value } of result) {
      const data = { labels: seriesLabels.toObject(), externalLabels, externalUrl, value };
      const expand = ([name, template]: readonly [string, AlertTemplate]) =>
        [name, template.expand(data, functions)] as const;
      const labels = Labels.from(
        new Map([...seriesLabels.dropName(), ...this.#labelTemplates.map(expand), [ALERT_NAME, this.name]]),
      );
      if (alerts.has(labels.key)) {
        throw new RuleEvaluationError(
          "DUPLICATE_LABELS",
          "vector contains metrics with the same labelset after applying alert labels",
        );
      }
      alerts.set(labels.key, {
        labels,
        annotations: new Map(this.#annotationTemplates.map(expand)),
        state: "pending",
        value,
        activeAtMs: timeMs,
        firedAtMs: undefined,
        resolvedAtMs: undefined,
        keepFiringSinceMs: undefined,
      });
    }
    return alerts;
  }

  #samplesOf({ labels, state, activeAtMs }: Alert, timeMs: number): WrittenSample[] {
    // As upstream: a rule's label whose template came out empty stands here as it was written.
    const all = new Map([...this.labels, ...labels]);
    return [
      { labels: Labels.from(new Map([...all, [METRIC_NAME, ALERTS], ["alertstate", state]])), timeMs, value: 1 },
      {
        labels: Labels.from(new Map([...all, [METRIC_NAME, ALERTS_FOR_STATE]])),
        timeMs,
        value: Math.floor(activeAtMs / 1000),
      },
    ];
  }
}
