/** `rules`, `alerts`, `alertmanagers`. Source: Prometheus, web/api/v1/api.go. */
import { createHash } from "node:crypto";
import type { Alert, AlertingRule, RecordingRule, Rule } from "@haltwatch/rules";
import { compileMatcher } from "@haltwatch/store";
import { ApiError, invalidParameter } from "./api-error.ts";
import type { ApiSources, RuleGroupView } from "./api-sources.ts";
import { exponentialValue, quoted, rfc3339 } from "./go-text.ts";
import { wholeNumber } from "./limit-parameter.ts";
import { type MatcherSet, matcherSets } from "./matcher-parameter.ts";
import type { Parameters } from "./parameters.ts";
import { PrintedQueries } from "./printed-queries.ts";
import type { Route } from "./router.ts";

export function ruleRoutes({ rules, alertmanagers }: ApiSources): Route[] {
  const printed = new PrintedQueries();
  const route = (path: string, show: (parameters: Parameters) => unknown): Route => ({
    methods: ["GET"],
    path: `/api/v1/${path}`,
    access: "read",
    handle: ({ parameters }) => ({ kind: "data", data: show(parameters) }),
  });
  return [
    route("rules", (parameters) => rulesJson(rules(), parameters, printed)),
    route("alerts", () => ({
      alerts: rules().flatMap((group) =>
        group.rules.flatMap((rule) => (rule.kind === "alert" ? rule.activeAlerts().map(alertJson) : [])),
      ),
    })),
    route("alertmanagers", () => ({
      activeAlertmanagers: alertmanagers().map((url) => ({ url })),
      droppedAlertmanagers: [],
    })),
  ];
}

/** Which rules are meant. */
interface Filter {
  readonly type: string;
  readonly names: readonly string[];
  readonly groups: readonly string[];
  readonly files: readonly string[];
  readonly sets: readonly MatcherSet[];
  readonly excludesAlerts: boolean;
}

/** A part of the groups: at most so many, from the one that the token stands for. */
interface Page {
  readonly size: number;
  readonly token: string;
}

function rulesJson(groups: readonly RuleGroupView[], parameters: Parameters, printed: PrintedQueries): unknown {
  const filter = filterOf(parameters);
  const page = pageOf(parameters);
  const shown: unknown[] = [];
  let from = 0;
  if (page !== undefined && page.token !== "") {
    from = groups.findIndex((group) => tokenOf(group) === page.token);
    if (from === -1) {
      const fault = `invalid group_next_token '${page.token}'. were rule groups changed?`;
      throw invalidParameter("group_next_token", fault);
    }
  }
  for (const group of groups.slice(from)) {
    const rules = rulesOf(group, filter);
    if (rules.length === 0) continue;
    if (page !== undefined && shown.length === page.size) return { groups: shown, groupNextToken: tokenOf(group) };
    shown.push(groupJson(group, rules, filter, printed));
  }
  return { groups: shown };
}

function filterOf(parameters: Parameters): Filter {
  if (parameters.fault !== undefined) throw new ApiError("bad_data", `error parsing form values: ${parameters.fault}`);
  const sets = matcherSets(parameters.all("match[]"));
  if ("fault" in sets) throw new ApiError("bad_data", sets.fault);
  const type = parameters.fromUrl("type").toLowerCase();
  if (!["", "alert", "record"].includes(type)) throw invalidParameter("type", `not supported value ${quoted(type)}`);
  return {
    type,
    names: parameters.all("rule_name[]"),
    groups: parameters.all("rule_group[]"),
    files: parameters.all("file[]"),
    sets,
    excludesAlerts: excludesAlerts(parameters),
  };
}

function excludesAlerts(parameters: Parameters): boolean {
  const text = parameters.fromUrl("exclude_alerts").toLowerCase();
  if (["1", "t", "true"].includes(text)) return true;
  if (["", "0", "f", "false"].includes(text)) return false;
  const fault = `error converting exclude_alerts: strconv.ParseBool: parsing ${quoted(text)}: invalid syntax`;
  throw invalidParameter("exclude_alerts", fault);
}

