/** The options of one variable, asked of Prometheus or known. */
import type { Api, ApiParams } from "../api/http.ts";
import type { Variable, VariableOption } from "../dashboard/model.ts";
import { safeRegExp } from "../format/safe-reg-exp.ts";
import type { Labels } from "../query/frame.ts";
import { seriesText } from "../query/legend.ts";
import { readInstant } from "../query/prometheus-answer.ts";
import type { RequestQueue } from "../query/request-queue.ts";
import { readDuration, roundDuration } from "../time/duration-text.ts";
import { stepOf } from "../time/interval.ts";
import type { TimeRange } from "../time/time-range.ts";
import { interpolate, interpolateQuery, type VariableLookup } from "./interpolate.ts";

/** Longer lists nobody looks through, and "all" of them would be no query. */
const MAX_OPTIONS = 2000;

export interface OptionsContext {
  readonly api: Api;
  readonly queue: RequestQueue;
  readonly range: TimeRange;
  readonly lookup: VariableLookup;
}

/** Haltwatch is what each Prometheus stands for. */
const HALTWATCH: VariableOption = { text: "Haltwatch", value: "haltwatch" };

/** @throws what the request throws */
export async function variableOptions(
  variable: Variable,
  context: OptionsContext,
  signal: AbortSignal,
): Promise<readonly VariableOption[]> {
  switch (variable.kind) {
    case "query":
      return filtered(variable, await queried(variable, context, signal), context.lookup).slice(0, MAX_OPTIONS);
    case "datasource":
      return /prometheus|haltwatch|mimir|thanos|^$/i.test(variable.query) ? [HALTWATCH] : [];
    case "interval":
      return intervals(variable, context.range);
    case "textbox":
    case "constant":
    case "switch":
      return [];
    default:
      return variable.options;
  }
}

/** Whether this page can say what it may be. */
export function unsupportedVariable({ kind, type, query }: Variable): string | undefined {
  if (kind === "adhoc") return "ad hoc filters are not supported here: queries run without them";
  if (kind === "groupby") return "group-by variables are not supported here";
  if (kind === "unknown" || kind === "system") return `variables of type ${type} are not supported here`;
  if (kind === "datasource" && !/prometheus|haltwatch|mimir|thanos|^$/i.test(query)) return `there is no ${query} here`;
  return undefined;
}

function intervals(variable: Variable, range: TimeRange): readonly VariableOption[] {
  if (variable.auto === undefined) return variable.options;
  const step = stepOf(range.to - range.from, variable.auto.count, readDuration(variable.auto.least) ?? 10_000);
  return [{ text: "auto", value: roundDuration(step) }, ...variable.options];
}

async function queried(variable: Variable, context: OptionsContext, signal: AbortSignal): Promise<readonly string[]> {
  const { api, queue, range, lookup } = context;
  const query = interpolateQuery(variable.query, lookup).trim();
  const times = { start: Math.floor(range.from / 1000), end: Math.ceil(range.to / 1000) };
  const ask = (path: string, params: ApiParams): Promise<unknown> =>
    queue.ask(`${path} ${JSON.stringify(params)}`, (called) => api.get(path, params, { signal: called }), signal);

  const labelNames = /^label_names\((?:\s*"?(.*?)"?\s*)?\)$/s.exec(query);
  if (labelNames !== null) return textsOf(await ask("/api/v1/labels", times)).filter(matching(labelNames[1]));

  const labelValues = /^label_values\((?:([\s\S]+),\s*)?([a-zA-Z_][\w]*)\s*\)$/.exec(query);
  if (labelValues !== null) {
    const [, selector, label = ""] = labelValues;
    const match = selector === undefined ? {} : { "match[]": selector.trim() };
    return textsOf(await ask(`/api/v1/label/${encodeURIComponent(label)}/values`, { ...times, ...match }));
  }

  const metrics = /^metrics\(\s*(.*?)\s*\)$/s.exec(query);
  if (metrics !== null) return textsOf(await ask("/api/v1/label/__name__/values", times)).filter(matching(metrics[1]));

  const result = /^query_result\(([\s\S]+)\)$/.exec(query);
  if (result !== null) {
    const answer = await ask("/api/v1/query", { query: (result[1] ?? "").trim(), time: range.to / 1000 });
    return readInstant(answer).map(({ labels, value, time }) => `${seriesText(labels)} ${value} ${time}`);
  }

  if (query === "") return [];
  const series = await ask("/api/v1/series", { ...times, "match[]": query });
  return Array.isArray(series) ? series.slice(0, MAX_OPTIONS).map((labels) => seriesText(labelsOf(labels))) : [];
}

function matching(pattern: string | undefined): (name: string) => boolean {
  if (pattern === undefined || pattern === "") return () => true;
  const compiled = safeRegExp(pattern);
  return (name) => compiled?.test(name) ?? false;
}

function textsOf(answer: unknown): readonly string[] {
  return Array.isArray(answer) ? answer.filter((one) => typeof one === "string").slice(0, 50_000) : [];
}

function labelsOf(json: unknown): Labels {
  if (typeof json !== "object" || json === null) return {};
  return Object.fromEntries(
    Object.entries(json).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

/** The variable's regular expression takes a part of each value, sorts out the rest, and names what is shown. */
function filtered(
  { regex, sort }: Variable,
  values: readonly string[],
  lookup: VariableLookup,
): readonly VariableOption[] {
  const pattern = regex === "" ? undefined : safeRegExp(interpolate(regex, lookup, "regex"));
  const seen = new Set<string>();
  const options: VariableOption[] = [];
  for (const whole of values) {
    const option = regex === "" ? { text: whole, value: whole } : matched(pattern?.exec(whole) ?? null, whole);
    if (option === undefined || seen.has(option.value)) continue;
    seen.add(option.value);
    options.push(option);
  }
  return sortedOptions(options, sort);
}

function matched(match: RegExpExecArray | null, whole: string): VariableOption | undefined {
  if (match === null) return undefined;
  const { value, text } = match.groups ?? {};
  if (value !== undefined || text !== undefined) {
    return { text: text ?? value ?? whole, value: value ?? text ?? whole };
  }
  const part = match[1] ?? match[0];
  return { text: part, value: part };
}

/** Grafana's numbers for it: odd up, even down; by letters, by numbers, by letters whatever their case, naturally. */
function sortedOptions(options: readonly VariableOption[], sort: number): readonly VariableOption[] {
  if (sort === 0) return options;
  const kind = Math.ceil(sort / 2);
  const direction = sort % 2 === 1 ? 1 : -1;
  const number = ({ text }: VariableOption): number => Number(/(\d+(?:\.\d+)?)/.exec(text.slice(0, 200))?.[1] ?? -1);
  const compare = (a: VariableOption, b: VariableOption): number => {
    switch (kind) {
      case 2:
        return number(a) - number(b);
      case 3:
        return a.text.toLowerCase().localeCompare(b.text.toLowerCase());
      case 4:
        return a.text.localeCompare(b.text, "en", { numeric: true });
      default:
        return a.text < b.text ? -1 : a.text > b.text ? 1 : 0;
    }
  };
  return options.toSorted((a, b) => direction * compare(a, b));
}
