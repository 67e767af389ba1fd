/** An alert of a rule as people are told of it: with its value and limit, and with what Haltwatch did about it. */
import { type Guard, type Pause, printScope, touches } from "@haltwatch/guard";
import type { Alert as ToldAlert } from "@haltwatch/notify";
import { printQuery } from "@haltwatch/promql";
import { type Alert, type AlertingRule, isPauseRule } from "@haltwatch/rules";
import type { SeriesReader } from "@haltwatch/store";
import { alertReading } from "./alert-chart.ts";

export interface ToldAlertSources {
  /** For the value that the rule compares, and its limit; without it the rule's own value is told. */
  readonly reader: SeriesReader | undefined;
  readonly guard: Pick<Guard, "pauses">;
  /** Where Haltwatch's page is, without a slash at its end. */
  readonly pageUrl: string;
}

/**
 * @param timeMs of the evaluation, Unix milliseconds
 * @param endsAtMs when it ended; `undefined` while it fires
 */
export function toldAlert(
  rule: AlertingRule,
  alert: Alert,
  { timeMs, endsAtMs }: { readonly timeMs: number; readonly endsAtMs: number | undefined },
  { reader, guard, pageUrl }: ToldAlertSources,
): ToldAlert {
  const { labels, annotations } = alert;
  const reading = reader === undefined ? undefined : alertReading(reader, rule, { labels, timeMs });
  return {
    labels,
    annotations,
    startsAtMs: alert.firedAtMs ?? alert.activeAtMs,
    endsAtMs,
    generatorUrl: graphUrl(pageUrl, rule),
    value: reading?.value ?? alert.value,
    threshold: reading?.threshold,
    unit: reading?.unit,
    done: isPauseRule(rule)
      ? guard
          .pauses()
          .filter((pause) => isFor(pause, rule, alert))
          .map(done)
      : [],
  };
}

/** As Prometheus writes it, and its page opens it, with the rule behind. Source: Prometheus, util/strutil (`TableLinkForExpression`). */
function graphUrl(pageUrl: string, { name, query }: AlertingRule): string {
  return `${pageUrl}/graph?g0.expr=${formValue(printQuery(query))}&g0.tab=1${RULE_PARAMETER}${formValue(name)}`;
}

const RULE_PARAMETER = "&rule=";

/** Whether a rule of Haltwatch's own gave it; others post theirs. */
export function isFromRule({ generatorUrl }: Pick<ToldAlert, "generatorUrl">): boolean {
  return generatorUrl.includes(RULE_PARAMETER);
}

function formValue(text: string): string {
  return encodeURIComponent(text).replaceAll("%20", "+");
}

function isFor({ rule: name, scope }: Pause, rule: AlertingRule, { labels }: Alert): boolean {
  const named = (label: string): string | undefined => (labels.has(label) ? labels.get(label) : undefined);
  const request = { bot: named("bot"), venue: named("venue"), strategy: named("strategy") };
  return name === rule.name && touches(scope, request);
}

function done({ scope, state }: Pause): string {
  return state === "HALTED"
    ? `paused ${printScope(scope)}: no orders (HALTED)`
    : `paused ${printScope(scope)}: positions may only be closed (REDUCING)`;
}