function pageOf(parameters: Parameters): Page | undefined {
  const [size, token] = [parameters.fromUrl("group_limit"), parameters.fromUrl("group_next_token")];
  if (size === "") {
    if (token === "") return undefined;
    const fault = "group_limit needs to be present in order to paginate over the groups";
    throw invalidParameter("group_next_token", fault);
  }
  const groups = wholeNumber(size, "strconv.ParseInt", 32);
  if (typeof groups !== "number")
    throw invalidParameter("group_limit", `group_limit needs to be a valid number: ${groups.fault}`);
  if (groups <= 0) throw invalidParameter("group_limit", "group_limit needs to be greater than 0");
  return { size: groups, token };
}

function tokenOf({ file, name }: RuleGroupView): string {
  return createHash("sha1").update(`${file};${name}`).digest("hex");
}

function rulesOf(group: RuleGroupView, { type, names, groups, files, sets }: Filter): readonly Rule[] {
  if (groups.length > 0 && !groups.includes(group.name)) return [];
  if (files.length > 0 && !files.includes(group.file)) return [];
  return group.rules.filter(
    (rule) =>
      (type === "" || type === rule.kind) &&
      (names.length === 0 || names.includes(rule.name)) &&
      (sets.length === 0 || sets.some((matchers) => matchesAll(rule, matchers))),
  );
}

function matchesAll({ labels }: Rule, matchers: MatcherSet): boolean {
  return matchers.every((matcher) => compileMatcher(matcher)(labels.get(matcher.name) ?? ""));
}

function groupJson(
  group: RuleGroupView,
  rules: readonly Rule[],
  { excludesAlerts: isBare }: Filter,
  printed: PrintedQueries,
): unknown {
  const evaluated = group.rules.flatMap(({ health }) => (health.kind === "unknown" ? [] : [health]));
  return {
    name: group.name,
    file: group.file,
    rules: rules.map((rule) =>
      rule.kind === "alert"
        ? alertingJson(rule, printed.of(rule), isBare ? null : rule.activeAlerts().map(alertJson))
        : recordingJson(rule, printed.of(rule)),
    ),
    interval: group.intervalMs / 1000,
    limit: group.limit,
    evaluationTime: evaluated.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000,
    lastEvaluation: rfc3339(evaluated.length === 0 ? undefined : Math.max(...evaluated.map(({ timeMs }) => timeMs))),
  };
}

function alertingJson(rule: AlertingRule, query: string, alerts: unknown): unknown {
  return {
    state: rule.state,
    name: rule.name,
    query,
    duration: rule.forMs / 1000,
    keepFiringFor: rule.keepFiringForMs / 1000,
    labels: rule.labels,
    annotations: rule.annotations,
    alerts,
    ...healthJson(rule),
    type: "alerting",
  };
}

function recordingJson(rule: RecordingRule, query: string): unknown {
  return { name: rule.name, query, labels: rule.labels, ...healthJson(rule), type: "recording" };
}

function healthJson({ health }: Rule): object {
  const error = health.kind === "err" ? { lastError: health.error.message } : {};
  const isEvaluated = health.kind !== "unknown";
  return {
    health: health.kind,
    ...error,
    evaluationTime: isEvaluated ? health.durationMs / 1000 : 0,
    lastEvaluation: rfc3339(isEvaluated ? health.timeMs : undefined),
  };
}

function alertJson(alert: Alert): unknown {
  const { keepFiringSinceMs } = alert;
  return {
    labels: alert.labels,
    annotations: alert.annotations,
    state: alert.state,
    activeAt: rfc3339(alert.activeAtMs),
    ...(keepFiringSinceMs === undefined ? {} : { keepFiringSince: rfc3339(keepFiringSinceMs) }),
    value: exponentialValue(alert.value),
  };
}
